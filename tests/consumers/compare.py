#!/usr/bin/env python3
"""Exports a corpus in every format and has the readers of others tell what is in it. See README.md beside this file."""

import argparse
import importlib
import logging
import os
import pathlib
import re
import shutil
import subprocess
import sys
import warnings

import articles
import corpus
import round_trip
from seen import Tally

MODULES = [
    "read_jsonl", "read_brat", "read_conll", "read_doccano", "read_spacy", "read_webanno", "read_cas_xmi",
    "read_cas_json", "read_label_studio", "read_web_annotation", "read_parquet",
]  # fmt: skip
SHOWN = 12  # differences of one comparison that are printed


class Hashiya:
    """The program under test, by its command line."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments):
        # An article that nobody has annotated goes out in the name of who sits there.
        environment = {**os.environ, "USER": corpus.ANNOTATOR, "LOGNAME": corpus.ANNOTATOR}
        command = [self.program, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)
        if done.returncode:
            shown = " ".join(map(str, arguments))
            raise ValueError(
                f"hashiya {shown}: exit status {done.returncode}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
            )
        return done.stdout

    def formats(self):
        """The names of all formats that are written."""
        listed = self("export", "--list").splitlines()
        return [line.split()[0] for line in listed if line[:1].strip() and re.search(r"\(export\b[^()]*\)$", line)]


class Report:
    """Prints each comparison and remembers which failed."""

    def __init__(self):
        self.failed, self.checked = [], 0

    def line(self, name, what, differences=()):
        self.checked += 1
        print(f"{name:<46} {what}, {len(differences)} differ", flush=True)
        for difference in differences[:SHOWN]:
            print(f"    {difference}"[:400])
        if len(differences) > SHOWN:
            print(f"    and {len(differences) - SHOWN} more")
        if differences:
            self.failed.append(name)

    def attempt(self, name, check, *arguments):
        """Runs a check that reports by itself; what it raises is a difference, too."""
        try:
            check(*arguments)
        except Exception as error:  # a reader that gives up is what is looked for
            self.line(name, "stopped", [f"{type(error).__name__}: {error}"])


def compared(module, reader, truth, folder):
    load, expected = reader
    module.FOLDER = folder
    tally = Tally()
    tally.articles(expected(truth), load(folder))
    return tally


def check_reader(report, title, module, reader, truth, folder):
    tally = compared(module, reader, truth, folder)
    report.line(title, f"{tally.agree.total()} agree ({tally})", tally.differences)


def check_shift(report, title, module, reader, truth, folder):
    """A copy in which one span is moved must not pass: else the comparison proves nothing."""
    moved = folder.with_name(f"{folder.name}-moved")
    shutil.rmtree(moved, ignore_errors=True)
    shutil.copytree(folder, moved)
    what = module.shift(moved)
    try:
        seen = compared(module, reader, truth, moved).differences
    except Exception as error:  # to refuse the file is to notice
        seen = [f"refused: {error}"]
    report.line(title, f"noticed: {seen[0][:90]}" if seen else "not noticed", [] if seen else [what])


def check_format(report, hashiya, module, truth, place):
    """Every reader of a format, in every variant that the export has."""
    for variant, (options, readers) in getattr(module, "VARIANTS", {"": ([], getattr(module, "READERS", {}))}).items():
        export = place / f"export{variant}"
        hashiya("export", place / "articles", "--format", module.FORMAT, "--out", export, *options)
        for name, reader in readers.items():
            title = ", ".join(filter(None, [module.FORMAT, variant, name]))
            given = (report, title, module, reader, truth, export / module.FORMAT)
            report.attempt(title, check_reader, *given)
            moved = f"{title}, moved"
            report.attempt(moved, check_shift, report, moved, *given[2:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the built program")
    parser.add_argument("--place", required=True, type=pathlib.Path, help="a folder for what is written")
    parser.add_argument("--format", action="append", help="only this format; may be given several times")
    parser.add_argument("--drawn", type=int, default=24, help="how many articles are drawn by chance")
    parser.add_argument("--own", action="store_true", help="only our exports, no files of others")
    arguments = parser.parse_args()
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")

    hashiya, report = Hashiya(arguments.program), Report()
    place = arguments.place / "work"
    shutil.rmtree(place, ignore_errors=True)
    truth = corpus.write(articles.all_articles(arguments.drawn), place / "articles")
    print(f"{len(truth)} articles, {sum(len(a['annotations']) for a in truth.values())} annotations")
    print(hashiya("check", place / "articles").strip())

    wanted = arguments.format or [name for name in hashiya.formats() if name != "html"]
    modules = [importlib.import_module(name) for name in MODULES]
    for name in sorted(set(wanted) - {module.FORMAT for module in modules} - {"ron"}):
        report.line(name, "no reader", ["a format without a reader in this check"])
    for module in (module for module in modules if module.FORMAT in wanted):
        report.attempt(f"{module.FORMAT}, export", check_format, report, hashiya, module, truth, place)
    for name in wanted:
        title = f"{name}, export, import, export"
        report.attempt(title, round_trip.check, report, hashiya, name, truth, place)
        written = place / "again" / name / "first" / name
        if name not in round_trip.TELL_BYTES:
            report.attempt(f"{name}, losses", round_trip.check_losses, report, name, truth, written)
    if not arguments.own:
        others = importlib.import_module("others")
        others.check_written(report, hashiya, wanted, truth, place)
        report.attempt("claims as events of brat", others.check_claims, report, hashiya, wanted, place)
        others.check_tables(report, hashiya, truth, place)
        others.check_doccano_samples(report, hashiya, wanted, place)
    print(f"{report.checked} comparisons, {len(report.failed)} failed")
    if report.failed:
        sys.exit("failed: " + "; ".join(report.failed))


if __name__ == "__main__":
    main()
