"""Annotators that agree in part, by a seed: texts with Arabic, marks, emoji and line ends of two kinds, and what each
annotator makes of them."""

import hashlib
import json
import random

WORDS = (
    "قال الوزير إن الميناء مفتوح وأضافت الوزارة أن العمل بدأ في 2002 مُحَمَّد بالفيروس "
    "the harbour of Sarian was opened by Mira Daul 👩‍👩‍👧 🇳🇴 𐎠𐎼 yesterday ـــ"
).split()
LABELS = ["PERS", "ORG", "GPE", "LOC", "DATE"]
MENTION = ["name", "nominal", "pronoun"]


def text_of(chance, words):
    """A text of so many words."""
    parts = []
    for _ in range(words):
        parts.append(chance.choice(WORDS))
        parts.append(chance.choice([" ", " ", " ", "\n", "\r\n", "، "]))
    return "".join(parts)


def tokens_of(text):
    """Where the words of a text stand."""
    tokens, start = [], None
    for at, char in enumerate(text + " "):
        if char.isspace() and start is not None:
            tokens.append((start, at))
            start = None
        elif not char.isspace() and start is None:
            start = at
    return tokens


def disjoint_spans(chance, tokens, share):
    """Spans of one to three words that do not overlap, on about this share of the words."""
    spans, at = [], 0
    while at < len(tokens):
        length = chance.choice([1, 1, 2, 3])
        if chance.random() < share and at + length <= len(tokens):
            spans.append([(tokens[at][0], tokens[at + length - 1][1])])
            at += length
        else:
            at += 1
    return spans


def free_spans(chance, tokens, share):
    """Spans of one to six words anywhere, one in five in two pieces."""
    spans = []
    for _ in range(int(len(tokens) * share)):
        at, length = chance.randrange(len(tokens)), chance.randint(1, 6)
        end = min(at + length, len(tokens)) - 1
        if end - at >= 3 and chance.random() < 0.6:
            spans.append([(tokens[at][0], tokens[at][1]), (tokens[end][0], tokens[end][1])])
        else:
            spans.append([(tokens[at][0], tokens[end][1])])
    return spans


def truth_of(chance, text, are_disjoint):
    """What there is to be found in a text."""
    tokens = tokens_of(text)
    spans = (disjoint_spans if are_disjoint else free_spans)(chance, tokens, 0.25)
    marks = [mark("entity", chance.choice(LABELS), span) for span in spans]
    if not are_disjoint:
        marks += [mark("claim", "CLAIM", span) for span in free_spans(chance, tokens, 0.06)]
    return marks


def mark(kind, label, pieces, attributes=None):
    return {"kind": kind, "label": label, "pieces": [tuple(piece) for piece in pieces], "attributes": attributes or {}}


def seen_by(chance, text, truth, noise, are_disjoint):
    """What one annotator finds: some of it missing, moved or called otherwise, and some that is not there."""
    marks = []
    for found in truth:
        if chance.random() < noise:
            continue
        pieces = [list(piece) for piece in found["pieces"]]
        if chance.random() < noise:
            pieces[-1][1] = max(pieces[-1][0] + 1, pieces[-1][1] - chance.randint(1, 4))
        label = found["label"]
        if found["kind"] == "entity" and chance.random() < noise:
            label = chance.choice(LABELS)
        attributes = {}
        if label == "PERS" and chance.random() < 0.8:
            attributes["mention"] = chance.choice(MENTION[: chance.choice([1, 3])])
        if chance.random() < 0.1:
            attributes["uncertain"] = True
        if found["kind"] == "claim":
            attributes["checkworthy"] = chance.choice([0, 0, 1, 2])
        marks.append(mark(found["kind"], label, pieces, attributes))
    if not are_disjoint:
        extra = free_spans(chance, tokens_of(text), noise / 8)
        marks += [mark("entity", chance.choice(LABELS), span) for span in extra]
        # The same place with a second label, and the same mark twice.
        marks += [dict(m, label="ORG", attributes={}) for m in marks if chance.random() < 0.05]
        marks += [dict(m) for m in marks if chance.random() < 0.02]
    return sorted(marks, key=lambda m: (m["pieces"][0][0], -m["pieces"][-1][1], m["pieces"], m["label"]))


