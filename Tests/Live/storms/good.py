"""A hundred clients that use the server as it is meant to be used, and measure what they wait for an ack."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field

from storms.raw import RawSocket, frame

CLIENTS = 100
#: Seconds between two uploads of a client.
PACE = 0.5


@dataclass
class Neighbours:
    """The good clients. What happens to them is kept: how long each ack took, and which of them were dropped."""

    port: int
    waits: list[float] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    acked: int = 0

    async def __aenter__(self) -> "Neighbours":
        sockets = [await RawSocket.connect(self.port, f"good{index}") for index in range(CLIENTS)]
        self.tasks = [asyncio.create_task(self._work(index, socket)) for index, socket in enumerate(sockets)]
        return self

    async def __aexit__(self, *_) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def forget(self) -> None:
        """What was measured so far does not count."""
        self.waits.clear()

    async def _work(self, index: int, socket: RawSocket) -> None:
        try:
            socket.send({"type": "SYNC_REQUEST_DELTA", "table": "task"})
            await asyncio.sleep(index / CLIENTS * PACE)
            while True:
                socket.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {
                    "sync_id": str(uuid.uuid4()), "version": 0, "title": "A"}})
                started = time.perf_counter()
                await self._ack(socket)
                wait = time.perf_counter() - started
                self.waits.append(wait)
                self.acked += 1
                await asyncio.sleep(max(0, PACE - wait))
        except (OSError, asyncio.IncompleteReadError, AssertionError) as failure:
            self.dropped.append(f"good{index}: {failure!r}")

    @staticmethod
    async def _ack(socket: RawSocket) -> None:
        while True:
            opcode, payload = await socket.receive()
            assert opcode in (1, 9), f"frame {opcode:#x} {payload[:120]!r}"
            if opcode == 9:
                socket.writer.write(frame(None, opcode=10))
                continue
            answer = json.loads(payload)
            assert answer["type"] != "SYNC_ERROR", answer
            if answer["type"] == "SYNC_ACK_INDIVIDUAL":
                assert answer["status"] == "SUCCESS", answer
                return
