#!/usr/bin/env python3
"""Compares where our typesetting puts text with where headless Chromium puts it. See README.md beside this file."""

import argparse
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from itertools import zip_longest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Widths, and whether against the text's own direction.
SETTINGS = [(640, False), (560, False), (480, False), (400, False), (333, False), (400, True)]
SIZE = 20
RANGES = 30  # random ranges for each text and setting, fewer for a short text
TOLERANCE = 1.0  # points
LEAST_SHARE = 99.0  # percent

# What no bundled face has, from Debian's packages; asked in this order after the bundled faces.
EXTRA_FONTS = [
    "truetype/noto/NotoSansDevanagari-Regular.ttf", "truetype/noto/NotoSansThai-Regular.ttf",
    "opentype/noto/NotoSansCJK-Regular.ttc", "truetype/noto/NotoColorEmoji.ttf",
]


def extra_fonts():
    folders = [pathlib.Path(folder) for folder in (os.environ.get("NOTO_FONTS"), "/usr/share/fonts") if folder]
    found = [next((folder / font for folder in folders if (folder / font).exists()), None) for font in EXTRA_FONTS]
    if None in found:
        sys.exit(f"{EXTRA_FONTS[found.index(None)]} is missing; the packages are listed in {HERE / 'packages'}")
    return [str(font) for font in found]


CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--font-render-hinting=none", "--force-device-scale-factor=1", "--hide-scrollbars",
    "--allow-file-access-from-files", "--window-size=800,16000", "--virtual-time-budget=600000",
]

PAGE = """<!doctype html><meta charset="utf-8"><style>
{faces}
body {{ margin: 0 }}
#column {{
    position: absolute; left: 0; top: 0; color: black;
    font-family: {families};
    font-synthesis: none; white-space: pre-wrap; overflow-wrap: anywhere; text-align: start;
    text-rendering: geometricPrecision; text-spacing-trim: space-all; text-autospace: no-autospace;
}}
#column div {{ min-height: 1lh; padding: 0 40px }}
#column.auto div {{ unicode-bidi: plaintext }}
</style><div id="column"></div><script>const TESTS = {tests};</script><script>{script}</script>"""


def base_direction(text):
    """The direction of most strong characters: what a paragraph without any of them gets."""
    classes = [unicodedata.bidirectional(c) for c in text]
    rtl = sum(c in ("R", "AL") for c in classes)
    return "rtl" if rtl > classes.count("L") else "ltr"


def read_texts():
    texts = {path.stem: path.read_text("utf-8").rstrip("\n") for path in sorted((HERE / "texts").glob("*.txt"))}
    folder = os.environ.get("HASHIYA_TEST_DATA")
    if folder:
        texts["article"] = (pathlib.Path(folder) / "article-ar.txt").read_text("utf-8").rstrip("\n")
    else:
        print("skipped: the real article, for HASHIYA_TEST_DATA is not set")
    return texts


