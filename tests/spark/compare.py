"""`examples/spark/suggest.py` on a cluster of this machine against `hashiya suggest` alone: the same lines?

See README.md beside this file.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
import pyspark

import child
import make_articles

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "spark" / "suggest.py"
SPARK_HOME = Path(pyspark.__file__).parent
SEED = 2026
LONGEST = 1_000_000  # bytes of a text for the cluster

# Most of a short job is the start of its JVMs and the compilation of what runs once.
SHORT_JOB = [
    "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage=false",
    "spark.sql.shuffle.partitions=2",
]

OWN_RULES = """#![enable(implicit_some)]
Pack(
    format: 1, name: "own", version: 1, language: "en",
    rules: [
        Rule(id: "ferries", pattern: [Capture("FAC", [Word("ferries")])],
            note: (en: "ferries", ar: "العبّارات"),
            examples: (must: ["that the [ferries] to Oslo"], must_not: ["by train"])),
    ],
)
"""

# Takes the place of the program. Where it is started first it works off some lines and then takes its executor with
# it: the parents of a task's child are a Python worker, the daemon that forks those, and the JVM.
KILLS_ONCE = """#!/bin/sh
parent() {{ sed 's/.*) [A-Z] \\([0-9]*\\) .*/\\1/' "/proc/$1/stat"; }}
if mkdir '{flag}' 2>/dev/null; then
    head -n 40 | '{program}' "$@"
    kill -9 "$(parent "$(parent "$PPID")")"
    exit 0
