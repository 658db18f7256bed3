"""Other programs' writes into a MongoDB store: taken over, with versions, and sent to whom they concern."""

import asyncio
import json
import os
import signal
import time
import urllib.request
import uuid
from datetime import UTC, datetime

import pytest
from bson import Int64, ObjectId

from harness import Client, Pulsed

SCHEMA = """
models:
  - name: task
    scope: user
    fields:
      - {name: title, type: text}
      - {name: count, type: int, default: 0}
      - {name: moment, type: dateTime, nullable: true}
  - name: news
    scope: global
    fields:
      - {name: title, type: text}
collections:
  - name: notes
    scope: user
"""


class World:
    """A database with a worker that follows it, or several."""

    def __init__(self, secantus, directory, *more: str):
        self.directory = directory
        self.name = f"tail{uuid.uuid4().hex[:12]}"
        self.uri = secantus.uri(self.name)
        self.client = secantus.client()
        self.database = self.client[self.name]
        (directory / "schema.yaml").write_text(SCHEMA)

    def serve(self, *args: str) -> Pulsed:
        return Pulsed(
            self.uri, "--schema", self.directory / "schema.yaml", "--mongo-tail", "on", *args,
            log=self.directory / f"pulsed-{uuid.uuid4().hex[:6]}.log")


@pytest.fixture
def world(secantus, tmp_path):
    world = World(secantus, tmp_path)
    yield world
    world.client.drop_database(world.name)


def run(coroutine):
    return asyncio.run(coroutine)


async def connected(server: Pulsed, user: int = 7) -> Client:
    client = await Client.connect(server.url(user))
    for table in ["task", "news"]:
        await client.send({"type": "SYNC_REQUEST_DELTA", "table": table, "last_version": 0})
    await client.receive_until_quiet()
    return client


async def news(client: Client, sync_id: str, timeout: float = 15) -> dict:
    """The next update of a record."""
    frames = await client.receive_until(lambda frame: "data" in frame and sync_id in str(frame), timeout)
    return payload(frames[-1])


def payload(frame: dict) -> dict:
    """The record in an update, with its version."""
    update = frame["data"]
    return {**update["data"], **{name: value for name, value in update.items() if name != "data"}}


def test_a_document_that_another_program_inserts_is_a_record_and_is_pushed(world):
    async def story(server):
        async with await connected(server) as owner, await connected(server, 8) as other:
            key = uuid.uuid4()
            moment = datetime(2026, 5, 2, 12, tzinfo=UTC)
            world.database.task.insert_one(
                {"_id": key, "title": "Milk", "count": Int64(3), "moment": moment, "user_id": 7})
            record = await news(owner, str(key))
            assert (record["title"], record["count"], record["moment"]) == ("Milk", 3, "2026-05-02T12:00:00Z")
            assert record["version"] > 0
            # Of a text, and with a field that is left to its default.
            second = uuid.uuid4()
            world.database.task.insert_one({"_id": str(second), "title": "Bread", "user_id": "7"})
            assert (await news(owner, str(second)))["count"] == 0
            # The record has taken its place.
            deadline = time.monotonic() + 10
            while world.database.task.find_one({"_id": str(second)}) and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
            assert world.database.task.count_documents({}) == 2
            assert world.database.task.find_one({"_id": key})["_sync"]["scope"] == "u:7"
            seen = await other.receive_until_quiet(1)
            assert not [frame for frame in seen if "Milk" in str(frame) or "Bread" in str(frame)]

    with world.serve() as server:
        run(story(server))


def test_a_record_that_another_program_changes_gets_a_version_and_keeps_what_it_had(world):
    async def story(server):
        async with await connected(server) as client:
            key = str(uuid.uuid4())
            await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {
                "sync_id": key, "version": 0, "title": "Milk", "count": 1}})
            first = await news(client, key)
            world.database.task.update_one({"_id": uuid.UUID(key)}, {"$set": {"count": Int64(5)}})
            changed = await news(client, key)
            while changed["version"] == first["version"]:
                changed = await news(client, key)
            assert (changed["title"], changed["count"]) == ("Milk", 5)
            world.database.task.update_one({"_id": uuid.UUID(key)}, {"$set": {"is_deleted": True}})
            gone = await news(client, key)
            assert gone["is_deleted"] is True and gone["version"] > changed["version"]
            # A change of the server's own is none of another program: no version follows it.
            assert not [frame for frame in await client.receive_until_quiet(1.5) if key in str(frame)]

    with world.serve() as server:
        run(story(server))


