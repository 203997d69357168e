"""UIMA CAS XMI by dkpro-cassis."""

import re

import read_cas
from seen import whole

FORMAT = "cas-xmi"


def expected(truth):
    """XML cannot hold control characters: each becomes a space."""
    wanted = {name: whole(article) for name, article in truth.items()}
    for seen in wanted.values():
        seen.text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", seen.text)
    return wanted


def by_cassis(folder):
    paths = sorted(folder.glob("*.xmi"))
    return {path.name.removesuffix(".xmi"): read_cas.seen_in(read_cas.load_xmi(path)) for path in paths}


READERS = {"dkpro-cassis": (by_cassis, expected)}


def shift(folder):
    return read_cas.shift(folder, ".xmi", read_cas.load_xmi, lambda cas, path: cas.to_xmi(path))
