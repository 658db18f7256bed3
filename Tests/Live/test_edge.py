"""Connections before they are anybody's: TLS, proxies, and how many there may be. Who is refused is told, and a place
that is given back is free again."""

import asyncio
import signal
import socket
import ssl
import time
import uuid
from contextlib import ExitStack

import pytest

from harness import Client, Closed, Pulsed, StartFailure
from support.certificates import Certificates
from support.pulsed import METRICS

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def request(user: str | int = 1, **fields: str) -> bytes:
    """A handshake, with further fields (`_` for `-`)."""
    lines = [
        f"GET /ws/pulse/sync/?token={user} HTTP/1.1", "Host: app.example.com", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13",
        *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Visitor:
    """A socket that sends a handshake and reads the head of the answer."""

    def __init__(self, server: Pulsed, user: str | int = 1, source: str | None = None, tls=None, **fields: str):
        self.socket = socket.create_connection(
            ("127.0.0.1", server.port), timeout=10, source_address=(source, 0) if source else None)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.socket.sendall(request(user, **fields))
        self.answer = b""
        while b"\r\n\r\n" not in self.answer:
            piece = self.socket.recv(65536)
            assert piece, f"closed after {self.answer!r}"
            self.answer += piece
        self.status = int(self.answer.split(b" ")[1])

    @property
    def waits(self) -> int:
        """The seconds after which it may come back."""
        return int(self.answer.lower().split(b"retry-after: ")[1].split(b"\r\n")[0])

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        while piece := self.socket.recv(65536):
            self.answer += piece
        return self.answer

    def is_open(self) -> bool:
        self.socket.sendall(b"\x89\x84\0\0\0\0ping")
        return b"\x8a\x04ping" in self.socket.recv(65536)

    def close(self) -> None:
        self.socket.close()


def until_admitted(visit, timeout: float = 5) -> Visitor:
    """The first visitor who is let in. That a socket has closed, the server sees a moment later."""
    deadline = time.monotonic() + timeout
    while (visitor := visit()).status != 101:
        assert time.monotonic() < deadline, visitor.answer
        visitor.close()
        time.sleep(0.02)
    return visitor


def until_counted(server: Pulsed, timeout: float = 5, **counts: int) -> None:
    """Waits until it has so many connections of these states."""
    deadline = time.monotonic() + timeout
    expected = {f'pulse_connections{{state="{state}"}}': count for state, count in counts.items()}
    while not expected.items() <= (found := server.metrics()).items():
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


@pytest.fixture
def serve(tmp_path):
    """Starts a server with these flags."""
    with ExitStack() as servers:
        yield lambda *flags, **options: servers.enter_context(Pulsed(tmp_path / "store.db", *flags, **options))


def limits(**numbers: int) -> list[str]:
    return [part for name, number in numbers.items() for part in ("--limit", f"{name.replace('_', '-')}={number}")]


# How many there may be


def test_a_user_has_so_many_connections_and_another_user_their_own(serve):
    server = serve(*limits(connections_per_user=2))
    first, second, refused = (Visitor(server, "ann") for _ in range(3))
    assert (first.status, second.status, refused.status) == (101, 101, 429)
    assert refused.waits > 0 and b"Too many connections of this user." in refused.rest()
    assert Visitor(server, "bob").status == 101
    first.close()
    until_admitted(lambda: Visitor(server, "ann"))
    assert second.is_open()


def test_a_full_server_says_so_and_serves_again_when_somebody_leaves(serve):
    server = serve(*limits(connections=3))
    inside = [Visitor(server, number) for number in range(3)]
    refused = Visitor(server)
    assert refused.status == 503 and refused.waits > 0 and b"The server is full." in refused.rest()
    assert all(visitor.is_open() for visitor in inside)
    inside[0].close()
    until_admitted(lambda: Visitor(server))


def test_the_files_of_the_process_are_never_used_up(serve, tmp_path):
    """Of 128 files 64 are kept for the store, and 8 for those who are told that there is no room."""
    server = serve(wrap=["prlimit", "--nofile=128"])

    async def upload() -> str:
        async with await Client.connect(server.url("writer")) as client:
            inside = [Visitor(server, number) for number in range(55)]
            assert [visitor.status for visitor in inside] == [101] * 55
            crowd = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(300)]
            assert sum(told(visitor) for visitor in crowd) >= 8
            await client.send({"type": "SYNC_UPLOAD", "table": "task",
                               "payload": {"sync_id": str(uuid.uuid4()), "title": "Task"}})
            status = (await client.receive_until(lambda frame: "status" in frame))[-1]["status"]
            for visitor in inside + crowd:
                visitor.close()
            return status

    assert asyncio.run(upload()) == "SUCCESS"
    until_admitted(lambda: Visitor(server))


