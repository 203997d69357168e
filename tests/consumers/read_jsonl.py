"""Our own lines of JSON: by Python's reader."""

import json

from seen import NOTE, UNSEEN, Seen, whole

FORMAT = "jsonl"
FILE = "articles.jsonl"


def expected(truth):
    return {name: whole(article) for name, article in truth.items()}


def fragments_of(span):
    return tuple(tuple(piece) for piece in span.get("fragments") or [[span["start"], span["end"]]])


def fillers_of(span):
    """The fillers of a claim with their roles; where `roles` is left out, the flat fields say the same."""
    for role, fillers in span.get("roles", {}).items():
        yield from ((role, filler) for filler in fillers)
    if "roles" not in span:
        for role in ("SOURCE", "CUE", "ABOUT"):
            yield from ((role, {"span": [pair]}) for pair in span.get(role.lower(), []))


def seen_in(line):
    own, spans, links, attributes = {}, [], [], []
    for span in line["spans"]:
        own[span["id"]] = (span["label"], fragments_of(span))
        spans.append(own[span["id"]])
        attributes += [(n, "true" if v is True else str(v), own[span["id"]]) for n, v in span["attributes"].items()]
        attributes += [(NOTE, span["note"], own[span["id"]])] if span.get("note") else []
    for span in line["spans"]:
        for role, filler in fillers_of(span):
            if isinstance(filler, dict) and "entity" in filler:
                links.append((role, own[span["id"]], own[filler["entity"]]))
            elif isinstance(filler, dict):
                spans.append((role, tuple(map(tuple, filler["span"]))))
                links.append((role, own[span["id"]], spans[-1]))
            else:
                attributes.append((role + UNSEEN, filler.upper(), own[span["id"]]))
    links += [(r["label"], own[r["from"]], own[r["to"]]) for r in line["relations"]]
    return Seen(line["text"], spans, None, links, attributes)


def by_python(folder):
    with (folder / FILE).open(encoding="utf-8", newline="\n") as file:
        return {line["id"]: seen_in(line) for line in map(json.loads, file)}


READERS = {"json": (by_python, expected)}


def shift(folder):
    """Moves one span by one character."""
    lines = (folder / FILE).read_text("utf-8").split("\n")
    line = json.loads(lines[0])
    line["spans"][0]["start"] += 1
    lines[0] = json.dumps(line, ensure_ascii=False)
    (folder / FILE).write_text("\n".join(lines), "utf-8")
    return f"{line['id']}: {line['spans'][0]}"