fi
exec '{program}' "$@"
"""


class Different(Exception):
    """What was found where the same was wanted."""


def alone(program, folder, kind, *options):
    """What the program prints for the shards of a folder, as lines, and the seconds."""
    began = time.monotonic()
    shards = sorted(map(str, folder.glob(f"*.{kind}")))
    run = subprocess.run(
        [program, "suggest", "--errors-inline", *options, *shards], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if run.returncode not in (0, 1):
        raise Different(f"hashiya suggest ended with {run.returncode}: {run.stderr.decode()}")
    return run.stdout.decode().removesuffix("\n").split("\n"), time.monotonic() - began


def spark(master, *arguments, settings=()):
    """Runs the example. Returns its exit status, what it printed, and Spark's log; spark-submit prints what a program
    tells on either stream to standard output."""
    environment = os.environ | {
        "SPARK_HOME": str(SPARK_HOME),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [SPARK_HOME / "bin" / "spark-submit", "--master", master]
    for setting in ["spark.ui.enabled=false", "spark.log.level=WARN", *settings]:
        command += ["--conf", setting]
    command += [EXAMPLE, *arguments]
    run = subprocess.run(list(map(str, command)), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


def cluster(workers):
    """A cluster of this machine: master, workers and their executors are processes, each executor has one core."""
    return f"local-cluster[{workers},1,1024]"


def found_by(master, articles, out, *arguments, settings=()):
    """The lines and the problems that the example writes for articles, and its last line."""
    arguments = [articles, "--out", out, "--longest", LONGEST, *arguments]
    status, printed, log = spark(master, *arguments, settings=settings)
    if status not in (0, 1):
        raise Different(f"the example ended with {status}: {printed}\n{log[-8000:]}")
    table = pq.read_table(out)
    lines = [line for line in table["line"].to_pylist() if line is not None]
    problems = [problem for problem in table["problem"].to_pylist() if problem is not None]
    for article_id, line in zip(table["id"].to_pylist(), table["line"].to_pylist()):
        if line is not None and json.loads(line)["id"] != article_id:
            raise Different(f"the row of {article_id!r} has the line of another article: {line[:100]}")
    if bool(problems) != (status == 1) or bool(problems) != ("error: " in printed):
        raise Different(f"{len(problems)} problems, but the exit status is {status}, and this is printed: {printed}")
    return lines, problems, printed.strip().split("\n")[-1]


def compare(one, other):
    """Finds that two runs gave the same lines, byte for byte, whatever their order. Returns how many."""
    one, other = sorted(one), sorted(other)
    for mine, its in zip(one, other):
        if mine != its:
            at = next((i for i, (a, b) in enumerate(zip(mine, its)) if a != b), min(len(mine), len(its)))
            around = slice(max(at - 60, 0), at + 60)
            raise Different(f"differs at char {at}:\n  one machine: …{mine[around]}…\n  cluster:     …{its[around]}…")
    if len(one) != len(other):
        raise Different(f"{len(one)} lines on one machine, {len(other)} on the cluster")
    return len(one)


def can_fail(lines):
    """Finds that a comparison sees one changed offset, a lost line and a line that stands twice."""
    at = next(i for i, line in enumerate(lines) if json.loads(line)["spans"])
    changed = json.loads(lines[at])
    changed["spans"][0]["end"] += 1
    changed = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
    for name, others in [
        ("an offset that is one too high", [*lines[:at], changed, *lines[at + 1 :]]),
        ("a lost line", lines[1:]),
        ("a line that stands twice", [*lines, lines[0]]),
    ]:
        try:
            compare(lines, others)
        except Different:
            print(f"flagged: {name}")
        else:
            raise Different(f"{name} is not seen")


def check_lines(program, folder, count):
    made = make_articles.articles(count, SEED)
    made.insert(count // 2, ("too long", "Oslo " * (LONGEST // 5 + 1)))
    size, bad_rows, bad_lines = make_articles.write(folder, made, 6, bad=True)
    print(f"{len(made)} articles, {size / 1e6:.1f} MB of text, in 6 shards")
    rules = folder / "own-rules"
    rules.mkdir()
    (rules / "own.ron").write_text(OWN_RULES)
    flag = folder / "killed"
    kills_once = folder / "kills-once"
    kills_once.write_text(KILLS_ONCE.format(flag=flag, program=program))
    kills_once.chmod(0o755)
    jsonl = folder / "jsonl-out"

    wanted = wanted_lines(program, folder, "parquet", bad_rows, "--rules", rules)
    if not any('"en/ferries"' in line for line in wanted):
        raise Different("no rule of the own pack met")
    can_fail(wanted)
    arguments = ["--program", kills_once, "--rules", rules, "--jsonl", jsonl]
    found = found_by(cluster(2), folder / "parquet", folder / "out-1", *arguments, settings=SHORT_JOB)
    if not flag.is_dir():
        raise Different("no executor was killed")
    check_found("Parquet, own rules, 2 workers of which one is killed", wanted, bad_rows, found)
    compare(wanted, [line for part in jsonl.glob("part-*") for line in part.read_bytes().decode().split("\n")[:-1]])

    wanted = wanted_lines(program, folder, "jsonl", bad_lines)
    arguments = ["--program", program, "--partitions", "3"]
    found = found_by(cluster(1), folder / "jsonl" / "*.jsonl", folder / "out-2", *arguments, settings=SHORT_JOB)
    check_found("JSON lines, 1 worker", wanted, bad_lines, found)


def wanted_lines(program, folder, kind, bad, *options):
    """The lines of one machine, but for the text that is too long for the cluster."""
    answers, _ = alone(program, folder / kind, kind, *options)
    lines = [line for line in answers if not line.startswith('{"error":')]
    if len(answers) - len(lines) != bad:
        raise Different(f"one machine passes over {len(answers) - len(lines)} rows, not {bad}")
    return [line for line in lines if not line.startswith('{"id":"too long"')]


def check_found(name, wanted, bad, found):
    lines, problems, printed = found
    same = compare(wanted, lines)
    if len(problems) != bad + 1 or sum("--longest" in problem for problem in problems) != 1:
        raise Different(f"{bad} rows are no documents and one is too long, but these are told: {problems}")
    print(f"{name}: {same} lines, the same ({printed})")


def check_child():
    """Finds that what befalls a child is told, and that full pipes stop nothing."""
    problems, count = child.found()
    if problems:
        raise Different("\n".join(problems))
    print(f"children that fail, break off or answer much: {count} checks hold")


def check_failure(program, folder):
    """Finds that a job fails with what the program says."""
    broken = folder / "broken.ron"
    broken.write_text(OWN_RULES.replace("pattern:", "patern:"))
    alone_says = subprocess.run([program, "rules", "check", broken], capture_output=True).stderr.decode().strip()
    message = alone_says.split("\n")[0].split("broken.ron")[-1]
    arguments = [folder / "parquet", "--program", program, "--rules", broken, "--out", folder / "out-3"]
    status, printed, _ = spark("local[1]", *arguments, settings=SHORT_JOB)
    if status != 2 or not message or message not in printed:
        raise Different(f"the exit status is {status}, {message!r} is wanted in: {printed}")
    print(f"a pack with a mistake: the job fails with “…broken.ron{message}”")


def throughput(program, folder, count):
    """Prints how fast articles are read alone and by a cluster, which must say the same."""
    size, _, _ = make_articles.write(folder, make_articles.articles(count, SEED, most_paragraphs=24), 8)
    print(f"{count} articles, {size / 1e6:.1f} MB of text, {os.cpu_count()} cores")

    def told(name, seconds):
        print(f"{name}: {seconds:.1f} s, {count / seconds:.0f} articles/s, {size / seconds / 1e6:.2f} MB/s")

    for threads in (1, 2):
        wanted, seconds = alone(program, folder / "parquet", "parquet", "--threads", str(threads))
        told(f"one machine, {threads} threads", seconds)
    for workers in (1, 2):
        out = folder / f"out-{workers}"
        lines, _, printed = found_by(cluster(workers), folder / "parquet", out, "--program", program)
        compare(wanted, lines)
        told(f"cluster, {workers} workers of one core, without its start", float(printed.split(" in ")[1].split()[0]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "target" / "debug" / "hashiya"), type=os.path.abspath)
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--throughput", action="store_true", help="measure, with --articles of about 6 KB")
    arguments = parser.parse_args()
    # A time limit ends this process so; what it started and its folder are to go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    try:
        with tempfile.TemporaryDirectory(prefix="hashiya-spark-") as folder:
            folder = Path(folder)
            if arguments.throughput:
                throughput(arguments.program, folder, arguments.articles)
            else:
                check_child()
                check_lines(arguments.program, folder, arguments.articles)
                check_failure(arguments.program, folder)
    except Different as different:
        sys.exit(f"DIFFERENT: {different}")
    finally:
        # Where Spark's workers keep what they were sent; a local cluster has no setting for it.
        shutil.rmtree(SPARK_HOME / "work", ignore_errors=True)


if __name__ == "__main__":
    main()
