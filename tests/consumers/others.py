"""Imports files that others have written and compares what came in with what their own readers count."""

import csv
import json
import os
import pathlib
import shutil
from collections import Counter

import pandas
import read_brat
import read_doccano
import read_jsonl
import seen
import written_by_others
from bratsubset.annotation import EventAnnotation, TextBoundAnnotationWithText
from seen import Tally

ARTICLES = 40  # of each gold standard; the writers of others are slow
WEBANNO_CHARS = 700


def gold():
    """The gold standards with spans, by name: articles as (name, text, [(label, start, end)])."""
    folder = os.environ.get("HASHIYA_TEST_DATA")
    if not folder:
        print("skipped: the gold standards as files of others, for HASHIYA_TEST_DATA is not set")
        return
    for path in sorted(pathlib.Path(folder, "gold").glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            lines = [json.loads(line) for line in file][:ARTICLES]
        if "spans" in lines[0]:
            yield (
                path.stem,
                [(d["id"], d["text"], [(s["label"], s["start"], s["end"]) for s in d["spans"]]) for d in lines],
            )


def ours(truth):
    """The mentions of the corpus, each in one piece that shows something."""
    for name, article in truth.items():
        spans = [(a["label"], *a["fragments"][0]) for a in article["annotations"] if len(a["fragments"]) == 1]
        spans = [span for span in spans if span[0] != "CLAIM" and article["text"][span[1] : span[2]].strip()]
        yield name, article["text"], sorted(set(spans))


def fit_for(name, articles):
    """What the writer of others can write: web-anno-tsv short lines, brat no carriage return, XML no vertical tab."""
    if name == "webanno-tsv":
        return list(cut(articles, WEBANNO_CHARS))
    refused = {"brat": "\r", "cas-xmi": "\v"}.get(name, "\0")
    return [article for article in articles if refused not in article[1]]


def cut(articles, length):
    """The beginnings of articles with the spans in them; none with what web-anno-tsv cannot read again."""
    for name, text, spans in articles:
        text = text[:length]
        if not set("\\\n\r\t\v\u2028") & set(text):
            yield name, text, [span for span in spans if span[2] <= len(text)]


def brought_in(hashiya, paths, name, place):
    """What the program has in its project after the import, by the text of the article."""
    shutil.rmtree(place, ignore_errors=True)
    hashiya("import", *paths, "--format", name, "--out", place / "project", "--add-labels")
    hashiya("export", place / "project", "--format", "jsonl", "--out", place / "export")
    return list(read_jsonl.by_python(place / "export" / "jsonl").values())


def counted(articles):
    """Spans by the beginning of their article; two articles of one text are one."""
    articles = {text: spans for text, spans in articles}.items()
    return Counter((text[:40], label, fragments) for text, spans in articles for label, fragments in spans)


def check_import(report, title, hashiya, paths, name, read, place):
    """Compares the import of files with what their reader told of them."""
    came_in = brought_in(hashiya, paths, name, place)
    tally = Tally()
    tally.sets(title, "texts", {text for text, _ in read}, {article.text for article in came_in})
    found = [(article.text, article.spans) for article in came_in]
    if name == "brat":  # what brat has in pieces between line ends is one span for us
        found = [(text, [(s[0], read_brat.without_line_ends(text, s[1])) for s in spans]) for text, spans in found]
    tally.sets(title, "spans", counted(read), counted(found))
    report.line(title, f"{tally.agree.total()} agree ({tally})", tally.differences)


def check_written(report, hashiya, formats, truth, place):
    """Our corpus and the gold standards, written by the libraries of others, who read them again before we are asked."""
    for title, articles in [("our mentions", list(ours(truth))), *gold()]:
        for name, (write, read) in written_by_others.FORMATS.items():
            if name not in formats:
                continue
            folder = place / "others" / title / name
            folder.mkdir(parents=True)
            write(fit_for(name, articles), folder)
            report.attempt(
                f"{title} as {name} of others", check_import, report, f"{title} as {name} of others", hashiya, [folder],
                name, read(folder), place / "others" / f"{title}-{name}",
            )  # fmt: skip


def doccano_samples():
    """Files that doccano ships, by task and format, where its importer takes them."""
    python = pathlib.Path(read_doccano.PYTHON)
    data = next(python.parent.parent.glob("lib/python*/site-packages/backend/data_import"))
    tests = data / "tests" / "data"
    yield "doccano", "SequenceLabeling:JSONL", tests / "sequence_labeling" / "example_overlapping.jsonl"
    yield "doccano", "RelationExtraction:JSONL", tests / "relation_extraction" / "example.jsonl"
    yield (
        "doccano",
        "RelationExtraction:JSONL",
        data / "pipeline" / "examples" / "relation_extraction" / "example.jsonl",
    )
    yield "conll", "SequenceLabeling:CoNLL", tests / "sequence_labeling" / "example.conll"
    yield "conll", "SequenceLabeling:CoNLL", tests / "sequence_labeling" / "labeling.trailing.conll"


def write_tables(rows, folder):
    """Tables of articles as Python and pandas write them: (format, file)."""
    for name, dialect in [("csv", "excel"), ("csv", "unix"), ("tsv", "excel-tab")]:
        path = folder / f"{dialect}.{name}"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, dialect=dialect).writerows([("id", "text"), *rows])
        yield name, path
    for name, options in [("csv", {}), ("csv", {"sep": ";"}), ("tsv", {"sep": "\t"})]:
        path = folder / f"pandas{options.get('sep', ',') == ';'}.{name}"
        pandas.DataFrame(rows, columns=["id", "text"]).to_csv(path, index=False, **options)
        yield name, path


