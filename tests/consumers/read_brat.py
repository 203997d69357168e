"""brat: its own parser (as bratiaa has it), pybrat and mendelai-brat-parser."""

import io
import logging
import re
import shutil
from contextlib import redirect_stderr

import brat_parser
from bratsubset.annotation import TextAnnotations
from pybrat.parser import BratParser
from seen import NOTE, Seen, placed, quote_of, whole

FORMAT = "brat"
BETWEEN_MENTIONS = {"coreference", "role_at", "member_of", "located_in"}


def files(folder):
    """The file of annotations of each article, by the article's name in the export."""
    return {path.stem: path for path in sorted(folder.glob("*.ann"))}


def flat_text(text):
    """The text of an article as brat can hold it: a line end is one character for every reader, and no place moves."""
    return re.sub("\r(?!\n)", "\n", text.replace("\r\n", " \n"))


def without_line_ends(text, fragments):
    """The pieces of a span between line ends: a line of an .ann file holds none, so brat makes pieces of it itself.

    The space that stands for a carriage return goes with its line feed. Pieces of the article that nothing but line ends
    divide are taken together first. Nothing is left of a span that shows nothing.
    """
    joined = []
    for start, end in fragments:
        if joined and re.fullmatch("( ?\n)+", text[joined[-1][1] : start]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    pieces = []
    for start, end in joined:
        for line in re.finditer("[^\n]*\n|[^\n]+", text[start:end]):
            shown_part = re.sub(r" ?\n\Z", "", line[0])
            pieces += [(start + line.start(), start + line.start() + len(shown_part))] if shown_part else []
    return tuple(pieces) if any(text[start:end].strip() for start, end in pieces) else ()


def without_controls(text):
    return re.sub("[\x00-\x1f\x7f-\x9f]", " ", text)


def expected(truth):
    """What brat can keep of the articles: all but spans that show nothing, with what hangs on them."""
    wanted = {}
    for name, article in truth.items():
        text = flat_text(article["text"])
        seen = placed(whole(article), lambda fragments, text=text: without_line_ends(text, fragments))
        seen.text = text
        seen.attributes = [(of, without_controls(value), span) for of, value, span in seen.attributes]
        wanted[name.removesuffix(".txt")] = seen
    return wanted


def brat_itself(folder):
    """By the parser of the brat server, which compares each line with the text of the article."""
    found = {}
    for name, path in files(folder).items():
        complaints = io.StringIO()
        with redirect_stderr(complaints):
            document = TextAnnotations(str(path.with_suffix("")), read_only=True)
        if document.failed_lines:
            raise ValueError(f"{name}.ann: brat refuses the lines {document.failed_lines}: {complaints.getvalue()}")
        spans = {t.id: (t.type, tuple(t.spans)) for t in document.get_textbounds()}
        places = spans | {e.id: spans[e.trigger] for e in document.get_events()}
        links = [
            (re.sub(r"\d+$", "", role), places[event.id], places[filler])
            for event in document.get_events()
            for role, filler in event.args
        ]
        links += [(r.type, places[r.arg1], places[r.arg2]) for r in document.get_relations()]
        told = [(a.type, "true" if a.value is True else a.value, places[a.target]) for a in document.get_attributes()]
        told += [
            (NOTE if c.type == "AnnotatorNotes" else c.type, c.get_text(), places[c.target])
            for c in document.get_oneline_comments()
        ]
        quotes = [t.text for t in document.get_textbounds()]
        found[name] = Seen(document.get_document_text(), list(spans.values()), quotes, links, told)
    return found


def by_pybrat(folder):
    """pybrat tells no roles, and cannot read relations between events; what it does not see is checked by brat."""
    found, copy = {}, folder.with_name(f"{folder.name}-pairs")
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("LOSSES.txt"), dirs_exist_ok=True)  # it is no article
    for example in BratParser(error="ignore").parse(copy):
        span = {e.id: (e.type, tuple((s.start, s.end) for s in e.spans)) for e in example.entities}
        links = [(r.type, span[r.arg1.id], span[r.arg2.id]) for r in example.relations]
        links += [("role", span[e.trigger.id], span[f.id]) for e in example.events for f in e.arguments]
        quotes = [e.mention for e in example.entities]
        found[example.id] = Seen(example.text, list(span.values()), quotes, links)
    return found


def by_mendelai(folder):
    """mendelai-brat-parser reads spans, relations between mentions, and attributes; it knows no events and no text."""
    found = {}
    for name, path in files(folder).items():
        lines = path.read_text("utf-8")
        # A span of spaces only is beyond it: it strips the line and then misses the column.
        lines = "\n".join(line for line in lines.split("\n") if line.rstrip().count("\t") != 1 or line[:1] != "T")
        document = brat_parser.parse_string(lines)
        span = {e.id: (e.type, e.span) for e in document.entities}
        links = [(r.type, span[r.subj], span[r.obj]) for r in document.relations if {r.subj, r.obj} <= span.keys()]
        found[name] = Seen(None, list(span.values()), [e.text for e in document.entities], links)
    return found


def for_pybrat(truth):
    """pybrat strips the end of each line."""
    wanted = expected(truth)
    for seen in wanted.values():
        mentions = {span for span in seen.spans if span[0] != "CLAIM"}
        seen.links = [("role" if label.isupper() else label, a, b) for label, a, b in seen.links
                      if label.isupper() or {a, b} <= mentions]  # fmt: skip
        seen.quotes = [quote_of(seen.text, fragments).rstrip() for _, fragments in seen.spans]
        seen.attributes = None
    return wanted


def for_mendelai(truth):
    """mendelai-brat-parser makes a space of a tab and strips the end of a quote."""
    wanted = expected(truth)
    for seen in wanted.values():
        seen.spans = [span for span in seen.spans if quote_of(seen.text, span[1]).strip()]
        seen.links = [link for link in seen.links if link[0] in BETWEEN_MENTIONS]
        seen.quotes = [quote_of(seen.text, fragments).rstrip().replace("\t", " ") for _, fragments in seen.spans]
        seen.attributes = None
    return wanted


READERS = {
    "brat's own parser": (brat_itself, expected),
    "pybrat": (by_pybrat, for_pybrat),
    "mendelai-brat-parser": (by_mendelai, for_mendelai),
}


def shift(folder):
    """Moves the end of one span, and what is quoted of it, by one character of the article."""
    for path in sorted(folder.glob("*.ann")):
        text = path.with_suffix(".txt").read_text("utf-8")
        for line in (lines := path.read_text("utf-8")).split("\n"):
            match = re.fullmatch(r"(T\d+\t\S+ (\d+)) (\d+)\t([^\t]+)", line)
            if match and int(match[3]) < len(text) and not text[int(match[3])].isspace():
                moved = f"{match[1]} {int(match[3]) + 1}\t{match[4]}{text[int(match[3])]}"
                path.write_text(lines.replace(line, moved), "utf-8")
                return f"{path.name}: {line!r} became {moved!r}"
    raise ValueError("no span to move")


logging.getLogger("bratsubset").setLevel(logging.CRITICAL)
