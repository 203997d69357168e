"""Speed of the rule engine beside spaCy's EntityRuler and Matcher, on one text with one rule set, in one run.

    pip install "spacy>=3.8,<3.9"
    cargo build --release
    python benches/spacy/compare.py target/release/hashiya TEXT.jsonl [--language ar|en] [--seconds N] [--runs N]

TEXT.jsonl has {"id": …, "text": …} per line. Nothing of this is built or shipped: a Python script, because it measures
a Python library.

The rule set is written once, below, as data: 25 token rules a language, and a gazetteer made from
`assets/gazetteers`, filled up with names of random syllables (seeded). It goes out twice, into a temporary folder
(--keep names a folder that stays):

* as a pack and a table for `hashiya suggest --no-builtin --rules DIR --threads 1 --lang LANGUAGE`;
* as phrase strings for spaCy's `entity_ruler` (matched by lower case: its fastest way; with --spacy-names tokens as
  token patterns of it, as most rule sets for it are written) and token patterns for its
  `Matcher` (greedy: the longest), run over `spacy.blank(LANGUAGE).pipe(texts)`, joined by `filter_spans`.

Everything has one label, so both sides resolve overlaps alike: of overlapping spans the longest stands.

What is counted: for hashiya, processes of their own, on one tiny document (start-up and compiling) and on the text
repeated until it takes about --seconds, or twice the start-up where that is longer; throughput is the difference in
bytes over the difference in time. So reading JSON and writing the suggestions, with their reasons, is in its time. For
spaCy a process of its own as well, that reports the time of import, of building, of the first pass (its cache of words
is cold) and of further passes of about --seconds, from texts in memory to spans in memory; its throughput is that of
the further passes. MB are 10^6 bytes of UTF-8. Throughput is by processor time, which other work on the machine
disturbs least; elapsed times are given apart. Every number is the median of --runs rounds, in which the engines take
turns.

The two do not do quite the same. hashiya folds spelling variants, takes proclitics off Arabic names, never matches
across a sentence and drops `'s`; spaCy's patterns can say none of these, its words are split by other rules (`Mr.` is
one), and it takes the longest span by words, hashiya by characters. So hashiya finds more in Arabic, and the table says
how many spans agree to the character.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LABEL = "MISC"
MINIMUM_LETTERS = 4
# MB/s of hashiya, to choose how often the text is repeated before anything is measured.
FIRST_GUESS = 15.0
GAZETTEER_CLASSES = {
    "place": {"country", "city", "state", "region", "settlement"},
    "first_name": {"first_name", "common_first", "sure_name"},
}

# ---- The rule set. An element is one of these tuples; a rule is a list of them. ----


def words(*forms):
    """One of some words, by lower case."""
    return ("words", forms, 1, 1)


def maybe(element):
    """An element or nothing."""
    return times(element, 0, 1)


def times(element, least, most):
    """An element so many times."""
    return (element[0], element[1], least, most)


CAPITAL = ("capital", (), 1, 1)
NAME = ("name", (), 1, 1)
DEFINITE = ("definite", (), 1, 1)
NUMBER = ("number", (), 1, 1)


def english():
    title = words(
        "president", "minister", "secretary", "senator", "governor", "mayor", "ambassador", "chancellor", "general",
        "colonel", "captain", "judge", "justice", "professor", "director", "chairman", "spokesman", "spokeswoman",
        "congressman", "speaker", "representative", "nominee", "candidate", "chief",
    )
    honorific = words("mr", "mr.", "mrs", "mrs.", "ms", "ms.", "dr", "dr.", "sir", "lord", "lady", "miss")
    say = words(
        "said", "says", "say", "added", "told", "tells", "stated", "noted", "explained", "announced", "confirmed",
        "declared", "insisted", "argued", "claimed", "acknowledged", "wrote", "tweeted", "replied", "reported",
    )
    month = words(
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "jan.", "feb.", "aug.", "sept.", "oct.", "nov.", "dec.",
    )
    weekday = words("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    people = words(
        "american", "british", "french", "german", "italian", "spanish", "russian", "turkish", "chinese", "japanese",
        "israeli", "iranian", "iraqi", "syrian", "egyptian", "mexican", "canadian", "republican", "democratic",
    )
    office = words("defense", "defence", "state", "finance", "interior", "foreign", "justice", "health", "education")
    place_head = words("city", "town", "village", "province", "state", "capital", "republic", "county", "district")
    place_tail = words("river", "lake", "sea", "bay", "island", "mountains", "valley", "county", "city", "province")
    organisation_head = words(
        "university", "ministry", "department", "bank", "bureau", "institute", "board", "council", "house"
    )
    organisation_tail = words(
        "university", "college", "institute", "foundation", "association", "committee", "commission", "council",
        "department", "agency", "party", "union", "bank", "company", "group", "court", "campaign", "hospital",
    )
    media_tail = words("times", "post", "journal", "tribune", "herald", "news", "magazine", "radio", "observer")
    unit = words("percent", "million", "billion", "dollars", "people", "years", "days", "months", "hours", "votes")
    of, the = words("of"), words("the")
    return {
        "title-name": [title, times(CAPITAL, 1, 3)],
        "honorific-name": [honorific, times(CAPITAL, 1, 2)],
        "former-title-name": [words("former", "then", "late"), maybe(people), title, times(CAPITAL, 1, 3)],
        "people-title-name": [people, title, times(CAPITAL, 1, 2)],
        "minister-of": [words("minister", "secretary", "department", "ministry"), of, maybe(the), office],
        "office-title-name": [office, words("minister", "secretary"), times(CAPITAL, 1, 2)],
        "say-name": [say, times(CAPITAL, 1, 3)],
        "name-say": [times(CAPITAL, 1, 3), say],
        "title-say": [maybe(the), title, say],
        "two-names-say": [CAPITAL, words("and"), CAPITAL, say],
        "according-to": [words("according"), words("to"), maybe(the), times(CAPITAL, 1, 3)],
        "place-of": [place_head, of, times(CAPITAL, 1, 2)],
        "place-tail": [times(CAPITAL, 1, 2), place_tail],
        "in-place-comma-place": [words("in", "from", "near", "at"), CAPITAL, ("mark", (",",), 1, 1), CAPITAL],
        "organisation-of": [organisation_head, of, maybe(the), times(CAPITAL, 1, 2)],
        "organisation-tail": [times(CAPITAL, 1, 3), organisation_tail],
        "media": [maybe(the), times(CAPITAL, 1, 2), media_tail],
        "number-month": [NUMBER, maybe(of), month],
        "month-number": [month, NUMBER],
        "month-day-year": [month, NUMBER, ("mark", (",",), 1, 1), NUMBER],
        "weekday-part": [weekday, words("morning", "afternoon", "evening", "night")],
        "last-day": [words("last", "next", "this"), words("week", "month", "year", *weekday[1])],
        "number-unit": [NUMBER, unit],
        "number-unit-unit": [NUMBER, words("million", "billion"), unit],
        "name-of-place": [times(CAPITAL, 1, 2), of, CAPITAL],
    }


def arabic():
    title = words(
        "الرئيس", "رئيس", "رئيسة", "الوزير", "وزير", "وزيرة", "الملك", "الأمير", "أمير", "الشيخ", "الدكتور", "السيد",
        "السيدة", "اللواء", "العميد", "العقيد", "الجنرال", "السفير", "سفير", "النائب", "المدير", "مدير", "المدرب",
        "القاضي", "البروفيسور", "الأستاذ", "المهندس", "قائد",
    )
    minister = words("وزير", "وزيرة", "وزراء", "الوزيرة")
    say = words(
        "قال", "قالت", "وقال", "وقالت", "أعلن", "أعلنت", "وأعلن", "أكد", "أكدت", "وأكد", "أضاف", "وأضاف", "أوضح",
        "وأوضح", "ذكر", "ذكرت", "وذكرت", "صرح", "وصرح", "أشار", "وأشار", "نفى", "شدد", "اعتبر",
    )
    place_head = words(
        "مدينة", "محافظة", "بلدة", "قرية", "جزيرة", "نهر", "مطار", "ولاية", "إقليم", "منطقة", "عاصمة", "ميناء", "شارع"
    )
    organisation_head = words(
        "وزارة", "مجلس", "حزب", "حركة", "منظمة", "هيئة", "لجنة", "اتحاد", "جامعة", "شركة", "بنك", "نادي", "حكومة",
        "قوات", "جيش", "جبهة", "محكمة", "نقابة", "مؤسسة",
    )
    media = words("صحيفة", "وكالة", "قناة", "مجلة", "إذاعة", "جريدة")
    month = words(
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
        "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "رمضان",
    )
    weekday = words("السبت", "الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة")
    unit = words("مليون", "مليار", "ألف", "دولار", "شخص", "شخصا", "سنة", "عاما", "يوما", "ساعة", "دقيقة", "طن", "متر")
    inside = words("في", "من", "إلى")
    return {
        "title-name": [title, times(NAME, 1, 2)],
        "title-definite-name": [title, DEFINITE, times(NAME, 1, 2)],
        "minister-of": [minister, DEFINITE],
        "minister-of-name": [minister, times(DEFINITE, 1, 2), times(NAME, 1, 2)],
        "say-title-name": [say, title, NAME],
        "say-title-definite": [say, title, DEFINITE],
        "say-name": [say, times(NAME, 1, 2)],
        "according-to": [words("بحسب", "وفق", "حسب", "وحسب"), maybe(title), NAME],
        "place-name": [place_head, NAME],
        "place-definite": [place_head, DEFINITE],
        "in-place": [inside, place_head, NAME],
        "organisation-definite": [organisation_head, times(DEFINITE, 1, 2)],
        "organisation-name": [organisation_head, NAME, times(DEFINITE, 0, 2)],
        "media-name": [media, NAME],
        "media-definite": [media, times(DEFINITE, 1, 2)],
        "number-month": [NUMBER, month],
        "month-number": [month, NUMBER],
        "weekday-number-month": [weekday, NUMBER, month],
        "day-weekday": [words("يوم", "مساء", "صباح"), weekday],
        "percent": [NUMBER, words("في"), words("المئة", "المائة")],
        "number-unit": [NUMBER, unit, maybe(unit)],
        "year": [words("عام", "سنة", "العام"), NUMBER],
        "father-of": [words("أبو", "أم", "آل"), NAME],
        "son-of": [NAME, words("بن", "ابن", "بنت"), NAME],
        "servant-of": [words("عبد"), DEFINITE, times(NAME, 0, 1)],
    }


RULES = {"en": english, "ar": arabic}
EXAMPLES = {"capital": "Marlow", "name": "سرحان", "definite": "الزراعة", "number": "12"}
NO_MATCH = {"en": "nothing here", "ar": "لا شيء هنا"}
# The article behind at most one legal string of proclitics, as in hashiya.
ARTICLE = "[وف]?(?:[بك]?ال|لل)"

# ---- The gazetteer. ----

SYLLABLES = {
    "en": ("b c d f g h j k l m n p r s t v w z br dr gr kl st tr".split(), "a e i o u ai ea".split(), ["", "n", "r"]),
    "ar": (list("بتثجحخدذرزسشصضطظعغفقكلمنهوي"), ["ا", "و", "ي", ""], ["", "ن", "ر", "ل"]),
}


def invented_name(rng, language):
    """A name of one to three words of random syllables."""
    onsets, vowels, ends = SYLLABLES[language]

    def word():
        syllables = (rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.randint(3, 4)))
        made = "".join(syllables) + rng.choice(ends)
        return made.capitalize()

    return " ".join(word() for _ in range(rng.choices([1, 2, 3], [6, 3, 1])[0]))


def gazetteer(language, size, seed=1):
    """`size` pairs of class and name: those of the project, in random order, then invented ones."""
    rng = random.Random(seed)
    by_name = {}
    for table in sorted((ROOT / "assets" / "gazetteers").glob("*.tsv")):
        for line in table.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if line.startswith("#") or len(cells) != 7 or cells[2] != language:
                continue
            for kind, classes in GAZETTEER_CLASSES.items():
                if cells[1] in classes:
                    for name in [cells[3], *cells[4].split("|")]:
                        if len(name) >= MINIMUM_LETTERS:
                            by_name.setdefault(name, kind)
    real = sorted(by_name.items())
    rng.shuffle(real)
    names = dict(real[:size])
    kinds = list(GAZETTEER_CLASSES)
    while len(names) < size:
        names.setdefault(invented_name(rng, language), rng.choice(kinds))
    return [(kind, name) for name, kind in names.items()], min(size, len(real))


# ---- Writing it for hashiya. ----


def ron_string(text):
    return json.dumps(text, ensure_ascii=False)


def ron_element(element, lists):
    kind, forms, least, most = element
    match kind:
        case "words":
            name = lists.setdefault(forms, f"words{len(lists) + 1}")
            written = f"List({ron_string(name)})"
        case "mark":
            written = f"Mark({ron_string(''.join(forms))})"
        case "capital":
            written = "Token(shape: Capitalised)"
        case "name":
            written = "Token(name: true)"
        case "definite":
            written = "Token(definite: true)"
        case "number":
            written = "Token(number: true)"
    return written if (least, most) == (1, 1) else f"Repeat({least}, {most}, [{written}])"


def example(elements):
    """The shortest text that a rule matches."""
    parts = []
    for kind, forms, least, _ in elements:
        parts += [EXAMPLES.get(kind) or forms[0]] * least
    return " ".join(parts)


def write_pack(folder, language, rules, names):
    """Writes the rule set as a pack of hashiya and its gazetteer."""
    lists, written = {}, []

    def rule(identifier, pattern, must):
        note = ron_string(identifier)
        written.append(
            f"        Rule(id: {note}, pattern: [Capture({ron_string(LABEL)}, [{pattern}])], "
            f"note: (en: {note}, ar: {note}), "
            f"examples: (must: [{ron_string(f'[{must}]')}], must_not: [{ron_string(NO_MATCH[language])}])),"
        )

    for kind in GAZETTEER_CLASSES:
        first = next(name for other, name in names if other == kind)
        rule(f"gazetteer-{kind.replace('_', '-')}", f"Gazetteer({ron_string(kind)})", first)
    for identifier, elements in rules.items():
        rule(identifier, ", ".join(ron_element(e, lists) for e in elements), example(elements))
    list_lines = (
        f"        {ron_string(name)}: (class: Whole, words: [{', '.join(map(ron_string, forms))}]),"
        for forms, name in lists.items()
    )
    pack = [
        "#![enable(implicit_some)]",
        "Pack(",
        f'    format: 1, name: "equivalent", version: 1, language: {ron_string(language)},',
        "    lists: {",
        *list_lines,
        "    },",
        "    rules: [",
        *written,
        "    ],",
        ")",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"equivalent-{language}.ron").write_text("\n".join(pack) + "\n", encoding="utf-8")
    rows = ["id\ttype\tlanguage\tname\taliases\tsource\tlicence"]
    rows += [f"\t{kind}\t{language}\t{name}\t\tbench\tbench" for kind, name in names]
    (folder / "equivalent.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


# ---- Writing it for spaCy. ----


def spacy_element(element):
    kind, forms, least, most = element
    match kind:
        case "words":
            token = {"LOWER": {"IN": list(forms)}} if len(forms) > 1 else {"LOWER": forms[0]}
        case "mark":
            token = {"TEXT": forms[0]}
        case "capital":
            token = {"IS_TITLE": True}
        case "name":
            token = {"IS_ALPHA": True, "LENGTH": {">=": 3}, "TEXT": {"REGEX": f"^(?!{ARTICLE})"}}
        case "definite":
            token = {"TEXT": {"REGEX": f"^{ARTICLE}.."}}
        case "number":
            token = {"TEXT": {"REGEX": r"^\d[\d.,]*$"}}
    if (least, most) == (0, 1):
        token["OP"] = "?"
    elif (least, most) != (1, 1):
        token["OP"] = f"{{{least},{most}}}"
    return token


def write_patterns(path, language, rules, names, as_tokens):
    """Writes the rule set as patterns of spaCy, the names as phrases or as token patterns."""

    def pattern(name):
        return [{"LOWER": word.lower()} for word in name.split()] if as_tokens else name

    content = {
        "language": language,
        "phrases": [{"label": LABEL, "pattern": pattern(name)} for _, name in names],
        "tokens": {identifier: [spacy_element(e) for e in elements] for identifier, elements in rules.items()},
    }
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


# ---- Running. ----


def read_texts(path):
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    return [json.loads(line)["text"] for line in lines if line.strip()]


def spacy_worker(patterns, path, seconds):
    """Runs in a process of its own; prints one JSON object."""
    texts = read_texts(path)
    started, started_processor = time.perf_counter(), time.process_time()
    import spacy
    from spacy.matcher import Matcher
    from spacy.util import filter_spans

    imported = time.perf_counter()
    content = json.loads(Path(patterns).read_text(encoding="utf-8"))
    nlp = spacy.blank(content["language"])
    nlp.max_length = max(nlp.max_length, max(map(len, texts)) + 1)
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(content["phrases"])
    matcher = Matcher(nlp.vocab)
    for identifier, pattern in content["tokens"].items():
        matcher.add(identifier, [pattern], greedy="LONGEST")
    built, built_processor = time.perf_counter(), time.process_time()

    def one_pass():
        return [
            [(s.start_char, s.end_char) for s in filter_spans([*doc.ents, *matcher(doc, as_spans=True)])]
            for doc in nlp.pipe(texts)
        ]

    spans = one_pass()
    first, first_processor = time.perf_counter(), time.process_time()
    passes = 0
    while passes == 0 or time.process_time() - first_processor < seconds:
        one_pass()
        passes += 1
    warm_processor = time.process_time()
    print(json.dumps({
        "version": spacy.__version__,
        "import": imported - started,
        "build": built - imported,
        "startup_processor": built_processor - started_processor,
        "first_processor": first_processor - built_processor,
        "pass_processor": (warm_processor - first_processor) / passes,
        "pass_elapsed": (time.perf_counter() - first) / passes,
        "whole": first - started,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "spans": spans,
    }))  # fmt: skip


def run_spacy(patterns, text, seconds):
    command = [sys.executable, __file__, "--spacy-worker", str(patterns), str(text), str(seconds)]
    one_thread = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **one_thread})
    if done.returncode != 0:
        sys.exit(f"spaCy failed:\n{done.stderr}")
    return json.loads(done.stdout)


def run_hashiya(program, folder, language, text, out):
    """Runs hashiya once; returns elapsed and processor seconds, and the peak memory in MB."""
    command = [str(program), "suggest", "--no-builtin", "--rules", str(folder), "--threads", "1"]
    command += ["--lang", language, "--out", str(out), str(text)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"hashiya failed:\n{message}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def write_text(path, texts, copies):
    with path.open("w", encoding="utf-8") as out:
        for copy in range(copies):
            for index, text in enumerate(texts):
                out.write(json.dumps({"id": f"{copy}-{index}", "text": text}, ensure_ascii=False) + "\n")


def measure_hashiya(arguments, folder, work):
    """One round: a tiny document, the text once, the text so many times."""
    tiny, once, repeated, out = (work / f"{name}.jsonl" for name in ("tiny", "once", "many", "out"))
    startup_elapsed, startup, _ = run_hashiya(arguments.hashiya, folder, arguments.language, tiny, out)
    whole, _, memory = run_hashiya(arguments.hashiya, folder, arguments.language, once, out)
    lines = out.read_text(encoding="utf-8").splitlines()
    spans = [[(s["start"], s["end"]) for s in json.loads(line)["spans"]] for line in lines]
    many_elapsed, many, _ = run_hashiya(arguments.hashiya, folder, arguments.language, repeated, out)
    return {
        "startup": startup_elapsed,
        "startup_processor": startup,
        "many": many_elapsed,
        "many_processor": many,
        "whole": whole,
        "memory": memory,
        "spans": spans,
    }


def median(rounds, key):
    return statistics.median(r[key] for r in rounds)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hashiya", type=Path, help="the program")
    parser.add_argument("text", type=Path, help='JSON lines of {"id", "text"}')
    parser.add_argument("--language", choices=sorted(RULES), default="en")
    parser.add_argument("--seconds", type=float, default=3.0, help="about how long each engine runs in a round")
    parser.add_argument("--runs", type=int, default=3, help="rounds")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000, 500_000], help="gazetteer names")
    parser.add_argument("--spacy-most", type=int, default=20_000, help="spaCy is given no larger gazetteer")
    parser.add_argument(
        "--spacy-names",
        choices=["phrases", "tokens"],
        default="phrases",
        help="how spaCy is given the names: as phrase strings, its fastest way, or as token patterns",
    )
    parser.add_argument("--keep", type=Path, help="write packs and patterns here and leave them")
    return parser.parse_args()


def main():
    if sys.argv[1:2] == ["--spacy-worker"]:
        spacy_worker(sys.argv[2], sys.argv[3], float(sys.argv[4]))
        return
    arguments = parse_arguments()
    texts = read_texts(arguments.text)
    size = sum(len(text.encode()) for text in texts)
    rules = RULES[arguments.language]()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        write_text(work / "tiny.jsonl", [NO_MATCH[arguments.language]], 1)
        write_text(work / "once.jsonl", texts, 1)
        report = Report(arguments.language, len(texts), size, len(rules))
        speed = FIRST_GUESS
        for count in arguments.sizes:
            names, real = gazetteer(arguments.language, count)
            folder = (arguments.keep or work) / f"{arguments.language}-{count}"
            write_pack(folder / "pack", arguments.language, rules, names)
            write_patterns(
                folder / "patterns.json", arguments.language, rules, names, arguments.spacy_names == "tokens"
            )
            # So many copies that start-up and its noise are the smaller part.
            _, startup, _ = run_hashiya(
                arguments.hashiya, folder / "pack", arguments.language, work / "tiny.jsonl", work / "out.jsonl"
            )
            copies = round(speed * 1e6 * max(arguments.seconds, 2 * startup) / size) + 2
            write_text(work / "many.jsonl", texts, copies)
            ours, theirs = [], []
            for _ in range(arguments.runs):
                ours.append(measure_hashiya(arguments, folder / "pack", work))
                if count <= arguments.spacy_most:
                    theirs.append(run_spacy(folder / "patterns.json", work / "once.jsonl", arguments.seconds))
            speed = report.add(count, real, ours, theirs, copies)
        report.close()


class Report:
    """Prints the table, line by line as the numbers come."""

    def __init__(self, language, documents, size, rules):
        self.size = size
        self.speeds = {}
        print(f"{language}: {documents} documents, {size / 1e6:.3f} MB, {rules} token rules, one thread")
        print("names    engine   MB/s   MB/s     MB/s        start-up  whole      memory     spans")
        print("                  (cpu)  elapsed  first pass  s cpu     process s  MB at peak")

    def add(self, count, real, ours, theirs, copies):
        """Prints what the rounds of one gazetteer gave; returns the throughput of hashiya."""
        found = {(i, *span) for i, spans in enumerate(ours[0]["spans"]) for span in spans}
        megabytes = self.size / 1e6
        speed = megabytes * copies / (median(ours, "many_processor") - median(ours, "startup_processor"))
        elapsed = megabytes * copies / (median(ours, "many") - median(ours, "startup"))
        self.speeds[count] = speed
        self.row(count, "hashiya", speed, elapsed, None, ours, len(found))
        if theirs:
            other = {(i, *span) for i, spans in enumerate(theirs[0]["spans"]) for span in spans}
            their_speed = megabytes / median(theirs, "pass_processor")
            self.row(count, "spaCy", their_speed, megabytes / median(theirs, "pass_elapsed"),
                     megabytes / median(theirs, "first_processor"), theirs, len(other))  # fmt: skip
            same = len(found & other)
            print(f"         ratio {speed / their_speed:.1f}; {same} spans agree exactly, "
                  f"{same / max(1, len(found)):.1%} of hashiya's, {same / max(1, len(other)):.1%} of spaCy's; "
                  f"spaCy {theirs[0]['version']}: import {median(theirs, 'import'):.2f} s, "
                  f"build {median(theirs, 'build'):.2f} s elapsed")  # fmt: skip
        print(f"         {real} names of the project, {count - real} invented", flush=True)
        return speed

    def row(self, count, engine, speed, elapsed, first, rounds, spans):
        first = "-" if first is None else f"{first:.2f}"
        startup, whole, memory = (median(rounds, key) for key in ("startup_processor", "whole", "memory"))
        print(
            f"{count:<8} {engine:<8} {speed:<6.2f} {elapsed:<8.2f} {first:<11} "
            f"{startup:<9.2f} {whole:<10.2f} {memory:<10.0f} {spans}"
        )

    def close(self):
        if {20_000, 500_000} <= self.speeds.keys():
            kept = self.speeds[500_000] / self.speeds[20_000]
            print(f"hashiya at 500000 names: {kept:.0%} of its speed at 20000")


if __name__ == "__main__":
    main()
