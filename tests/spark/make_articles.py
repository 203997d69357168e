"""Articles in any number, made up of sentences of our own and of the bundled articles; the same seed, the same articles.

Among them are texts that a way through JSON, Arrow and the JVM may bend, and rows that are no documents.
"""

import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]

ARABIC = {
    "names": ["سليم عون", "هالة المرعشي", "جابر الدهشوري", "ريم القصّاب", "طارق الهلالي", "نجلاء بن ساسي"],
    "offices": ["وزير النقل", "المتحدث باسم الحكومة", "رئيس البلدية", "مديرة المرفأ", "محافظ المصرف المركزي"],
    "places": ["تونس", "مسقط", "أوسلو", "طرابلس", "بيروت", "الخرطوم"],
    "sentences": [
        "قال {office} {name} إن الأعمال في {place} ستنتهي قبل {year}.",
        "وأعلنت {name}، أمس الثلاثاء، أن «الحصة السنوية ستبلغ {number} طن لكل طرف».",
        "ونفى {name} في تصريح لـ«إذاعة المضيق» أن تكون الرحلات بين {place} والعاصمة قد توقفت.",
        "وبحسب مصادر في وزارة الأشغال، فإن الكلفة قاربت {number} دولار.",
        "وَأَضَافَ {name} أنّ اللجنة ستجتمع في {place} يوم {day} مايو {year}.",
    ],
}
ENGLISH = {
    "names": ["Tomas Veltri", "Ana Drobnik", "Lena Marchetti", "Pavel Rindt", "Maria Estévez-Brandt", "Samir Odeh"],
    "offices": ["transport minister", "government spokesman", "mayor", "harbour master", "central bank governor"],
    "places": ["Vienna", "Oslo", "Ljubljana", "Tunis", "Toronto", "Kyoto"],
    "sentences": [
        'The {office}, {name}, said the bridge at {place} would open "before the end of {year}".',
        "{name} told reporters on {day} May {year} that {number} tonnes had been unloaded in {place}.",
        "According to {name}, the repairs will cost ${number} million.",
        "{name} denied that the ferries to {place} had been stopped; the {office} did not comment.",
    ],
}

# What breaks when bytes, UTF-16 units and code points are mixed up, or lines are cut at other places than line feeds.
AWKWARD = [
    "",
    " ",
    "\r\nقال سليم عون:\r\n\r\n«لا».\r\n",
    'He said: "C:\\new\\table" \\u0041 \\ud83d.',
    "عائلة 👨‍👩‍👧‍👦 وعلم 🇹🇳 في تونس، وحرف 𐎠 و𝔸 في Oslo.",
    "one\u2028two\u2029three\u0085four\x0bfive\x0csix\x1cseven\x00eight\x7f",
    "\ufeffTomas Veltri was in Vienna.\ufeff",
    "قَالَ الوَزِيرُ فِي مَسْقَط: e\u0301 \u200fRLM\u200e \u202bRLE\u202c",
    "Ana Drobnik " + "sp" * 200_000 + " said in Oslo that it was over.",
]


def paragraphs(name):
    text = (ROOT / "assets" / "examples" / name).read_text(encoding="utf-8")
    return [paragraph for paragraph in text.split("\n") if len(paragraph) > 80]


def article(chance, bundled, count):
    words, own = chance.choice([(ARABIC, bundled["ar"]), (ENGLISH, bundled["en"])])
    made = []
    for _ in range(chance.randint(count // 2, count)):
        if chance.random() < 0.25:
            made.append(chance.choice(own))
            continue
        sentences = chance.choices(words["sentences"], k=chance.randint(1, 4))
        made.append(
            " ".join(
                sentence.format(
                    office=chance.choice(words["offices"]),
                    name=chance.choice(words["names"]),
                    place=chance.choice(words["places"]),
                    year=chance.randint(1998, 2031),
                    day=chance.randint(1, 28),
                    number=chance.randint(2, 90_000),
                )
                for sentence in sentences
            )
        )
    return "\n".join(made)


def articles(count, seed, most_paragraphs=12):
    """That many articles as (id, text); the awkward ones are scattered among them."""
    chance = random.Random(seed)
    bundled = {"ar": paragraphs("sarian-strait.ar.txt"), "en": paragraphs("halden-dam.en.txt")}
    texts = [article(chance, bundled, most_paragraphs) for _ in range(count - len(AWKWARD))] + AWKWARD
    chance.shuffle(texts)
    ids = ["خبر/{}", "news-{}", 'a "quoted" \\ id {}', "{}"]
    return [(chance.choice(ids).format(number), text) for number, text in enumerate(texts)]


# Rows that are no documents, and lines that are none.
BAD_ROWS = [
    (b"no text", None),
    (None, "بلا رقم".encode()),
    (None, None),
    (b"text is no UTF-8", b"\xd9 \xff"),
    (b"id is no UTF-8 \xff", "وصل الوفد إلى تونس".encode()),
]
BAD_LINES = [b"{", b'{"id": "a"}', b'{"id": 1, "text": 5}', b'"text"', b'{"id": "a", "text": "b"} c']


def write(folder, made, shards, bad=False):
    """Writes articles as shards of Parquet and of JSON lines with the same rows, with `bad` also rows and lines that
    are no documents. Returns the bytes of text, and how many rows and how many lines are none."""
    rows = [(article_id.encode(), text.encode()) for article_id, text in made]
    bad_rows, bad_lines = (BAD_ROWS, BAD_LINES) if bad else ([], [])
    chance = random.Random(len(rows))
    for row in bad_rows:
        rows.insert(chance.randrange(len(rows) + 1), row)
    for kind in ("parquet", "jsonl"):
        (folder / kind).mkdir(parents=True)
    for shard in range(shards):
        part = rows[shard::shards]
        # Bytes, since not all of them are UTF-8; both readers take them for text.
        columns = [pa.array(column, pa.binary()) for column in zip(*part)]
        pq.write_table(pa.table(columns, ["id", "text"]), folder / "parquet" / f"{shard:03}.parquet", row_group_size=500)
        with open(folder / "jsonl" / f"{shard:03}.jsonl", "wb") as file:
            for number, row in enumerate(part):
                if shard == 0 and number < len(bad_lines):
                    file.write(bad_lines[number] + b"\n\n")
                file.write(json_line(row) + (b"\r\n" if number % 7 == 0 else b"\n"))
    return sum(len(text) for _, text in rows if text), len(bad_rows), len(bad_rows) + len(bad_lines)


def json_line(row):
    fields = [b"null" if value is None else b'"' + escaped(value) + b'"' for value in row]
    return b'{"id": ' + fields[0] + b', "text": ' + fields[1] + b"}"


def escaped(value):
    """JSON's escapes for bytes, of which some are no UTF-8."""
    text = value.decode(errors="surrogateescape")
    return json.dumps(text, ensure_ascii=False)[1:-1].encode(errors="surrogateescape")
