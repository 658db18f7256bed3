"""Rules of access in a schema file: one table shown to everybody and written by some, another there for some alone."""

import asyncio
import uuid

from harness import Client, Pulsed

SCHEMA = """
models:
  - name: news
    scope: global
    access: {write: {user: ann}}
    fields: [{name: title, type: text}]
  - name: draft
    scope: global
    access: {read: [{user: ann}, {user: cy}], write: {user: ann}}
    fields: [{name: title, type: text}]
"""


def test_rules_hold_for_deltas_pushes_and_uploads(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text(SCHEMA)
    with Pulsed(tmp_path / "store.db", "--schema", schema) as server:
        asyncio.run(hold(server))


async def hold(server: Pulsed) -> None:
    async with (await Client.connect(server.url("ann")) as ann, await Client.connect(server.url("bob")) as bob,
                await Client.connect(server.url("cy")) as cy):
        for client in (ann, bob, cy):
            for table in ("news", "draft"):
                await client.send({"type": "SYNC_REQUEST_DELTA", "table": table})
        # To a user who may not read it there is no such table; who may only read it is told so.
        assert await bob.receive_one() == error(200, "draft", "There is no table of this name.")
        assert await answer(bob, "draft") == error(200, "draft", "There is no table of this name.")
        for client, table in ((bob, "news"), (cy, "news"), (cy, "draft")):
            read_only = error(201, table, "You may read this table, and not write it.")
            assert await answer(client, table) == read_only
            assert await answer(client, table, "SYNC_BATCH_UPLOAD") == read_only
        for table in ("draft", "news"):
            assert (await answer(ann, table))["status"] == "SUCCESS"
        # The order of the log: if bob were sent the draft, it would come before the news.
        assert [(await bob.receive_one())["data"]["model"]] == ["news"]
        assert [(await cy.receive_one())["data"]["model"] for _ in range(2)] == ["draft", "news"]
    async with await Client.connect(server.url("bob")) as bob:
        await bob.send({"type": "SYNC_REQUEST_DELTA", "table": "news"})
        assert [frame["data"]["model"] for frame in await bob.receive_until_quiet(1.5)] == ["news"]


def error(code: int, table: str, message: str) -> dict:
    return {"type": "SYNC_ERROR", "code": code, "message": message, "retryable": False, "table": table}


async def answer(client: Client, table: str, kind: str = "SYNC_UPLOAD") -> dict:
    """What an upload is answered with."""
    payload = {"sync_id": str(uuid.uuid4()), "version": 0, "title": "A"}
    await client.send({"type": kind, "table": table, **(
        {"payload": payload} if kind == "SYNC_UPLOAD" else {"payloads": [payload]})})
    [*_, frame] = await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE")
    return frame
