"""Web Annotation: as JSON, and as the RDF that rdflib makes of it.

No package on PyPI reads the model, and the context of the W3C is on the network: `CONTEXT` has those of its terms that
are used, after the recommendation.
"""

import json
import urllib.parse

import rdflib
from rdflib.collection import Collection
from seen import NOTE, UNSEEN, Seen, whole

FORMAT = "web-annotation"
OA, AS = rdflib.Namespace("http://www.w3.org/ns/oa#"), rdflib.Namespace("https://www.w3.org/ns/activitystreams#")
TERMS = rdflib.Namespace("urn:hashiya:terms#")
CONTEXT = {
    "oa": str(OA), "as": str(AS), "xsd": str(rdflib.XSD), "rdf": str(rdflib.RDF), "dcterms": str(rdflib.DCTERMS),
    "foaf": str(rdflib.FOAF), "hashiya": str(TERMS), "id": "@id", "type": "@type",
    "Annotation": "oa:Annotation", "AnnotationPage": "as:OrderedCollectionPage", "List": "oa:List",
    "TextualBody": "oa:TextualBody", "SpecificResource": "oa:SpecificResource", "Person": "foaf:Person",
    "TextPositionSelector": "oa:TextPositionSelector", "TextQuoteSelector": "oa:TextQuoteSelector",
    "Software": "as:Application",
    "items": {"@id": "as:items", "@container": "@list"},
    "body": {"@type": "@id", "@id": "oa:hasBody"}, "target": {"@type": "@id", "@id": "oa:hasTarget"},
    "source": {"@type": "@id", "@id": "oa:hasSource"}, "selector": {"@type": "@id", "@id": "oa:hasSelector"},
    "start": {"@type": "xsd:nonNegativeInteger", "@id": "oa:start"},
    "end": {"@type": "xsd:nonNegativeInteger", "@id": "oa:end"},
    "exact": "oa:exact", "prefix": "oa:prefix", "suffix": "oa:suffix", "value": "rdf:value", "name": "foaf:name",
    "purpose": {"@type": "@vocab", "@id": "oa:hasPurpose"},
    "motivation": {"@type": "@vocab", "@id": "oa:motivatedBy"},
    "tagging": "oa:tagging", "classifying": "oa:classifying", "commenting": "oa:commenting", "linking": "oa:linking",
    "identifying": "oa:identifying", "creator": {"@type": "@id", "@id": "dcterms:creator"},
    "created": {"@id": "dcterms:created", "@type": "xsd:dateTime"},
    "modified": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
    "generator": {"@type": "@id", "@id": "as:generator"},
}  # fmt: skip


def expected(truth):
    return {name: whole(article) for name, article in truth.items()}


def pages(folder):
    """The text and the page of annotations of each article."""
    for path in sorted(folder.glob("*.jsonld")):
        name = path.name.removesuffix(".jsonld")
        yield name, (folder / name).read_bytes().decode("utf-8"), json.loads(path.read_text("utf-8"))


def piece(target, text):
    """The place of a target by its position, which must be what its quotation finds, too."""
    position, quote = (
        next(s for s in target["selector"] if s["type"] == kind)
        for kind in ("TextPositionSelector", "TextQuoteSelector")
    )
    start, end = position["start"], position["end"]
    around = quote["prefix"] + quote["exact"] + quote["suffix"]
    if text[start - len(quote["prefix"]) : end + len(quote["suffix"])] != around or text[start:end] != quote["exact"]:
        raise ValueError(f"{start}..{end} is {text[start:end]!r}, quoted is {quote}")
    return (start, end)


def fragments(targets, text):
    return tuple(piece(target, text) for target in targets)


