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
import typing
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

LONGEST = 256 << 20  # bytes of a text; the program takes no longer ones
BEGINNING_BYTES = 80  # of a line that is no document, by which it can be found
MOST_PROBLEMS = 12  # that are printed; the others are counted
STDERR_BYTES = 4000  # of what a child said that stand in the message of a task that fails


# ---- On the workers -------------------------------------------------------------------------------------------------


def json_line(article_id, text):
    """The line of an article. What is no UTF-8 stays as it is: it is for the program to say so."""
    fields = {"id": article_id.decode(errors="surrogateescape"), "text": text.decode(errors="surrogateescape")}
    return json.dumps(fields, ensure_ascii=False).encode(errors="surrogateescape")


class Row(typing.NamedTuple):
    """A row of the table on its way through the program."""

    place: str
    article_id: bytes | None  # None where it is null, and in JSON lines, where it is for the program to find
    line: bytes | None  # what the child is fed; None where the row is no document
    problem: str | None = None  # why it is none


def parquet_rows(batches, longest):
    for row in of_batches(batches):
        place, article_id = f"{row['file']}: row {row['row'] + 1}", row["id"]
        if article_id is None:
            yield Row(place, None, None, "the id is null")
        elif row["bytes"] is None:
            yield Row(place, article_id, None, "the text is null")
        elif row["text"] is None:
            yield Row(place, article_id, None, too_long("text", row["bytes"], longest))
        else:
            yield Row(place, article_id, json_line(article_id, row["text"]))


def jsonl_rows(batches, longest):
    for row in of_batches(batches):
        beginning = json.dumps(row["beginning"].decode(errors="replace"), ensure_ascii=False)
        place = f"{row['file']}: the line that begins {beginning}"
        if row["text"] is None:
            yield Row(place, None, None, too_long("line", row["bytes"], longest))
        elif line := row["text"].strip(b" \t\n\f\r"):
            yield Row(place, None, line)


def of_batches(batches):
    for batch in batches:
        yield from batch.to_pylist()


def too_long(what, size, longest):
    return f"the {what} has {size} bytes, more than {longest} (--longest)"


class Feeder(threading.Thread):
    """Writes the lines of rows to a child, beside the thread that reads what comes back: with both in one, each pipe
    could be full while the other side waits."""

    def __init__(self, stdin, rows):
        super().__init__(name="hashiya-feeder", daemon=True)
        self.stdin, self.rows = stdin, rows
        self.waiting = queue.SimpleQueue()  # rows, without their lines, that are not answered yet
        self.error = None

    def run(self):
        try:
            with self.stdin:
                for row in self.rows:
                    self.waiting.put(row._replace(line=None))
                    if row.line is not None:
                        self.stdin.write(row.line + b"\n")
        except BrokenPipeError:
            pass  # The child has ended; its exit status says why.
        except BaseException as error:  # Spark's too: the task must not end as if all rows had been read.
            self.error = error


def answers(command, rows):
    """For each row, in their order: id, line, problem.

    Raises RuntimeError with what the child said where it fails or answers too few lines.
    """
    with tempfile.TemporaryFile() as stderr:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        try:
            feeder = Feeder(child.stdin, rows)
            feeder.start()
            for line in child.stdout:
                if not line.endswith(b"\n"):
                    break  # The child was ended in the middle of a line.
                while (row := feeder.waiting.get_nowait()).problem:
                    yield passed_over(row, row.problem)
                yield answer(row, line[:-1].decode())
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
    unanswered = 0
    while not feeder.waiting.empty():
        row = feeder.waiting.get_nowait()
        if row.problem:
            yield passed_over(row, row.problem)
        else:
            unanswered += 1
    if status not in (0, 1) or unanswered:
        ended = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        said = said[-STDERR_BYTES:].strip() or "nothing"
        raise RuntimeError(f"{' '.join(command)} {ended}, {unanswered} lines unanswered; it said: {said}")
    sys.stderr.write(said)  # Warnings; Spark keeps them in the executor's log.


def passed_over(row, problem):
    return row.article_id and row.article_id.decode(errors="replace"), None, f"{row.place}: {problem}"


def answer(row, line):
    if line.startswith('{"error":'):
        return passed_over(row, re.sub(r"^<stdin>:\d+:\d+: ", "", json.loads(line)["error"]))
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


def task(program, sent, packs, options, rows_of, longest):
    """What is done with each partition. `sent` says whether Spark has brought the program; `packs` counts the folders
    of the archive `rules`."""

    def run(batches):
        command = [SparkFiles.get(program) if sent else program, "suggest", "-", "--errors-inline", *options]
        for number in range(packs):
            command += ["--rules", os.path.join(SparkFiles.get("rules"), str(number))]
        rows = rows_of(batches, longest)
        first = next(rows, None)
        if first is not None:  # An empty partition needs no child.
            yield from arrow_batches(answers(command, itertools.chain([first], rows)))

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


def read(spark, inputs, longest):
    """The table of the inputs, and what makes rows of it. What is too long is null from here on."""
    file = F.col("_metadata.file_name").alias("file")

    def text(name):
        text = F.col(name).cast("binary")
        size = F.octet_length(text)
        return [F.when(size <= longest, text).alias("text"), size.alias("bytes")]

    names = [re.sub(r"\.(gz|bz2|zst)$", "", name.rstrip("/")) for name in inputs]
    if all(name.endswith((".jsonl", ".ndjson")) for name in names):
        # As text, and not by Spark's reader of JSON: what a line means is for the program to say.
        table = spark.read.text(inputs, lineSep="\n")
        beginning = F.substring(F.col("value").cast("binary"), 1, BEGINNING_BYTES).alias("beginning")
        return table.select(file, *text("value"), beginning), jsonl_rows
    table = spark.read.parquet(*inputs)
    article_id = F.col("id").cast("string").cast("binary").alias("id")
    row = F.col("_metadata.row_index").alias("row")
    return table.select(file, row, article_id, *text("text")), parquet_rows


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
    table, rows_of = read(spark, arguments.inputs, arguments.longest)
    if arguments.partitions:
        table = table.repartition(arguments.partitions)
    found = table.mapInArrow(task(program, sent, packs, options, rows_of, arguments.longest), OUTPUT)
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
    parser.add_argument("--longest", type=int, default=LONGEST, metavar="BYTES", help="pass over longer texts")
    parser.add_argument("--partitions", type=int, metavar="N", help="divide the table anew into N partitions")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("hashiya suggest").getOrCreate()
    try:
        # Workers fetch from the folder when they begin, which may be late.
        with tempfile.TemporaryDirectory(prefix="hashiya-") as scratch:
            return run(spark, arguments, Path(scratch))
    except Exception as error:
        told = [line for line in str(error).splitlines() if not line.startswith("\tat ")]  # Java's frames help nobody
        print("error:", "\n".join(told), file=sys.stderr)
        return 2
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
