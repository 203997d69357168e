"""Exports that are imported and exported again, and the losses that an export tells."""

import shutil

from read_webanno import trimmed
from seen import whole

# These tell the bytes of an article; a project has it in UTF-8 without a mark, so those that are not are left out.
TELL_BYTES = {"jsonl", "parquet", "ron"}


def files_in(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def first_line_that_differs(file, one, other):
    one, other = one.split(b"\n"), other.split(b"\n")
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    shown = [(of[at] if at < len(of) else b"the end").decode("utf-8", "replace")[:120] for of in (one, other)]
    return f"{file}:{at + 1}: {shown[0]!r} became {shown[1]!r}"


def check(report, hashiya, name, truth, place):
    """What is exported, imported and exported again is the same, byte for byte."""
    place = place / "again" / name
    articles, first, second = place / "articles", place / "first", place / "second"
    others = [a for a, article in truth.items() if name in TELL_BYTES and article["encoding"] != "UTF-8"]
    left_out = shutil.ignore_patterns(*others, *(f"{other}.ron" for other in others))
    shutil.copytree(place.parent.parent / "articles", articles, ignore=left_out)
    hashiya("export", articles, "--format", name, "--out", first)
    written = files_in(first / name)
    if name == "ron":  # such a file lies beside its article
        for article in articles.glob("*.txt"):
            shutil.copy(article, first / name)
    hashiya("import", first / name, "--format", name, "--out", place / "project", "--add-labels")
    hashiya("export", place / "project", "--format", name, "--out", second)
    again = files_in(second / name)
    for files in (written, again):
        files.pop("LOSSES.txt", None)
    differences = [f"{file}: only in one" for file in sorted(written.keys() ^ again.keys())]
    for file in sorted(written.keys() & again.keys()):
        if written[file] != again[file]:
            differences.append(first_line_that_differs(file, written[file], again[file]))
    report.line(f"{name}, export, import, export", f"{len(written)} files equal", differences)


def losses(truth, pieces):
    """How often there is what a format may not keep, by the words that LOSSES.txt has for it; of spans or `pieces`."""
    annotations = [a for article in truth.values() for a in article["annotations"]]
    fillers = [f for a in annotations for filled in a["roles"].values() for f in filled]
    spans = [(article["text"], span) for article in truth.values() for span in whole(article, split=pieces).spans]
    return {
        "relations: not written": sum(len(article["relations"]) for article in truth.values()),
        "attributes: not written": sum(len(a["attributes"]) for a in annotations),
        "notes: not written": sum(bool(a["note"]) for a in annotations),
        "refused suggestions: not written": sum(len(article["decisions"]) for article in truth.values()),
        "annotations: written without the rule that suggested them": sum(bool(a["origin"]) for a in annotations),
        "annotations: written without their times": len(annotations),
        "discontinuous spans: written as one span for each piece": sum(
            len(fragments) > 1 for article in truth.values() for _, fragments in whole(article).spans
        ),
        "fillers of roles: not tied to their claim": len(fillers),
        "roles filled by the author or somebody unnamed: not written": sum(f in ("AUTHOR", "UNNAMED") for f in fillers),
        "characters above U+FFFF": sum(c > "\uffff" for article in truth.values() for c in article["text"]),
        "spans of nothing but white space: not written": sum(not trimmed(text, f) for text, (_, f) in spans),
    }


# What depends on the tokens or lines of a format is not counted here.
UNCOUNTED = [
    "line ends and control characters", "spans with white space at an edge", "spans inside or across a longer one",
    "spans with an edge inside a token", "spans with an edge inside a grapheme",
]  # fmt: skip


def check_losses(report, name, truth, folder):
    """The counts of LOSSES.txt are those of the truth, where anybody can count them without the format."""
    path, wrong, counted = folder / "LOSSES.txt", [], 0
    known = losses(truth, pieces=name == "conll")
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        count, what = line.split(" ", 1)
        words = next((words for words in [*known, *UNCOUNTED] if what.startswith(words)), None)
        if words is None:
            wrong.append(f"nobody knows what this says: {line}")
        elif words in known:
            counted += 1
            wrong += [f"{line}; there are {known[words]}"] if int(count) != known[words] else []
    report.line(f"{name}, losses", f"{counted - len(wrong)} counts agree", wrong)
