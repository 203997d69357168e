#!/usr/bin/env python3
"""Compares the figures of `hashiya agree` with those of other implementations. See README.md beside this file."""

import argparse
import copy
import json
import logging
import math
import pathlib
import subprocess
import sys
import tempfile
from collections import Counter

import numpy as np

import generate
import references

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXACT = 1e-9
# pygamma-agreement computes in 32 bits.
SINGLE = 1e-5
GAMMA_SAMPLES = 1_000
PYGAMMA_SAMPLES = 60
# How far two means of random samples may be apart, in standard deviations of their difference: beyond five of them lies
# one case in 1.7 million.
SIGMAS = 5

CORPORA = [
    # name, seed, annotators, articles, words, noise, disjoint, missing
    ("disjoint", 1, 2, 12, 120, 0.15, True, 0.0),
    ("nested", 2, 3, 8, 90, 0.2, False, 0.25),
    ("many", 3, 4, 5, 60, 0.3, False, 0.1),
    ("equal", 4, 2, 3, 60, 0.0, True, 0.0),
    ("strangers", 5, 2, 4, 60, 0.9, True, 0.0),
    ("gamma", 6, 3, 2, 30, 0.25, True, 0.0),
]


class Comparison:
    """Figures of ours by their place in a report, and what they ought to be."""

    def __init__(self, report):
        self.report, self.expected = report, []

    def expect(self, kind, place, value, tolerance=EXACT):
        """`place` leads from the report to the figure; the value is None where the figure has none."""
        self.expected.append((kind, tuple(place), value, tolerance))

    def differing(self, report=None):
        """The figures of a report that differ, in words."""
        found = []
        for kind, place, value, tolerance in self.expected:
            ours = at(report or self.report, place)
            is_undefined = isinstance(ours, dict) and isinstance(ours.get("undefined"), str)
            if value is None:
                is_equal = is_undefined and bool(ours["undefined"])
            else:
                is_equal = isinstance(ours, (int, float)) and math.isfinite(ours) and abs(ours - value) <= tolerance
            if not is_equal:
                found.append(f"{kind}: {'/'.join(map(str, place))}: ours {ours}, theirs {value}")
        return found


def at(value, place):
    for step in place:
        value = value[step]
    return value


def agree(program, paths, *options):
    run = subprocess.run([program, "agree", "--json", *options, *map(str, paths)], capture_output=True, check=False)
    if run.returncode != 0:
        sys.exit(f"hashiya agree: status {run.returncode}\n{run.stderr.decode()}")
    return json.loads(run.stdout)


def rows_of_labels(articles, kind):
    """Rows of what is called what: one for each place of an article that anybody has annotated."""
    rows = []
    for work in articles:
        places = {}
        for annotator, done in enumerate(work):
            for m in (done or ([], {}))[0]:
                if m["kind"] == kind:
                    row = places.setdefault(tuple(m["pieces"]), [set() for _ in work])
                    row[annotator].add(m["label"])
        rows += [[tuple(sorted(labels)) or None for labels in row] for row in places.values()]
    return rows


def rows_of_attribute(articles, name):
    marks = [m for work in articles for done in work if done for m in done[0]]
    labels = {m["label"] for m in marks if name in m["attributes"]}
    rows = []
    for work in articles:
        places = {}
        for annotator, done in enumerate(work):
            for m in (done or ([], {}))[0]:
                if m["label"] in labels:
                    key = (m["kind"], m["label"], tuple(m["pieces"]))
                    row = places.setdefault(key, [None] * len(work))
                    if row[annotator] is None:
                        row[annotator] = str(m["attributes"].get(name, "not set"))
        rows += [row for row in places.values() if sum(value is not None for value in row) > 1]
    return rows


def rows_of_decisions(articles):
    rows = []
    for work in articles:
        keys = {key for done in work if done for key in done[1]}
        rows += [[None if done is None else done[1].get(key) for done in work] for key in sorted(keys)]
    return rows


def expect_coding(comparison, kind, place, rows, members):
    complete = references.complete(rows)
    comparison.expect(f"{kind}: positions", [*place, "positions"], len(complete))
    comparison.expect(f"{kind}: same", [*place, "same"], sum(len(set(row)) == 1 for row in complete))
    cohen = references.cohen(rows) if members == 2 else None
    comparison.expect(f"{kind}: Cohen's kappa, nltk", [*place, "cohen_kappa"], cohen)
    comparison.expect(f"{kind}: Fleiss' kappa, nltk", [*place, "fleiss_kappa"], references.fleiss(rows))
    by_krippendorff = references.alpha_by_krippendorff(rows)
    comparison.expect(f"{kind}: alpha, krippendorff", [*place, "alpha"], by_krippendorff)
    comparison.expect(f"{kind}: alpha, nltk", [*place, "alpha"], references.alpha_by_nltk(rows))


