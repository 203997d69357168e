"""Label Studio: the SDK checks tasks against the configuration, and its converter tells what is in them."""

import json

from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
from seen import NOTE, UNSEEN, Seen, whole

FORMAT = "label-studio"


def expected(truth):
    return {name: whole(article, split=True) for name, article in truth.items()}


def tasks_in(folder):
    return json.loads((folder / "tasks.json").read_text("utf-8"))


def by_converter(folder):
    """Texts, spans and quotes as JSON_MIN has them."""
    converter = Converter(str(folder / "config.xml"), str(folder), download_resources=False)
    out = folder.parent / "json-min"
    converter.convert(str(folder / "tasks.json"), str(out), "JSON_MIN", is_dir=False)
    found = {}
    for task in json.loads((out / "result.json").read_text("utf-8")):
        regions = task.get("label", [])
        spans = [(region["labels"][0], ((region["start"], region["end"]),)) for region in regions]
        found[task["name"]] = Seen(task["text"], spans, [region["text"] for region in regions])
    return found


def by_interface(folder):
    """Every task and every region must be as the configuration allows; links and attributes as the tasks tell them."""
    interface, found = LabelInterface((folder / "config.xml").read_text("utf-8")), {}
    interface.validate()  # it raises
    for task in tasks_in(folder):
        name, (annotation,) = task["data"]["name"], task["annotations"]
        # `validate_task` forgets which annotation; annotations and predictions are validated alike, these tell the errors.
        problems = interface.validate_prediction(annotation, return_errors=True)
        if not interface.validate_task({"data": task["data"]}):
            problems.append("the data is not what the configuration wants")
        if problems:
            raise ValueError(f"{name}: {problems[:3]}")
        regions = {r["id"]: r["value"] for r in annotation["result"] if r["type"] == "labels"}
        spans = {id_: (v["labels"][0], ((v["start"], v["end"]),)) for id_, v in regions.items()}
        links = [
            (r["labels"][0], spans[r["from_id"]], spans[r["to_id"]])
            for r in annotation["result"]
            if r["type"] == "relation"
        ]
        attributes = [
            (r["from_name"].removeprefix("attr_"), told(r), spans[r["id"]])
            for r in annotation["result"]
            if r["type"] in ("choices", "number", "textarea")
        ]
        attributes += [
            (NOTE, r["meta"]["text"][0], spans[r["id"]])
            for r in annotation["result"]
            if r["type"] == "labels" and "meta" in r
        ]
        quotes = [v["text"] for v in regions.values()]
        found[name] = Seen(task["data"]["text"], list(spans.values()), quotes, links, attributes)
    return found


def told(result):
    value = result["value"]["text" if result["type"] == "textarea" else result["type"]]
    return str(value[0]) if isinstance(value, list) else str(value)


def without_unseen(truth):
    """Only regions can be linked: a role that no region fills is not told."""
    wanted = expected(truth)
    for seen in wanted.values():
        seen.attributes = [told for told in seen.attributes if not told[0].endswith(UNSEEN)]
    return wanted


READERS = {
    "the SDK's converter": (by_converter, expected),
    "the SDK's LabelInterface": (by_interface, without_unseen),
}


def shift(folder):
    """Moves the end of one span by one character, with its quote."""
    tasks = tasks_in(folder)
    for task in tasks:
        for result in task["annotations"][0]["result"]:
            value = result.get("value", {})
            if result["type"] == "labels" and value["end"] < len(task["data"]["text"]):
                value["end"] += 1
                value["text"] = task["data"]["text"][value["start"] : value["end"]]
                (folder / "tasks.json").write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")
                return f"{task['data']['name']}: {result}"
    raise ValueError("no span to move")