def decided_by(chance, truth, noise):
    """Decisions on suggestions: a suggestion is decided once, most of them alike."""
    decided = {}
    for number, found in enumerate(truth):
        if chance.random() < 0.9:
            is_good = (number % 3 != 0) != (chance.random() < noise)
            decided[found["label"], tuple(found["pieces"])] = is_good
    return decided


class Corpus:
    """Articles by name, each with what each annotator made of it; `None` for those who do not have it."""

    def __init__(self, name, seed, annotators, articles, words, noise, are_disjoint, missing=0.0):
        chance = random.Random(seed)
        self.name, self.are_disjoint = name, are_disjoint
        self.annotators = [f"annotator-{number}" for number in range(annotators)]
        self.articles = {}
        for number in range(articles):
            text = text_of(chance, words)
            truth = truth_of(chance, text, are_disjoint)
            work = []
            for _ in self.annotators:
                marks = seen_by(chance, text, truth, noise, are_disjoint)
                decisions = decided_by(chance, truth, noise)
                work.append(None if chance.random() < missing else (marks, decisions))
            self.articles[f"{name}-{number:03}.txt"] = (text, work)

    def write(self, folder):
        """Writes the corpus, as folders of annotation files or as JSON lines by turns, and returns the paths."""
        paths = []
        for annotator, name in enumerate(self.annotators):
            if annotator % 2:
                path = folder / f"{self.name}-{name}.jsonl"
                lines = [self.json_line(article, annotator) for article in self.articles]
                path.write_text("".join(line + "\n" for line in lines if line), "utf-8")
            else:
                path = folder / f"{self.name}-{name}"
                path.mkdir()
                for article in self.articles:
                    record = self.ron(article, annotator)
                    if record:
                        (path / f"{article}.ron").write_bytes(record.encode())
            paths.append(path)
        return paths

    def json_line(self, article, annotator):
        text, work = self.articles[article]
        if work[annotator] is None:
            return None
        marks, decisions = work[annotator]
        spans = [
            {
                "kind": m["kind"],
                "label": m["label"],
                "start": m["pieces"][0][0],
                "end": m["pieces"][-1][1],
                "fragments": m["pieces"],
                "attributes": m["attributes"],
            }
            for m in marks
        ]
        decided = [
            {"decision": "accepted" if good else "rejected", "label": label, "fragments": pieces}
            for (label, pieces), good in decisions.items()
        ]
        line = {"id": article, "text": text, "spans": spans, "annotator": self.annotators[annotator]}
        return json.dumps(line | {"decisions": decided}, ensure_ascii=False)

    def ron(self, article, annotator):
        text, work = self.articles[article]
        if work[annotator] is None:
            return None
        marks, decisions = work[annotator]

        def spans(pieces):
            quoted = [f"(start: {a}, end: {b}, quote: {ron_string(text[a:b])})" for a, b in pieces]
            return f"[{', '.join(quoted)}]"

        def value(given):
            if given is True:
                return "flag"
            return f"integer({given})" if isinstance(given, int) else f"choice({ron_string(given)})"

        time = '"2026-01-31T08:00:00.000Z"'
        records = []
        for number, m in enumerate(marks, 1):
            attributes = ", ".join(f'"{name}": {value(given)}' for name, given in sorted(m["attributes"].items()))
            records.append(
                f'(id: "a{number}", kind: {m["kind"]}, label: "{m["label"]}", spans: {spans(m["pieces"])}, '
                f"attributes: {{{attributes}}}, origin: human, created: {time}, modified: {time})"
            )
        lines = [
            f'(decision: {"accepted(" + chr(34) + "a1" + chr(34) + ")" if good else "rejected"}, label: "{label}", '
            f'spans: {spans(pieces)}, rule: "ar/x", pack: "ar@1", at: {time})'
            for (label, pieces), good in decisions.items()
        ]
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        return (
            f'(version: 1, article: (file: "{article}", sha256: "{sha256}", encoding: "UTF-8", chars: {len(text)}), '
            f'annotator: "{self.annotators[annotator]}", schema: "hashiya-default", '
            f"annotations: [{', '.join(records)}], decisions: [{', '.join(lines)}])"
        )


def ron_string(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
    return f'"{escaped}"'
