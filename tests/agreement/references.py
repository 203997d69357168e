"""The measures by other implementations; `None` where there is no value."""

from collections import Counter, defaultdict
from fractions import Fraction

import krippendorff
import numpy as np
from nervaluate.entities import Entity
from nervaluate.strategies import PartialEvaluation, StrictEvaluation
from nltk.metrics.agreement import AnnotationTask
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching


def f1(both, first, second):
    return 2 * both / (first + second) if first + second else None


# Spans


def exact_matches(first, second):
    """Pairs of spans with the same place and label, by counting."""
    key = lambda m: (m["label"], tuple(m["pieces"]))
    return sum((Counter(map(key, first)) & Counter(map(key, second))).values())


def overlap_matches(first, second):
    """Equal spans, then the most pairs of the others that overlap under one label, by scipy."""
    key = lambda m: (m["label"], tuple(m["pieces"]))
    equal = Counter(map(key, first)) & Counter(map(key, second))

    def without(marks):
        left = Counter(equal)
        rest = []
        for m in marks:
            if left[key(m)]:
                left[key(m)] -= 1
            else:
                rest.append(m)
        return rest

    rest_first, rest_second = without(first), without(second)
    chars = lambda m: {at for a, b in m["pieces"] for at in range(a, b)}
    graph = np.zeros((len(rest_first), len(rest_second)), dtype=np.int8)
    for i, a in enumerate(rest_first):
        for j, b in enumerate(rest_second):
            graph[i, j] = a["label"] == b["label"] and bool(chars(a) & chars(b))
    pairs = maximum_bipartite_matching(csr_matrix(graph)) if graph.size else np.array([])
    return sum(equal.values()) + int((pairs >= 0).sum())


def nervaluate_matches(first, second):
    """Exact and overlapping matches by nervaluate, for spans in one piece that do not overlap; its ends are inclusive."""
    entities = lambda marks: [Entity(m["label"], m["pieces"][0][0], m["pieces"][-1][1] - 1) for m in marks]
    labels = sorted({m["label"] for m in first + second})
    exact = overlap = 0
    for label in labels:
        of_label = lambda marks: entities([m for m in marks if m["label"] == label])
        strict, _ = StrictEvaluation().evaluate(of_label(first), of_label(second), [label])
        partial, _ = PartialEvaluation().evaluate(of_label(first), of_label(second), [label])
        exact += strict.correct
        overlap += partial.correct + partial.partial
    return exact, overlap


# Values at given positions: rows of one value an annotator, None where there is none


def task(rows):
    data = [(c, i, value) for i, row in enumerate(rows) for c, value in enumerate(row) if value is not None]
    return AnnotationTask(data=data)


def complete(rows):
    return [row for row in rows if None not in row]


def cohen(rows):
    """By nltk, which calls it 1 where both always give the same value; we say that chance explains that."""
    rows = complete(rows)
    if not rows or len({value for row in rows for value in row}) == 1:
        return None
    return task(rows).kappa_pairwise(0, 1)


def fleiss(rows):
    """By nltk, whose multi-pi (Siegel and Castellan's K) is Fleiss' kappa."""
    rows = complete(rows)
    if not rows or len({value for row in rows for value in row}) == 1:
        return None
    return task(rows).pi()


def pairable(rows):
    return [row for row in rows if sum(value is not None for value in row) > 1]


def alpha_by_krippendorff(rows):
    rows = pairable(rows)
    values = sorted({value for row in rows for value in row if value is not None})
    if len(values) < 2:
        return None
    numbers = {value: number for number, value in enumerate(values)}
    cells = [[np.nan if value is None else numbers[value] for value in row] for row in rows]
    return krippendorff.alpha(reliability_data=np.array(cells).T, level_of_measurement="nominal")


def alpha_by_nltk(rows):
    rows = pairable(rows)
    if len({value for row in rows for value in row if value is not None}) < 2:
        return None
    return task(rows).alpha()


# Units: (start, end, label), half-open


def joined(units):
    """Units of one label without overlap: overlapping ones are one, those that only meet are two."""
    result = []
    for start, end, label in sorted(units):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]), label)
        else:
            result.append((start, end, label))
    return result


def overlap_each_other(units):
    ordered = sorted(units)
    reach = -1
    for start, end, _ in ordered:
        if start < reach:
            return True
        reach = max(reach, end)
    return False


