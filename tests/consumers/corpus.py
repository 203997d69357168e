"""Articles with annotations, written as files of Hashiya, and the truth about them, which knows nothing of Hashiya.

An `Article` finds the place of a quote in its text by Python's own count of code points. `write` writes the article, its
annotation file and, for those who compare, returns what is true as plain values.
"""

import hashlib
import json

ANNOTATOR = "nadia"
TIME = "2026-02-03T04:05:{:02}.{:03}Z"


class Article:
    """One article and what is annotated in it."""

    def __init__(self, name, text, encoding="UTF-8", annotated=True):
        self.name, self.text, self.encoding, self.annotated = name, text, encoding, annotated
        self.annotations, self.relations, self.decisions = [], [], []

    def place(self, piece):
        """The half-open range of a piece: a quote that stands once, `(quote, nth)` from 0, or `(start, end)`."""
        if isinstance(piece, str):
            if self.text.count(piece) != 1:
                raise ValueError(f"{self.name}: {piece!r} stands {self.text.count(piece)} times")
            piece = (piece, 0)
        first, second = piece
        if isinstance(first, int):
            return (first, second)
        start = -1
        for _ in range(second + 1):
            start = self.text.index(first, start + 1)
        return (start, start + len(first))

    def places(self, pieces):
        """The ranges of one piece or of a list of pieces, in text order."""
        return sorted(self.place(piece) for piece in (pieces if isinstance(pieces, list) else [pieces]))

    def _add(self, kind, label, pieces, **fields):
        annotation = {
            "id": f"a{len(self.annotations) + 1}", "kind": kind, "label": label, "fragments": self.places(pieces),
            "roles": {}, "attributes": {}, "note": "", "origin": None, **fields,
        }  # fmt: skip
        self.annotations.append(annotation)
        return annotation["id"]

    def mention(self, label, pieces, **fields):
        """Adds a mention and returns its id. `fields`: attributes, note, origin as (rule, pack)."""
        return self._add("entity", label, pieces, **fields)

    def claim(self, pieces, roles=None, **fields):
        """Adds a claim and returns its id. A filler is an id, "AUTHOR", "UNNAMED", or pieces."""
        named = {"AUTHOR", "UNNAMED"} | {a["id"] for a in self.annotations}
        filled = {
            role: [f if isinstance(f, str) and f in named else self.places(f) for f in fillers]
            for role, fillers in (roles or {}).items()
        }
        return self._add("claim", "CLAIM", pieces, roles=filled, **fields)

    def relation(self, label, source, target):
        self.relations.append({"label": label, "from": source, "to": target})

    def reject(self, label, pieces):
        self.decisions.append({"label": label, "fragments": self.places(pieces)})

    def encoded(self):
        name, _, bom = self.encoding.partition(" ")
        mark = {"UTF-8": b"\xef\xbb\xbf", "UTF-16LE": b"\xff\xfe"}.get(name, b"") if bom else b""
        return mark + self.text.encode(name.lower())

    def truth(self):
        """What is true of the article, as values that JSON can hold."""
        kept = {"name": self.name, "text": self.text, "encoding": self.encoding, "annotations": self.annotations}
        return json.loads(json.dumps({**kept, "relations": self.relations, "decisions": self.decisions}))

    def write(self, folder):
        """Writes the article and its annotation file and returns the truth."""
        data = self.encoded()
        (folder / self.name).write_bytes(data)
        if self.annotated:
            (folder / f"{self.name}.ron").write_text(self.ron(data), "utf-8", newline="")
        return self.truth()

    def ron(self, data):
        digest = hashlib.sha256(data).hexdigest()
        lines = [
            "(",
            "  version: 1,",
            f"  article: (file: {quoted(self.name)}, sha256: {quoted(digest)}, "
            f"encoding: {quoted(self.encoding)}, chars: {len(self.text)}),",
            f"  annotator: {quoted(ANNOTATOR)},",
            '  schema: "hashiya-default",',
            "  annotations: [",
            *(f"    {self.annotation_record(number, a)}," for number, a in enumerate(self.annotations)),
            "  ],",
            "  relations: [",
            *(
                f"    (id: {quoted(f'r{n + 1}')}, label: {quoted(r['label'])}, from: {quoted(r['from'])}, "
                f"to: {quoted(r['to'])}, created: {time(n)}),"
                for n, r in enumerate(self.relations)
            ),
            "  ],",
            "  decisions: [",
            *(
                f"    (decision: rejected, label: {quoted(d['label'])}, spans: {self.spans(d['fragments'])}, "
                f'rule: "ar/office", pack: "ar-news@1", at: {time(n)}),'
                for n, d in enumerate(self.decisions)
            ),
            "  ],",
            ")",
        ]
        return "\n".join(lines) + "\n"

    def spans(self, fragments):
        spans = (f"(start: {s}, end: {e}, quote: {quoted(self.text[s:e])})" for s, e in fragments)
        return f"[{', '.join(spans)}]"

    def filler(self, filler):
        if isinstance(filler, list):
            return f"span({self.spans(filler)})"
        return filler.lower() if filler in ("AUTHOR", "UNNAMED") else f"entity({quoted(filler)})"

    def annotation_record(self, number, annotation):
        fields = [
            f"id: {quoted(annotation['id'])}",
            f"kind: {annotation['kind']}",
            f"label: {quoted(annotation['label'])}",
            f"spans: {self.spans(annotation['fragments'])}",
        ]
        if annotation["roles"]:
            roles = (
                f"{quoted(role)}: [{', '.join(map(self.filler, fillers))}]"
                for role, fillers in annotation["roles"].items()
            )
            fields.append(f"roles: {{{', '.join(roles)}}}")
        if annotation["attributes"]:
            values = (f"{quoted(name)}: {value(v)}" for name, v in annotation["attributes"].items())
            fields.append(f"attributes: {{{', '.join(values)}}}")
        if annotation["note"]:
            fields.append(f"note: {quoted(annotation['note'])}")
        origin = annotation["origin"]
        fields.append(
            f"origin: rule(rule: {quoted(origin[0])}, pack: {quoted(origin[1])})" if origin else "origin: human"
        )
        return f"({', '.join([*fields, f'created: {time(number)}', f'modified: {time(number)}'])})"


def value(pair):
    """The RON of an attribute's value, given as ("choice" | "text", string), ("integer", number) or ("flag",)."""
    kind, *rest = pair
    if not rest:
        return kind
    return f"{kind}({rest[0] if kind == 'integer' else quoted(rest[0])})"


def time(number):
    return quoted(TIME.format(number // 1000 % 60, number % 1000))


def quoted(text):
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\u{{{ord(c):x}}}") for c in text) + '"'


def write(articles, folder):
    """Writes all articles into a folder and the truth beside it, and returns the truth by article."""
    folder.mkdir(parents=True)
    truth = {article.name: article.write(folder) for article in articles}
    (folder.parent / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")
    return truth