def by_json(folder):
    found = {}
    for name, text, page in pages(folder):
        seen, own = Seen(text, [], None, [], []), {}
        tagging = [item for item in page["items"] if item["motivation"] == "tagging"]
        for item in tagging:
            if any(urllib.parse.unquote(target["source"]) != name for target in item["target"]):
                raise ValueError(f"{name}: {item['id']} is about another text")
            own[item["id"]] = (label_of(item), fragments(item["target"], text))
            seen.spans.append(own[item["id"]])
            seen.attributes += [
                (body["hashiya:attribute"], "true" if body["value"] is True else str(body["value"]), own[item["id"]])
                for body in item["body"]
                if body["purpose"] == "classifying"
            ]
            named = {"commenting": lambda body: NOTE, "identifying": lambda body: body["hashiya:role"] + UNSEEN}
            for body in (body for body in item["body"] if body["purpose"] in named):
                name_of, value = named[body["purpose"]], body["value"]
                value = value.upper() if body["purpose"] == "identifying" else value
                seen.attributes.append((name_of(body), value, own[item["id"]]))
        for item in tagging:
            for body in (body for body in item["body"] if body["purpose"] == "linking"):
                filler = own.get(body.get("source")) or (
                    body["hashiya:role"],
                    fragments(body.get("items", [body]), text),
                )
                if body.get("source") not in own:
                    seen.spans.append(filler)
                seen.links.append((body["hashiya:role"], own[item["id"]], filler))
        for item in (item for item in page["items"] if item["motivation"] == "linking"):
            (to,) = [body["source"] for body in item["body"] if body["purpose"] == "linking"]
            seen.links.append((label_of(item), own[item["target"]], own[to]))
        found[name] = seen
    return found


def label_of(item):
    (label,) = [body["value"] for body in item["body"] if body["purpose"] == "tagging"]
    return label


def by_rdflib(folder):
    """Texts and spans of the annotations, as RDF."""
    found = {}
    for name, text, page in pages(folder):
        graph, spans = rdflib.Graph(), []
        graph.parse(data=json.dumps({**page, "@context": CONTEXT}), format="json-ld", base="urn:articles:")
        for annotation in graph.subjects(OA.motivatedBy, OA.tagging):
            bodies = list(graph.objects(annotation, OA.hasBody))
            (label,) = [graph.value(b, rdflib.RDF.value) for b in bodies if graph.value(b, OA.hasPurpose) == OA.tagging]
            spans.append((str(label), place(graph, list(graph.objects(annotation, OA.hasTarget)))))
            for body in bodies:
                role, items = graph.value(body, TERMS.role), graph.value(body, AS["items"])
                targets = list(Collection(graph, items)) if items else [body]
                if role and any((target, OA.hasSelector, None) in graph for target in targets):
                    spans.append((str(role), place(graph, targets)))
        found[name] = Seen(text, spans)
    return found


def place(graph, targets):
    """The pieces of a span: the positions of its targets, which have no order in RDF."""
    selectors = [s for target in targets for s in graph.objects(target, OA.hasSelector)]
    positions = [s for s in selectors if (s, rdflib.RDF.type, OA.TextPositionSelector) in graph]
    return tuple(sorted((int(graph.value(s, OA.start)), int(graph.value(s, OA.end))) for s in positions))


def only_spans(truth):
    wanted = expected(truth)
    for seen in wanted.values():
        seen.links = seen.attributes = None
    return wanted


READERS = {"json": (by_json, expected), "rdflib": (by_rdflib, only_spans)}


def shift(folder):
    """Moves the end of one span by one character, in position and quotation alike."""
    for path in sorted(folder.glob("*.jsonld")):
        text = path.with_name(path.name.removesuffix(".jsonld")).read_bytes().decode("utf-8")
        page = json.loads(path.read_text("utf-8"))
        for item in page["items"]:
            position, quote = item["target"][-1]["selector"] if isinstance(item["target"], list) else [None, None]
            if position and position["end"] < len(text):
                position["end"] += 1
                quote["exact"] = text[position["start"] : position["end"]]
                quote["suffix"] = quote["suffix"][1:]
                path.write_text(json.dumps(page, ensure_ascii=False), "utf-8")
                return f"{path.name}: {item['id']} ends at {position['end']}"
    raise ValueError("no span to move")
