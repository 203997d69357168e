#!/usr/bin/env python3
"""Compares our visual order with FriBidi and python-bidi and our glyphs with HarfBuzz. See README.md beside this file."""

import argparse
import importlib.util
import os
import pathlib
import sys
from collections import Counter

import order
import shape
from typesetting import Typesetting

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WIDTHS = [16_000, 640, 333]  # points; the first holds every paragraph on one line
DIRECTIONS = ["auto", "rtl", "ltr"]


def extra_fonts():
    """The faces behind the bundled ones: those that the comparison with the browser takes."""
    place = importlib.util.spec_from_file_location("browser", HERE.parent / "browser" / "compare.py")
    browser = importlib.util.module_from_spec(place)
    place.loader.exec_module(browser)
    return browser.extra_fonts()


def read_texts():
    """The paragraphs by the name of their text: those of the browser test, and the real article where it lies."""
    paths = sorted((HERE.parent / "browser" / "texts").glob("*.txt"))
    folder = os.environ.get("HASHIYA_TEST_DATA")
    if folder:
        paths.append(pathlib.Path(folder) / "article-ar.txt")
    else:
        print("skipped: the real article, for HASHIYA_TEST_DATA is not set")
    texts = {path.stem: path.read_text("utf-8").split("\n") for path in paths}
    return {name: [line for line in lines if line] for name, lines in texts.items()}


class Tally:
    """What was compared, how much of it agrees, and the differences by their class."""

    def __init__(self, verbose):
        self.compared, self.same, self.classes, self.verbose = Counter(), Counter(), Counter(), verbose
        self.unexplained = 0

    def take(self, kind, difference, where):
        """Counts one comparison of a kind; `difference` is None or (class or None, what is seen)."""
        self.compared[kind] += 1
        if difference is None:
            self.same[kind] += 1
            return
        name, seen = difference
        if name is None:
            self.unexplained += 1
            print(f"  UNEXPLAINED {kind}: {where}: {seen}")
        else:
            self.classes[kind, name] += 1
            if self.verbose:
                print(f"  {name}: {kind}: {where}: {seen}")

    def print(self):
        for kind, count in self.compared.items():
            print(f"{kind}: {self.same[kind]} of {count} equal")
            for (of, name), differing in sorted(self.classes.items()):
                if of == kind:
                    print(f"    {differing}  {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "target/debug/examples/span_rects"))
    parser.add_argument("--verbose", action="store_true", help="print the explained differences too")
    arguments = parser.parse_args()

    texts = read_texts()
    ours = Typesetting(arguments.program, extra_fonts())
    cases, names = [], []
    for name, paragraphs in texts.items():
        for number, text in enumerate(paragraphs, 1):
            for direction in DIRECTIONS:
                for width in WIDTHS:
                    cases.append({"text": text, "width": width, "direction": direction})
                    names.append(f"{name}:{number} {direction} {width}")
    answers = ours.ask(cases)
    fonts = [shape.Face(path) for path in ours.font_files(answers[0]["fonts"])]

    tally = Tally(arguments.verbose)
    for case, answer, where in zip(cases, answers, names):
        oracle = order.FriBidi(case["text"], answer["lines"][0]["rtl"])
        for line in answer["lines_with_edges"]:
            tally.take("lines, order against FriBidi", order.against_fribidi(case["text"], line, oracle), where)
        if case["width"] == WIDTHS[0]:
            line = answer["lines_with_edges"][0]
            rtl = answer["lines"][0]["rtl"]
            tally.take("paragraphs, order against python-bidi", order.against_python_bidi(case["text"], line, rtl), where)
            for difference in shape.compare(case["text"], line, oracle.line(line["start"], line["end"])[1], fonts):
                tally.take("runs, glyphs against HarfBuzz", difference, where)
    print(f"{len(texts)} texts, {sum(map(len, texts.values()))} paragraphs, {len(cases)} layouts")
    tally.print()
    print(f"glyphs compared: {shape.glyphs_compared}, largest difference in x: {shape.largest_difference:.4f} points")
    if tally.unexplained:
        sys.exit(f"{tally.unexplained} differences without an explanation")


if __name__ == "__main__":
    main()