def told(client: socket.socket) -> bool:
    """Whether it is answered that there is no room, rather than just closed."""
    try:
        client.sendall(request())
        return client.recv(65536).startswith(b"HTTP/1.1 503 ")
    except ConnectionError:
        return False


def own_address() -> str | None:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.123", 9))  # Sends nothing.
        except OSError:
            return None
        return probe.getsockname()[0]


@pytest.mark.skipif(own_address() is None, reason="this machine has no address but loopback")
def test_an_address_has_so_many_connections_but_this_machine_has_more(serve):
    server, source = serve(*limits(connections_per_address=2)), own_address()
    first, second, refused = (Visitor(server, source=source) for _ in range(3))
    assert (first.status, second.status, refused.status) == (101, 101, 429)
    assert refused.waits > 0 and b"Too many connections from this address." in refused.rest()
    local = [Visitor(server) for _ in range(4)]
    assert [visitor.status for visitor in local] == [101] * 4
    second.close()
    until_admitted(lambda: Visitor(server, source=source))


@pytest.mark.measures
def test_silent_connections_keep_nobody_out(serve):
    server = serve()
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(500)]
    for number, client in enumerate(slow):
        client.sendall(request()[:number % 100])
    began = time.monotonic()
    assert Visitor(server).is_open()
    assert time.monotonic() - began < 0.5
    for client in slow:
        client.close()


def test_where_too_many_are_silent_the_oldest_gives_way(serve):
    server = serve(*METRICS, *limits(handshakes=50))
    good = Visitor(server)
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(50)]
    # Each is counted by its own event loop.
    until_counted(server, handshake=50)
    busy = Visitor(server)  # Those came just now, and might be about to ask.
    assert busy.status == 503 and busy.waits > 0 and b"The server is busy." in busy.rest()
    until_admitted(lambda: Visitor(server))
    assert silent[0].recv(1) == b""
    for client in silent[1:]:
        client.sendall(request())
        assert client.recv(65536).startswith(b"HTTP/1.1 101")
    assert good.is_open()


# Proxies


def test_a_trusted_proxys_clients_are_counted_each_for_itself(serve):
    server = serve("--trusted-proxies", "10.0.0.0/8,127.0.0.1", *limits(connections_per_address=2))
    first, second, refused = (Visitor(server, X_Forwarded_For="6.6.6.6, 192.0.2.1") for _ in range(3))
    assert (first.status, second.status, refused.status) == (101, 101, 429)
    assert refused.waits > 0 and b"Too many connections from this address." in refused.rest()
    assert Visitor(server, X_Forwarded_For="6.6.6.6, 192.0.2.1, 10.1.1.1").status == 429
    assert Visitor(server, Forwarded='for="192.0.2.1:4711";proto=https').status == 429
    assert Visitor(server, X_Forwarded_For="192.0.2.2").status == 101
    network = [Visitor(server, X_Forwarded_For=f"2001:db8::{number}") for number in range(3)]
    assert [visitor.status for visitor in network] == [101, 101, 429]
    first.close()
    until_admitted(lambda: Visitor(server, X_Forwarded_For="192.0.2.1"))


