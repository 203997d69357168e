"""doccano: what its importer puts into its database, offsets in code points as its server counts."""

import bisect
import json
import os
import pathlib
import subprocess

import regex
from seen import Seen, in_pieces, placed, whole

FORMAT = "doccano"
FILE = "articles.jsonl"
PYTHON = pathlib.Path(os.environ.get("CONSUMERS_DOCCANO", "python3"))


def imported(*jobs, scheme="IOB2"):
    """The database after each job, TASK:FORMAT:FILE, one after the other; `scheme` is how tags of CoNLL are meant."""
    script = pathlib.Path(__file__).with_name("doccano_import.py")
    command = [str(PYTHON), "-B", str(script), str(PYTHON.parent.parent), *jobs]
    environment = {**os.environ, "CONLL_SCHEME": scheme}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise ValueError(f"doccano: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def expected(truth, place=lambda _: tuple):
    """Every piece of every span, where `place` puts it in a text."""
    wanted = {name: in_pieces(placed(whole(a), place(a["text"]))) for name, a in truth.items()}
    for seen in wanted.values():
        seen.attributes = None
    return wanted


def seen_in_database(example):
    spans = {id_: (label, ((start, end),)) for id_, label, start, end in example["spans"]}
    links = [(label, spans[one], spans[other]) for label, one, other in example["relations"]]
    quotes = [example["text"][start:end] for _, ((start, end),) in spans.values()]
    return Seen(example["text"], list(spans.values()), quotes, links)


def by_importer(folder):
    (database,) = imported(f"RelationExtraction:JSONL:{folder / FILE}")
    if database["errors"]:
        raise ValueError(f"doccano complains: {database['errors']}")
    return {example["meta"]["name"]: seen_in_database(example) for example in database["examples"]}


def utf16_units(text):
    """The offset in UTF-16 units of each offset in code points."""
    offsets = [0]
    for char in text:
        offsets.append(offsets[-1] + len(char.encode("utf-16-le")) // 2)
    return offsets


def in_utf16(text):
    units = utf16_units(text)
    return lambda fragments: [(units[start], units[end]) for start, end in fragments]


def in_graphemes(text):
    """A span that cuts a grapheme has all of it, and the pieces of a discontinuous span that meet by that are one."""
    starts = [match.start() for match in regex.finditer(r"\X", text)]

    def place(fragments):
        pieces = []
        for start, end in fragments:
            first, last = bisect.bisect_right(starts, start) - 1, bisect.bisect_left(starts, end)
            first = pieces.pop()[0] if pieces and first <= pieces[-1][1] else first
            pieces.append((first, last))
        return pieces

    return place


def without_quotes(folder):
    """As `by_importer`; what stands between offsets of another unit is not for Python to say."""
    found = by_importer(folder)
    for seen in found.values():
        seen.quotes = None
    return found


def expected_in_utf16(truth):
    return expected(truth, in_utf16)


def expected_in_graphemes(truth):
    return expected(truth, in_graphemes)


VARIANTS = {
    "": ([], {"doccano's importer": (by_importer, expected)}),
    "UTF-16": (["--unit", "utf16"], {"doccano's importer": (without_quotes, expected_in_utf16)}),
    "graphemes": (["--unit", "grapheme"], {"doccano's importer": (without_quotes, expected_in_graphemes)}),
}


def shift(folder):
    """Moves the end of one span by one character."""
    path = folder / FILE
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    line = next(line for line in lines if any(e["end_offset"] < len(line["text"]) for e in line["entities"]))
    entity = next(e for e in line["entities"] if e["end_offset"] < len(line["text"]))
    entity["end_offset"] += 1
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return f"{line['name']}: {entity}"
