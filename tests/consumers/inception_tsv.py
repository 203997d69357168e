"""WebAnno TSV 3 as INCEpTION reads it: text, spans and relations of a file, offsets in code points.

A reader of its own, since web-anno-tsv knows one layer, no relations and few escapes. Text that stands in no sentence is
not in the file; INCEpTION puts a line end and spaces in its place.
"""

import re
from dataclasses import dataclass, field

ESCAPED = {"t": "\t", "n": "\n", "f": "\f", "r": "\r", "b": "\b"}


@dataclass
class Read:
    text: str = ""
    spans: list = field(default_factory=list)  # [layer, {feature: value}, begin, end]
    relations: list = field(default_factory=list)  # (layer, {feature: value}, source, target): indices of spans


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: ESCAPED.get(found[1], found[1]), text, flags=re.DOTALL)


def utf16_length(text):
    return len(text.encode("utf-16-le")) // 2


def code_points(text):
    """The offset in code points of every offset in UTF-16 units that is not inside a character."""
    places, at = {0: 0}, 0
    for number, char in enumerate(text, 1):
        at += utf16_length(char)
        places[at] = number
    return places


def split_unescaped(text, separator):
    return re.split(rf"(?<!\\){re.escape(separator)}", text)


class File:
    """What is known while the lines are read."""

    def __init__(self, lines):
        if not lines[0].startswith("#FORMAT=WebAnno TSV 3."):
            raise ValueError(f"not a WebAnno TSV 3: {lines[0]!r}")
        self.layers, self.read, self.by_id, self.by_unit, self.references = [], Read(), {}, {}, []
        number = 1
        while lines[number]:
            kind, rest = re.fullmatch(r"#(T_SP|T_RL)=(.*)", lines[number]).groups()
            self.layers.append((kind, *rest.split("|")))
            number += 1
        if lines[number + 1] or lines[-1]:
            raise ValueError("the header ends with two line breaks, the file with one")
        self.header, self.sentence = True, []
        for line in lines[number + 2 :]:
            self.line(line)
        self.relate()
        self.read.text = self.read.text.removesuffix("\n")

    def line(self, line):
        if line.startswith("#Text=") and self.header:
            self.sentence.append(unescaped(line.removeprefix("#Text=")))
            return
        self.header = not line
        if line:
            unit, offsets, _, *columns = line.split("\t")
            begin, end = map(int, offsets.split("-"))
            if self.sentence:
                self.begin_sentence(begin)
            if len(columns) != sum(len(layer) - 2 for layer in self.layers) + 1 or columns[-1]:
                raise ValueError(f"{line!r} has {len(columns)} columns")
            self.unit(unit, begin, end, columns)

    def begin_sentence(self, begin):
        """Text up to the sentence is a line end and spaces, where it is not there already."""
        text = self.read.text
        if utf16_length(text) > begin:
            text = text.removesuffix("\n")
        text += " " * (begin - utf16_length(text))
        if utf16_length(text) != begin:
            raise ValueError(f"the sentence {self.sentence} cannot begin at {begin}")
        self.read.text = text + "".join(f"{part}\n" for part in self.sentence)
        self.sentence = []

    def unit(self, unit, begin, end, columns):
        for kind, layer, *features in self.layers:
            stacks = [split_unescaped(column, "|") for column in columns[: len(features)]]
            columns = columns[len(features) :]
            if stacks[0] == ["_"]:
                continue
            for values in zip(*stacks, strict=True):
                if kind == "T_SP":
                    self.span(layer, features, values, (unit, begin, end))
                else:
                    self.references.append((layer, features, values, unit))

    def span(self, layer, features, values, place):
        unit, begin, end = place
        parted = [re.fullmatch(r"(.*?)(?:(?<!\\)\[(\d+)\])?", value, re.DOTALL).groups() for value in values]
        (number,) = {number for _, number in parted}
        if number in self.by_id:
            index = self.by_id[number]
            self.read.spans[index][3] = end
        else:
            told = {f: unescaped(v) for f, (v, _) in zip(features, parted) if v != "*"}
            index = len(self.read.spans)
            self.read.spans.append([layer, told, begin, end])
            if number:
                self.by_id[number] = index
        self.by_unit.setdefault((unit, layer), []).append(index)

    def relate(self):
        for layer, features, values, unit in self.references:
            source, one, other = re.fullmatch(r"([\d.-]+)(?:\[(\d+)_(\d+)\])?", values[-1]).groups()
            base = features[-1].removeprefix("BT_")
            told = {f: unescaped(v) for f, v in zip(features[:-1], values) if v != "*"}
            self.read.relations.append((layer, told, self.end(source, base, one), self.end(unit, base, other)))

    def end(self, unit, base, number):
        if number and number != "0":
            return self.by_id[number]
        (index,) = self.by_unit[unit, base]
        return index


def read(path):
    file = File(path.read_bytes().decode("utf-8").split("\n"))
    places = code_points(file.read.text)
    for span in file.read.spans:
        span[2], span[3] = places[span[2]], places[span[3]]
    return file.read
