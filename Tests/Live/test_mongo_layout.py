"""What other services see in the database: native types that they can query, and data that is never an operator."""

import asyncio
import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from bson import Decimal128, Int64

from harness import Client, Pulsed

SCHEMA = """
models:
  - name: thing
    scope: user
    fields:
      - {name: text, type: text}
      - {name: short, type: string, max_length: 50}
      - {name: flag, type: bool, default: false}
      - {name: count, type: int, nullable: true}
      - {name: ratio, type: double, nullable: true}
      - {name: price, type: decimal, max_digits: 34, decimal_places: 4, nullable: true}
      - {name: day, type: date, nullable: true}
      - {name: moment, type: dateTime, nullable: true}
      - {name: key, type: uuid, nullable: true}
      - {name: tree, type: json, nullable: true}
      - {name: parent, type: reference, to: thing, nullable: true}
      - {name: plain, type: reference, nullable: true}
  - name: loose
    scope: global
    unknown_fields: keep
    fields:
      - {name: title, type: text}
"""
USER = 42
PARENT, KEY = uuid.UUID(int=7 << 64), uuid.UUID(int=9 << 64)
ORDINARY = {
    "text": "Ünï\u0000code", "short": "s", "flag": True, "count": 2**53 + 1, "ratio": 1.5, "price": "12.5000",
    "day": "2026-02-28", "moment": "2026-02-28T12:00:00.123Z", "key": str(KEY),
    "tree": {"a": {"b": [1, "x", None, 2.5]}}, "parent": str(PARENT), "plain": "abc"}

# As JSON text: each is to come back to the letter.
TREES = [
    '{"$where":"sleep(1000)"}', '{"$set":{"a.b":5},"$inc":{"version":1}}', '{"_id":{"$ne":null}}', '{"a.b":{"c.d":1}}',
    '{"":1,".":2,"$":3}', r'{"a\u0000b":"c\u0000d"}', '{"$date":"2026-02-28T12:00:00Z","$oid":"x"}',
    '{"a":{"$numberLong":"5"}}', '{"a":1,"A":2,"\u00e9":3,"e\u0301":4}', '[{"$gt":""},[],{},[[]]]', '"$$ROOT"', 'true',
    "1.10", "-0.0", "1e400", "9223372036854775808", "123456789012345678901234567890", "1.0", "5e-324",
    '{"b":1,"a":2}', '{"0":1,"__proto__":2,"length":3}', "null"]
NAMES = [
    "$where", "$set", "a.b", "a.", ".", "$", "", r"a\u0000b", "_id", "_sync", "_sync.scope", "_sync_version", "scope",
    "erased", "__proto__", "title.x"]
VALUES = ['{"$ne":null}', "1.50", r'"x\u0000y"', "9223372036854775807"]


def payload(sync_id: uuid.UUID, fields: str) -> str:
    return f'{{"sync_id":"{sync_id}","version":0,{fields}}}'


THINGS = [payload(uuid.UUID(int=1), json.dumps(ORDINARY)[1:-1])] + [
    payload(uuid.UUID(int=number), f'"tree":{tree}') for number, tree in enumerate(TREES, 100)]
EXTREMES = [
    payload(uuid.UUID(int=number), f'"{name}":{value}') for number, (name, value) in enumerate([
        ("count", -(2**63)), ("count", 2**63 - 1), ("ratio", "-0.0"), ("ratio", "5e-324"), ("ratio", "3"),
        ("price", '"-999999999999999999999999999999.9999"'), ("price", '"0.0000"'), ("day", '"9999-12-31"'),
        ("day", '"0001-01-01"'), ("moment", '"0001-01-01T00:00:00Z"'), ("moment", '"9999-12-31T23:59:59.999999999Z"'),
        ("moment", '"2026-02-28T12:00:00.000000001+02:00"'), ("plain", "7"), ("plain", '"$where"'), ("parent", "5"),
        ("text", '"$set"')], 200)]
LOOSE = [
    payload(uuid.UUID(int=number), f'"title":"t","{name}":{value}')
    for number, (name, value) in enumerate(((name, value) for name in NAMES for value in VALUES), 300)]


