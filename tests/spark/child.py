"""What `examples/spark/suggest.py` makes of a child that fails, and of one whose pipes are full; without a cluster."""

import faulthandler
import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "spark"))

import suggest

# Answers the lines it is fed, all at once at the end of each: pipes of 64 KiB are full long before.
ANSWERS = """
import json, sys
for line in sys.stdin:
    line = json.loads(line)
    print(json.dumps({"id": line["id"], "text": line["text"]}, separators=(",", ":")))
"""


def rows(count, size=10):
    for number in range(count):
        name = str(number).encode()
        yield suggest.Row(f"row {number}", name, suggest.json_line(name, b"a" * size))


def breaks_off():
    yield from rows(5)
    raise OSError("the file ends here")


def with_gaps():
    """Rows 0 to 6, of which only 2 and 4 are documents."""
    for number, row in enumerate(rows(7)):
        yield row if number in (2, 4) else row._replace(line=None, problem="it is no document")


FAILS = "echo 'no such rule' >&2; exit 2"

# Name, command, rows, and what the failure says.
FAILURES = [
    ("fails", f"cat >/dev/null; {FAILS}", rows(5), "ended with status 2, 5 lines unanswered; it said: no such rule"),
    ("fails at once, and is fed much", FAILS, rows(10_000, 10_000), "it said: no such rule"),
    ("is killed", "kill -9 $$", rows(5), "was killed by signal 9, 5 lines unanswered; it said: nothing"),
    ("is killed within a line", """printf '{"id":"0"}\\n{"id'; kill -9 $$""", rows(5), "was killed by signal 9"),
    ("leaves lines out", """cat >/dev/null; echo '{"id":"0"}'""", rows(5), "ended with status 0, 4 lines unanswered"),
    ("stops to read", "exec <&-; sleep 0.1", rows(10_000, 10_000), "lines unanswered"),
    ("is fed rows that break off", "cat >/dev/null", breaks_off(), "the file ends here"),
]


def check(name, command, fed, message):
    try:
        for _ in suggest.answers(["sh", "-c", command], fed):
            pass
    except (RuntimeError, OSError) as error:
        if message not in str(error):
            return f"a child that {name}: {message!r} is wanted in {error}"
    else:
        return f"a child that {name}: no failure"
    return None


def check_volume(count=400, size=1_000_000):
    """Much goes through a child and does not pile up."""
    command = [sys.executable, "-c", ANSWERS]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = 0
    for article_id, line, _ in suggest.answers(command, rows(count, size)):
        if article_id != str(read) or len(json.loads(line)["text"]) != size:
            return f"line {read} is another one: {line[:50]}"
        read += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if read != count or grown > 50:
        return f"{read} lines of {count}, and {grown:.0f} MiB more memory"
    return None


def check_order():
    """Rows that are no documents stand where they stood."""
    given = list(suggest.answers([sys.executable, "-c", ANSWERS], with_gaps()))
    wanted = [
        (str(number), f'{{"id":"{number}","text":"aaaaaaaaaa"}}', None)
        if number in (2, 4)
        else (str(number), None, f"row {number}: it is no document")
        for number in range(7)
    ]
    return None if given == wanted else f"{wanted} is wanted, not {given}"


def found():
    """What is wrong, of how many checks."""
    faulthandler.dump_traceback_later(120, exit=True)  # Where one waits for the other for ever.
    problems = [problem for failure in FAILURES if (problem := check(*failure))]
    problems += [problem for problem in [check_volume(), check_order()] if problem]
    faulthandler.cancel_dump_traceback_later()
    return problems, len(FAILURES) + 2


if __name__ == "__main__":
    print(found())
