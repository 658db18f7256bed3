"""permessage-deflate (RFC 7692), against clients that know nothing of how the server does it."""

import asyncio
import json
import random
import socket
import subprocess
import sys
import uuid
import zlib
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from harness import Client, Pulsed

KOSOKU = Path(sys.executable).with_name("kosoku")
# Of each of Autobahn's groups with offers that are accepted, a case that is quick. Its first two of each fail of their own.
AUTOBAHN = ["12.1.5", "12.2.9", "12.3.10", "12.4.14", "13.1.5", "13.2.10", "13.4.7", "13.6.9", "13.7.12"]
# Groups whose offers ask for a smaller window than the server's: nothing is agreed on.
DECLINED = ["13.3.5", "13.5.7"]
TAIL = b"\0\0\xff\xff"
ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    store = tmp_path_factory.mktemp("compression") / "pulse.db"
    with Pulsed(store, "--compression", "on", "--echo-endpoint") as server:
        yield server


class Raw:
    """A connection to the echo endpoint that sends frames as it is told to."""

    def __init__(self, server: Pulsed, extensions: str = "permessage-deflate", path: str = "/"):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Extensions: {extensions}\r\n\r\n".encode())
        self.input = self.socket.makefile("rb")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.input.readline()
        fields = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:] if line)
        self.agreed = fields.get("sec-websocket-extensions")

    def send(self, first: int, payload: bytes) -> None:
        count = len(payload)
        length = (bytes([0x80 | count]) if count < 126 else b"\xfe" + count.to_bytes(2) if count < 65536
                  else b"\xff" + count.to_bytes(8))
        self.socket.sendall(bytes([first]) + length + bytes(4) + payload)

    def receive(self) -> tuple[int, bytes]:
        """The next frame's first byte and payload."""
        first, short = self.input.read(2)
        length = short if short < 126 else int.from_bytes(self.input.read(2 if short == 126 else 8))
        return first, self.input.read(length)

    def close_code(self) -> int:
        first, payload = self.receive()
        assert first == 0x88
        return int.from_bytes(payload[:2])

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_) -> None:
        self.input.close()
        self.socket.close()


def deflate(data: bytes, level=6, bits=15, memory=8, strategy=0, flush=zlib.Z_SYNC_FLUSH) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -bits, memory, strategy)
    middle = len(data) // 2
    made = compressor.compress(data[:middle]) + compressor.flush(flush) + compressor.compress(data[middle:])
    return (made + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


def inflate(frame: tuple[int, bytes], bits: int = 12) -> bytes:
    """The message of a frame, with a window no larger than the server may use."""
    first, payload = frame
    return zlib.decompressobj(-bits).decompress(payload + TAIL) if first & 0x40 else payload


def test_it_is_off_unless_it_is_turned_on(tmp_path):
    with Pulsed(tmp_path / "pulse.db", "--echo-endpoint") as server:
        with Raw(server) as client:
            assert client.agreed is None
            client.send(0xC1, deflate(b"Hello"))
            assert client.close_code() == 1002


@pytest.mark.parametrize(
    "offer, answer",
    [
        ("permessage-deflate; client_max_window_bits", ANSWER),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", ANSWER),
        ("permessage-deflate; server_max_window_bits=15", ANSWER + "; server_max_window_bits=12"),
        ("permessage-deflate; server_max_window_bits=7", None),
        ("permessage-deflate; server_max_window_bits=99", None),
        ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", None),
        ("permessage-deflate; shiny", None),
        ("permessage-deflate; =", None),
    ],
)
def test_what_cannot_be_agreed_on_leaves_an_uncompressed_connection(server, offer, answer):
    with Raw(server, offer) as client:
        assert client.agreed == answer
        client.send(0x81, b"a" * 1000)
        first, payload = client.receive()
        assert (first == 0xC1) == (answer is not None)
        assert inflate((first, payload)) == b"a" * 1000


def test_random_messages_of_any_compressor_come_back_the_same(server):
    chance = random.Random(7692)
    with Raw(server) as client:
        for _ in range(200):
            size = chance.choice([0, 1, 20, 127, 128, 1000, 70_000]) + chance.randrange(50)
            letters = chance.choice([b"a", b"abc", bytes(range(32, 127)), bytes(range(256))])
            message = bytes(chance.choices(letters, k=size))
            compressed = deflate(
                message, chance.randrange(10), chance.randrange(9, 16), chance.randrange(1, 10), chance.randrange(5),
                chance.choice([zlib.Z_NO_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH]))
            cuts = sorted(chance.randrange(len(compressed) + 1) for _ in range(chance.randrange(4)))
            pieces = [compressed[start:end] for start, end in zip([0, *cuts], [*cuts, len(compressed)])]
            for index, piece in enumerate(pieces):
                first = 0x42 if index == 0 else 0
                client.send(first | (0x80 if index == len(pieces) - 1 else 0), piece)
            assert inflate(client.receive()) == message


@pytest.mark.parametrize(
    "first, payload, code",
    [
        (0xC1, b"\xff\xff\xff\xff", 1007),
        (0xC1, deflate(b"Hello")[:3], 1007),
        (0xC1, deflate(b"\xff"), 1007),
        (0xC0, b"\0", 1002),
        (0xC9, b"", 1002),
        (0xE1, b"\0", 1002),
    ],
    ids=["garbage", "cut off", "no UTF-8", "continuation", "ping", "RSV2"],
)
def test_what_breaks_the_agreement_closes_the_connection(server, first, payload, code):
    with Raw(server) as client:
        client.send(first, payload)
        assert client.close_code() == code


def test_a_bomb_costs_no_more_than_the_limit(server):
    """A MiB that claims a GiB, at the pulse endpoint, whose messages have a MiB at most."""
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(bomb.compress(b" " * (1 << 20)) for _ in range(1024))[: (1 << 20) - 16]
    assert len(bomb) > 1_000_000
    before = peak_memory(server)
    for _ in range(8):
        with Raw(server, path="/ws/pulse/sync/?token=1") as client:
            client.send(0xC1, bomb)
            assert client.close_code() == 1009
    assert peak_memory(server) - before < 24 << 20


def peak_memory(server: Pulsed) -> int:
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) << 10


