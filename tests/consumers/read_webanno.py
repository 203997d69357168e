"""WebAnno TSV: web-anno-tsv, sentence by sentence where it can, and a reader after INCEpTION's (`inception_tsv`)."""

import re

import inception_tsv
from seen import Seen, in_pieces, placed, whole
from web_anno_tsv.web_anno_tsv import Reader

FORMAT = "webanno-tsv"
COLUMNS = {}
FOLDER = None  # where the sentences are: what is to be seen depends on them
WHITE = " \t\n\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def trimmed(text, fragments):
    """Pieces without white space at their edges: the lines of the format are words."""
    pieces = []
    for start, end in fragments:
        found = re.fullmatch(f"[{WHITE}]*(.*?)[{WHITE}]*", text[start:end], re.DOTALL)
        pieces += [(start + found.start(1), start + found.end(1))] if found[1] else []
    return pieces


def expected(truth):
    """All but white space: what stands before the first word becomes spaces, and spans are trimmed."""
    wanted = {}
    for name, article in truth.items():
        text = article["text"]
        wanted[name] = in_pieces(placed(whole(article), lambda fragments, text=text: trimmed(text, fragments)))
        lead = len(text) - len(re.sub(f"\\A[{WHITE}]+", "", text))
        wanted[name].text = " " * lead + text[lead:] if lead < len(text) else ""
    return wanted


def files(folder):
    return {path.name.removesuffix(".tsv"): path for path in sorted(folder.glob("*.tsv"))}


def as_inception(folder):
    found = {}
    for name, path in files(folder).items():
        read = inception_tsv.read(path)
        spans = [(told["value"], ((begin, end),)) for _, told, begin, end in read.spans]
        links = [(told["label"], spans[source], spans[target]) for _, told, source, target in read.relations]
        attributes = [
            (name, value, span)
            for (_, told, *_), span in zip(read.spans, spans, strict=True)
            for name, value in told.items()
            if name != "value"
        ]
        found[name] = Seen(read.text, spans, None, links, attributes)
    return found


def in_columns(truth):
    """A carriage return cannot stand in a column, and what a mention is about has a column of its own name."""
    wanted = expected(truth)
    for seen in wanted.values():
        seen.attributes = [(COLUMNS.get(n, n), value.replace("\r", " "), of) for n, value, of in seen.attributes]
    return wanted


def sentences(path):
    """The lines of each sentence, where it begins and ends in code points, and whether web-anno-tsv can read it.

    It undoes no escapes, so that all places behind one are wrong for it.
    """
    text = inception_tsv.read(path).text
    places = inception_tsv.code_points(text)
    blocks = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n\n")[1:]
    for block in blocks:
        lines = block.strip("\n").split("\n")
        tokens = [line.split("\t") for line in lines if not line.startswith("#Text=")]
        if tokens:
            begin, end = int(tokens[0][1].split("-")[0]), max(int(token[1].split("-")[1]) for token in tokens)
            yield lines, places[begin], places[end], not any("\\" in line for line in lines)


def by_web_anno_tsv(folder):
    found = {}
    for name, path in files(folder).items():
        seen = found[name] = Seen(None, [], [])
        for number, (lines, begin, _, is_readable) in enumerate(sentences(path)):
            if is_readable:
                for a in Reader.get_annotated_sentence(lines, number).annotations:
                    seen.spans.append((a.label, ((begin + a.start, begin + a.stop),)))
                    seen.quotes.append(a.text)
    return found


def for_web_anno_tsv(truth):
    """It sees a span that goes over the end of a sentence as one in each; no links."""
    wanted = expected(truth)
    for name, seen in wanted.items():
        spans = []
        for _, begin, end, is_readable in sentences(FOLDER / f"{name}.tsv"):
            parts = [(label, max(s, begin), min(e, end)) for label, ((s, e),) in seen.spans]
            pieces = [(label, trimmed(seen.text, [(s, e)])) for label, s, e in parts if s < e and is_readable]
            spans += [(label, tuple(piece)) for label, piece in pieces if piece]
        seen.spans, seen.links, seen.attributes = spans, None, None
    return wanted


READERS = {"as INCEpTION reads": (as_inception, in_columns), "web-anno-tsv": (by_web_anno_tsv, for_web_anno_tsv)}


def shift(folder):
    """Moves one span of one token to the token after it."""
    for path in files(folder).values():
        lines = path.read_bytes().decode("utf-8").split("\n")
        for n, (one, other) in enumerate(zip(lines, lines[1:])):
            one, other = one.split("\t"), other.split("\t")
            alone = (
                len(one) > 5 and len(one) == len(other) and "." not in one[0] + other[0] and other[3:5] == ["_", "_"]
            )
            if alone and re.fullmatch(r"[A-Z]+\[(\d+)\]", one[4]) and path.read_text("utf-8").count(f"{one[4]}\t") == 1:
                lines[n] = "\t".join(one[:3] + ["_"] * (len(one) - 4) + [""])
                lines[n + 1] = "\t".join(other[:3] + one[3:])
                path.write_text("\n".join(lines), "utf-8", newline="")
                return f"{path.name}:{n + 1}: {one[4]} moved to the next token"
    raise ValueError("no span to move")