async def upload_and_read(server: Pulsed) -> dict[str, str]:
    """Uploads everything; by sync id, the frames of a delta as they came."""
    frames = {}
    for table, payloads in (("thing", THINGS + EXTREMES), ("loose", LOOSE)):
        async with await Client.connect(server.url(USER)) as client:
            await client.send_text(
                f'{{"type":"SYNC_BATCH_UPLOAD","table":"{table}","payloads":[{",".join(payloads)}]}}')
            ack = (await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE"))[-1]
            assert len(ack["synced_ids"]) == len(payloads), ack
        async with await Client.connect(server.url(USER)) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": table, "last_version": 0})
            for _ in payloads:
                async with asyncio.timeout(10):
                    text = await client.connection.recv()
                frames[json.loads(text)["data"]["sync_id"]] = text
    return frames


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("layout") / "schema.yaml"
    path.write_text(SCHEMA)
    return path


@pytest.fixture(scope="module")
def frames(secantus, schema) -> dict[str, str]:
    with Pulsed(secantus.uri("layout"), "--schema", schema, log=schema.with_name("pulsed.log")) as server:
        return asyncio.run(upload_and_read(server))


@pytest.fixture(scope="module")
def database(secantus, frames):
    with secantus.client() as client:
        yield client.layout


def test_every_value_comes_back_to_the_letter(frames):
    for number, tree in enumerate(TREES, 100):
        assert f'"tree":{tree},' in frames[str(uuid.UUID(int=number))]
    ordinary = json.loads(frames[str(uuid.UUID(int=1))])["data"]["data"]
    assert {name: ordinary[name] for name in ORDINARY} == ORDINARY


def test_the_frames_are_those_of_the_other_store(frames, schema):
    with Pulsed(schema.with_name("store.db"), "--schema", schema) as server:
        assert asyncio.run(upload_and_read(server)) == frames


def test_fields_are_native_values(database):
    document = database.thing.find_one({"_id": uuid.UUID(int=1)})
    native = {
        "_id": uuid.UUID(int=1), "text": "Ünï\u0000code", "short": "s", "flag": True, "count": Int64(2**53 + 1),
        "ratio": 1.5, "price": Decimal128("12.5000"), "day": "2026-02-28",
        "moment": datetime(2026, 2, 28, 12, 0, 0, 123_000, UTC), "key": KEY,
        "tree": {"a": {"b": [Int64(1), "x", None, 2.5]}}, "parent": PARENT, "plain": "abc", "id": Int64(1),
        "version": Int64(1), "user_id": Int64(USER), "is_deleted": False}
    assert {name: (type(document[name]), document[name]) for name in native} == {
        name: (type(value), value) for name, value in native.items()}
    assert type(document["tree"]["a"]["b"][0]) is Int64
    for name in ("created_at", "updated_at"):
        assert abs((datetime.now(UTC) - document[name]).total_seconds()) < 600
    assert set(document) - set(native) == {"created_at", "updated_at", "_sync"}
    assert document["_sync"]["scope"] == f"u:{USER}"


@pytest.mark.parametrize(
    "query",
    [
        {"count": 2**53 + 1},
        {"count": {"$gt": 2**53, "$lt": 2**53 + 2}},
        {"price": Decimal128(Decimal("12.5"))},
        {"price": {"$gte": Decimal128("12.4"), "$lt": 12.6}},
        {"moment": {"$gte": datetime(2026, 2, 28, 12, tzinfo=UTC)}, "flag": True},
        {"key": KEY},
        {"parent": PARENT},
        {"day": "2026-02-28"},
        {"tree.a.b": "x"},
        {"tree.a.b.3": {"$gt": 2}},
        {"_sync.scope": f"u:{USER}", "version": 1},
    ],
    ids=str)
def test_others_find_it_by_its_values(database, query):
    assert [document["_id"] for document in database.thing.find(query)] == [uuid.UUID(int=1)]


def test_nothing_that_was_uploaded_acted_as_an_operator(database):
    """Each record is there once, under its own id, and nothing beside them."""
    ids = {"thing": [1, *range(100, 100 + len(TREES)), *range(200, 200 + len(EXTREMES))],
           "loose": [*range(300, 300 + len(LOOSE))]}
    for model, numbers in ids.items():
        documents = list(database[model].find().sort("version"))
        assert [document["_id"].int for document in documents] == numbers
        assert [document["version"] for document in documents] == [document["id"] for document in documents]
        assert not any(document["is_deleted"] for document in documents)
    assert set(database.list_collection_names()) == {"thing", "loose", "pulse.log", "pulse_push", "pulse_revocation"}
    assert database["pulse.log"].find_one({"_id": "head"})["version"] == sum(map(len, ids.values()))


def test_of_a_hard_deleted_record_nothing_is_left_but_that_it_was(secantus, tmp_path):
    sync_id = uuid.uuid4()
    with Pulsed(secantus.uri("erased"), log=tmp_path / "pulsed.log") as server, secantus.client() as client:
        server.act({"action": "create", "table": "task", "sync_id": str(sync_id),
                    "fields": {"user_id": USER, "title": "secret"}})
        server.act({"action": "hard-delete", "table": "task", "sync_id": str(sync_id)})
        [document] = client.erased.task.find()
    assert (document["_id"], document["version"], document["is_deleted"]) == (sync_id, 2, True)
    assert document["_sync"]["erased"] is True
    assert "secret" not in str(document)
