"""CoNLL: NLTK's corpus reader and its chunks for IOB2, doccano's importer (seqeval) for IOB2 and BIOES.

Tokens are put in their places by the table beside them, which must say what the text is, without a gap.
"""

import json

import nltk
import read_doccano
from nltk.chunk import conlltags2tree
from nltk.corpus.reader import ConllCorpusReader
from nltk.tree import Tree
from seen import Seen, whole

FORMAT = "conll"
CLAIM_OR_ROLE = {"CLAIM", "SOURCE", "CUE", "ABOUT", "ADDRESSEE", "VENUE", "WHEN", "WHERE"}
FOLDER = None  # where the tables are: what is to be seen depends on the tokens


def files(folder):
    return {path.name.removesuffix(".conll"): path for path in sorted(folder.glob("*.conll"))}


def table(folder, name):
    """The text that the table tells, and (line, start, end, token) of each token."""
    rows = (folder / f"{name}.tokens.tsv").read_bytes().decode("utf-8").split("\n")
    text, tokens = "", []
    if rows[0].split("\t") != ["line", "start", "end", "token", "before"] or rows[-1]:
        raise ValueError(f"{name}.tokens.tsv: not the table")
    for row in rows[1:-1]:
        line, start, end, token, before = row.split("\t")
        text += json.loads(before)
        if int(start) != len(text) or int(end) != len(text) + len(token) or any(map(str.isspace, token)):
            raise ValueError(f"{name}.tokens.tsv: {row!r} does not stand there")
        text += token
        if token:
            tokens.append((int(line), int(start), int(end), token))
    return text, tokens


def expected(truth):
    """Of spans that overlap one is left: mentions before claims and roles, then the one with more tokens, then the first.

    A span is widened to its tokens, and one without any is not there. A piece of a discontinuous span is a span.
    """
    wanted = {}
    for name, article in truth.items():
        text, tokens = table(FOLDER, name)
        candidates = []
        for label, ((start, end),) in sorted(whole(article, split=True).spans, key=in_reading_order):
            covered = [n for n, (_, s, e, _) in enumerate(tokens) if s < end and start < e]
            if covered:
                candidates.append((label in CLAIM_OR_ROLE, -len(covered), covered[0], label, covered))
        taken, spans = set(), []
        for *_, label, covered in sorted(candidates, key=lambda candidate: candidate[:3]):
            if taken.isdisjoint(covered):
                taken.update(covered)
                spans.append((label, ((tokens[covered[0]][1], tokens[covered[-1]][2]),)))
        wanted[name] = Seen(article["text"], spans)
    return wanted


def in_reading_order(span):
    label, ((start, end),) = span
    return (start, -end, label)


def placed(folder, name, words, chunks):
    """The chunks, as (label, first token, last token), in the article."""
    text, tokens = table(folder, name)
    if words != [token for *_, token in tokens]:
        raise ValueError(f"{name}: the words are not those of the table")
    spans = [(label, ((tokens[first][1], tokens[last][2]),)) for label, first, last in chunks]
    return Seen(text, spans)


def by_nltk(folder):
    found = {}
    nltk.data.path.append(str(folder))  # NLTK opens nothing elsewhere
    for name, path in files(folder).items():
        reader = ConllCorpusReader(str(folder), [path.name], ["words", "pos", "ignore", "chunk"], encoding="utf-8")
        words, chunks = [], []
        for sentence in reader.iob_sents():
            at = len(words)
            words += [word for word, _, _ in sentence]
            for part in conlltags2tree(sentence):
                length = len(part) if isinstance(part, Tree) else 1
                if isinstance(part, Tree):
                    chunks.append((part.label(), at, at + length - 1))
                at += length
        found[name] = placed(folder, name, words, chunks)
    return found


def by_doccano(folder, scheme="IOB2"):
    """doccano takes two columns, divided by a tab, and makes a text of each sentence."""
    found, jobs = {}, []
    for path in files(folder).values():
        lines = [line.split(" ") for line in path.read_bytes().decode("utf-8").split("\n")]
        columns = (f"{line[0]}\t{line[-1]}" if line != [""] else "" for line in lines[2:])
        path.with_suffix(".columns").write_text("\n".join(columns), "utf-8")
        jobs.append(f"SequenceLabeling:CoNLL:{path.with_suffix('.columns')}")
    for name, database in zip(files(folder), read_doccano.imported(*jobs, scheme=scheme), strict=True):
        words, chunks = [], []
        for example in database["examples"]:
            starts = {0: len(words)}
            for word in example["text"].split(" "):
                words.append(word)
                starts[max(starts) + len(word) + 1] = len(words)
            chunks += [(label, starts[start], starts[end + 1] - 1) for _, label, start, end in example["spans"]]
        found[name] = placed(folder, name, [word for word in words if word], chunks)
    return found


def by_doccano_bioes(folder):
    return by_doccano(folder, "IOBES")


VARIANTS = {
    "": ([], {"NLTK": (by_nltk, expected), "doccano's importer": (by_doccano, expected)}),
    "BIOES": (["--tagging", "bioes"], {"doccano's importer": (by_doccano_bioes, expected)}),
}


def shift(folder):
    """Moves the first tag of a chunk to the token before."""
    for path in files(folder).values():
        lines = path.read_text("utf-8").split("\n")
        for n, (one, other) in enumerate(zip(lines, lines[1:])):
            if n > 1 and one.endswith(" O") and other.split(" ")[-1][:2] in ("B-", "S-"):
                label = other.split(" ")[-1]
                lines[n], lines[n + 1] = one.removesuffix("O") + label, other.removesuffix(label) + "O"
                follows = lines[n + 2].split(" ")[-1][:2] in ("I-", "E-")
                lines[n + 1] = other.removesuffix(label) + label.replace("B-", "I-") if follows else lines[n + 1]
                path.write_text("\n".join(lines), "utf-8")
                return f"{path.name}:{n + 1}: {label} begins one token earlier"
    raise ValueError("no chunk to move")
