"""Load: uploaders that insert, change and soft-delete their own records, and a listener that only looks."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Callable

from .journal import Journal, Record
from .wire import GONE, ClientConnection, dial, observe, settle, upload


def content(rng: Random, model: str, number: int) -> dict:
    words = f"{number} " + "äß€𝄞 pulse " * rng.choice((0, 1, 1, 3, 40))
    if model == "task":
        return {"title": f"t{number}", "description": words, "completed": rng.random() < 0.5}
    return {"name": f"i{number}", "description": words, "price": f"{rng.randrange(10**6)}.{rng.randrange(100):02}"}


class Work:
    """Decides what one writer uploads next. Uses no socket."""

    def __init__(self, journal: Journal, writer: str, user: str, rng: Random, insert_only: bool) -> None:
        self.journal, self.writer, self.user, self.rng, self.insert_only = journal, writer, user, rng, insert_only

    def next(self, most: int) -> list[Record]:
        """Up to `most` records of one model, each with a new write that is to be uploaded."""
        model = "item" if self.rng.random() < 0.3 else "task"
        known = []
        if not self.insert_only:
            known = [r for r in self.journal.by_writer.get(self.writer, [])[-200:] if r.model == model and r.changeable]
            self.rng.shuffle(known)
        chosen = []
        for _ in range(most):
            if known and self.rng.random() < 0.45:
                chosen.append(self._change(known.pop()))
            else:
                number = len(self.journal.records)
                fields = content(self.rng, model, number)
                chosen.append(self.journal.create(self.writer, self.user, model, fields, self.rng))
        return chosen

    def _change(self, record: Record) -> Record:
        if self.rng.random() < 0.15:
            return self.journal.change(record, {"is_deleted": True})
        name = "title" if record.model == "task" else "name"
        patch = {name: f"{name[0]}w{len(record.writes)}"}
        if self.rng.random() < 0.5:
            patch["description"] = f"write {len(record.writes)}"
        return self.journal.change(record, patch)


class Uploader:
    """Uploads until the connection ends: first again what was not acked, then new work."""

    def __init__(
        self, url: str, work: Work, on_sent: Callable[[int], None] = lambda items: None,
        on_acked: Callable[[int], None] = lambda items: None, repeats_only: bool = False,
    ) -> None:
        self.url, self.work, self.journal = url, work, work.journal
        self.on_sent, self.on_acked, self.repeats_only = on_sent, on_acked, repeats_only
        self.window = work.rng.randint(1, 4)
        self.waiting: dict[str, list[str]] = {}

    async def run(self) -> None:
        try:
            async with dial(self.url) as socket:
                reader = asyncio.create_task(self._read(socket))
                writer = asyncio.create_task(self._write(socket))
                try:
                    # The reader goes on to the last byte that the server sent: an ack in it counts.
                    await reader
                finally:
                    writer.cancel()
                    await asyncio.gather(writer, return_exceptions=True)
        except GONE:
            pass

    async def _write(self, socket: ClientConnection) -> None:
        rng = self.work.rng
        self.room = asyncio.Semaphore(self.window)
        repeats: dict[str, list[Record]] = {}
        for record in self.journal.pending(self.work.writer):
            repeats.setdefault(record.model, []).append(record)
        for records in repeats.values():
            while records:
                size = rng.randint(1, 20)
                await self._send(socket, records[:size])
                del records[:size]
        while not self.repeats_only:
            await self._send(socket, self.work.next(rng.choice((1, 1, 2, 5, 10, 20, 50))))
            if rng.random() < 0.1:
                await asyncio.sleep(rng.random() * 0.003)

    async def _send(self, socket: ClientConnection, records: list[Record]) -> None:
        await self.room.acquire()
        ids = [record.sync_id for record in records]
        for sync_id in ids:
            self.waiting[sync_id] = ids
        single = len(records) == 1 and self.work.rng.random() < 0.7
        await socket.send(upload(records[0].model, [record.payload() for record in records], single))
        self.on_sent(len(records))

    async def _read(self, socket: ClientConnection) -> None:
        async for text in socket:
            frame = json.loads(text)
            kind = frame.get("type")
            if kind == "SYNC_UPDATE":
                observe(self.journal, self.work.user, frame)
            elif kind in ("BATCH_ACK", "SYNC_ACK_INDIVIDUAL"):
                self._answered(settle(self.journal, frame))
            else:
                self.journal.violation("refused", text, f"an answer that no upload here explains: {text}")

    def _answered(self, ids: list[str]) -> None:
        self.on_acked(len(ids))
        sent = self.waiting.get(ids[0], []) if ids else []
        if sorted(sent) != sorted(ids):
            self.journal.violation("refused", str(ids), f"an ack answers {ids}, uploaded were {sent}")
        for sync_id in sent:
            self.waiting.pop(sync_id, None)
        self.room.release()


class Listener:
    """Looks until the connection ends. It asks for nothing, so what it is shown ascends strictly."""

    def __init__(self, url: str, journal: Journal, user: str) -> None:
        self.url, self.journal, self.user = url, journal, user
        self.connected = asyncio.Event()
        #: The newest version of each record that it was shown.
        self.shown: dict[str, int] = {}

    async def run(self) -> None:
        last = 0
        try:
            async with dial(self.url) as socket:
                self.connected.set()
                async for text in socket:
                    frame = json.loads(text)
                    seen = observe(self.journal, self.user, frame) if frame.get("type") == "SYNC_UPDATE" else None
                    if seen:
                        if seen[1] <= last:
                            said = f"a listener was shown {seen[1]} after {last}"
                            self.journal.violation("unordered", seen[1], said)
                        last = max(last, seen[1])
                        self.shown[seen[0]] = seen[1]
        except GONE:
            pass
