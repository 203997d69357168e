"""The articles of the check. Every one is there for something that readers of such files get wrong.

All texts are invented for this check, and so is everybody in them.
"""

import random

from corpus import Article

FAMILY = "👨‍👩‍👧‍👦"  # seven code points, eleven UTF-16 units, one grapheme
FLAG = "🇸🇩"  # two code points, four UTF-16 units
GOTHIC = "𐌰𐍄𐍄𐌰"  # letters above U+FFFF
OSMANYA = "𐒖𐒍𐒖𐒒"
MATHS = "𝐱𝟐"


def chosen(name):
    return ("choice", name)


def harbour():
    """Arabic as news has it, with every role of a claim, attributes of every kind and relations of both kinds."""
    text = (
        "قالت الوزيرة ليلى منصور لإذاعة النور، مساء الأحد في مدينة سامراس، إن «الميناء الجديد سيفتح يوم السبت».\n"
        "\n"
        "ونفى حمدان الراوي، الناطق باسم اتحاد الصيادين، ذلك، وقال لمستمعيه إن الميناء، كما يرى، لن يكتمل قبل الشتاء.\n"
        "وبحسب مصادر محلية فإن الأعمال متوقفة. ومن الواضح أن أحدا لا يعرف الموعد.\n"
        "وأكدت منصور أن الراوي قال إن العمال رحلوا.\n"
    )
    a = Article("harbour.txt", text)
    leyla = a.mention(
        "PERS", "ليلى منصور",
        attributes={"mention": chosen("name"), "entity_id": ("text", "Q-17: \"ليلى\"\tم\nثان"), "uncertain": ("flag",)},
        note="الاسم كما في الصفحة الأولى\nسطر ثان\tوعلامة \"اقتباس\"", origin=("ar/person-title", "ar-news@1"),
    )  # fmt: skip
    again = a.mention("PERS", ("منصور", 1), attributes={"mention": chosen("name")})
    rawi = a.mention("PERS", "حمدان الراوي", attributes={"mention": chosen("name")})
    a.mention("PERS", ("الراوي", 1))
    union = a.mention("ORG", "اتحاد الصيادين", origin=("ar/org-head", "ar-news@1"))
    radio = a.mention("MEDIA", "إذاعة النور")
    evening = a.mention("DATE", "مساء الأحد")
    town = a.mention("GPE", "سامراس", attributes={"uncertain": ("flag",)})
    port = a.mention("FAC", "الميناء الجديد")
    opens = a.claim(
        "الميناء الجديد سيفتح يوم السبت",
        {
            "SOURCE": [leyla], "CUE": [("قالت", 0)], "ABOUT": [port], "VENUE": [radio], "WHEN": [evening],
            "WHERE": [town],
        },
        attributes={"quote": chosen("direct"), "checkworthy": ("integer", 3), "verifiable": ("flag",)},
    )  # fmt: skip
    late = a.claim(
        ["الميناء، كما", "لن يكتمل قبل الشتاء"],
        {"SOURCE": [rawi, "الناطق باسم اتحاد الصيادين"], "CUE": ["وقال"], "ADDRESSEE": ["لمستمعيه"]},
        attributes={"polarity": chosen("negative"), "checkworthy": ("integer", 0)}, origin=("ar/qala-inna", "ar-news@1"),
    )  # fmt: skip
    a.claim("الأعمال متوقفة", {"SOURCE": ["UNNAMED", "مصادر محلية"], "CUE": ["بحسب"]})
    a.claim("أحدا لا يعرف الموعد", {"SOURCE": ["AUTHOR"]}, attributes={"certainty": chosen("certain")})
    outer = a.claim("الراوي قال إن العمال رحلوا", {"SOURCE": [again], "CUE": ["أكدت"]})
    inner = a.claim("العمال رحلوا", {"SOURCE": [("الراوي", 1)], "CUE": [("قال", 2)]})
    a.relation("coreference", again, leyla)
    a.relation("role_at", rawi, union)
    a.relation("contradicts", late, opens)
    a.relation("supports", inner, outer)
    a.reject("PERS", "الوزيرة")
    a.reject("GPE", ("الميناء", 1))
    return a


def marks_and_clitics():
    """Harakat, tatweel, ZWNJ, and mentions inside words."""
    text = (
        "وأصيب مئات بالفيروس، وقال الطبيب إن الفيروس وفيروسات أخرى معروفة.\n"
        "وَقَالَ مُحَمَّدٌ لِلْجَرِيدَةِ: الـمـيـنـاء مفتوح، وللميناء بابان.\n"
        "می\u200cخواهم به تهران\u200cپارس بروم. لسامراس وبسامراس وكسامراس.\n"
    )
    a = Article("marks.txt", text)
    for nth in range(3):
        a.mention("NORP", ("فيروس", nth))
    a.mention("PERS", "مُحَمَّدٌ")
    a.mention("ORG", "مُحَمَّدٌ"[:5])  # ends between a letter and its mark
    a.mention("MEDIA", "جَرِيدَةِ")
    a.mention("FAC", "الـمـيـنـاء")
    a.mention("FAC", "لميناء")
    a.mention("GPE", "تهران\u200cپارس")
    a.mention("LOC", "پارس")
    for nth in range(3):
        a.mention("GPE", ("سامراس", nth))
    return a


