"""`Protocol/offline-sync.yaml`, and where an answer is not as it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

PATH = Path(__file__).resolve().parents[3] / "Protocol/offline-sync.yaml"
DOCUMENT = yaml.safe_load(PATH.read_text())


def faults(schema: dict, value: Any) -> list[str]:
    """Where a value is not as a schema of the document wants it."""
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def named(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def resolved(node: dict) -> dict:
    """What a reference into the document stands for; anything else is itself."""
    if "$ref" not in node:
        return node
    found = DOCUMENT
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def contents(node: Any) -> Iterator[dict]:
    """Every media type of the document: a schema, and examples of it."""
    if isinstance(node, dict):
        yield from node["content"].values() if "content" in node else ()
        for item in node.values():
            yield from contents(item)


def departures(answer: dict) -> list[str]:
    """Where an answer, as a player received it, departs from what the document declares for its path and status."""
    found = [fault for message in answer.get("messages", []) for fault in _of_message(message)]
    operations = DOCUMENT["paths"].get(answer.get("path"), {})
    if answer.get("method", "").lower() not in operations:
        return found
    declared = operations[answer["method"].lower()]["responses"].get(str(answer["status"]))
    if declared is None:
        return [f"{answer['path']}: status {answer['status']} is not declared"]
    declared = resolved(declared)
    if answer["type"] not in declared["content"]:
        return [f"{answer['path']}: content type {answer['type']} is not declared"]
    for line in answer.get("lines", []):
        found += faults(named("FullLine"), line)
    if "body" in answer:
        found += faults(declared["content"][answer["type"]]["schema"], answer["body"])
    return found


def _of_message(message: Any) -> list[str]:
    return [] if message == "closed" else faults(named("StreamMessage"), message)
