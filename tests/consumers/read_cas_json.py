"""UIMA CAS JSON by dkpro-cassis."""

import read_cas
from seen import whole

FORMAT = "cas-json"


def expected(truth):
    return {name: whole(article) for name, article in truth.items()}


def by_cassis(folder):
    paths = sorted(folder.glob("*.json"))
    return {path.name.removesuffix(".json"): read_cas.seen_in(read_cas.load_json(path)) for path in paths}


READERS = {"dkpro-cassis": (by_cassis, expected)}


def shift(folder):
    return read_cas.shift(folder, ".json", read_cas.load_json, lambda cas, path: cas.to_json(path))