def line_ends():
    """CRLF, a lone CR, a line separator, a vertical tab, and spans across all of them."""
    text = "أول سطر هنا\r\nثاني سطر\rثالث سطر\r\n\r\nرابع 🙂 سطر\u2028خامس\x0bسادس\r\n\r\n\r\nآخر سطر بلا نهاية"
    a = Article("line ends.txt", text)
    a.mention("ORG", "هنا\r\nثاني")
    a.mention("ORG", "سطر\rثالث سطر\r\n\r\nرابع")
    a.mention("GPE", "ثالث")
    a.mention("GPE", "🙂")
    a.mention("GPE", "خامس\x0bسادس")
    a.mention("LOC", "سطر\u2028خامس")
    a.mention("DATE", "بلا نهاية")
    a.claim(["أول", "رابع", "آخر"], {"CUE": ["ثاني"]})
    a.relation("coreference", "a3", "a7")
    return a


def above_ffff():
    """What one code point, one UTF-16 unit and one grapheme do not agree on, before and inside of spans."""
    text = (
        f"{FAMILY} زارت {FLAG} يوم الأحد. Then {GOTHIC} and {OSMANYA} met at 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f.\n"
        f"Le cafe\u0301 e\u0301tait ferme\u0301, {MATHS} fois. 👍🏽👍 ok ✈️ end.\n"
    )
    a = Article("above-ffff.txt", text)
    a.mention("PERS", FAMILY)
    a.mention("GPE", FLAG)
    a.mention("DATE", "يوم الأحد")
    a.mention("PERS", GOTHIC)
    a.mention("PERS", OSMANYA)
    a.mention("ORG", OSMANYA[1:3])
    a.mention("GPE", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f")
    a.mention("FAC", "cafe\u0301")
    a.mention("OCC", "ferme\u0301")
    a.mention("NUM", MATHS)
    a.mention("NUM", "👍🏽")
    a.mention("NUM", "👍🏽👍")
    a.mention("EVENT", "✈️")
    a.claim([FAMILY, "ferme\u0301"], {"CUE": ["end"]})
    return a


def overlaps():
    """Nested, crossing, equal, touching and discontinuous spans."""
    text = "The Ministry of Transport of Karsovia and its north and south ports closed on Monday morning. Ana said so, Ana did.\n"
    a = Article("overlaps.txt", text)
    whole = a.mention("ORG", "Ministry of Transport of Karsovia")
    a.mention("ORG", "Ministry of Transport")
    land = a.mention("GPE", "Karsovia")
    a.mention("LOC", "Karsovia")
    a.mention("FAC", ["north", "ports"])
    a.mention("FAC", "south ports")
    a.mention("EVENT", "south ports closed on Monday")
    a.mention("DATE", "Monday morning")
    a.mention("DATE", "Monday")
    a.mention("NORP", "The Ministry of")
    a.mention("OCC", ["The", "of Transport", "north and", "morning."])
    a.mention("PERS", ("Ana", 0))
    a.mention("PERS", ("Ana", 1))
    a.mention("NUM", "The ")
    a.mention("NUM", (4, 5))
    a.mention("NUM", (5, 6))
    first = a.claim("its north and south ports closed on Monday morning", {"SOURCE": [("Ana", 0)], "CUE": ["said"]})
    second = a.claim(["its north", "closed"], {"SOURCE": [("Ana", 0)], "CUE": ["said"]})
    a.relation("same_as", first, second)
    a.relation("updates", second, first)
    a.relation("located_in", whole, land)
    return a


def edges():
    """Spaces, quotes, tabs and what files use as their own marks, at the edges of spans and inside."""
    text = (
        ' "مرحبا"  \t«قال» \\n ليس سطرا \\ و\\\\ مرتين | ; , [x] {y} <&> &amp; -> _ * # % \' ` ~\n'
        "a\tb\u00a0c\u2009d\u3000e\u200bf\u200fg\u061ch [1]|[2]; #Text=no\tO\n"
        "\n"
        "   \n"
        "#FORMAT=WebAnno\n"
        "T1\tPERS 0 4\tname\n"
        "-DOCSTART- -X- O O\n"
        " end "
    )
    a = Article("edges.txt", text)
    for label, piece in [
        ("MEDIA", ' "مرحبا" '), ("MEDIA", '"مرحبا"'), ("MEDIA", "مرحبا"), ("MEDIA", ' \t«قال» '), ("OCC", "\\n"),
        ("OCC", "\\ و\\\\"), ("OCC", "| ;"), ("OCC", "[x] {y}"), ("ORG", "<&>"), ("ORG", "&amp;"), ("ORG", "-> _"),
        ("NUM", "* # %"), ("NUM", "' `"), ("LOC", "a\tb"), ("LOC", "\u00a0c"), ("LOC", "d\u3000"), ("LOC", "e\u200bf\u200fg"),
        ("GPE", "\u061ch"), ("GPE", "[1]|[2];"), ("GPE", "#Text=no\tO"), ("DATE", "\n\n   \n#FORMAT"), ("DATE", "   \n"),
        ("PERS", "T1\tPERS 0 4\tname\n"), ("EVENT", "-DOCSTART-"), ("FAC", " end "),
    ]:  # fmt: skip
        a.mention(label, piece)
    a.mention("FAC", (0, len(text)))
    return a


def encoded():
    """Articles that are not plain UTF-8, without a letter that their encoding lacks."""
    made = []
    for name, encoding in [("bom.txt", "UTF-8 BOM"), ("cp1256.txt", "windows-1256"), ("utf16.txt", "UTF-16LE BOM")]:
        text = f"قال سليم إن المرفأ مفتوح.\r\nوزار سامراس أمس ({len(made)}).\r\n"  # the same text would be one article
        a = Article(name, text, encoding)
        who = a.mention("PERS", "سليم")
        a.mention("GPE", "سامراس")
        a.claim("المرفأ مفتوح", {"SOURCE": [who], "CUE": ["قال"]})
        made.append(a)
    return made


def plain():
    """Articles with little in them, or with a name that is unusual."""
    named = Article("خبر من الميناء 2.txt", "وصلت السفينة «نور ٢» إلى الميناء.")
    named.mention("FAC", "نور ٢")
    named.mention("FAC", ("الميناء", 0))
    dotted = Article("a.b c's [1] & 100%.txt", "Omar came. Omar left.\n")
    dotted.mention("PERS", ("Omar", 1))
    return [
        named,
        dotted,
        Article("blank.txt", " \t\r\n\n \u00a0\n"),
        Article("no-annotations.txt", "لا شيء هنا.\nNothing here.\n"),
        Article("no-file.txt", "ولا ملف تعليقات لهذا الخبر.\n", annotated=False),
    ]


WORDS = [
    "قال", "الوزير", "بالفيروس", "وَقَالَ", "الـمـيناء", "Port", "of", "Karsovia", "x\u0301y", "12", "٧٥٠", "3.5", "…", "«", "»", "\"", "،",
    FAMILY, FLAG, GOTHIC, OSMANYA, MATHS, "👍🏽", "می\u200cخواهم", "a_b-c", "\\", "|", "<b>", "&", "U.S.", "don't", "[", "]",
]  # fmt: skip
GAPS = [" "] * 12 + ["", "", "  ", "\n", "\n\n", "\r\n", ". ", "؟ ", "\t", "\u00a0", "\u200f"]
LABELS = ["PERS", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "DATE", "NUM", "MEDIA"]


def by_chance(number):
    """An article of words that were drawn, with spans that were drawn: any code point may begin or end one."""
    rng = random.Random(f"consumers {number}")
    text = "".join(rng.choice(WORDS) + rng.choice(GAPS) for _ in range(rng.randrange(20, 160)))
    a = Article(f"chance-{number:02}.txt", text)

    def pieces(count):
        cuts = sorted(rng.sample(range(len(text) + 1), 2 * count))
        while any(later - earlier > 40 for earlier, later in zip(cuts[::2], cuts[1::2])):
            cuts = sorted(rng.sample(range(len(text) + 1), 2 * count))
        return list(zip(cuts[::2], cuts[1::2]))

    mentions = [
        a.mention(rng.choice(LABELS), pieces(rng.choice([1, 1, 1, 1, 2, 3]))) for _ in range(rng.randrange(3, 25))
    ]
    claims = []
    for _ in range(rng.randrange(0, 5)):
        roles = {"CUE": [pieces(1)], "SOURCE": [rng.choice([rng.choice(mentions), "UNNAMED", pieces(2)])]}
        claims.append(a.claim(pieces(rng.choice([1, 1, 2])), roles))
    for ids, label in [(mentions, "coreference"), (claims, "supports")]:
        if len(ids) > 1:
            a.relation(label, *rng.sample(ids, 2))
    return a


def all_articles(drawn):
    return [
        harbour(), marks_and_clitics(), line_ends(), above_ffff(), overlaps(), edges(), *encoded(), *plain(),
        *(by_chance(number) for number in range(drawn)),
    ]  # fmt: skip
