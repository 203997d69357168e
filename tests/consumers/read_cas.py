"""UIMA CAS by dkpro-cassis, in both notations."""

import cassis
from seen import NOTE, UNSEEN, Seen

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
RELATION = "webanno.custom.Relation"
ATTRIBUTES = {
    "mention", "uncertain", "entity_id", "quote", "cue_type", "polarity", "certainty", "source_kind", "claim_kind",
    "verifiable", "checkworthy",
}  # fmt: skip


def seen_in(cas):
    """Spans with their pieces, links and attributes of a CAS; cassis counts offsets in code points."""
    spans, quotes = {}, []
    for entity in cas.select(NAMED_ENTITY):
        pieces = entity.fragments.elements if getattr(entity, "fragments", None) else [entity]
        spans[entity.xmiID] = (entity.value, tuple((piece.begin, piece.end) for piece in pieces))
        quotes.append(" ".join(piece.get_covered_text() for piece in pieces))
    links = [(r.label, spans[r.Governor.xmiID], spans[r.Dependent.xmiID]) for r in cas.select(RELATION)]
    attributes = [
        (name, getattr(entity, name), spans[entity.xmiID])
        for entity in cas.select(NAMED_ENTITY)
        for name in (feature.name for feature in entity.type.all_features)
        if (name in ATTRIBUTES or name.endswith(UNSEEN) or name == NOTE) and getattr(entity, name) is not None
    ]
    return Seen(cas.sofa_string, list(spans.values()), quotes, links, attributes)


def load_xmi(path):
    with (path.parent / "TypeSystem.xml").open("rb") as file:
        typesystem = cassis.load_typesystem(file)
    with path.open("rb") as file:
        return cassis.load_cas_from_xmi(file, typesystem=typesystem)


def load_json(path):
    with path.open("rb") as file:
        return cassis.load_cas_from_json(file)


def shift(folder, extension, load, save):
    """Moves the end of one span by one character, by cassis itself."""
    for path in sorted(folder.glob(f"*{extension}")):
        cas = load(path)
        for entity in cas.select(NAMED_ENTITY):
            if not getattr(entity, "fragments", None) and entity.end < len(cas.sofa_string):
                entity.end += 1
                save(cas, path)
                return f"{path.name}: {entity.value} ends at {entity.end}"
    raise ValueError("no span to move")
