"""Our side: the example program `span_rects`."""

import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Typesetting:
    def __init__(self, program, fonts):
        self.command = [program, "--details"] + [part for font in fonts for part in ("--font", font)]

    def ask(self, cases):
        """The answers to the cases; `lines_with_edges` joins for each line its range, its clusters and its glyphs."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(json.dumps(case) + "\n" for case in cases)
            file.flush()
            done = subprocess.run(
                self.command + ["--cases", file.name], stdout=subprocess.PIPE, check=True, encoding="utf-8"
            )
        answers = [json.loads(line) for line in done.stdout.split("\n") if line]
        for answer in answers:
            parts = zip(answer["lines"], answer["edges"], answer["glyphs"], strict=True)
            answer["lines_with_edges"] = [
                {"start": line["start"], "end": line["end"], "edges": edges, "glyphs": glyphs}
                for line, edges, glyphs in parts
            ]
        return answers

    @staticmethod
    def font_files(paths):
        """The files of the fallback stack, in order."""
        return [str(ROOT / path) for path in paths]
