"""Clients that do not read: they cost no memory, delay nobody, miss nothing, and are not cut off."""

import asyncio
import json
import re
import socket
import threading
import time
import uuid
from pathlib import Path

from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.uri import parse_uri

from harness import Client, Pulsed

BATCH, HOT, ROUNDS = 1_000, 100, 50


class RawClient:
    """A WebSocket on a socket with small buffers, which reads only when it is told to, and never answers a ping."""

    def __init__(self, server: Pulsed, user: str):
        self.protocol = ClientProtocol(parse_uri(server.url(user)), max_size=None)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # As on a real network. For the 64 KiB segments of the loopback interface the system itself buffers megabytes.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", server.port))
        self.protocol.send_request(self.protocol.connect())
        self.socket.sendall(b"".join(self.protocol.data_to_send()))
        while not self.read():
            pass
        assert self.protocol.handshake_exc is None

    def send(self, *messages: dict) -> None:
        for message in messages:
            self.protocol.send_text(json.dumps(message).encode())
        self.socket.sendall(b"".join(self.protocol.data_to_send()))

    def request(self, *tables: str) -> None:
        self.send(*({"type": "SYNC_REQUEST_DELTA", "table": table, "last_version": 0} for table in tables))

    def read(self, count: int = 65536) -> list:
        """What comes next: at most `count` bytes."""
        piece = self.socket.recv(count)
        assert piece, "the server cut the client off"
        self.protocol.receive_data(piece)
        return self.protocol.events_received()

    def receive(self):
        """Messages, as they come, without end."""
        while True:
            for frame in self.read():
                assert frame.opcode in (Opcode.TEXT, Opcode.PING), frame
                if frame.opcode is Opcode.TEXT:
                    yield json.loads(frame.data)
