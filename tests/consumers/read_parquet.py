"""Parquet: tables as datasets loads them, and as pyarrow does. Roles, attributes and relations are JSON in them."""

import json
import tempfile

import datasets
import pyarrow.parquet
from seen import NOTE, UNSEEN, Seen, whole

FORMAT = "parquet"
SPANS, ARTICLES = "spans.parquet", "articles.parquet"


def expected(truth):
    return {name: whole(article) for name, article in truth.items()}


def seen_in(rows, articles):
    """The articles of the tables, given as lists of rows."""
    found, own = {}, {}
    for article in articles:
        found[article["id"]] = Seen(article["text"], [], [], [], [])
    for row in rows:
        seen = found[row["id"]]
        span = (row["label"], tuple(zip(row["starts"], row["ends"], strict=True)))
        if row["start"] != span[1][0][0] or row["end"] != span[1][-1][1]:
            raise ValueError(f"{row['id']}: {row['span_id']} is from {row['start']} to {row['end']}, not {span}")
        if row["text"] != seen.text[row["start"] : row["end"]]:
            raise ValueError(f"{row['id']}: {row['span_id']} quotes {row['text']!r}")
        own[row["id"], row["span_id"]] = span
        seen.spans.append(span)
        for name, value in json.loads(row["attributes"] or "{}").items():
            seen.attributes.append((name, "true" if value is True else str(value), span))
        seen.attributes += [(NOTE, row["note"], span)] if row["note"] else []
    for row in rows:
        seen = found[row["id"]]
        for role, fillers in json.loads(row["roles"] or "{}").items():
            for filler in fillers:
                if isinstance(filler, dict) and "entity" in filler:
                    seen.links.append((role, own[row["id"], row["span_id"]], own[row["id"], filler["entity"]]))
                elif isinstance(filler, dict) and "span" in filler:
                    seen.spans.append((role, tuple(map(tuple, filler["span"]))))
                    seen.links.append((role, own[row["id"], row["span_id"]], seen.spans[-1]))
                else:
                    seen.attributes.append((role + UNSEEN, filler.upper(), own[row["id"], row["span_id"]]))
    for article in articles:
        for relation in json.loads(article["relations"] or "[]"):
            ends = (own[article["id"], relation[end]] for end in ("from", "to"))
            found[article["id"]].links.append((relation["label"], *ends))
    for seen in found.values():
        seen.quotes = None
    return found


def by_datasets(folder):
    """By `load_dataset`, one table after the other: their columns differ."""
    with tempfile.TemporaryDirectory() as cache:
        loaded = [
            datasets.load_dataset("parquet", data_files=str(folder / file), split="train", cache_dir=cache).to_list()
            for file in (SPANS, ARTICLES)
        ]
    return seen_in(*loaded)


def by_pyarrow(folder):
    return seen_in(*(pyarrow.parquet.read_table(folder / file).to_pylist() for file in (SPANS, ARTICLES)))


READERS = {"datasets": (by_datasets, expected), "pyarrow": (by_pyarrow, expected)}


def shift(folder):
    """Moves the end of one span by one character, with its quote."""
    table = pyarrow.parquet.read_table(folder / SPANS)
    texts = {row["id"]: row["text"] for row in pyarrow.parquet.read_table(folder / ARTICLES).to_pylist()}
    rows = table.to_pylist()
    row = next(row for row in rows if row["end"] < len(texts[row["id"]]))
    row["end"] += 1
    row["ends"][-1] += 1
    row["text"] = texts[row["id"]][row["start"] : row["end"]]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema=table.schema), folder / SPANS)
    return f"{row['id']}: {row['span_id']} ends at {row['end']}"