def test_what_was_written_while_no_worker_ran_is_taken_over_at_the_start(world):
    key, second = uuid.uuid4(), uuid.uuid4()
    world.database.task.insert_one({"_id": key, "title": "before", "user_id": 7})

    async def delta(server) -> dict:
        async with await Client.connect(server.url(7)) as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
            frames = await client.receive_until_quiet(2)
            return {frame["data"]["sync_id"]: payload(frame) for frame in frames if "data" in frame}

    with world.serve() as server:
        wait_for(lambda: world.database.task.find_one({"_id": key}).get("_sync"))
        assert run(delta(server))[str(key)]["title"] == "before"
    world.database.task.insert_one({"_id": second, "title": "between", "user_id": 7})
    world.database.task.update_one({"_id": key}, {"$set": {"title": "changed"}})
    with world.serve() as server:
        wait_for(lambda: world.database.task.find_one({"_id": second}).get("_sync"))
        records = run(delta(server))
        wait_for(lambda: run(delta(server))[str(key)]["version"] > 1)
        assert run(delta(server))[str(key)]["title"] == "changed"
        assert records[str(second)]["title"] == "between"


def test_a_document_that_is_no_record_is_named_in_the_log_and_hurts_nobody(world):
    bad = [
        {"_id": uuid.uuid4(), "title": "nobody's"},
        {"_id": uuid.uuid4(), "title": 5, "user_id": 7},
        {"_id": 17, "title": "no UUID", "user_id": 7},
        {"_id": ObjectId(), "version": 3, "id": 9, "title": "like a record", "user_id": 7},
        {"_id": uuid.uuid4(), "_sync": 5, "title": "damaged", "user_id": 7},
        {"_id": uuid.uuid4(), "colour": "unknown", "title": "x", "user_id": 7}]

    async def story(server):
        async with await connected(server) as client:
            world.database.task.insert_many(bad)
            key = uuid.uuid4()
            world.database.task.insert_one({"_id": key, "title": "good", "user_id": 7})
            assert (await news(client, str(key)))["title"] == "good"
            wait_for(lambda: server.log().count("cannot be taken over") >= len(bad))
            # The log of records can still be read as a whole.
            async with await connected(server, 7):
                pass

    with world.serve() as server:
        run(story(server))
        assert server.readiness()[0] == 200
        for document in bad[:-2]:
            assert "_sync" not in world.database.task.find_one({"_id": document["_id"]})


def test_two_workers_take_a_document_over_once(world):
    async def story(first, second):
        async with await connected(first) as client:
            keys = [uuid.uuid4() for _ in range(20)]
            world.database.news.insert_many([{"_id": key, "title": f"n{index}"} for index, key in enumerate(keys)])
            for key in keys:
                wait_for(lambda key=key: world.database.news.find_one({"_id": key}).get("_sync"))
            seen = await client.receive_until_quiet(2.5)
            titles = {payload(frame)["title"] for frame in seen if "data" in frame}
            assert titles == {f"n{index}" for index in range(20)}
            assert world.database.news.count_documents({}) == 20

    with world.serve() as first, world.serve() as second:
        run(story(first, second))