def make_tests(texts):
    tests = []
    for name, text in texts.items():
        base = base_direction(text)
        other = "ltr" if base == "rtl" else "rtl"
        for width, against in SETTINGS:
            tests.append({
                "name": name, "text": text, "width": width, "size": SIZE, "direction": other if against else "auto",
                "base": other if against else base, "ranges": min(RANGES, len(text) // 8),
            })
    return tests


def ask_browser(tests, fonts):
    faces = "\n".join(
        f"@font-face {{ font-family: f{n}; src: url('{pathlib.Path(font).resolve().as_uri()}') }}"
        for n, font in enumerate(fonts)
    )
    page = PAGE.format(
        faces=faces, families=", ".join(f"f{n}" for n in range(len(fonts))),
        tests=json.dumps(tests).replace("</", "<\\/"), script=(HERE / "page.js").read_text("utf-8"),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "page.html"
        path.write_text(page, "utf-8")
        command = CHROMIUM + [f"--user-data-dir={folder}/profile", "--dump-dom", path.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    found = re.search(r'<pre id="results">(.*)</pre>', done.stdout, re.DOTALL)
    if not found:
        sys.exit(f"Chromium gave no results:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    answer = json.loads(html.unescape(found.group(1)))
    if answer["fonts"] != len(fonts):
        sys.exit(f"Chromium loaded {answer['fonts']} of {len(fonts)} fonts")
    return answer["results"]


class Typesetting:
    """Our side: the example program `span_rects`."""

    def __init__(self, program, fonts):
        self.command = [program] + [part for font in fonts for part in ("--font", font)]

    def ask(self, cases, *options):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            for case in cases:
                file.write(json.dumps(case, ensure_ascii=False).replace("\x85", "\\u0085") + "\n")
            file.flush()
            command = self.command + ["--cases", file.name, *options]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, encoding="utf-8")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def fonts(self):
        return [str(ROOT / font) for font in self.ask([{"text": ""}])[0]["fonts"]]


def our_case(test, theirs):
    nudges = (0, -TOLERANCE, TOLERANCE)
    return {
        "text": test["text"], "width": test["width"], "font_size": test["size"], "direction": test["direction"],
        "spans": theirs["spans"], "hits": [[x + nudge, y] for x, y, _ in theirs["hits"] for nudge in nudges],
    }


class Case:
    """One text at one width and direction: both answers, and what is needed to compare them."""

    def __init__(self, test, theirs, ours):
        self.test, self.theirs, self.ours = test, theirs, ours
        self.text = test["text"]
        self.starts = [line["start"] for line in ours["lines"]]
        # Where a line starts differently, or would not be there, what stands on it cannot be compared by place.
        moved = [n for n, pair in enumerate(zip_longest(self.starts, theirs["lines"])) if len(set(pair)) > 1]
        self.moved = {line for n in moved for line in (n - 1, n)}
        self.edges = [[Edge(*edge) for edge in line] for line in ours["edges"]]
        self.rects = {tuple(span): [] for span in theirs["spans"]}
        for rect in ours["rects"]:
            own = self.rects[tuple(theirs["spans"][rect["span"]])]
            if all(rect["x0"] != other["x0"] or rect["line"] != other["line"] for other in own):
                own.append(rect)
        self.undivided = [undivide(line, self.text) for line in self.edges]

    def place(self):
        return f"{self.test['name']} {self.test['width']} {self.test['direction']}"

    def lines_of(self, start, end):
        """The lines that a span touches; those it may lean on are known to break alike."""
        return {n for n, line in enumerate(self.edges) if any(e.start < end and start < e.end for e in line)}


@dataclass(frozen=True)
class Edge:
    start: int
    end: int
    x0: float
    x1: float
    rtl: bool


def undivide(line, text):
    """The edges of a line with each lam-alef as the font has it: all of the width at lam, none at alef."""
    by_start = {edge.start: edge for edge in line}
    by_end = {edge.end: edge for edge in line}
    changed = {}
    for edge in line:
        lam = by_end.get(edge.start)
        if text[edge.start] in "\u0622\u0623\u0625\u0627\u0671" and lam and text[lam.start] == "\u0644":
            # Only where ours divided one width into two equal parts.
            if abs((edge.x1 - edge.x0) - (lam.x1 - lam.x0)) < 0.01 and abs(edge.x1 - lam.x0) < 0.01:
                changed[edge.start] = replace(edge, x1=edge.x0)
                changed[lam.start] = replace(lam, x0=edge.x0)
    return [changed.get(edge.start, edge) for edge in line]


def pieces_of(lines, start, end):
    """The rectangles of a span as [x0, x1, line], those that nobody sees left out."""
    found = []
    for n, line in enumerate(lines):
        last = None
        for edge in line:
            if not (edge.start < end and start < edge.end):
                last = None if edge.x1 > edge.x0 else last
            elif last is not None:
                last[1] = edge.x1
            else:
                found.append(last := [edge.x0, edge.x1, n])
    return [piece for piece in found if piece[1] - piece[0] > SEEN]


def near(a, b):
    return len(a) == len(b) and all(
        p[2] == q[2] and abs(p[0] - q[0]) <= TOLERANCE and abs(p[1] - q[1]) <= TOLERANCE for p, q in zip(a, b)
    )


def hit(line, x, base_rtl, whole):
    """The gap of a line nearest to x, as `Geometry::hit_on_line` finds it."""
    if not line or x < line[0].x0:
        return whole[1] if base_rtl else whole[0]
    if x > line[-1].x1:
        return whole[0] if base_rtl else whole[1]
    edge = next((edge for edge in line if x < edge.x1), line[-1])
    return edge.start if (x >= (edge.x0 + edge.x1) / 2) == edge.rtl else edge.end


def places(line, offset, base_rtl, space_start):
    """Where a gap is on a line: at the character before it and at the one after it. For the first and the last gap the
    text around the line counts too, which has the base direction (UAX #9, sos and eos)."""
    before = [edge.x0 if edge.rtl else edge.x1 for edge in line if edge.end == offset]
    after = [edge.x1 if edge.rtl else edge.x0 for edge in line if edge.start == offset]
    left, right = line[0].x0, line[-1].x1
    if offset == min(edge.start for edge in line):
        before.append(right if base_rtl else left)
    if offset in (max(edge.end for edge in line), space_start):
        after.append(left if base_rtl else right)
    return before + after


def equivalents(text, offset):
    """The gaps that are the same one but for characters that show nothing."""
    found = [offset]
    while found[-1] < len(text) and unicodedata.category(text[found[-1]]) == "Cf":
        found.append(found[-1] + 1)
    while found[0] > 0 and unicodedata.category(text[found[0] - 1]) == "Cf":
        found.insert(0, found[0] - 1)
    return found


class Tally:
    """How many of a kind were compared, how many agree, and how many differ in each named way."""

    def __init__(self, kind):
        self.kind, self.compared, self.equal, self.apart = kind, 0, 0, 0
        self.classes, self.examples = Counter(), {}

    def add(self, weight, verdict, example):
        if verdict == MOVED:
            self.apart += weight
            return
        self.compared += weight
        if verdict in (AGREES, BORDER):
            self.equal += weight
        if verdict == AGREES:
            return
        self.classes[verdict] += weight
        self.examples.setdefault(verdict, []).append(example)

    def report(self, verbose):
        share = 100 * self.equal / max(1, self.compared)
        print(f"{self.kind}: {self.compared} compared, {self.equal} agree ({share:.3f} %)")
        if self.apart:
            print(f"    {self.apart:6} not compared: on a line that breaks elsewhere, which is counted with the lines")
        for name, count in self.classes.most_common():
            print(f"    {count:6} {name}")
            for example in self.examples[name][: verbose or (5 if name == UNNAMED else 0)]:
                print(f"           {example}")
        return share


AGREES = "agrees"
UNNAMED = "UNNAMED"
SEEN = 0.05  # points; what is narrower shows nothing


def compare_lines(case, tally):
    for n, (our, their) in enumerate(zip_longest(case.starts, case.theirs["lines"])):
        verdict = AGREES if our == their else name_line(case, n)
        starts = [at for at in (our, their) if at is not None]
        around = [repr(case.text[max(0, at - 8) : at] + "|" + case.text[at : at + 8]) for at in starts]
        tally.add(1, verdict, f"{case.place()} line {n}: ours, theirs {around}")


def name_line(case, n):
    text, starts = case.text, (case.starts[n : n + 1] + case.theirs["lines"][n : n + 1])
    # Where no white space parts words, both have to break between two Thai letters for this name.
    if len(starts) == 2 and all(is_thai(text[at - 1]) and is_thai(text[at]) for at in starts):
        return DICTIONARY
    return UNNAMED


def is_thai(c):
    return "\u0e00" <= c <= "\u0e7f"


DICTIONARY = "Thai: where a word ends by the dictionary; ICU's and ICU4X's differ"


def compare_spans(case, tally):
    for (start, end), theirs in zip(case.theirs["spans"], case.theirs["rects"]):
        theirs = [piece for piece in theirs if piece[1] - piece[0] > SEEN]
        ours = [[r["x0"], r["x1"], r["line"]] for r in case.rects[(start, end)] if r["x1"] - r["x0"] > SEEN]
        verdict = AGREES if near(ours, theirs) else name_span(case, (start, end), theirs)
        shown = [[[round(x, 1) for x in piece] for piece in side[:3]] for side in (ours, theirs)]
        example = f"{case.place()} {case.text[start:end][:30]!r} at {start}: ours {shown[0]}, theirs {shown[1]}"
        tally.add(max(1, len(ours), len(theirs)), verdict, example)


def name_span(case, span, theirs):
    if case.lines_of(*span) & case.moved:
        return MOVED
    if near(pieces_of(case.undivided, *span), theirs):
        return LAM_ALEF
    lines = [case.text[line["start"] : line["end"]] for line in (case.ours["lines"][n] for n in case.lines_of(*span))]
    ours = pieces_of(case.undivided, *span)
    small = near([[a / 1.5, b / 1.5, n] for a, b, n in ours], [[a / 1.5, b / 1.5, n] for a, b, n in theirs])
    if small and any("\u202f" in line for line in lines):
        return NARROW
    if any(line.endswith("\xad") for line in lines) and near(without_hyphen(ours, theirs), ours):
        return HYPHEN
    if small and any(re.search(r"[A-Za-z]\)[.,]", line) for line in lines):
        return BRACKET
    return UNNAMED


def without_hyphen(ours, theirs):
    """The browser's rectangles with those ends put back that are further out by the width of a hyphen at most."""
    if len(ours) != len(theirs):
        return theirs
    pairs = list(zip(ours, theirs))
    ends = [(our[0] if 0 < our[0] - x0 < HYPHEN_WIDTH else x0, our[1] if 0 < x1 - our[1] < HYPHEN_WIDTH else x1)
            for our, (x0, x1, _) in pairs]
    return [[x0, x1, line] for (x0, x1), (_, (_, _, line)) in zip(ends, pairs)]


HYPHEN_WIDTH = 0.4 * SIZE
HYPHEN = "on a line that ends with a soft hyphen: the browser shows a hyphen there, ours only what is in the text"
NARROW = "after U+202F, by 1 to 1.5: ours has the glyph of the font that has it, the browser one made of a space"
BRACKET = "kerning after ')', by 1 to 1.5: ours has it in the run of the Latin word before it, the browser with its '('"


def compare_hits(case, tally):
    for n, (x, y, their) in enumerate(case.theirs["hits"]):
        ours = [found["offset"] for found in case.ours["hits"][3 * n : 3 * n + 3]]
        line = min(int(y / (case.test["size"] * 1.8)), len(case.starts) - 1)
        verdict = AGREES if their in ours else name_hit(case, line, x, ours, their)
        low, high = min(ours[0], their), max(ours[0], their)
        around = repr(case.text[max(0, low - 3) : high + 3])
        tally.add(1, verdict, f"{case.place()} ({x}, {y}): ours {ours[0]}, theirs {their}, in {around[:40]}")


def name_hit(case, line, x, ours, their):
    if line in case.moved:
        return MOVED
    whole = case.ours["lines"][line]
    ends = (whole["start"], whole["end"])
    if their in [hit(case.undivided[line], x + nudge, whole["rtl"], ends) for nudge in (0, -TOLERANCE, TOLERANCE)]:
        return LAM_ALEF
    edges = case.edges[line]
    if not edges:
        return UNNAMED
    if "\u202f" in case.text[slice(*ends)] and their in [hit(edges, x + d, whole["rtl"], ends) for d in (-1.5, 1.5)]:
        return NARROW
    space_start = whole["start"] + len(case.text[whole["start"] : whole["end"]].rstrip())
    space = [edge for edge in edges if edge.start >= space_start]
    beyond = not edges[0].x0 <= x <= edges[-1].x1 or any(e.x0 - TOLERANCE <= x <= e.x1 + TOLERANCE for e in space)
    if beyond and space_start <= min(ours[0], their) and max(ours[0], their) <= whole["end"]:
        return SPACE
    if any(edge.start < their < edge.end and ours[0] in (edge.start, edge.end) for edge in edges):
        return INSIDE
    under = [edge.x1 - edge.x0 for edge in edges if edge.x0 - TOLERANCE <= x <= edge.x1 + TOLERANCE]
    reach = max(under, default=0) / 2
    reach += TOLERANCE + max(edges[0].x0 - x, x - edges[-1].x1, 0)
    around = (whole["rtl"], space_start)
    here = [at for our in ours for at in places(edges, our, *around) if abs(at - x) <= reach]
    there = [at for offset in equivalents(case.text, their) for at in places(edges, offset, *around)]
    if any(abs(a - b) <= TOLERANCE for a in here for b in there):
        return BORDER
    return UNNAMED


INSIDE = "inside a grapheme cluster (conjunct, joiner): ours is one of its ends"
SPACE = "beyond the end of the line: ours is the gap after the white space there, the browser's the one before it"
MOVED = "on a line that breaks elsewhere"
LAM_ALEF = "inside lam-alef: ours gives each letter its half, the browser all to lam"
BORDER = "(agree) at the border of a run against the base direction: the same place, its other gap"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "target/debug/examples/span_rects"))
    parser.add_argument("--only", action="append", help="the name of a text")
    parser.add_argument("--examples", type=int, default=0, help="show so many examples of each class")
    arguments = parser.parse_args()

    fonts = extra_fonts()
    typesetting = Typesetting(arguments.program, fonts)
    texts = read_texts()
    if arguments.only:
        texts = {name: texts[name] for name in arguments.only}
    tests = make_tests(texts)
    theirs = ask_browser(tests, typesetting.fonts())
    ours = typesetting.ask([our_case(test, their) for test, their in zip(tests, theirs)], "--details")
    lines, rects, hits = Tally("lines"), Tally("rectangles"), Tally("hit points")
    spans = 0
    for case in map(Case, tests, theirs, ours):
        spans += len(case.theirs["spans"])
        compare_lines(case, lines)
        compare_spans(case, rects)
        compare_hits(case, hits)
    print(f"{len(texts)} texts in {len(tests)} settings, {len(typesetting.fonts())} fonts, {spans} spans")
    shares = [tally.report(arguments.examples) for tally in (lines, rects, hits)]
    unnamed = sum(tally.classes[UNNAMED] for tally in (lines, rects, hits))
    if unnamed or min(shares) < LEAST_SHARE:
        sys.exit(f"FAILED: {unnamed} differences without a name; {min(shares):.3f} % is the lowest share of three")


if __name__ == "__main__":
    main()
