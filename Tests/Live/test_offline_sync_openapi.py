"""The running server against `Protocol/offline-sync.yaml`, with requests that are made from it, right and wrong."""

import json
from urllib.request import urlopen

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from harness import Pulsed
from offline_sync.sides import ARGUMENTS
from offline_sync.specification import DOCUMENT, PATH, contents, faults
from support.tokens import ENVIRONMENT, token

ADMIN = "0123456789abcdefghijklmnopqrstuv"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection]
#: Of each operation, and about as many of the cases that the schemas have at their edges.
EXAMPLES = 100


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    store = tmp_path_factory.mktemp("offline-sync") / "store.db"
    with Pulsed(store, *ARGUMENTS, auth="jwt", env=ENVIRONMENT | {"PULSE_ADMIN_TOKEN": ADMIN}) as server:
        yield server


@schemathesis.openapi.from_path(PATH).parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_as_specified(server, case):
    with_collections_that_there_are(case)
    bearer = ADMIN if case.path == "/record" else token("ann", business_id="acme")
    # Parameters that nobody knows are not read.
    operation = DOCUMENT["paths"][case.path].get(case.method.lower(), {})
    declared = {parameter["name"] for parameter in operation.get("parameters", [])}
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{server.port}/sync", headers={"Authorization": f"Bearer {bearer}"}, checks=CHECKS,
        excluded_checks=[negative_data_rejection] if set(case.query or {}) - declared else [])


def with_collections_that_there_are(case) -> None:
    """Made-up names would all be refused at once."""
    changes = case.body.get("changes", [case.body]) if isinstance(case.body, dict) else []
    for change in changes if isinstance(changes, list) else []:
        if isinstance(change, dict) and isinstance(change.get("collection"), str):
            change["collection"] = known(change["collection"])
    if isinstance(case.query, dict) and isinstance(case.query.get("collections"), str):
        case.query["collections"] = known(case.query["collections"])


def known(made_up: str) -> str:
    """The name of a collection in place of this one, always the same; now and then the name itself."""
    names = ["notes", "tasks", "inventory_items", made_up]
    return names[sum(made_up.encode()) % len(names)]


def test_the_served_document_is_the_one_in_the_repository(server):
    with urlopen(f"http://127.0.0.1:{server.port}/sync/openapi.json", timeout=5) as answer:
        assert answer.headers.get_content_type() == "application/json"
        assert json.load(answer) == DOCUMENT


def test_the_examples_of_the_document_are_as_it_says():
    examples = [
        (media["schema"], example)
        for media in contents(DOCUMENT)
        for example in [media.get("example"), *(named["value"] for named in media.get("examples", {}).values())]
        if example is not None
    ]
    assert len(examples) >= 13
    assert [fault for schema, example in examples for fault in faults(schema, example)] == []