def test_who_is_no_trusted_proxy_says_nothing_of_its_address(serve):
    server = serve("--trusted-proxies", "10.0.0.0/8", *limits(connections_per_address=1, connections_per_user=2))
    addresses = ("192.0.2.1", "10.0.0.1, 192.0.2.1", "192.0.2.1, 10.0.0.1")
    inside = [Visitor(server, user, X_Forwarded_For=address) for user, address in enumerate(addresses) for _ in range(2)]
    assert [visitor.status for visitor in inside] == [101] * 6
    refused = Visitor(server, 0, X_Forwarded_For="192.0.2.1")
    assert refused.status == 429 and "address=127.0.0.1" in server.log()


def test_an_address_comes_only_so_often(serve):
    server = serve("--trusted-proxies", "127.0.0.1", *limits(handshakes_per_second=5))
    crowd = [Visitor(server, X_Forwarded_For="192.0.2.1") for _ in range(20)]
    assert [visitor.status for visitor in crowd[:5]] == [101] * 5
    refused = next(visitor for visitor in crowd if visitor.status == 429)
    assert refused.waits > 0 and b"Too many new connections from this address." in refused.rest()
    assert Visitor(server, X_Forwarded_For="192.0.2.2").status == 101
    until_admitted(lambda: Visitor(server, X_Forwarded_For="192.0.2.1"))


@pytest.mark.parametrize("scheme, origin, status", [
    ("https", "https://app.example.com", 101), ("http", "https://app.example.com", 403),
    ("wss", "https://app.example.com", 101), ("https", "http://app.example.com", 403),
    ("gopher", "http://app.example.com", 101),
])
def test_behind_a_trusted_proxy_an_origin_is_compared_with_its_scheme(pulsed_behind_proxy, scheme, origin, status):
    assert Visitor(pulsed_behind_proxy, X_Forwarded_Proto=scheme, Origin=origin).status == status


@pytest.fixture(scope="module")
def pulsed_behind_proxy(tmp_path_factory):
    with Pulsed(tmp_path_factory.mktemp("proxied") / "store.db", "--trusted-proxies", "127.0.0.1") as server:
        yield server


# TLS


@pytest.fixture
def certificates(tmp_path):
    return Certificates(tmp_path / "tls")


def secure_url(server: Pulsed, user: str | int) -> str:
    return server.url(user).replace("ws://", "wss://")


async def writes(client: Client) -> None:
    """Uploads a record, which is acknowledged and pushed back."""
    identifier = str(uuid.uuid4())
    payload = {"sync_id": identifier, "title": "Task", "description": "x" * 40_000}
    await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
    frames = await client.receive(2)
    assert [frame.get("status") or frame["data"]["sync_id"] for frame in frames] == ["SUCCESS", identifier]


def test_the_protocol_is_spoken_over_tls(serve, certificates):
    server = serve(*certificates.flags)
    assert "listening on wss://" in server.log()

    async def talk():
        async with await Client.connect(secure_url(server, 1), ssl=certificates.trust) as client:
            transport = client.connection.transport.get_extra_info("ssl_object")
            assert transport.selected_alpn_protocol() == "http/1.1" and transport.version() >= "TLSv1.2"
            await writes(client)
            await client.send_text("{")
            assert (await client.receive_one())["type"] == "SYNC_ERROR"
            await client.close()
            assert client.connection.close_code == 1000

    asyncio.run(talk())
    own, other = ({"Origin": f"{scheme}://app.example.com"} for scheme in ("https", "http"))
    assert Visitor(server, tls=certificates.trust, **own).status == 101
    refused = Visitor(server, tls=certificates.trust, **other)
    assert refused.status == 403 and refused.rest().endswith(b"This Origin is not allowed.\n")


