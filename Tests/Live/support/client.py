"""WebSocket clients that speak JSON text frames."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.uri import parse_uri

Frame = dict[str, Any]


class Refused(Exception):
    """The handshake was answered with an HTTP status instead of an upgrade."""

    def __init__(self, status: int):
        super().__init__(f"the handshake was refused with HTTP {status}")
        self.status = status


class Closed(Exception):
    """The server closed the connection; `code` is None when it did so without a close frame."""

    def __init__(self, code: int | None, reason: str = ""):
        super().__init__(f"the server closed the connection (code {code}, {reason!r})")
        self.code, self.reason = code, reason


class Client:
    """One connection. Received objects keep the order of their keys, so that it can be compared."""

    def __init__(self, connection: ClientConnection):
        self.connection = connection

    @classmethod
    async def connect(cls, url: str, timeout: float = 10, **options) -> "Client":
        """Opens a connection. Raises Refused when the server does not upgrade."""
        settings = {"max_size": None, "max_queue": None, "ping_interval": None, "compression": None, "proxy": None}
        try:
            return cls(await connect(url, open_timeout=timeout, **{**settings, **options}))
        except InvalidStatus as refusal:
            raise Refused(refusal.response.status_code) from None

    async def send(self, value: Any) -> None:
        """Sends a JSON value."""
        await self.send_text(json.dumps(value))

    async def send_text(self, text: str) -> None:
        """Sends a text frame as it stands."""
        try:
            await self.connection.send(text)
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def receive_one(self, timeout: float = 10) -> Frame:
        """The next frame. Raises TimeoutError when none comes, and Closed."""
        try:
            async with asyncio.timeout(timeout):
                return json.loads(await self.connection.recv())
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def receive(self, count: int, timeout: float = 10) -> list[Frame]:
        """The next `count` frames; fewer when no more came within `timeout` seconds of the last one."""
        frames = []
        while len(frames) < count:
            try:
                frames.append(await self.receive_one(timeout))
            except TimeoutError:
                break
        return frames

    async def receive_until(self, last: Callable[[Frame], bool], timeout: float = 10) -> list[Frame]:
        """All frames up to the first one that is `last`. Raises TimeoutError after `timeout` seconds."""
        frames = []
        async with asyncio.timeout(timeout):
            while not frames or not last(frames[-1]):
                frames.append(await self.receive_one(timeout))
        return frames

    async def receive_until_quiet(self, quiet: float = 0.5) -> list[Frame]:
        """All frames until none has come for `quiet` seconds."""
        frames = []
        while True:
            try:
                frames.append(await self.receive_one(quiet))
            except TimeoutError:
                return frames

    async def close(self) -> None:
        await self.connection.close()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_) -> None:
        await self.close()


class RawClient:
    """A connection on a socket with small buffers, which reads only when it is told to, and never answers a ping."""

    def __init__(self, url: str):
        address = parse_uri(url)
        self.protocol = ClientProtocol(address, max_size=None)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # As on a real network. For the 64 KiB segments of the loopback interface the system itself buffers megabytes.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        self.socket.settimeout(20)
        self.socket.connect((address.host, address.port))
        self.protocol.send_request(self.protocol.connect())
        self.socket.sendall(b"".join(self.protocol.data_to_send()))
        while not self._events(65536):
            pass
        if self.protocol.handshake_exc:
            raise self.protocol.handshake_exc

    def send(self, *values: Any) -> threading.Thread:
        """Sends JSON values in the background, as the server may stop taking."""
        for value in values:
            self.protocol.send_text(json.dumps(value).encode())
        sending = threading.Thread(target=self.socket.sendall, args=[b"".join(self.protocol.data_to_send())])
        sending.start()
        return sending

    def read(self, count: int = 65536) -> list[Frame]:
        """The frames that the next bytes complete, at most `count` bytes. Raises Closed."""
        events = self._events(count)
        return [json.loads(event.data) for event in events
                if isinstance(event, WebSocketFrame) and event.opcode is Opcode.TEXT]

    def _events(self, count: int) -> list:
        piece = self.socket.recv(count)
        if not piece:
            raise Closed(self.protocol.close_code)
        self.protocol.receive_data(piece)
        return self.protocol.events_received()

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()


def _closed(closed: ConnectionClosed) -> Closed:
    return Closed(closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else Closed(None)