def test_a_document_of_a_collection_is_taken_over_moved_and_pulled(world):
    with world.serve() as server:
        world.database.notes.insert_many([
            {"_id": "x", "user_id": 7, "text": "Milk", "more": {"a": [1, 2.5, None]}},
            {"_id": 5, "_sync_scope_id": "8", "text": "eight's"},
            {"_id": "gone", "user_id": 7, "text": "old", "is_deleted": True}])
        wait_for(lambda: world.database.notes.count_documents({"_sync": {"$exists": True}}) == 3)
        wait_for(lambda: world.database.notes.count_documents({}) == 3)
        entries = {entry["doc_id"]: entry for entry in pull(server, 7)}
        assert entries.keys() == {"x", "gone"}
        assert entries["x"]["data"] == {
            "_id": "x", "user_id": 7, "text": "Milk", "more": {"a": [1, 2.5, None]}}
        assert (entries["gone"]["operation"], entries["gone"]["data"]) == ("delete", None)
        assert [entry["doc_id"] for entry in pull(server, 8)] == [5]
        # Written again by the other program, it takes the place of the record.
        world.database.notes.insert_one({"_id": "x", "user_id": 7, "text": "Bread"})
        wait_for(lambda: [e["data"] for e in pull(server, 7) if e["doc_id"] == "x"] == [
            {"_id": "x", "user_id": 7, "text": "Bread"}])
        wait_for(lambda: world.database.notes.count_documents({}) == 3)


def test_two_workers_write_a_document_that_is_moved_once(world):
    with world.serve() as first, world.serve() as second:
        world.database.notes.insert_many([{"_id": f"n{index}", "user_id": 7} for index in range(40)])
        wait_for(lambda: world.database.notes.count_documents({"_sync": {"$exists": False}}) == 0)
        # What comes behind them has been handled by both.
        world.database.notes.insert_one({"_id": "end", "user_id": 7})
        wait_for(lambda: len(pull(first, 7)) == 41)
        time.sleep(1)
        entries = pull(second, 7)
        assert len(entries) == 41 and all(entry["parent_version"] is None for entry in entries)


def test_a_worker_that_comes_late_does_not_undo_what_was_edited_since(world):
    key = str(uuid.uuid4())
    with world.serve() as first, world.serve() as late:
        # Both follow.
        world.database.notes.insert_one({"_id": "before", "user_id": 7})
        wait_for(lambda: pull(first, 7))
        wait_for(lambda: not world.database.notes.find_one({"_id": "before"}))
        time.sleep(2)
        os.kill(late.pid, signal.SIGSTOP)
        try:
            world.database.notes.insert_one({"_id": "x", "user_id": 7, "text": "theirs"})
            world.database.task.insert_one({"_id": uuid.UUID(key), "user_id": 7, "title": "theirs"})
            wait_for(lambda: len(pull(first, 7)) == 3)
            wait_for(lambda: not world.database.notes.find_one({"_id": "x"}))
            for entry in pull(first, 7):
                if entry["doc_id"] in ("x", key):
                    name = "title" if entry["doc_id"] == key else "text"
                    edit(first, 7, entry, {name: "edited"})
            edited = pull(first, 7)
        finally:
            os.kill(late.pid, signal.SIGCONT)
        # What comes behind the two has been handled by the late one, too.
        world.database.notes.insert_one({"_id": "end", "user_id": 9})
        wait_for(lambda: pull(late, 9))
        time.sleep(2)
        assert pull(first, 7) == edited


def test_a_document_that_the_database_refuses_as_a_record_holds_up_nobody(world):
    # The record would stand beside the document until that is removed.
    world.database.notes.create_index("text", unique=True, partialFilterExpression={"text": {"$exists": True}})
    with world.serve() as server:
        world.database.notes.insert_one({"_id": "refused", "user_id": 7, "text": "one of a kind"})
        world.database.notes.insert_one({"_id": "taken", "user_id": 7})
        wait_for(lambda: [entry["doc_id"] for entry in pull(server, 7)] == ["taken"])
        assert "cannot be taken over" in server.log()


def call(server, method: str, path: str, user: int, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/sync/{path}", json.dumps(body).encode() if body else None,
        {"Authorization": f"Bearer {user}", "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def pull(server, user: int) -> list[dict]:
    return call(server, "GET", "pull?since=19700101T000000.000Z-0000", user)["changes"]


def edit(server, user: int, entry: dict, data: dict):
    [result] = call(server, "POST", "push", user, {"client_id": "c", "changes": [{
        "collection": entry["collection"], "operation": "upsert", "doc_id": entry["doc_id"], "data": data,
        "parent_version": entry["version"]}]})["results"]
    assert result["status"] == "accepted", result


def wait_for(condition, timeout: float = 15):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
