"""Requests that a server meets on an open port, byte for byte, and what each must get: its status, and the end.

Each is answered and its connection closed, while a healthy neighbour goes on talking.
"""

import socket
import time

import pytest

from harness import Pulsed

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PATH = "/ws/pulse/sync/?token=1"
OPEN = None  # Expected of a connection that stays: 101.


class Neighbour:
    """A well-behaved WebSocket that is asked for a sign of life after every case."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.sendall(handshake(port))
        assert self._until(b"\r\n\r\n").startswith(b"HTTP/1.1 101")

    def check(self) -> None:
        self.socket.sendall(b"\x89\x84\0\0\0\0ping")
        assert b"\x8a\x04ping" in self._until(b"\x8a\x04ping")

    def close(self) -> None:
        self.socket.close()

    def _until(self, awaited: bytes) -> bytes:
        received = b""
        while awaited not in received:
            piece = self.socket.recv(65536)
            assert piece, f"the neighbour was closed after {received!r}"
            received += piece
        return received


def handshake(port, path=PATH, method="GET", version="HTTP/1.1", without=(), **changes) -> bytes:
    """A perfect handshake but for `changes`: a value, or a list of them, for each field (`_` for `-`)."""
    fields = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    for name in without:
        del fields[name]
    fields |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{method} {path} {version}"]
    for name, value in fields.items():
        lines += [f"{name}: {each}" for each in (value if isinstance(value, list) else [value])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def plain(*fields: bytes, path="/healthz", method="GET", version="HTTP/1.1", body=b"") -> bytes:
    lines = [f"{method} {path} {version}".encode(), b"Host: x", *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def ws(name, status, **changes):
    return pytest.param(lambda port: handshake(port, **changes), status, id=name)


def http(name, status, *fields, **changes):
    return pytest.param(lambda port: plain(*fields, **changes), status, id=name)


def raw(name, status, data):
    return pytest.param(lambda port: data, status, id=name)


CLOSE = b"Connection: close"
CHUNKED = b"Transfer-Encoding: chunked"

CASES = [
    ws("in-order", OPEN),
    ws("in-order-without-slash", OPEN, path="/ws/pulse/sync?token=1"),
    ws("H1-no-key", 400, without=["Sec-WebSocket-Key"]),
    ws("H2-two-keys", 400, Sec_WebSocket_Key=[KEY, KEY]),
    ws("H3-key-not-base64", 400, Sec_WebSocket_Key="!" * 22 + "=="),
    ws("H3-key-of-8-bytes", 400, Sec_WebSocket_Key="c2hvcnQga2U="),
    ws("H4-version-8", 426, Sec_WebSocket_Version="8"),
    ws("H4-no-version", 426, without=["Sec-WebSocket-Version"]),
    ws("H4-version-twice", 426, Sec_WebSocket_Version=["13", "13"]),
    ws("H5-no-upgrade", 426, without=["Upgrade"]),
    ws("H5-h2c", 426, Upgrade="h2c"),
    ws("H5-plain-request", 426, without=["Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]),
    ws("H6-no-connection-upgrade", 400, without=["Connection"]),
    ws("H7-post", 405, method="POST"),
    ws("H7-put", 405, method="PUT"),
    ws("H7-options", 405, method="OPTIONS"),
    ws("H8-http-1.0", 426, version="HTTP/1.0"),
    ws("H9-no-host", 400, without=["Host"]),
    ws("H9-two-hosts", 400, Host=["a", "b"]),
    ws("H10-evil-origin", 403, Origin="https://evil"),
    ws("H10-null-origin", 403, Origin="null"),
    ws("H10-two-origins", 403, Origin=["https://evil", "https://evil"]),
    ws("H10-other-port", 403, Host="127.0.0.1:80", Origin="http://127.0.0.1:81"),
    ws("H10-own-origin", OPEN, Host="app.example.com", Origin="https://app.example.com"),
    ws("H12-no-token", 403, path="/ws/pulse/sync/"),
    http("H13-length-and-chunked", 400, b"Content-Length: 5", CHUNKED, method="POST", body=b"0\r\n\r\n"),
    http("H13-xchunked", 400, b"Transfer-Encoding: xchunked", method="POST"),
    http("H13-two-lengths", 400, b"Content-Length: 5", b"Content-Length: 6", method="POST"),
    http("H13-negative-length", 400, b"Content-Length: -5", method="POST"),
    http("H13-huge-length", 400, b"Content-Length: " + b"9" * 30, method="POST"),
    http("H13-plus-length", 400, b"Content-Length: +5", method="POST"),
    http("H14-100-kB-header", 431, b"X: " + b"a" * 100_000),
    http("H14-1000-headers", 431, *[b"X-%d: 1" % number for number in range(1000)]),
    http("H14-300-headers", 431, *[b"X-%d: 1" % number for number in range(300)]),
    http("H14-100-kB-path", 431, path="/" + "a" * 100_000),
    http("H15-NUL", 400, b"X: a\0b"),
    http("H15-bare-CR", 400, b"X: a\rb"),
    http("H15-bare-LF", 400, b"X: a\nY: b"),
    http("H15-obs-fold", 400, b"X: a\r\n b"),
    raw("H16-TLS", 400, bytes.fromhex("16030100c8010000c40303") + b"\x01" * 190),
    raw("H16-random", 400, b"\xff\xfe\x00\x01garbage\r\n\r\n"),
    raw("H16-HTTP-2", 400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    http("H18-too-long", 413, b"Content-Length: 99999999", method="POST"),
    http("H18-expect", 413, b"Content-Length: 99999999", b"Expect: 100-continue", method="POST"),
    ws("H19-refused-with-more-behind", 403, path="/ws/pulse/sync/", Origin="https://evil"),
    http("H20-unknown-path", 404, CLOSE, path="/unknown"),
    http("H20-dots", 404, CLOSE, path="/../etc/passwd"),
    http("H20-encoded-dots", 404, CLOSE, path="/%2e%2e/etc/passwd"),
    http("H20-encoded-NUL", 404, CLOSE, path="/%00"),
    http("H20-absolute-form", 400, CLOSE, path="http://x/healthz"),
    ws("H21-deflate", OPEN, Sec_WebSocket_Extensions="permessage-deflate; server_max_window_bits=99"),
    ws("H22-protocol", OPEN, Sec_WebSocket_Protocol="secret"),
    ws("malformed-query", 400, path="/ws/pulse/sync/?token=%zz"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Pulsed(tmp_path_factory.mktemp("handshake") / "pulse.db") as server:
        yield server


@pytest.fixture
def neighbour(server):
    neighbour = Neighbour(server.port)
    yield neighbour
    neighbour.check()
    neighbour.close()


def answer(port: int, data: bytes, timeout: float = 5) -> tuple[bytes, bool]:
    """What came, up to the end of the connection or the head of a 101; and whether the connection was ended."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
        client.sendall(data)
        received = b""
        while not (received.startswith(b"HTTP/1.1 101") and b"\r\n\r\n" in received):
            piece = client.recv(65536)
            if not piece:
                return received, True
            received += piece
        return received, False