def check_tables(report, hashiya, truth, place):
    """Texts come out of tables to the character; a row with nothing to be seen is refused, so there is none."""
    folder = place / "others" / "tables"
    folder.mkdir(parents=True)
    rows = [(name, article["text"]) for name, article in truth.items() if article["text"].strip()]
    for name, path in write_tables(rows, folder):
        title = f"{name} of {path.stem}"
        report.attempt(title, check_table, report, title, hashiya, name, path, rows, folder / f"in-{path.name}")


def check_table(report, title, hashiya, name, path, rows, place):
    tally = Tally()
    came_in = [article.text for article in brought_in(hashiya, [path], name, place)]
    tally.sets(title, "texts", [text for _, text in rows], came_in)
    report.line(title, f"{tally.agree.total()} agree ({tally})", tally.differences)


def one_article(examples):
    """The sentences of a file of CoNLL, each an example for doccano, as the one article that they are."""
    text, spans = "", []
    for example in examples:
        at = len(text) + 1 if text else 0
        text = f"{text}\n{example['text']}" if text else example["text"]
        spans += [[id_, label, at + start, at + end] for id_, label, start, end in example["spans"]]
    return {"text": text, "spans": spans, "relations": []}


def check_doccano_samples(report, hashiya, formats, place):
    for number, (name, task, path) in enumerate(doccano_samples()):
        if name in formats:
            title = f"doccano's {path.parent.name}/{path.name}"
            report.attempt(
                title, check_sample, report, title, hashiya, name, task, path, place / "others" / f"{number}"
            )


def check_sample(report, title, hashiya, name, task, path, place):
    """Texts, spans and relations as doccano has them in its database and as they came in."""
    (database,) = read_doccano.imported(f"{task}:{path}")
    examples = [one_article(database["examples"])] if name == "conll" else database["examples"]
    wanted = {e["text"]: read_doccano.seen_in_database(e) for e in examples}
    found = {article.text: article for article in brought_in(hashiya, [path], name, place)}
    tally = Tally()
    tally.articles(wanted, found)
    report.line(title, f"{tally.agree.total()} agree ({tally})", tally.differences)


def claims_of(line):
    """The claims of a line of the gold standard as (role, fragments): what brat has as an event."""
    for claim in line["claims"]:
        if claim.get("content"):
            yield [(role, tuple(map(tuple, claim[role]))) for role in ("content", "source", "cue") if claim.get(role)]


def write_claims(lines, folder):
    """Claims as events, each line as brat's own classes print it."""
    for line in lines:
        text, printed = line["text"], []
        (folder / f"{line['id']}.txt").write_text(text, "utf-8", newline="")
        for number, (content, *fillers) in enumerate(claims_of(line), 1):
            ids = []
            for role, fragments in [("CLAIM", content[1])] + [(role.upper(), f) for role, f in fillers]:
                ids.append((role, f"T{sum(p.startswith('T') for p in printed) + 1}"))
                pieces = read_brat.without_line_ends(text, fragments)
                quote = seen.quote_of(text, pieces)
                printed.append(str(TextBoundAnnotationWithText(pieces, ids[-1][1], role, quote)))
            printed.append(str(EventAnnotation(ids[0][1], ids[1:], f"E{number}", "CLAIM", "")))
        (folder / f"{line['id']}.ann").write_text("".join(f"{p}\n" for p in printed), "utf-8")


def check_claims(report, hashiya, formats, place):
    """Claims with their sources and cues, as brat tells them and as they came in."""
    folder = os.environ.get("HASHIYA_TEST_DATA")
    if not folder or "brat" not in formats:
        return
    path = pathlib.Path(folder, "gold", "polnear-en-claims.jsonl")
    title, ours = "polnear-en-claims as events of brat", place / "others" / "claims"
    (ours / "brat").mkdir(parents=True)
    with path.open(encoding="utf-8") as file:
        write_claims([json.loads(line) for line in file][:ARTICLES], ours / "brat")
    read = read_brat.brat_itself(ours / "brat")
    came_in = {article.text: article for article in brought_in(hashiya, [ours / "brat"], "brat", ours / "in")}
    tally = Tally()
    for name, wanted in read.items():
        found = came_in[wanted.text]

        def between_line_ends(span, text=wanted.text):
            return (span[0], read_brat.without_line_ends(text, span[1]))

        tally.sets(name, "spans", wanted.spans, map(between_line_ends, found.spans))
        links = [(label, between_line_ends(a), between_line_ends(b)) for label, a, b in found.links]
        tally.sets(name, "links", wanted.links, links)
    report.line(title, f"{tally.agree.total()} agree ({tally})", tally.differences)
