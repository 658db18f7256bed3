"""What ends a connection that was let in: an operator. And what renews it: an AUTH."""

import asyncio
import json
import subprocess
import uuid
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from harness import Client, Closed, Pulsed, Refused
from support.pulsed import binary, serve

TOKEN = "0123456789abcdefghijklmnopqrstuv"
REVOKED, KICKED = 4002, 4004
UNAVAILABLE, WRONG = 69, 78
FOLLOWED = 5  # Seconds after which every worker must have followed an operator's decision; it promises two.


@contextmanager
def served(tmp_path, log: str = "worker", token: str = TOKEN):
    with Pulsed(tmp_path / "store.db", log=tmp_path / f"{log}.log", env={"PULSE_ADMIN_TOKEN": token}) as server:
        yield server


def ask(server: Pulsed, method: str, path: str, body: object = None, token: str | None = TOKEN) -> tuple[int, dict]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(f"http://127.0.0.1:{server.port}{path}", data, headers, method=method)
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text else {}


def kick(server: Pulsed, *arguments: str, token: str = TOKEN) -> subprocess.CompletedProcess:
    return subprocess.run(
        [binary(), "kick", *arguments, "--url", f"http://127.0.0.1:{server.port}"],
        env={"PULSE_ADMIN_TOKEN": token}, capture_output=True, text=True, timeout=30)


async def closed(client: Client) -> int | None:
    with pytest.raises(Closed) as end:
        await client.receive_one(FOLLOWED)
    return end.value.code


async def lives(client: Client) -> None:
    await client.send({"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": []})
    assert (await client.receive_one())["type"] == "BATCH_ACK"


async def connect(server: Pulsed, user: str) -> Client:
    return await Client.connect(server.url(user))


async def refused(server: Pulsed, user: str) -> None:
    """Waits until a user is not let in."""
    async with asyncio.timeout(FOLLOWED):
        while True:
            try:
                async with await connect(server, user) as client:
                    await closed(client)
            except Refused as refusal:
                assert refusal.status == 403
                return


def test_a_kick_ends_all_connections_of_a_user_on_every_worker_and_no_others(tmp_path):
    async def converse(one: Pulsed, two: Pulsed) -> None:
        clients = [await connect(worker, "ann") for worker in (one, one, two)]
        neighbours = [await connect(worker, "bob") for worker in (one, two)]
        assert ask(one, "GET", "/admin/connections?user=ann") == (200, {"connections": 2})
        assert ask(one, "GET", "/admin/connections") == (200, {"connections": 3})
        answer = await asyncio.to_thread(kick, one, "ann")
        assert (answer.returncode, json.loads(answer.stdout)) == (0, {"user": "ann", "decision": "kick"}), answer
        assert [await closed(client) for client in clients] == [KICKED] * 3
        for neighbour in neighbours:
            await lives(neighbour)
        async with await connect(two, "ann") as client:
            await lives(client)

    with served(tmp_path, "one") as one, served(tmp_path, "two") as two:
        asyncio.run(converse(one, two))


def test_a_revocation_holds_on_every_worker_and_after_a_restart_until_it_is_lifted(tmp_path):
    async def revoke(one: Pulsed, two: Pulsed) -> None:
        clients = [await connect(worker, "ann") for worker in (one, two)]
        answer = await asyncio.to_thread(kick, one, "ann", "--revoke", "--reason", "a lost phone")
        assert answer.returncode == 0, answer.stderr
        assert [await closed(client) for client in clients] == [REVOKED] * 2
        for worker in (one, two):
            await refused(worker, "ann")
            async with await connect(worker, "bob") as neighbour:
                await lives(neighbour)

    async def lift(server: Pulsed) -> None:
        with pytest.raises(Refused):
            await connect(server, "ann")
        assert kick(server, "ann", "--lift").returncode == 0
        async with asyncio.timeout(FOLLOWED):
            while True:
                try:
                    async with await connect(server, "ann") as client:
                        return await lives(client)
                except Refused:
                    await asyncio.sleep(0.05)

    with served(tmp_path, "one") as one, served(tmp_path, "two") as two:
        asyncio.run(revoke(one, two))
    with served(tmp_path, "three") as three:
        asyncio.run(lift(three))