def unitizing_alpha(articles):
    """Krippendorff, Mathet, Bouvry and Widlöcher (2016), equations 1, 4 and 5, char by char and in fractions.

    `articles` are (length, [units of each annotator]); an article counts with the annotators that have it.
    """
    observed, lengths, own = defaultdict(Fraction), defaultdict(int), defaultdict(int)
    for length, annotators in articles:
        rows = []
        for units in annotators:
            values = [None] * length
            for start, end, label in units:
                values[start:end] = [label] * (end - start)
                own[label] += (end - start) ** 2
            rows.append(values)
            # A gap is as many units as it has chars.
            own[None] += values.count(None)
            for value in values:
                lengths[value] += 1
        for i, a in enumerate(rows):
            for j, b in enumerate(rows):
                if i != j:
                    for pair, count in Counter(zip(a, b)).items():
                        observed[pair] += Fraction(count, len(rows) - 1)
    whole = sum(lengths.values())
    if all(value is None for value, count in lengths.items() if count):
        return None
    everything = whole**2 - sum(own.values())
    expected = {
        (c, k): Fraction(whole * (lengths[c] * lengths[k] - (own[c] if c == k else 0)), everything)
        for c in lengths
        for k in lengths
    }
    disagreement = lambda table: sum(count for (c, k), count in table.items() if c != k)
    by_chance = disagreement(expected)
    return None if by_chance == 0 else float(1 - Fraction(disagreement(observed)) / by_chance)


def boundary_disagreement(length, annotators):
    """Krippendorff (1995; 2004, section 11.6) for one category: observed and expected disagreement, in fractions."""
    m = len(annotators)
    segments = []  # of each annotator: (start, length, whether it is a unit)
    for units in annotators:
        row, at = [], 0
        for start, end, _ in sorted(units):
            if start > at:
                row.append((at, start - at, False))
            row.append((start, end - start, True))
            at = end
        if at < length:
            row.append((at, length - at, False))
        segments.append(row)
    observed = 0
    for i, row in enumerate(segments):
        for j, other in enumerate(segments):
            if i == j:
                continue
            for b, l, is_unit in row:
                for c, k, is_other in other:
                    if is_unit and is_other and -l < b - c < k:
                        observed += (b - c) ** 2 + (b + l - c - k) ** 2
                    elif is_unit and not is_other and k - l >= b - c >= 0:
                        observed += l**2
                    elif not is_unit and is_other and l - k >= c - b >= 0:
                        observed += k**2
    units = [l for row in segments for _, l, is_unit in row if is_unit]
    gaps = Counter(l for row in segments for _, l, is_unit in row if not is_unit)
    expected = Fraction(0)
    for l in units:
        expected += Fraction(len(units) - 1, 3) * (2 * l**3 - 3 * l**2 + l)
        expected += l**2 * sum(count * (k - l + 1) for k, count in gaps.items() if k >= l)
    expected *= Fraction(2, length)
    expected /= m * length * (m * length - 1) - sum(l * (l - 1) for l in units)
    return Fraction(observed, m * (m - 1) * length**2), expected


def boundary_alpha(articles, labels):
    """The same for all categories; the articles stand one behind the other."""
    observed = expected = Fraction(0)
    length = sum(chars for chars, _ in articles)
    is_empty = True
    for label in labels:
        annotators, at = [[] for _ in articles[0][1]], 0
        for chars, work in articles:
            for units, own in zip(annotators, work):
                mine = joined([unit for unit in own if unit[2] == label])
                units.extend((start + at, end + at, label) for start, end, _ in mine)
            at += chars
        if any(annotators):
            is_empty = False
            one, other = boundary_disagreement(length, annotators)
            observed, expected = observed + one, expected + other
    if is_empty or expected == 0:
        return None
    return float(1 - observed / expected)


# Gamma


def gamma(annotators, samples):
    """Observed disorder, and those of random annotations, by pygamma-agreement with its defaults."""
    import pygamma_agreement
    from pyannote.core import Segment

    continuum = pygamma_agreement.Continuum()
    for number, units in enumerate(annotators):
        continuum.add_annotator(f"{number}")
        for start, end, label in units:
            continuum.add(f"{number}", Segment(start, end), label)
    results = continuum.compute_gamma(n_samples=samples)
    return results.observed_disorder, [float(alignment.disorder) for alignment in results.chance_alignments]
