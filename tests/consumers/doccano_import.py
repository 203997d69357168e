"""Runs in doccano's environment: imports files as doccano does for its users and prints what is in its database then.

    doccano_import.py PLACE JOB...       a job is TASK:FORMAT:FILE, as in RelationExtraction:JSONL:articles.jsonl

Prints one JSON object a job: `examples` with text, meta, spans [id, label, start, end] and relations [type, from, to],
and the importer's `errors`. PLACE keeps the empty database for the next time.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile


def start(place):
    """Sets doccano up with an empty database in a temporary file."""
    import backend

    sys.path.insert(0, os.path.dirname(backend.__file__))
    empty = place / "doccano.sqlite3"
    folder = tempfile.TemporaryDirectory()
    database = pathlib.Path(folder.name) / "doccano.sqlite3"
    if empty.exists():
        shutil.copy(empty, database)
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
    import django

    django.setup()
    if not empty.exists():
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        shutil.copy(database, empty)
    return folder


def imported(user, task, format_name, path):
    from data_import.datasets import load_dataset
    from data_import.pipeline import catalog
    from data_import.pipeline.readers import FileName
    from examples.models import Example
    from labels.models import Relation, Span
    from projects.models import ProjectType, SequenceLabelingProject

    project = SequenceLabelingProject.objects.create(
        name=path, description=path, created_by=user, project_type=ProjectType.SEQUENCE_LABELING,
        allow_overlapping=True, use_relation=True,
    )  # fmt: skip
    file_format = catalog.create_file_format(format_name)
    options = {"delimiter": " ", "scheme": os.environ.get("CONLL_SCHEME", "IOB2")} if format_name == "CoNLL" else {}
    files = [FileName(full_path=path, generated_name=path, upload_name=path)]
    dataset = load_dataset(task, file_format, files, project, encoding="utf_8", **options)
    dataset.save(user)
    examples = []
    for example in Example.objects.filter(project=project).order_by("id"):
        spans = Span.objects.filter(example=example).order_by("id")
        relations = Relation.objects.filter(example=example).order_by("id")
        examples.append({
            "text": example.text, "meta": example.meta,
            "spans": [[s.id, s.label.text, s.start_offset, s.end_offset] for s in spans],
            "relations": [[r.type.text, r.from_id_id, r.to_id_id] for r in relations],
        })  # fmt: skip
    return {"examples": examples, "errors": [error.dict() for error in dataset.errors]}


def main():
    place, *jobs = sys.argv[1:]
    folder = start(pathlib.Path(place))
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create(username="reader")
    for job in jobs:
        task, format_name, path = job.split(":", 2)
        print(json.dumps(imported(user, task, format_name, path), ensure_ascii=False))
    folder.cleanup()


if __name__ == "__main__":
    main()