@pytest.mark.parametrize("request_bytes, status", CASES)
def test_a_request_gets_its_status_and_is_closed(server, neighbour, request_bytes, status):
    began = time.monotonic()
    received, closed = answer(server.port, request_bytes(server.port))
    assert received.split(b"\r\n")[0].split(b" ")[1:2] == [str(status or 101).encode()], received[:200]
    assert closed == (status is not OPEN)
    assert time.monotonic() - began < 1
    head = received.split(b"\r\n\r\n")[0].lower()
    assert b"sec-websocket-extensions" not in head and b"sec-websocket-protocol" not in head
    if status == 426:
        assert b"\r\nupgrade: websocket" in head and b"\r\nsec-websocket-version: 13" in head


def test_a_body_without_end_is_cut_off(server, neighbour):
    request = plain(CHUNKED, method="POST")
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        with pytest.raises(OSError):
            client.sendall(request)
            began = time.monotonic()
            while time.monotonic() - began < 5:
                client.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")


def test_a_request_behind_a_refused_handshake_is_not_answered(server, neighbour):
    received, closed = answer(server.port, handshake(server.port, path="/ws/pulse/sync/") + plain())
    assert received.count(b"HTTP/1.1 ") == 1 and received.startswith(b"HTTP/1.1 403") and closed


def test_a_frame_right_behind_the_handshake_is_answered(server, neighbour):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(handshake(server.port) + b"\x89\x85\0\0\0\0early")
        received = b""
        while b"\x8a\x05early" not in received:
            piece = client.recv(65536)
            assert piece
            received += piece
        assert received.startswith(b"HTTP/1.1 101")


def test_slow_and_silent_clients_are_closed_and_others_served(server, neighbour):
    clients = [socket.create_connection(("127.0.0.1", server.port), timeout=15) for _ in range(100)]
    began = time.monotonic()
    for number, client in enumerate(clients):
        client.sendall(handshake(server.port)[:number])
    neighbour.check()
    for client in clients:
        assert client.recv(65536) == b""
        client.close()
    assert 9 < time.monotonic() - began < 12
