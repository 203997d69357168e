"""Files as the libraries of others write them, and what the same libraries read in them.

Every writer takes articles as (name, text, [(label, start, end)]) and writes them into a folder; every reader tells what
is in the files, as (text, [(label, fragments)]) for each article. A name is None where the format has no room for it.
"""

import json

import brat_parser
import cassis
import datasets
import pyarrow.parquet
import spacy
import srsly
from bratsubset.annotation import TextAnnotations
from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
from label_studio_sdk.label_interface.create import labels as control_labels
from label_studio_sdk.label_interface.objects import AnnotationValue
from spacy.tokens import Doc
from spacy.util import get_words_and_spaces
from web_anno_tsv import open_web_anno_tsv
from web_anno_tsv.web_anno_tsv import AnnotatedSentence, Annotation, Span

NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


def write_brat(articles, folder):
    for name, text, spans in articles:
        (folder / f"{name}.txt").write_text(text, "utf-8", newline="")
        entities = [
            brat_parser.Entity(f"T{n}", label, ((start, end),), text[start:end])
            for n, (label, start, end) in enumerate(spans, 1)
        ]
        brat_parser.dump(brat_parser.Document(entities, [], []), folder / f"{name}.ann")


def read_brat(folder):
    documents = (TextAnnotations(str(path.with_suffix("")), read_only=True) for path in sorted(folder.glob("*.ann")))
    return [
        (d.get_document_text(), [(t.type, tuple(map(tuple, t.spans))) for t in d.get_textbounds()]) for d in documents
    ]


def whole_document(nlp, text, spans):
    """A spaCy document whose tokens end where a span begins or ends, so that none is lost."""
    cuts = {0, len(text)} | {at for _, *ends in spans for at in ends}
    tokens = nlp.make_doc(text)
    cuts |= {at for token in tokens for at in (token.idx, token.idx + len(token))}
    ordered = sorted(cuts)
    words = [text[start:end] for start, end in zip(ordered, ordered[1:])]
    return Doc(nlp.vocab, *get_words_and_spaces(words, text))


def write_spacy(articles, folder):
    """`Doc.to_json`, one document a line, its spans in `doc.spans`: what srsly and spaCy write together."""
    nlp, lines = spacy.blank("xx"), []
    for _, text, spans in articles:
        doc = whole_document(nlp, text, spans)
        found = [doc.char_span(start, end, label=label) for label, start, end in spans]
        doc.spans["sc"] = [span for span in found if span]  # none that begins or ends inside white space
        lines.append(doc.to_json())
    srsly.write_jsonl(folder / "docs.jsonl", lines)


def read_spacy(folder):
    vocab = spacy.blank("xx").vocab
    docs = [Doc(vocab).from_json(line) for line in srsly.read_jsonl(folder / "docs.jsonl")]
    return [(d.text, [(s.label_, ((s.start_char, s.end_char),)) for s in d.spans["sc"]]) for d in docs]


def cas_of(text, spans, typesystem):
    cas = cassis.Cas(typesystem=typesystem)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    entity = typesystem.get_type(NAMED_ENTITY)
    for label, start, end in spans:
        cas.add(entity(begin=start, end=end, value=label))
    return cas


def write_cas_xmi(articles, folder):
    typesystem = cassis.load_dkpro_core_typesystem()
    typesystem.to_xml(folder / "TypeSystem.xml")
    for name, text, spans in articles:
        cas_of(text, spans, typesystem).to_xmi(folder / f"{name}.xmi")


def seen_in_cas(cas):
    return cas.sofa_string, [(e.value, ((e.begin, e.end),)) for e in cas.select(NAMED_ENTITY)]


def read_cas_xmi(folder):
    with (folder / "TypeSystem.xml").open("rb") as file:
        typesystem = cassis.load_typesystem(file)
    found = []
    for path in sorted(folder.glob("*.xmi")):
        with path.open("rb") as file:
            found.append(seen_in_cas(cassis.load_cas_from_xmi(file, typesystem=typesystem)))
    return found


def write_cas_json(articles, folder):
    typesystem = cassis.load_dkpro_core_typesystem()
    for name, text, spans in articles:
        cas_of(text, spans, typesystem).to_json(folder / f"{name}.json")


def read_cas_json(folder):
    found = []
    for path in sorted(folder.glob("*.json")):
        with path.open("rb") as file:
            found.append(seen_in_cas(cassis.load_cas_from_json(file)))
    return found


def write_parquet(articles, folder):
    rows = [
        {"id": name, "text": text, "spans": [{"start": s, "end": e, "label": label} for label, s, e in spans]}
        for name, text, spans in articles
    ]
    datasets.Dataset.from_list(rows).to_parquet(folder / "rows.parquet")


def read_parquet(folder):
    rows = pyarrow.parquet.read_table(folder / "rows.parquet").to_pylist()
    return [(row["text"], [(s["label"], ((s["start"], s["end"]),)) for s in row["spans"]]) for row in rows]


def write_label_studio(articles, folder):
    names = sorted({label for _, _, spans in articles for label, _, _ in spans})
    config = LabelInterface.create({"text": "Text", "label": control_labels(names)})
    (folder / "config.xml").write_text(config, "utf-8")
    tasks = []
    for name, text, spans in articles:
        result = [
            {"id": f"s{n}", "from_name": "label", "to_name": "text", "type": "labels",
             "value": {"start": start, "end": end, "text": text[start:end], "labels": [label]}}
            for n, (label, start, end) in enumerate(spans)
        ]  # fmt: skip
        annotation = AnnotationValue(completed_by=1, result=result).model_dump(exclude_none=True)
        tasks.append(
            {"id": len(tasks) + 1, "data": {"text": text}, "meta": {"name": name}, "annotations": [annotation]}
        )
    (folder / "tasks.json").write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")


def read_label_studio(folder):
    converter = Converter(str(folder / "config.xml"), str(folder))
    tasks = converter.iter_from_json_file(str(folder / "tasks.json"))
    return [
        (t["input"]["text"], [(o["labels"][0], ((o["start"], o["end"]),)) for o in t["output"].get("label", [])])
        for t in tasks
    ]


def write_webanno(articles, folder):
    """Short articles only: the writer counts the sentence anew for every token."""
    for name, text, spans in articles:
        doc = whole_document(spacy.blank("xx"), text, spans)
        tokens = [Span(t.text, t.idx, t.idx + len(t), True) for t in doc if not t.is_space]
        annotations = [Annotation(label, text[start:end], start, end) for label, start, end in spans]
        with open_web_anno_tsv(str(folder / f"{name}.tsv"), "w") as file:
            file.write(AnnotatedSentence(text, tokens, annotations))


def read_webanno(folder):
    found = []
    for path in sorted(folder.glob("*.tsv")):
        with open_web_anno_tsv(str(path)) as file:
            sentences = list(file)
        spans = [(a.label, ((a.start, a.stop),)) for s in sentences for a in s.annotations]
        found.append(("\n".join(s.text for s in sentences), spans))
    return found


FORMATS = {
    "brat": (write_brat, read_brat),
    "spacy": (write_spacy, read_spacy),
    "cas-xmi": (write_cas_xmi, read_cas_xmi),
    "cas-json": (write_cas_json, read_cas_json),
    "parquet": (write_parquet, read_parquet),
    "label-studio": (write_label_studio, read_label_studio),
    "webanno-tsv": (write_webanno, read_webanno),
}
