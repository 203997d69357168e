"""spaCy: documents made of the exported tokens; `Doc.char_span`, BILUO tags and `DocBin` say where spans stand."""

import spacy
import srsly
from seen import NOTE, UNSEEN, Seen, whole
from spacy.tokens import Doc, DocBin, SpanGroup
from spacy.training import biluo_tags_to_offsets, offsets_to_biluo_tags

FORMAT = "spacy"
FILE = "articles.jsonl"


def tasks_in(folder):
    return list(srsly.read_jsonl(folder / FILE))


def expected(truth):
    return {name: whole(article, split=True) for name, article in truth.items()}


def document(nlp, task):
    """A document with the words of the export, which must be its text."""
    tokens = task["tokens"]
    doc = Doc(nlp.vocab, words=[t["text"] for t in tokens], spaces=[t["ws"] for t in tokens])
    if doc.text != task["text"]:
        raise ValueError(f"{task['id']}: the tokens are not the text")
    for mine, token in zip(doc, tokens, strict=True):
        if (mine.idx, mine.i, mine.idx + len(mine)) != (token["start"], token["id"], token["end"]):
            raise ValueError(f"{task['id']}: {token} stands at {mine.idx} for spaCy")
    return doc


def aligned(doc, span):
    """The span as spaCy finds it by its characters, which must be the tokens that the export tells."""
    found = doc.char_span(span["start"], span["end"], label=span["label"], span_id=str(span["id"]))
    if found is None:
        raise ValueError(f"{span} does not fall on tokens")
    if (found.start, found.end - 1) != (span["token_start"], span["token_end"]):
        raise ValueError(f"{span} is made of the tokens {found.start} to {found.end - 1}")
    return found


def by_char_span(folder):
    nlp, found = spacy.blank("xx"), {}
    for task in tasks_in(folder):
        doc = document(nlp, task)
        doc.spans["sc"] = SpanGroup(doc, name="sc", spans=[aligned(doc, span) for span in task["spans"]])
        (doc,) = DocBin().from_bytes(DocBin(docs=[doc]).to_bytes()).get_docs(nlp.vocab)
        spans = {span.id_: (span.label_, ((span.start_char, span.end_char),)) for span in doc.spans["sc"]}
        links = [
            (link["label"], *(spans[str(link[end]["id"])] for end in ("head_span", "child_span")))
            for link in task["relations"]
        ]
        attributes = [
            (name, "true" if value is True else str(value), spans[str(span["id"])])
            for span in task["spans"]
            for name, value in span.get("attributes", {}).items()
        ]
        for span in task["spans"]:
            attributes += [(NOTE, span["note"], spans[str(span["id"])])] if span.get("note") else []
            unseen = ((role, filler) for role, fillers in span.get("roles", {}).items() for filler in fillers)
            attributes += [(role + UNSEEN, filler.upper(), spans[str(span["id"])]) for role, filler in unseen]
        quotes = [span.text for span in doc.spans["sc"]]
        found[task["id"]] = Seen(doc.text, list(spans.values()), quotes, links, attributes)
    return found


def by_biluo_tags(folder):
    """Every span alone as tags of tokens and back: the tags of one document cannot overlap."""
    nlp, found = spacy.blank("ar"), {}
    for task in tasks_in(folder):
        doc, spans = document(nlp, task), []
        for span in task["spans"]:
            tags = offsets_to_biluo_tags(doc, [(span["start"], span["end"], span["label"])])
            spans += [(label, ((start, end),)) for start, end, label in biluo_tags_to_offsets(doc, tags)]
        found[task["id"]] = Seen(doc.text, spans, [span["text"] for span in task["spans"]])
    return found


READERS = {
    "char_span and DocBin": (by_char_span, expected),
    "BILUO tags": (by_biluo_tags, expected),
}


def shift(folder):
    """Moves one span by one token, in characters and tokens alike."""
    tasks = tasks_in(folder)
    for task in tasks:
        for span in task["spans"]:
            if span["token_start"] == span["token_end"] and span["token_end"] + 1 < len(task["tokens"]):
                after = task["tokens"][span["token_end"] + 1]
                was, moved = dict(span), {"start": after["start"], "end": after["end"]}
                span.update(moved, token_start=after["id"], token_end=after["id"], text=after["text"])
                srsly.write_jsonl(folder / FILE, tasks)
                return f"{task['id']}: {was} became {span}"
    raise ValueError("no span to move")