def test_autobahn_cases_with_compression_pass(server, tmp_path):
    cases = [argument for case in AUTOBAHN + DECLINED for argument in ("-i", case)]
    subprocess.run(
        [KOSOKU, f"127.0.0.1:{server.port}", "-o", str(tmp_path), *cases], capture_output=True, timeout=300)
    (verdicts,) = json.loads((tmp_path / "index.json").read_text()).values()
    found = {case: verdict["behavior"] for case, verdict in verdicts.items()}
    assert found == {case: "OK" for case in AUTOBAHN} | {case: "UNIMPLEMENTED" for case in DECLINED}


def upload(number: int, text: str, user: int) -> dict:
    sync_id = str(uuid.UUID(int=(user << 64) | number, version=4))
    return {"type": "SYNC_UPLOAD", "table": "task",
            "payload": {"sync_id": sync_id, "version": 0, "title": f"task {number}", "description": text}}


async def conversation(server: Pulsed, user: int, **options) -> list:
    """What two devices of a user are sent: an upload's echo, a batch, refusals, a delta of long and short records."""
    said = []
    url = server.url(user)
    async with await Client.connect(url, **options) as phone, await Client.connect(url, **options) as laptop:
        for device in (phone, laptop):
            await device.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
        for number in range(20):
            await phone.send(upload(number, "Tee kaufen, ☕ " * number * number, user))
            said.append(await phone.receive(2))
            said.append(await laptop.receive(1))
        await phone.send_text('{"type": "' + "x" * 300 + '"}')
        said.append(await phone.receive(1))
    async with await Client.connect(url, **options) as tablet:
        await tablet.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
        said.append(await tablet.receive(20))
    return said


def neutral(value):
    """Without what differs between two users and two moments."""
    if isinstance(value, dict):
        return {key: neutral(item) for key, item in value.items()
                if key not in ("sync_id", "id", "user_id", "version")}
    return [neutral(item) for item in value] if isinstance(value, list) else value


def test_a_conversation_is_the_same_with_compression(server):
    plain = asyncio.run(conversation(server, 1))
    assert [len(frames) for frames in plain] == [2, 1] * 20 + [1, 20]
    window_of_4_kib = [ClientPerMessageDeflateFactory(server_max_window_bits=12, client_max_window_bits=9)]
    for user, options in [(2, {"compression": "deflate"}), (3, {"extensions": window_of_4_kib})]:
        assert neutral(asyncio.run(conversation(server, user, **options))) == neutral(plain)


def test_receivers_with_and_without_compression_are_sent_the_same(server):
    async def run():
        connections = [
            await connect(server.url(9), compression=compression, proxy=None)
            for compression in ("deflate", None, "deflate", None)]
        assert [bool(connection.protocol.extensions) for connection in connections] == [True, False, True, False]
        for connection in connections:
            await connection.send('{"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0}')
        for number in range(30):
            await connections[0].send(json.dumps(upload(number, "the same words again and again " * number, 9)))
        said = []
        for index, connection in enumerate(connections):
            frames = [await asyncio.wait_for(connection.recv(), 10) for _ in range(60 if index == 0 else 30)]
            said.append([frame for frame in frames if "SYNC_UPDATE" in frame])
        for connection in connections:
            await connection.close()
        return said

    said = asyncio.run(run())
    assert len(said[0]) == 30
    assert all(each == said[0] for each in said)


def test_a_client_that_breaks_the_agreement_disturbs_no_other(server):
    async def run():
        async with connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as good:
            for _ in range(20):
                with Raw(server) as bad:
                    bad.send(0xC1, deflate(b"x" * 5000)[:9])
                    assert bad.close_code() == 1007
                await good.send("y" * 5000)
                assert await good.recv() == "y" * 5000

    asyncio.run(run())
