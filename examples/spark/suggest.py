"""What the rules find in the articles of a table, on a cluster: `hashiya suggest` over its partitions.

    spark-submit --master … examples/spark/suggest.py --program target/release/hashiya INPUT... --out TABLE

INPUT is Parquet with the columns id and text, or JSON lines {"id": …, "text": …} (.jsonl, .ndjson, also .gz). Every
task has one child process, which is fed JSON lines and gives one line for each. TABLE is written as Parquet:

    id       the article's id (null where a line has none that can be read)
    line     what `hashiya suggest` prints for it
    problem  why there is no line, with the file

Exit status: 0 done, 1 some rows were no documents (they stand in TABLE with their problem), 2 failed.
"""

import argparse
import itertools
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyarrow as pa
from pyspark import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

OUTPUT = "id string, line string, problem string"
OUTPUT_ARROW = pa.schema([("id", pa.string()), ("line", pa.string()), ("problem", pa.string())])

# Rows that Spark hands to a task at once. With few, neither side holds much more than the articles it works on.
INPUT_ROWS, INPUT_BYTES = 256, 16 << 20
# What a task hands back at once.
OUTPUT_ROWS, OUTPUT_BYTES = 256, 16 << 20

MOST_PROBLEMS = 12  # that are printed; the others are counted
STDERR_BYTES = 4000  # of what a child said that stand in the message of a task that fails


# ---- On the workers -------------------------------------------------------------------------------------------------


def json_line(article_id, text):
    """The line of an article, in bytes. What is no UTF-8 stays as it is: it is for the program to say so."""

    def decoded(value):
        return None if value is None else value.decode(errors="surrogateescape")

    line = json.dumps({"id": decoded(article_id), "text": decoded(text)}, ensure_ascii=False)
    return line.encode(errors="surrogateescape")


def parquet_lines(batches):
    """For each row the line that the child is fed, the id, and the place."""
    for batch in batches:
        for row in batch.to_pylist():
            place = f"{row['file']}: row {row['row'] + 1}"
            yield json_line(row["id"], row["text"]), row["id"], place


def jsonl_lines(batches):
    """For each line that is not blank the line itself, no id, and the place with the line's beginning."""
    for batch in batches:
        for row in batch.to_pylist():
            line = row["value"].strip(b" \t\n\f\r")
            if line:
                beginning = line[:80].decode(errors="replace")
                yield line, None, f"{row['file']}: the line that begins {json.dumps(beginning, ensure_ascii=False)}"


class Feeder(threading.Thread):
    """Writes lines to a child, beside the thread that reads what comes back: with both in one, each pipe could be
    full while the other side waits."""

    def __init__(self, stdin, lines):
        super().__init__(name="hashiya-feeder", daemon=True)
        self.stdin, self.lines = stdin, lines
        self.fed = queue.SimpleQueue()  # id and place of each line that was written and is not answered yet
        self.error = None

    def run(self):
        try:
            with self.stdin:
                for line, article_id, place in self.lines:
                    self.fed.put((article_id, place))
                    self.stdin.write(line + b"\n")
        except BrokenPipeError:
            pass  # The child has ended; its exit status says why.
        except BaseException as error:  # Spark's too: the task must not end as if all rows had been read.
            self.error = error


def answers(command, lines):
    """For each line fed to a child: id, line, problem.

    Raises RuntimeError with what the child said where it fails or answers too few lines.
    """
    with tempfile.TemporaryFile() as stderr:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        try:
            feeder = Feeder(child.stdin, lines)
            feeder.start()
            for line in child.stdout:
                if not line.endswith(b"\n"):
                    break  # The child was ended in the middle of a line.
                yield answer(line[:-1].decode(), *feeder.fed.get_nowait())
            status = child.wait()
        finally:
            child.kill()
            child.wait()
        stderr.seek(0)
        said = stderr.read().decode(errors="replace")
    if status in (0, 1):  # 1: some lines were no documents, which their answers say.
        feeder.join()
    if feeder.error is not None:
        raise feeder.error
    unanswered = feeder.fed.qsize()
    if status not in (0, 1) or unanswered:
        ended = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        said = said[-STDERR_BYTES:].strip() or "nothing"
        raise RuntimeError(f"{' '.join(command)} {ended}, {unanswered} lines unanswered; it said: {said}")
    sys.stderr.write(said)  # Warnings; Spark keeps them in the executor's log.


def answer(line, article_id, place):
    if line.startswith('{"error":'):
        error = re.sub(r"^<stdin>:\d+:\d+: ", "", json.loads(line)["error"])
        shown = None if article_id is None else article_id.decode(errors="replace")
        return shown, None, f"{place}: {error}"
    article_id, _ = json.JSONDecoder().raw_decode(line, len('{"id":'))
    return article_id, line, None


def arrow_batches(rows):
    waiting, size = [], 0
    for row in rows:
        waiting.append(row)
        size += len(row[1] or "")
        if len(waiting) == OUTPUT_ROWS or size >= OUTPUT_BYTES:
            yield arrow_batch(waiting)
            waiting, size = [], 0
    if waiting:
        yield arrow_batch(waiting)


