"""Plays a conversation against a live server."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conversations.names import Names
from conversations.vector import Vector
from support.client import Client, Closed, Refused


@dataclass
class Transcript:
    """What was received: a list of frames per `expect` step, and what came after the last of them, by client.

    A refused handshake is the frame `{"$refused": status}`, a connection that the server ended `{"$closed": code}`."""

    received: list[list[Any]] = field(default_factory=list)
    extra: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class Pace:
    """How long to wait. `count` says how many frames a step awaits, None: all that come until it is quiet."""

    count: Callable[[dict], int | None]
    timeout: float
    quiet: float


class Player:
    """One run of one conversation, with sync ids and users of its own."""

    def __init__(self, vector: Vector, server, pace: Pace):
        self.vector = vector
        self.server = server
        self.pace = pace
        self.names = Names()
        self.transcript = Transcript()
        self._clients: dict[str, Client] = {}
        self._ended: dict[str, dict] = {}

    async def play(self) -> Transcript:
        """Takes every step, then listens whether anything more comes."""
        try:
            for step in self.vector.steps:
                await self._take(step)
            open_clients = list(self._clients)
            rests = await asyncio.gather(*(self._receive(name, None) for name in open_clients))
            self.transcript.extra = {name: rest for name, rest in zip(open_clients, rests) if rest}
            return self.transcript
        finally:
            await asyncio.gather(*(client.close() for client in self._clients.values()))

    async def _take(self, step: dict) -> None:
        if "connect" in step:
            await self._connect(step)
        elif "send" in step:
            await self._send(step)
        elif "expect" in step:
            self.transcript.received.append(await self._receive(step["expect"], self.pace.count(step)))
        elif "close" in step:
            await self._clients.pop(step["close"]).close()
        elif "server" in step:
            await asyncio.to_thread(self.server.act, self.names.fill(step["server"]))
        else:
            raise ValueError(f"{self.vector.name}: no such step: {step}")

    async def _connect(self, step: dict) -> None:
        token = step["token"] if "token" in step else self.names.user(step["user"])
        url = await asyncio.to_thread(self.server.url, token)
        try:
            self._clients[step["connect"]] = await Client.connect(url)
        except Refused as refused:
            self._ended[step["connect"]] = {"$refused": refused.status}

    async def _send(self, step: dict) -> None:
        client = self._clients.get(step["send"])
        if client is None:
            return  # It has ended; the next expectation tells.
        try:
            if "text" in step:
                await client.send_text(self.names.fill(step["text"]))
            else:
                await client.send(self.names.fill(step["json"]))
        except Closed as closed:
            self._end(step["send"], closed)

    async def _receive(self, name: str, count: int | None) -> list[Any]:
        if name in self._ended:
            return [self._ended[name]]
        frames = []
        while count is None or count == 0 or len(frames) < count:
            try:
                frame = await self._clients[name].receive_one(self.pace.timeout if count else self.pace.quiet)
            except TimeoutError:
                break
            except Closed as closed:
                self._end(name, closed)
                frames.append(self._ended[name])
                break
            self.names.observe(frame)
            frames.append(frame)
        return frames

    def _end(self, name: str, closed: Closed) -> None:
        self._clients.pop(name)
        self._ended[name] = {"$closed": closed.code}