def test_a_stop_says_goodbye_over_tls(serve, certificates):
    server = serve(*certificates.flags)

    async def stay() -> int:
        async with await Client.connect(secure_url(server, 1), ssl=certificates.trust) as client:
            await writes(client)
            server.process.send_signal(signal.SIGTERM)
            with pytest.raises(Closed) as closed:
                await client.receive_one()
            return closed.value.code

    assert asyncio.run(stay()) == 1012
    assert server.process.wait(10) == 0


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_older_tls_and_plain_text_are_closed_at_once(serve, certificates):
    server = serve(*certificates.flags)
    old = certificates.trust
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    began = time.monotonic()
    with pytest.raises(ssl.SSLError):
        Visitor(server, tls=old)
    for data in (request(), b"\0" * 100):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
            client.sendall(data)
            assert b"HTTP" not in client.recv(65536)
    assert time.monotonic() - began < 1
    assert Visitor(server, tls=certificates.trust).status == 101


def test_who_is_slow_before_behind_and_after_the_tls_handshake_is_closed(serve, certificates):
    server = serve(*certificates.flags, *limits(header_seconds=1, handshakes=10))
    silent, hello = (socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(2))
    hello.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
    shaken = certificates.trust.wrap_socket(
        socket.create_connection(("127.0.0.1", server.port), timeout=10), server_hostname="127.0.0.1")
    shaken.sendall(b"GET /")
    began = time.monotonic()
    for client in (silent, hello, shaken):
        with client:
            while client.recv(65536):
                pass
    assert time.monotonic() - began < 5


def test_a_peer_that_never_answers_over_tls_is_dropped_and_one_that_does_is_not(serve, certificates):
    server = serve(*certificates.flags, "--ping-interval", 1)

    async def wait_for_drop():
        async with await Client.connect(secure_url(server, 1), ssl=certificates.trust) as client:
            dead = await asyncio.to_thread(Visitor, server, 1, None, certificates.trust)
            began = time.monotonic()
            await asyncio.to_thread(dead.rest)
            assert 2 < time.monotonic() - began < 8
            await writes(client)

    asyncio.run(wait_for_drop())


def test_a_certificate_is_read_again_under_open_connections(serve, certificates):
    server = serve(*certificates.flags)

    async def stay():
        async with await Client.connect(secure_url(server, 1), ssl=certificates.trust) as client:
            assert certificates.shown_by(server) == "one"
            certificates.serve("two")
            server.process.send_signal(signal.SIGHUP)
            server.wait_for_log("the certificate was read again", 5)
            assert certificates.shown_by(server) == "two"
            certificates.key.write_bytes((certificates.folder / "one.key").read_bytes())
            server.process.send_signal(signal.SIGHUP)
            server.wait_for_log("served.key: is not the key.*the certificate stays the one that it was", 5)
            assert certificates.shown_by(server) == "two"
            await writes(client)

    asyncio.run(stay())


@pytest.mark.parametrize("certificate, key, problem", [
    ("one.pem", None, "--tls-certificate: needs a tls-key beside it"),
    (None, "one.key", "--tls-key: needs a tls-certificate beside it"),
    ("missing.pem", "one.key", "missing.pem: cannot be read"),
    ("one.pem", "missing.key", "missing.key: cannot be read"),
    ("empty", "one.key", "empty: is empty"),
    ("one.key", "one.key", "one.key: holds no certificate in PEM"),
    ("one.pem", "one.pem", "one.pem: holds no private key in PEM without a password"),
    ("one.pem", "two.key", "two.key: is not the key to the certificate in"),
])
def test_files_that_are_no_use_end_the_start(serve, certificates, certificate, key, problem):
    (certificates.folder / "empty").touch()
    flags = [("--tls-certificate", certificate), ("--tls-key", key)]
    with pytest.raises(StartFailure, match=problem) as failure:
        serve(*(part for flag, name in flags if name for part in (flag, certificates.folder / name)))
    assert "ended with 78" in str(failure.value)


def test_what_is_no_address_is_no_proxy(serve):
    with pytest.raises(StartFailure, match="trusted-proxies: '10.0.0.0/33' is no address or network"):
        serve("--trusted-proxies", "10.0.0.1,10.0.0.0/33")