def expect_figures(comparison, place, texts, articles, kind, label, are_disjoint):
    """Expects the figures of some articles, of all labels or one; `articles` are the work of each member."""
    members = len(articles[0])
    counted = lambda done: [m for m in done[0] if m["kind"] == kind and label in (None, m["label"])]
    exact, overlap, nervaluate, spans = 0, 0, [0, 0], 0
    for work in articles:
        present = [counted(done) for done in work if done is not None]
        for i, first in enumerate(present):
            for second in present[i + 1 :]:
                exact += references.exact_matches(first, second)
                overlap += references.overlap_matches(first, second)
                spans += len(first) + len(second)
                if are_disjoint:
                    nervaluate = [a + b for a, b in zip(nervaluate, references.nervaluate_matches(first, second))]
    comparison.expect("exact F1", [*place, "exact", "f1"], references.f1(exact, spans, 0))
    comparison.expect("overlap F1, scipy", [*place, "overlap", "f1"], references.f1(overlap, spans, 0))
    if are_disjoint:
        comparison.expect("exact F1, nervaluate", [*place, "exact", "f1"], references.f1(nervaluate[0], spans, 0))
        comparison.expect("overlap F1, nervaluate", [*place, "overlap", "f1"], references.f1(nervaluate[1], spans, 0))

    rows = rows_of_labels(articles, kind)
    if label is not None:
        rows = [[None if value is None else label in value for value in row] for row in rows]
    expect_coding(comparison, "labels", [*place, "labels"], rows, members)

    units = lambda done: [(a, b, m["label"]) for m in counted(done) for a, b in m["pieces"]]
    labels = sorted({m["label"] for work in articles for done in work if done for m in counted(done)})
    continua = [(len(text), [units(done) for done in work if done is not None]) for text, work in zip(texts, articles)]
    is_partition = all(
        label is not None or not overlap_between_labels(own) for _, annotators in continua for own in annotators
    )
    cut = [(length, [joined_by_label(own) for own in annotators]) for length, annotators in continua]
    alpha = references.unitizing_alpha(cut) if is_partition else None
    comparison.expect("unitizing alpha, 2016", [*place, "unitizing_alpha"], alpha)
    boundary = references.boundary_alpha(continua, labels) if members == 2 and labels else None
    comparison.expect("unitizing alpha, 1995", [*place, "boundary_alpha"], boundary)


def joined_by_label(units):
    labels = {label for _, _, label in units}
    return [unit for label in labels for unit in references.joined([u for u in units if u[2] == label])]


def overlap_between_labels(units):
    return references.overlap_each_other(joined_by_label(units))


def expect_gamma(comparison, place, articles, kind):
    """Expects gamma of one article from pygamma-agreement: the observed disorder, and the rest to its sampling error."""
    ours = at(comparison.report, [*place, "gamma"])
    hull = lambda done: [(m["pieces"][0][0], m["pieces"][-1][1], m["label"]) for m in done[0] if m["kind"] == kind]
    observed, samples = references.gamma([hull(done) for done in articles[0] if done is not None], PYGAMMA_SAMPLES)
    comparison.expect("gamma: observed disorder", [*place, "gamma", "observed"], observed, SINGLE)
    expected, deviation = float(np.mean(samples)), float(np.std(samples))
    error = SIGMAS * math.sqrt(deviation**2 / PYGAMMA_SAMPLES + ours["deviation"] ** 2 / GAMMA_SAMPLES)
    comparison.expect("gamma: expected disorder", [*place, "gamma", "expected"], expected, error)
    value = 1 - observed / expected if observed else 1.0
    comparison.expect("gamma", [*place, "gamma", "value"], value, SINGLE + observed / expected**2 * error)


