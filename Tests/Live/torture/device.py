"""A phone that uploads a little, now and then loses its connection, and goes on at another worker."""

from __future__ import annotations

import asyncio
import time
from random import Random

from reliability.journal import FIELDS, Record
from reliability.load import Work, content
from reliability.wire import GONE, ClientConnection, delta_request, dial, upload

from .cluster import Worker
from .judge import Judge


class Device:
    #: Seconds from one upload to the next, on average.
    PAUSE = 4.0
    #: Seconds after which an upload that was not answered counts as lost with its connection.
    PATIENCE = 30.0

    def __init__(
        self, number: int, user: str, workers: list[Worker], judge: Judge, rng: Random, flaps: bool, reads_only: bool
    ) -> None:
        self.number, self.user, self.workers, self.judge, self.rng = number, user, workers, judge, rng
        self.flaps, self.reads_only = flaps, reads_only
        self.work = Work(judge.journal, f"device-{number}", user, rng, insert_only=False)
        #: When the connection of now was opened; None while there is none.
        self.connected_at: float | None = None
        self.visits = self.refusals = 0
        #: Nothing new is uploaded, and connections last.
        self.is_resting = False
        self._burst = asyncio.Event()
        judge.joined(number, user)

    @property
    def pending(self) -> list[Record]:
        return self.judge.journal.pending(self.work.writer)

    def burst(self) -> None:
        """Has the next upload made at once, and large."""
        self._burst.set()

    async def live(self) -> None:
        while True:
            try:
                await self._visit(self.rng.choice(self.workers))
            except* GONE:
                pass
            finally:
                if self.connected_at is not None:
                    self.judge.ended(self.number)
                self.connected_at = None
            await asyncio.sleep(0.05 + self.rng.random() * 0.25)

    async def _visit(self, worker: Worker) -> None:
        async with dial(worker.url(self.user)) as socket:
            self.connected_at = time.monotonic()
            self.visits += 1
            self.judge.connected(self.number)
            for model in FIELDS:
                await self._send(socket, delta_request(model, self.judge.holders[self.number].cursors[model]))
            # Its ack comes from behind the requests, and shows that they have arrived.
            await self._send(socket, upload("task", []))
            self._answered = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                others = [group.create_task(self._hang_up(socket))] if self.flaps else []
                if not self.reads_only:
                    others.append(group.create_task(self._write(socket)))
                await self._read(socket)
                for other in others:
                    other.cancel()

    async def _send(self, socket: ClientConnection, text: str) -> None:
        self.judge.sent(self.number, text)
        await socket.send(text)

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self.judge.received(self.number, text)
                if '"SYNC_UPDATE"' not in text[:30]:
                    if '"SYNC_ERROR"' in text[:30]:
                        self.refusals += 1
                    self._answered.set()
        finally:
            if socket.close_code not in (None, 1000, 1001, 1006, 1012):
                said = f"device {self.number} was sent away with {socket.close_code}"
                self.judge.journal.violation("refused", (self.number, socket.close_code), said)

    async def _hang_up(self, socket: ClientConnection) -> None:
        await asyncio.sleep(0.2 + self.rng.random() * 4)
        if self.is_resting:
            return
        if self.rng.random() < 0.5:
            socket.transport.abort()
        else:
            await socket.close()

    async def _write(self, socket: ClientConnection) -> None:
        """One upload at a time, until the connection ends: again what is not acked, then something new."""
        async with asyncio.timeout(self.PATIENCE):
            await self._answered.wait()
        while True:
            if not self.pending:
                await self._pause()
            text = self._again() or self._late() or self._new()
            if not text:
                continue
            self._answered.clear()
            await self._send(socket, text)
            async with asyncio.timeout(self.PATIENCE):
                await self._answered.wait()
            if self.pending:
                await asyncio.sleep(0.1 + self.rng.random() * 0.2)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self.rng.expovariate(1 / self.PAUSE)):
                await self._burst.wait()
        except TimeoutError:
            pass

    def _again(self) -> str | None:
        """What is not acked, of one table."""
        pending = self.pending
        return self._upload([record for record in pending if record.model == pending[0].model])

    def _late(self) -> str | None:
        """Now and then, a change to what the device has changed again since."""
        own = self.judge.journal.by_writer.get(self.work.writer, [])
        changed = [record for record in own if len(record.writes) > 1]
        if self.is_resting or not changed or self.rng.random() > 0.1:
            return None
        record = self.rng.choice(changed)
        return upload(record.model, [{"sync_id": record.sync_id, "version": 0, "description": "late"}], single=True)

    def _new(self) -> str | None:
        is_burst = self._burst.is_set()
        self._burst.clear()
        if self.is_resting:
            return None
        if not is_burst:
            return self._upload(self.work.next(self.rng.choice((1, 1, 1, 2, 5))))
        journal = self.judge.journal
        fields = [content(self.rng, "task", len(journal.records)) | {"description": "x" * 4096} for _ in range(40)]
        return self._upload([journal.create(self.work.writer, self.user, "task", each, self.rng) for each in fields])

    def _upload(self, records: list[Record]) -> str | None:
        if not records:
            return None
        single = len(records) == 1 and self.rng.random() < 0.7
        return upload(records[0].model, [record.payload() for record in records], single)