def arrow_batch(rows):
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(zip(*rows), OUTPUT_ARROW)], schema=OUTPUT_ARROW
    )


def task(program, sent, packs, options, lines_of):
    """What is done with each partition. `sent` says whether Spark has brought the program; `packs` counts the folders
    of the archive `rules`."""

    def run(batches):
        command = [SparkFiles.get(program) if sent else program, "suggest", "-", "--errors-inline", *options]
        for number in range(packs):
            command += ["--rules", os.path.join(SparkFiles.get("rules"), str(number))]
        lines = lines_of(batches)
        first = next(lines, None)
        if first is not None:  # An empty partition needs no child.
            yield from arrow_batches(answers(command, itertools.chain([first], lines)))

    return run


# ---- On the driver --------------------------------------------------------------------------------------------------


def send_rules(context, paths, scratch):
    """Sends rule packs to all workers, a single pack with the name lists (.tsv) of its folder, which the program reads
    too. Returns how many there are."""
    if not paths:
        return 0
    for number, path in enumerate(paths):
        own = scratch / "rules" / str(number)
        if path.is_dir():
            shutil.copytree(path, own)
            continue
        own.mkdir(parents=True)
        for file in {path, *path.parent.glob("*.tsv")}:
            shutil.copy(file, own)
    archive = shutil.make_archive(str(scratch / "rules"), "zip", scratch / "rules")
    context.addArchive(f"{archive}#rules")
    return len(paths)


def read(spark, inputs):
    """The table of the inputs, and what makes lines of it."""
    names = [re.sub(r"\.(gz|bz2|zst)$", "", name.rstrip("/")) for name in inputs]
    if all(name.endswith((".jsonl", ".ndjson")) for name in names):
        # As text, and not by Spark's reader of JSON: what a line means is for the program to say.
        table = spark.read.text(inputs, lineSep="\n")
        return table.select(F.col("value").cast("binary"), F.col("_metadata.file_name").alias("file")), jsonl_lines
    table = spark.read.parquet(*inputs)
    columns = [
        F.col("id").cast("string").cast("binary"),
        F.col("text").cast("binary"),
        F.col("_metadata.file_name").alias("file"),
        F.col("_metadata.row_index").alias("row"),
    ]
    return table.select(columns), parquet_lines


def run(spark, arguments, scratch):
    context = spark.sparkContext
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", INPUT_ROWS)
    spark.conf.set("spark.sql.execution.arrow.maxBytesPerBatch", INPUT_BYTES)
    program, sent = arguments.program, not arguments.installed
    if sent:
        context.addFile(shutil.which(program) or program)
        program = os.path.basename(program)
    packs = send_rules(context, arguments.rules, scratch)
    options = ["--lang", arguments.lang, "--threads", context.getConf().get("spark.task.cpus", "1")]
    options += ["--explain"] * arguments.explain + ["--no-builtin"] * arguments.no_builtin

    started = time.monotonic()
    table, lines_of = read(spark, arguments.inputs)
    if arguments.partitions:
        table = table.repartition(arguments.partitions)
    found = table.mapInArrow(task(program, sent, packs, options, lines_of), OUTPUT)
    found.write.parquet(arguments.out)
    seconds = time.monotonic() - started

    written = spark.read.parquet(arguments.out)
    if arguments.jsonl:
        written.where("line is not null").select("line").write.text(arguments.jsonl)
    rows, passed_over = written.select(F.count("*"), F.count("problem")).first()
    tell_problems(written, passed_over, arguments.out)
    print(f"{rows} rows, {passed_over} of them no documents, in {seconds:.1f} s")
    return 1 if passed_over else 0


def tell_problems(written, count, out):
    if not count:
        return
    for row in written.where("problem is not null").orderBy("problem").limit(MOST_PROBLEMS).collect():
        of = "" if row.id is None else f" (id {row.id})"
        print(f"error: {row.problem}{of}", file=sys.stderr)
    if count > MOST_PROBLEMS:
        print(f"and {count - MOST_PROBLEMS} more; all are in {out}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="Parquet files or folders, or JSON lines")
    parser.add_argument("--out", required=True, metavar="TABLE", help="the Parquet table to write; must not exist")
    parser.add_argument("--jsonl", metavar="FOLDER", help="write the lines there too, as text files")
    parser.add_argument("--program", default="hashiya", help="the program, which is sent to the workers")
    parser.add_argument("--installed", action="store_true", help="every worker has the program at this path")
    parser.add_argument("--rules", action="append", type=Path, default=[], metavar="PATH", help="rule packs to add")
    parser.add_argument("--no-builtin", action="store_true", help="use only the packs given by --rules")
    parser.add_argument("--lang", choices=["auto", "ar", "en"], default="auto", help="whose rules apply")
    parser.add_argument("--explain", action="store_true", help="add what matched and what lost to each suggestion")
    parser.add_argument("--partitions", type=int, metavar="N", help="divide the table anew into N partitions")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("hashiya suggest").getOrCreate()
    try:
        # Workers fetch from the folder when they begin, which may be late.
        with tempfile.TemporaryDirectory(prefix="hashiya-") as scratch:
            return run(spark, arguments, Path(scratch))
    except Exception as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
