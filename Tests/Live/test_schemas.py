"""The specification against itself and against the running server: schemas, examples, and what is really sent."""

import asyncio
import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from conversations.compare import intended
from conversations.vector import load_all
from harness import Client, Pulsed

REPOSITORY = Path(__file__).resolve().parents[2]
PROTOCOL = REPOSITORY / "Protocol"
SUFFIX = ".schema.json"
SCHEMAS = {path.name.removesuffix(SUFFIX): json.loads(path.read_text()) for path in PROTOCOL.glob(f"schemas/*{SUFFIX}")}
REGISTRY = Registry().with_resources(
    (name + SUFFIX, Resource.from_contents(schema)) for name, schema in SCHEMAS.items())
TEXT = (PROTOCOL / "pulse-v1.md").read_text()
BLOCK = re.compile(r"^(?:<!-- (?P<side>\w+) -->\n)?```json\n(?P<text>.*?)\n```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    """A JSON block of the specification: `client` sends it, `server` sends it, or the server may (`shape`).

    `wrong` is sent by the client as well, and has a mistake that the schema must find."""

    side: str | None
    text: str
    line: int


SENT = ("client", "wrong")

EXAMPLES = [Example(m["side"], m["text"], TEXT.count("\n", 0, m.start()) + 1) for m in BLOCK.finditer(TEXT)]


def faults(name: str, value) -> list[str]:
    """What the schema `name` holds against a value."""
    return [error.message for error in Draft202012Validator(SCHEMAS[name], registry=REGISTRY).iter_errors(value)]


def names_of(example: Example) -> str:
    return f"{example.side}-line-{example.line}"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schema_is_valid_and_leads_nowhere_else(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(SCHEMAS[name]))
    assert [name for name in references if name.removesuffix(SUFFIX) not in SCHEMAS] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=names_of)
def test_example_fits_its_schema(example):
    assert example.side in ("client", "wrong", "server", "shape"), f"line {example.line} does not say who sends it"
    schema = "client-message" if example.side in SENT else "server-message"
    assert bool(faults(schema, json.loads(example.text))) == (example.side == "wrong")


def test_every_kind_of_message_has_an_example():
    values = [json.loads(example.text) for example in EXAMPLES]
    for side in ("client-message", "server-message"):
        for part in SCHEMAS[side]["oneOf"]:
            name = part["$ref"].removesuffix(SUFFIX)
            assert any(faults(name, value) == [] for value in values), name


WRONG = {
    "a message without a type": ("client-message", {"table": "task"}),
    "an unknown type": ("client-message", {"type": "SYNC_HELLO", "table": "task"}),
    "a negative last_version": ("sync-request-delta", {"type": "SYNC_REQUEST_DELTA", "table": "a", "last_version": -1}),
    "an upload without a payload": ("sync-upload", {"type": "SYNC_UPLOAD", "table": "task"}),
    "a sync_id that is no UUID": ("upload-item", {"sync_id": "abc"}),
    "is_deleted that is 2": ("upload-item", {"sync_id": "0" * 32, "is_deleted": 2}),
    "a batch of 1,001": (
        "sync-batch-upload", {"type": "SYNC_BATCH_UPLOAD", "table": "a", "payloads": [{"sync_id": "0" * 32}] * 1001}),
    "an error that is not said": (
        "sync-ack-individual", {"type": "SYNC_ACK_INDIVIDUAL", "table": "a", "status": "ERROR", "sync_id": None}),
    "a reason for a success": (
        "sync-ack-individual",
        {"type": "SYNC_ACK_INDIVIDUAL", "table": "a", "status": "SUCCESS", "sync_id": None, "error": "none"}),
    "an ack without conflicts": ("batch-ack", {"type": "BATCH_ACK", "table": "a", "synced_ids": [], "errors": []}),
    "a retryable error of syntax": (
        "sync-error", {"type": "SYNC_ERROR", "code": 100, "message": "a", "retryable": True}),
    "a record with the form of a hard delete": (
        "server-message", {"type": "SYNC_UPDATE", "data": {"model": "task", "sync_id": str(uuid.UUID(int=0))}}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_schema_refuses(wrong):
    assert faults(*WRONG[wrong])


def test_table_of_errors_is_that_of_the_source():
    """Numbers, and which of them are retryable."""
    source = (REPOSITORY / "Sources/PulseWire/WireError.swift").read_text()
    numbers = {name: int(number) for name, number in re.findall(r"case (\w+) = (\d+)", source)}
    [rule] = re.findall(r"isRetryable: Bool \{\s*switch self \{\s*case ([^:]*): true", source)
    retryable = set(re.findall(r"\.(\w+)", rule))
    rows = re.findall(r"^\| (\d{3}) \| .* \| (true|false) \|$", TEXT, re.MULTILINE)
    assert {int(number): flag == "true" for number, flag in rows} == {
        number: name in retryable for name, number in numbers.items()}


@pytest.mark.parametrize("vector", load_all(), ids=lambda vector: vector.name)
def test_conversation_fits_the_schemas(vector):
    """What this server sends in the recorded and expected conversations, with a value for each placeholder."""
    for step in vector.expectations:
        frames, again = intended(step, step["frames"])
        for frame in [*frames, *again]:
            if "type" in frame and "$" not in json.dumps(frame):
                assert faults("server-message", filled(frame)) == []


def filled(value):
    """`value` with something of the right kind for each placeholder."""
    if isinstance(value, dict):
        return {key: filled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\{\{(user|version):[^}]*\}\}", value):
        return 1
    value = re.sub(r"\{\{(uuid|upper):[^}]*\}\}", str(uuid.UUID(int=0)), value)
    return re.sub(r"\{\{hex:[^}]*\}\}", "0" * 32, value)


def test_examples_are_what_the_server_sends(tmp_path):
    """The specification as one conversation: each `server` block is, byte for byte, a frame that comes."""
    async def converse(server):
        async with await Client.connect(server.url(1)) as client:
            waiting: list[Example] = []
            for example in [*EXAMPLES, None]:
                if example and example.side == "server":
                    waiting.append(example)
                elif not example or example.side in SENT:
                    await receive_all(client, waiting)
                    waiting = []
                    if example:
                        await client.send_text(example.text)

    with Pulsed(tmp_path / "store.db") as server:
        asyncio.run(converse(server))


async def receive_all(client: Client, waiting: list[Example]) -> None:
    """Receives until each example has come."""
    missing = {example.text: example.line for example in waiting}
    received = []
    try:
        async with asyncio.timeout(10):
            while missing:
                received.append(await client.connection.recv())
                assert faults("server-message", json.loads(received[-1])) == []
                missing.pop(received[-1], None)
    except TimeoutError:
        pytest.fail(f"not sent, by line: {missing}\nreceived: {received}")


def test_frames_of_a_conversation_fit_the_schemas(pulsed):
    """Each kind of message that a client can bring about, good and bad, beside those of the examples."""
    here, there = str(uuid.uuid4()), str(uuid.uuid4())
    batch = [
        {"sync_id": there.upper(), "title": "A"}, {"sync_id": here, "version": 0, "title": "late"},
        {"sync_id": 12}, {"sync_id": 1.5}, {"sync_id": "x" * 65}, 5, {}, {"sync_id": here, "completed": "yes"},
    ]
    says = [
        ("SYNC_UPLOAD", {"table": "task", "payload": {"sync_id": here, "title": "A"}}),
        ("SYNC_UPLOAD", {"table": "TASK", "payload": {"sync_id": here, "version": 2**62, "is_deleted": 1}}),
        ("SYNC_UPLOAD", {"table": "task", "payload": {"sync_id": None}}),
        ("SYNC_BATCH_UPLOAD", {"table": "task", "payloads": batch}),
        ("SYNC_BATCH_UPLOAD", {"table": "task", "payloads": None}),
        ("SYNC_REQUEST_DELTA", {}),
        ("SYNC_REQUEST_DELTA", {"table": "t" * 65}),
        ("SYNC_HELLO", {}),
    ]

    async def converse():
        async with await Client.connect(pulsed.url(f"schemas-{uuid.uuid4()}")) as client:
            frames = []
            for kind, rest in says:
                await client.send({"type": kind, **rest})
                frames += await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE")
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "Task"})
            missing = {here, there}
            while missing:
                frames.append(await client.receive_one())
                missing.discard(frames[-1]["data"]["sync_id"])
            return frames

    frames = asyncio.run(converse())
    assert [(frame, found) for frame in frames if (found := faults("server-message", frame))] == []
    assert {frame["type"] for frame in frames} == {"SYNC_ERROR", "SYNC_ACK_INDIVIDUAL", "BATCH_ACK", "SYNC_UPDATE"}
