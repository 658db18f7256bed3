"""A small pulse server with defects to order. It exists to prove the checkers, and is no model of anything else.

Runs as a process of its own:  python mock_server.py --store sqlite:PATH [--defect NAME]…
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from reliability.mock_store import DWELL, MockStore  # noqa: E402

DEFECTS = {
    "ack-before-commit": "an ack leaves before the commit",
    "push-before-commit": "a push leaves before the commit",
    "version-outside-transaction": "versions are taken in a transaction of their own, before that of the records",
    "reuse-after-restart": "the head is saved only now and then, so a restart hands out old numbers",
    "lose-one-acked": "one accepted record in 40 is acked and not stored",
    "repeat-takes-version": "an upload that is sent again takes a new version",
    "synchronous-normal": "commits are not synced to disk",
    "ack-on-write-error": "a failed commit is acked",
    "silent-on-write-error": "a failed commit is not answered",
    "stuck-after-write-error": "after a failed commit no later one succeeds",
    "close-on-write-error": "a failed commit closes the connection",
    "deaf": "what other servers write to the store is not looked for",
    "own-first": "a commit is pushed before what other servers wrote below it",
    "cursor-over-gap": "a commit is pushed, and what other servers wrote below it is taken for pushed",
    "drop-publication": "one change in 1,000 is not pushed",
    "no-scope-filter": "what is pushed is pushed to every user",
}


class Peer:
    def __init__(self, socket: ServerConnection, user: str) -> None:
        self.socket, self.user = socket, user
        self.outgoing: asyncio.Queue[dict] = asyncio.Queue()
        self.cursors: dict[str, int] = {}
        #: Models of which nothing is pushed yet, as a delta may be asked for.
        self.held = {"task", "item"}

    def show(self, record: dict, name: str, delta: bool = False, again: bool = False) -> None:
        """Sends a record unless a delta has taken this connection beyond it."""
        held = record["model"] in self.held and not delta
        if not again and (held or record["version"] <= self.cursors.get(record["model"], 0)):
            return
        self.cursors[record["model"]] = max(record["version"], self.cursors.get(record["model"], 0))
        data = {"id": 1, "version": record["version"], "user_id": record["owner"], **json.loads(record["fields"])}
        if delta:
            data["sync_id"] = record["sync_id"]
        update = {"model": name, "sync_id": record["sync_id"], "version": record["version"], "data": data}
        self.outgoing.put_nowait({"type": "SYNC_UPDATE", "data": update})


class MockServer:
    def __init__(self, path: str, defects: set[str]) -> None:
        self.store, self.defects = MockStore(path, defects), defects
        self.peers: set[Peer] = set()
        self.queue: asyncio.Queue[tuple[Peer, dict]] = asyncio.Queue()
        self.thread = ThreadPoolExecutor(1)
        #: All up to this version has been pushed.
        self.position = self.store.head_in_memory
        self.stuck = False
        self.shown = 0

    async def serve_peer(self, socket: ServerConnection) -> None:
        user = parse_qs(urlsplit(socket.request.path).query)["token"][0]
        peer = Peer(socket, user)
        self.peers.add(peer)
        tasks = [asyncio.create_task(self._send(peer)), asyncio.create_task(self._release(peer, self.position))]
        try:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "SYNC_REQUEST_DELTA":
                    peer.held.discard(frame["table"])
                    peer.cursors[frame["table"]] = frame["last_version"]
                    for record in self.store.read(frame["table"], user, frame["last_version"]):
                        peer.show(record, frame["table"], delta=True)
                else:
                    self.queue.put_nowait((peer, frame))
        finally:
            self.peers.discard(peer)
            for task in tasks:
                task.cancel()

    async def _release(self, peer: Peer, since: int) -> None:
        """Lets a connection that did not ask have what was written since it came."""
        await asyncio.sleep(0.05)
        held, peer.held = peer.held, set()
        for record in self.store.read_all(since):
            if record["version"] <= self.position and record["model"] in held:
                self._show_to(peer, record)

    async def _send(self, peer: Peer) -> None:
        while True:
            await peer.socket.send(json.dumps(await peer.outgoing.get()))

    async def write_for_ever(self) -> None:
        while True:
            group = [await self.queue.get()]
            while not self.queue.empty() and len(group) < 100:
                group.append(self.queue.get_nowait())
            try:
                await self._write(group)
            except sqlite3.Error as error:
                with suppress(OSError):  # The log may lie on the very disk that is full.
                    print(f"not written: {error}", flush=True)
                self.store.roll_back()
                self._failed(group)

    async def _write(self, group: list[tuple[Peer, dict]]) -> None:
        if self.stuck:
            raise sqlite3.OperationalError("stuck")
        uploads = [(frame["table"], peer.user, payload) for peer, frame in group for payload in payloads(frame)]
        outcomes = await self._off_loop(self.store.prepare, uploads)
        early = {name for name in ("ack-before-commit", "push-before-commit") if name in self.defects}
        if "ack-before-commit" in early:
            self._ack(group, outcomes)
        if "push-before-commit" in early:
            self._push(group, outcomes)
        if early:
            await asyncio.sleep(DWELL)
        await self._off_loop(self.store.commit)
        if "ack-before-commit" not in early:
            self._ack(group, outcomes)
        if "push-before-commit" not in early:
            self._push(group, outcomes)

    async def follow_for_ever(self) -> None:
        while "deaf" not in self.defects:
            self._push_to_end()
            await asyncio.sleep(0.3)

    def _off_loop(self, call, *arguments):
        return asyncio.get_running_loop().run_in_executor(self.thread, call, *arguments)

    def _ack(self, group, outcomes) -> None:
        outcomes = iter(outcomes)
        for peer, frame in group:
            told = [(payload["sync_id"], next(outcomes)[0]) for payload in payloads(frame)]
            good = [sync_id for sync_id, outcome in told if outcome != "conflict"]
            bad = [sync_id for sync_id, outcome in told if outcome == "conflict"]
            if frame["type"] == "SYNC_BATCH_UPLOAD":
                ack = {"type": "BATCH_ACK", "synced_ids": good, "conflicts": bad, "errors": []}
            else:
                status = "SUCCESS" if good else "CONFLICT"
                ack = {"type": "SYNC_ACK_INDIVIDUAL", "status": status, "sync_id": told[0][0]}
            peer.outgoing.put_nowait({**ack, "table": frame["table"]})

    def _push(self, group, outcomes) -> None:
        written = [record for outcome, record in outcomes if record["version"] and outcome == "written"]
        if self.defects & {"push-before-commit", "own-first", "deaf", "cursor-over-gap"}:
            self._show(written)
            if "cursor-over-gap" in self.defects:
                self.position = max([self.position, *(record["version"] for record in written)])
        else:
            self._push_to_end()
        # Behind what lies below it: what is sent again takes a connection's cursor along.
        senders = [(peer, payload) for peer, frame in group for payload in payloads(frame)]
        for (sender, _), (outcome, record) in zip(senders, outcomes):
            if record["version"] and outcome != "written":
                sender.show(record, record["model"], again=True)

    def _push_to_end(self) -> None:
        records = self.store.read_all(self.position)
        self._show(records)
        self.position = max([self.position, *(record["version"] for record in records)])

    def _show(self, records) -> None:
        for record in records:
            self.shown += 1
            if "drop-publication" in self.defects and self.shown % 1000 == 0:
                continue
            for peer in self.peers:
                self._show_to(peer, record)

    def _show_to(self, peer: Peer, record: dict) -> None:
        if record["model"] == "item" or peer.user == record["owner"] or "no-scope-filter" in self.defects:
            peer.show(record, record["model"])

    def _failed(self, group) -> None:
        self.stuck = "stuck-after-write-error" in self.defects
        if "ack-on-write-error" in self.defects:
            return self._ack(group, [("written", None) for _, frame in group for _ in payloads(frame)])
        for peer, frame in group:
            if "close-on-write-error" in self.defects:
                asyncio.ensure_future(peer.socket.close(1011))
            elif "silent-on-write-error" not in self.defects:
                error = {"code": 503, "message": "not stored, send it again", "retryable": True}
                peer.outgoing.put_nowait({"type": "SYNC_ERROR", **error, "table": frame["table"]})


def payloads(frame: dict) -> list[dict]:
    return frame["payloads"] if frame["type"] == "SYNC_BATCH_UPLOAD" else [frame["payload"]]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--defect", action="append", default=[], choices=DEFECTS)
    arguments = parser.parse_args()
    server = MockServer(arguments.store.removeprefix("sqlite:"), set(arguments.defect))
    async with serve(
        server.serve_peer, "127.0.0.1", arguments.port, compression=None, max_size=None, ping_interval=None
    ) as sockets:
        port = sockets.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}/ws/pulse/sync/", flush=True)
        await asyncio.gather(server.write_for_ever(), server.follow_for_ever())


if __name__ == "__main__":
    asyncio.run(main())