def compare_corpus(program, folder, corpus, with_gamma):
    paths = corpus.write(folder)
    samples = GAMMA_SAMPLES if with_gamma else 5
    comparison = Comparison(agree(program, paths, "--gamma-samples", str(samples)))
    for number, group in enumerate(comparison.report["groups"]):
        members = group["annotators"]
        names, texts, articles = [], [], []
        for name, (text, work) in corpus.articles.items():
            work = [work[member] for member in members]
            if sum(done is not None for done in work) > 1:
                names.append(name)
                texts.append(text)
                articles.append(work)
        place = ["groups", number]
        comparison.expect("articles", [*place, "articles"], len(articles))
        for kind, layer in (("entity", "mentions"), ("claim", "claims")):
            marks = [m for work in articles for done in work if done for m in done[0] if m["kind"] == kind]
            if not marks:
                continue
            of = [*place, layer]
            expect_figures(comparison, [*of, "total"], texts, articles, kind, None, corpus.are_disjoint)
            for label in sorted({m["label"] for m in marks}):
                expect_figures(comparison, [*of, "labels", label], texts, articles, kind, label, corpus.are_disjoint)
            for name, text, work in zip(names, texts, articles):
                if any(m["kind"] == kind for done in work if done for m in done[0]):
                    of_article = [*of, "articles", name]
                    expect_figures(comparison, of_article, [text], [work], kind, None, corpus.are_disjoint)
                    if with_gamma:
                        expect_gamma(comparison, of_article, [work], kind)
        for name in sorted({name for work in articles for done in work if done for m in done[0] for name in m["attributes"]}):
            rows = rows_of_attribute(articles, name)
            expect_coding(comparison, "attributes", [*place, "attributes", name], rows, len(members))
        expect_coding(comparison, "decisions", [*place, "decisions"], rows_of_decisions(articles), len(members))
    return comparison


def compare_example(program, folder):
    """The example of Krippendorff, "Content Analysis", 2nd edition (2004), page 254, with the figures of the book: a
    continuum from 150 to 450, of which the categories c and k are unitized by two observers."""
    observers = {
        "i": [(225, 70, "c"), (370, 30, "c"), (180, 60, "k"), (300, 50, "k")],
        "j": [(220, 80, "c"), (355, 20, "c"), (400, 20, "c"), (180, 60, "k"), (300, 50, "k")],
    }
    paths = []
    for observer, units in observers.items():
        spans = [{"label": label, "start": start - 150, "end": start - 150 + length} for start, length, label in units]
        path = folder / f"example-{observer}.jsonl"
        path.write_text(json.dumps({"id": "example", "text": "x" * 300, "spans": spans}), "utf-8")
        paths.append(path)
    comparison = Comparison(agree(program, paths))
    of = ["groups", 0, "mentions"]
    comparison.expect("the book's example", [*of, "labels", "c", "boundary_alpha"], 0.7286, 5e-5)
    comparison.expect("the book's example", [*of, "labels", "k", "boundary_alpha"], 1.0)
    # The book divides what it has rounded to four digits before.
    comparison.expect("the book's example", [*of, "total", "boundary_alpha"], 0.8591, 5e-4)
    return comparison


def falsified(comparison):
    """Changes one figure of each kind by little more than it may differ by, one at a time; the kinds that went unseen."""
    unseen, kinds = [], set()
    for kind, place, value, tolerance in comparison.expected:
        if kind in kinds:
            continue
        kinds.add(kind)
        report = copy.deepcopy(comparison.report)
        wrong = 0.0 if value is None else at(report, place) + 2 * tolerance + EXACT
        at(report, place[:-1])[place[-1]] = wrong
        if not any(line.startswith(f"{kind}: {'/'.join(map(str, place))}: ") for line in comparison.differing(report)):
            unseen.append(kind)
    return len(kinds), unseen


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "target/debug/hashiya"))
    arguments = parser.parse_args()
    np.random.seed(1)
    # pygamma-agreement tells before every alignment which of two solvers is not there.
    logging.disable(logging.WARNING)
    compared, differing, changed, unseen = Counter(), [], 0, []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        comparisons = [compare_example(arguments.program, folder)]
        for row in CORPORA:
            corpus = generate.Corpus(*row)
            comparisons.append(compare_corpus(arguments.program, folder, corpus, corpus.name == "gamma"))
    for comparison in comparisons:
        compared.update(kind for kind, *_ in comparison.expected)
        differing += comparison.differing()
        kinds, missed = falsified(comparison)
        changed, unseen = changed + kinds, unseen + missed
    for kind, count in sorted(compared.items()):
        print(f"{count:6}  {kind}")
    for line in differing[:50]:
        print(f"  DIFFERS {line}")
    print(f"{sum(compared.values())} figures compared, {len(differing)} differ")
    print(f"{changed} figures changed on purpose, {changed - len(unseen)} found")
    if differing or unseen:
        sys.exit(1)


if __name__ == "__main__":
    main()