def test_no_client_sees_or_writes_an_operators_decision(tmp_path):
    async def converse(server: Pulsed) -> None:
        async with await connect(server, "bob") as client:
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "item", "last_version": 0})
            assert kick(server, "ann", "--revoke").returncode == 0
            for message in (
                {"type": "SYNC_REQUEST_DELTA", "table": "PULSE_revocation", "last_version": 0},
                {"type": "SYNC_UPLOAD", "table": "pulse_revocation", "payload": {
                    "sync_id": str(uuid.uuid4()), "user": "bob"}},
            ):
                await client.send(message)
            frames = await client.receive_until_quiet(2)
            assert [frame.get("code") for frame in frames] == [200, 200]

    with served(tmp_path) as server:
        asyncio.run(converse(server))


def test_a_token_is_renewed_in_place_by_the_same_user_only(tmp_path):
    async def converse(server: Pulsed) -> list:
        async with await connect(server, "ann") as client:
            for token in ("ann", "bob", 7, ""):
                await client.send({"type": "AUTH", "token": token})
            frames = await client.receive(4)
            await lives(client)
            return frames

    with served(tmp_path) as server:
        frames = asyncio.run(converse(server))
    # A second token is not looked at while the first is; so the order of the answers is free.
    assert {"type": "AUTH_ACK", "expires_in": None} in frames
    codes = sorted(frame["code"] for frame in frames if frame["type"] == "SYNC_ERROR")
    assert codes in ([103, 103, 400], [103, 103, 401])


def test_too_many_bad_tokens_end_the_connection(tmp_path):
    async def converse(server: Pulsed) -> int | None:
        async with await connect(server, "ann") as client:
            for _ in range(20):
                await client.send({"type": "AUTH", "token": "bob"})
                assert (await client.receive_one())["code"] == 400
            await client.send({"type": "AUTH", "token": "bob"})
            assert (await client.receive_one())["code"] == 400
            return await closed(client)

    with served(tmp_path) as server:
        assert asyncio.run(converse(server)) == 1008


def test_the_admin_endpoints_answer_the_token_alone(tmp_path):
    with served(tmp_path) as server:
        for token in (None, "", TOKEN[:-1], TOKEN[:-1] + "w", TOKEN + "v"):
            for path in ("/admin/kick", "/admin/lift", "/admin/connections"):
                assert ask(server, "POST", path, {"user": "ann"}, token) == (
                    401, {"error": "The admin token is missing or wrong."})
        assert ask(server, "GET", "/admin/kick")[0] == ask(server, "POST", "/admin/connections", {})[0] == 405
        assert ask(server, "GET", "/admin/else")[0] == 404
        for body in (b"", b"[]", b"{", b'{"user":"ann","user":"bob"}', {}, {"user": ""}, {"user": None},
                     {"user": "ann", "revoke": 1}, {"user": "ann", "reason": 1}, {"user": "\0"}):
            status, answer = ask(server, "POST", "/admin/kick", body)
            assert status == 400 and "error" in answer, (body, answer)
        assert ask(server, "POST", "/admin/kick", b" " * 5_000)[0] == 413
        assert ask(server, "POST", "/admin/kick", {"user": 7}) == (200, {"user": "7", "decision": "kick"})
        assert kick(server, "ann", token="w" * 32).returncode == UNAVAILABLE
        assert TOKEN not in server.log()


def test_without_a_token_there_are_no_admin_endpoints(tmp_path):
    with served(tmp_path, token="") as server:
        assert ask(server, "GET", "/admin/connections")[0] == 404


def test_a_token_that_is_too_short_is_refused_at_the_start(tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN[:-1] + "\n")
    command = [*serve(tmp_path / "store.db"), "--admin-token-file", str(file)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert refused.returncode == WRONG
    assert refused.stderr == (
        f"pulsed: --admin-token-file: the token in {file} must have at least 32 bytes, all of them visible ASCII\n")
    assert not (tmp_path / "store.db").exists()
