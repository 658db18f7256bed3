"""`WS /sync/stream`: what is stored, and then whatever changes, without a gap, to those who may read it."""

import asyncio
import signal
import subprocess
import uuid

import pytest

from harness import Client, Closed, Pulsed, Refused, Workers
from support import tokens
from support.client import RawClient
from support.pulsed import METRICS, binary

ZERO = "19700101T000000.000Z-0000"
WRONG, RESTART, NORMAL = 1008, 1012, 1000
AUTHENTICATION, REVOKED, KICKED = 4001, 4002, 4004
BACKLOG, LIVE, BATCH = 5_000, 2_000, 50
SCHEMA = """
models:
  - name: task
    scope: user
    fields: [{name: title, type: text}]
  - name: board
    scope: {group: team}
    fields: [{name: title, type: text}]
  - name: news
    scope: global
    fields: [{name: title, type: text}]
"""


def url(server: Pulsed, query: str = "") -> str:
    return f"ws://127.0.0.1:{server.port}/sync/stream{query}"


async def subscribe(server: Pulsed, token: str | None, since: str = ZERO, **members) -> Client:
    client = await Client.connect(url(server))
    await client.send({"type": "subscribe", "since": since, "collections": [], "token": token, **members})
    return client


async def upload(client: Client, table: str, numbers: range, **members) -> list[dict]:
    """New records, all acknowledged; the acks."""
    acks = []
    for start in range(numbers.start, numbers.stop, BATCH):
        payloads = [
            {"sync_id": str(uuid.UUID(int=number)), "version": 0, "title": str(number), **members}
            for number in range(start, min(start + BATCH, numbers.stop))]
        await client.send({"type": "SYNC_BATCH_UPLOAD", "table": table, "payloads": payloads})
        acks.append((await client.receive_until(lambda frame: frame["type"] != "SYNC_UPDATE"))[-1])
        assert (acks[-1]["type"], len(acks[-1]["synced_ids"])) == ("BATCH_ACK", len(payloads)), acks[-1]
    return acks


def numbers_in_order(entries: list[dict]) -> list[int]:
    """The records of entries, whose stamps must grow."""
    versions = [entry["version"] for entry in entries]
    assert all(left < right for left, right in zip(versions, versions[1:]))
    return [uuid.UUID(entry["doc_id"]).int for entry in entries]


async def ended(client: Client, code: int, reason: str = "") -> list[dict]:
    """What is sent until the connection is closed, which it must be with this code and a reason with these words."""
    frames = []
    with pytest.raises(Closed) as end:
        while True:
            frames.append(await client.receive_one())
    assert end.value.code == code and reason in end.value.reason
    return frames


def test_an_entry_has_the_members_of_a_pulled_one(pulsed):
    async def run() -> None:
        user, number = "entries", uuid.uuid4().int
        async with await Client.connect(pulsed.url(user)) as phone, await subscribe(pulsed, user) as stream:
            await upload(phone, "task", range(number, number + 1))
            entry = await stream.receive_one()
            document = str(uuid.UUID(int=number))
            assert list(entry) == ["version", "collection", "doc_id", "operation", "data", "parent_version"]
            assert (entry["collection"], entry["doc_id"], entry["operation"]) == ("task", document, "upsert")
            assert next(iter(entry["data"])) == "_id" and entry["data"]["_id"] == document
            [known] = [frame for frame in await delta(phone, "task") if frame["data"]["sync_id"] == document]
            payload = {"sync_id": document, "version": known["data"]["version"], "is_deleted": True}
            await phone.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
            deletion = await stream.receive_one()
            assert (deletion["operation"], deletion["data"]) == ("delete", None)
            assert deletion["parent_version"] == entry["version"] < deletion["version"]
            # What it has is not sent again, and what it has not is.
            async with await subscribe(pulsed, user, since=entry["version"]) as other:
                assert await other.receive_until_quiet() == [deletion]
            async with await subscribe(pulsed, user, since=deletion["version"]) as other:
                assert await other.receive_until_quiet() == []

    asyncio.run(run())


async def delta(client: Client, table: str) -> list[dict]:
    await client.send({"type": "SYNC_REQUEST_DELTA", "table": table})
    return [frame for frame in await client.receive_until_quiet() if frame["type"] == "SYNC_UPDATE"]


