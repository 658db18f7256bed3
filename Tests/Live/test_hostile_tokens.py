"""Tokens that must not open a WebSocket, and the sound ones beside them that must."""

import asyncio
import json
from pathlib import Path

import jwt
import pytest

from harness import Pulsed
from hostile.tokens import AUDIENCE, ISSUER, SECRET, Keys, make
from hostile.wire import ENDPOINT, Socket, handshake

TOKENS = [json.loads(line) for line in (Path(__file__).parent / "hostile/tokens.jsonl").open()]


class Listener:
    """A server that counts who connects to it."""

    def __init__(self):
        self.visits = 0

    async def __aenter__(self) -> "Listener":
        self._server = await asyncio.start_server(self._visited, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_) -> None:
        self._server.close()

    def _visited(self, _, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


@pytest.fixture(scope="module")
def server(tmp_path_factory, keys):
    directory = tmp_path_factory.mktemp("tokens")
    settings = [*keys.settings(directory), "--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE]
    with Pulsed(directory / "pulse.db", *settings, env={"HOSTILE_SECRET": SECRET}, auth="jwt") as server:
        yield server


async def answer(port: int, token: str) -> tuple[int, bytes]:
    """The status of a handshake with this token, and its body."""
    socket = await Socket.open(port)
    try:
        socket.send(handshake(ENDPOINT, fields={"Authorization": f"Bearer {token}"}))
        response = await socket.response()
        assert response
        return response.status, response.body
    finally:
        socket.close()


@pytest.mark.parametrize("line", TOKENS, ids=lambda line: line["id"])
def test_a_token_gets_its_answer(server, keys, line):
    async def play() -> None:
        async with Listener() as listener:
            token = make(line, keys, listener.url)
            status, body = await answer(server.port, token)
            assert status == line.get("status", 403), (line.get("note"), body)
            if status == 403:
                assert body == b"Not authenticated.\n"
            assert listener.visits == 0
            assert server.is_running() and token not in server.log()

    asyncio.run(play())


@pytest.mark.parametrize("key, algorithm", [("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA"), ("hmac", "HS256")])
def test_our_sound_tokens_are_what_pyjwt_takes_for_sound(keys, key, algorithm):
    verifier = SECRET if key == "hmac" else getattr(keys, key).public_key()
    claims = jwt.decode(make({"sign": key}, keys, ""), verifier, [algorithm], audience=AUDIENCE, issuer=ISSUER)
    assert claims["sub"] == "17"