def test_backlog_and_live_entries_come_without_a_gap_while_others_write(tmp_path):
    async def run(server: Pulsed) -> None:
        async with await Client.connect(server.url("ann")) as phone:
            await upload(phone, "task", range(BACKLOG))
            writing = asyncio.create_task(upload(phone, "task", range(BACKLOG, BACKLOG + LIVE)))
            streams = [await subscribe(server, "ann") for _ in range(5)]
            for stream in streams:
                entries = await stream.receive(BACKLOG + LIVE)
                assert numbers_in_order(entries) == list(range(BACKLOG + LIVE))
            await writing
            # And from the middle on, once more on the same connection.
            middle = entries[BACKLOG // 2]["version"]
            await streams[0].send({"type": "subscribe", "since": middle, "collections": ["task"]})
            rest = await streams[0].receive(BACKLOG + LIVE - BACKLOG // 2 - 1)
            assert rest == entries[BACKLOG // 2 + 1:]
            for stream in streams:
                assert await stream.receive_until_quiet(0.2) == []
                await stream.close()

    with Pulsed(tmp_path / "store.db") as server:
        asyncio.run(run(server))


def test_two_workers_send_all_in_one_order(tmp_path):
    async def run(one: Pulsed, two: Pulsed) -> None:
        streams = [await subscribe(worker, "ann") for worker in (one, two)]
        async with await Client.connect(one.url("ann")) as first, await Client.connect(two.url("ann")) as second:
            await asyncio.gather(
                upload(first, "task", range(LIVE)), upload(second, "task", range(LIVE, 2 * LIVE)))
        received = [await stream.receive(2 * LIVE) for stream in streams]
        assert received[0] == received[1]
        assert sorted(numbers_in_order(received[0])) == list(range(2 * LIVE))
        # A stamp of one worker is a cursor at the other.
        async with await subscribe(two, "ann", since=received[0][-2]["version"]) as other:
            assert await other.receive_until_quiet() == received[0][-1:]
        for stream in streams:
            await stream.close()

    with Workers(tmp_path, tmp_path / "store.db") as workers:
        asyncio.run(run(*workers.workers))


def test_a_client_that_does_not_read_misses_nothing(tmp_path):
    text = "x" * 2_000

    def all_entries(client: RawClient) -> list[dict]:
        entries = []
        while len(entries) < BACKLOG:
            entries += client.read()
        return entries

    async def run(server: Pulsed) -> None:
        with RawClient(url(server)) as slow:
            slow.send({"type": "subscribe", "since": ZERO, "collections": ["task"], "token": "ann"}).join()
            async with await Client.connect(server.url("ann")) as phone:
                await upload(phone, "task", range(BACKLOG), description=text)
            entries = await asyncio.to_thread(all_entries, slow)
            assert numbers_in_order(entries) == list(range(BACKLOG))

    with Pulsed(tmp_path / "store.db") as server:
        asyncio.run(run(server))


def test_nobody_is_sent_what_lies_outside_of_their_scopes_or_wishes(tmp_path):
    async def run(server: Pulsed) -> None:
        red, both, other = (
            tokens.token("ann", team="red"), tokens.token("bob", team=["red", "blue"]), tokens.token("cy"))
        async with await Client.connect(server.url(both)) as phone:
            await upload(phone, "task", range(1))
            for number, team in enumerate(["red", "blue"], 1):
                await upload(phone, "board", range(number, number + 1), team=team)
            await upload(phone, "news", range(3, 4))
        for token, members, expected in [
            (red, {}, [1, 3]), (both, {}, [0, 1, 2, 3]), (other, {}, [3]),
            (both, {"collections": ["board"]}, [1, 2]), (both, {"scope_id": "blue"}, [2, 3]),
            (both, {"scope_id": "bob"}, [0, 3]), (red, {"scope_id": "blue"}, [3]), (other, {"scope_id": "bob"}, [3]),
            (red, {"collections": ["task"]}, [])]:
            async with await subscribe(server, token, **members) as stream:
                assert numbers_in_order(await stream.receive_until_quiet()) == expected, members
        # And live.
        narrow = await subscribe(server, both, collections=["board"], scope_id="red")
        wide = await subscribe(server, both, scope_id="red")
        async with await Client.connect(server.url(both)) as phone:
            await upload(phone, "task", range(4, 5))
            await upload(phone, "board", range(5, 6), team="blue")
            await upload(phone, "board", range(6, 7), team="red")
            await upload(phone, "news", range(7, 8))
        assert numbers_in_order(await narrow.receive_until_quiet())[1:] == [6]
        assert numbers_in_order(await wide.receive_until_quiet())[2:] == [6, 7]
        await narrow.close()
        await wide.close()

    schema = tmp_path / "schema.yaml"
    schema.write_text(SCHEMA)
    with Pulsed(tmp_path / "store.db", "--schema", schema, *tokens.ARGUMENTS, auth="jwt",
                env=tokens.ENVIRONMENT) as server:
        asyncio.run(run(server))


def test_a_token_may_come_with_the_handshake_and_must_come_somehow(tmp_path):
    async def run(server: Pulsed) -> None:
        good, bad = tokens.token("ann"), tokens.token("ann", seconds=-100)
        for handshake, message in [(good, None), (good, good), (None, good), (good, tokens.token("ann", seconds=99))]:
            client = await Client.connect(url(server, f"?token={handshake}" if handshake else ""))
            await client.send({"type": "subscribe", "since": ZERO, "token": message})
            assert await client.receive_until_quiet(0.2) == []
            await client.close()
        for handshake, message in [(None, None), (None, bad), (None, "x"), (good, bad), (good, tokens.token("bob"))]:
            client = await Client.connect(url(server, f"?token={handshake}" if handshake else ""))
            await client.send({"type": "subscribe", "since": ZERO, "token": message})
            assert await ended(client, AUTHENTICATION, "Not authenticated") == []

    with Pulsed(tmp_path / "store.db", *tokens.ARGUMENTS, auth="jwt", env=tokens.ENVIRONMENT) as server:
        asyncio.run(run(server))


def test_a_stream_ends_with_its_token_unless_that_is_renewed(tmp_path):
    async def run(server: Pulsed) -> None:
        expiring, renewed = [await subscribe(server, tokens.token("ann", seconds=3)) for _ in range(2)]
        await renewed.send({"type": "auth", "token": tokens.token("bob")})
        assert (await renewed.receive_one())["type"] == "error"
        await renewed.send({"type": "auth", "token": tokens.token("ann")})
        answer = await renewed.receive_one()
        assert answer["type"] == "auth_ack" and 3500 < answer["expires_in"] <= 3600
        assert await ended(expiring, AUTHENTICATION) == []
        async with await Client.connect(server.url(tokens.token("ann"))) as phone:
            await upload(phone, "task", range(1))
        assert numbers_in_order([await renewed.receive_one()]) == [0]
        await renewed.close()

    with Pulsed(tmp_path / "store.db", "--auth-grace", "0", *tokens.ARGUMENTS, auth="jwt",
                env=tokens.ENVIRONMENT) as server:
        asyncio.run(run(server))


def test_an_operator_ends_streams_and_those_of_nobody_else(tmp_path):
    environment = {"PULSE_ADMIN_TOKEN": "0123456789abcdefghijklmnopqrstuv"}

    async def decide(server: Pulsed, *arguments: str) -> None:
        command = [binary(), "kick", *arguments, "--url", f"http://127.0.0.1:{server.port}"]
        await asyncio.to_thread(subprocess.run, command, env=environment, check=True, timeout=30)

    async def run(server: Pulsed) -> None:
        async with await subscribe(server, "bob") as other:
            for arguments, code in [(["ann"], KICKED), (["ann", "--revoke"], REVOKED)]:
                stream = await subscribe(server, "ann")
                await stream.receive_until_quiet(0.2)
                await decide(server, *arguments)
                assert await ended(stream, code) == []
            assert await ended(await subscribe(server, "ann"), AUTHENTICATION) == []
            assert await other.receive_until_quiet(0.2) == []

    with Pulsed(tmp_path / "store.db", env=environment) as server:
        asyncio.run(run(server))


@pytest.mark.parametrize("message", [
    "", "{", "[]", "1", "null", '"subscribe"', "{}", '{"type":1}', '{"type":"pong"}', '{"type":"auth","token":"ann"}',
    '{"type":"subscribe","token":"ann"}', '{"type":"subscribe","token":"ann","since":null}',
    '{"type":"subscribe","token":"ann","since":1}', '{"type":"subscribe","token":"ann","since":""}',
    '{"type":"subscribe","token":"ann","since":"2026-01-01"}',
    '{"type":"subscribe","token":"ann","since":"20260230T000000.000Z-0000"}',
    '{"type":"subscribe","token":"ann","since":"20260101T000000.000Z-0000\\u0000"}',
    '{"type":"subscribe","token":"ann","since":"20260101T000000.000Z-' + "9" * 200_000 + '"}',
    '{"type":"subscribe","token":1,"since":"' + ZERO + '"}', '{"type":"subscribe","token":"","since":"' + ZERO + '"}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","collections":"task"}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","collections":[1]}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","collections":{}}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","collections":["task","nothing"]}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","collections":["pulse_revocation"]}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","collections":["task\\u0000"]}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","scope_id":7}',
    '{"type":"subscribe","token":"ann","since":"' + ZERO + '","since":"' + ZERO + '"}',
    "[" * 100_000,
])
def test_a_first_message_that_is_wrong_ends_the_connection_with_a_reason(pulsed, message):
    async def run() -> None:
        client = await Client.connect(url(pulsed))
        await client.send_text(message)
        with pytest.raises(Closed) as end:
            await client.receive_one()
        assert end.value.code == WRONG and end.value.reason

    asyncio.run(run())


def test_later_messages_that_are_wrong_are_answered_and_end_it_when_they_are_many(pulsed):
    async def run() -> None:
        async with await subscribe(pulsed, "errors") as client:
            for _ in range(30):
                await client.send({"type": "pong"})
            for _ in range(20):
                await client.send([])
            assert [frame["type"] for frame in await client.receive(20)] == ["error"] * 20
            await client.send([])
            assert len(await ended(client, WRONG)) == 1

    asyncio.run(run())


def test_who_says_nothing_is_sent_away(tmp_path):
    async def run(server: Pulsed) -> None:
        client = await Client.connect(url(server))
        assert await ended(client, WRONG, "in time") == []

    with Pulsed(tmp_path / "store.db", "--limit", "handshake-seconds=1") as server:
        asyncio.run(run(server))


def test_a_cursor_of_another_log_needs_a_full_resync(pulsed):
    async def run() -> None:
        client = await subscribe(pulsed, "ann", since="20990101T000000.000Z-0000", collections=["task", "item"])
        assert await ended(client, NORMAL) == [{"type": "full_resync_required", "collections": ["task", "item"]}]

    asyncio.run(run())


def test_the_stream_is_where_the_other_paths_are(tmp_path):
    async def run(server: Pulsed, path: str) -> None:
        async with await Client.connect(f"ws://127.0.0.1:{server.port}{path}/stream") as client:
            await client.send({"type": "subscribe", "since": ZERO, "collections": ["nowhere"], "token": "ann"})
            assert await ended(client, WRONG, "Collection not configured: nowhere") == []

    async def refused(server: Pulsed) -> None:
        with pytest.raises(Refused):
            await Client.connect(url(server))

    with Pulsed(tmp_path / "store.db", "--sync-prefix", "/api/v1/") as server:
        asyncio.run(run(server, "/api/v1"))
        asyncio.run(refused(server))
    with Pulsed(tmp_path / "store.db", "--sync-prefix", "off") as server:
        asyncio.run(refused(server))


def test_a_worker_that_stops_sends_streams_to_another(tmp_path):
    async def run(server: Pulsed) -> None:
        stream, silent = await subscribe(server, "ann"), await Client.connect(url(server))
        async with await Client.connect(server.url("ann")) as phone:
            await upload(phone, "task", range(1))
            assert (await stream.receive_one())["operation"] == "upsert"
        assert server.metrics()["sync_websocket_connections"] == 1
        server.process.send_signal(signal.SIGTERM)
        assert await ended(stream, RESTART) == []
        with pytest.raises(Closed):
            await silent.receive_one()

    with Pulsed(tmp_path / "store.db", *METRICS) as server:
        asyncio.run(run(server))
        assert server.process.wait(10) == 0


def test_pings_come_while_nothing_else_does(pulsed):
    async def run() -> None:
        async with await subscribe(pulsed, "pings") as client:
            assert await client.receive_one(35) == {"type": "ping"}

    asyncio.run(run())
