"""Reads everything that a user may see.

A delta has no end mark. The reader makes its own: behind the request it uploads a marker record. New information comes
in version order, and a delta goes before the pushes that wait for it, so when the marker is shown everything below
its version has been.
"""

from __future__ import annotations

import asyncio
import json
import time
from random import Random

from .check import Baseline, Snapshot
from .journal import FIELDS, Journal
from .load import content
from .wire import GONE, ClientConnection, delta_request, dial, observe, settle, upload

#: seconds that a full read may take
PATIENCE = 20.0
#: seconds that a read without an end mark waits for what has not come
EXPECTING_PATIENCE = 10.0


async def read_all(url: str, journal: Journal, user: str, rng: Random) -> Snapshot:
    """A full delta of every model, over one new connection."""
    snapshot: Snapshot = {}
    baseline = Baseline.of(journal)
    try:
        async with dial(url) as socket, asyncio.timeout(PATIENCE):
            for model in FIELDS:
                marker = journal.create(f"marker-{user}", user, model, content(rng, model, len(journal.records)), rng)
                await socket.send(delta_request(model, 0))
                await socket.send(upload(model, [marker.payload()], single=True))
                while marker.pending or marker.sync_id not in snapshot:
                    _take(journal, user, snapshot, await socket.recv())
            await _wait_for_stragglers(socket, journal, user, snapshot, baseline)
    except GONE as failure:
        journal.violation("failed", ("read", user), f"the read of {user} did not reach its end mark: {failure!r}")
    return snapshot


async def read_expecting(url: str, journal: Journal, user: str) -> Snapshot:
    """A full delta of every model without writing: done when everything that was acked before has been shown, or when
    patience ends."""
    snapshot: Snapshot = {}
    baseline = Baseline.of(journal)
    deadline = time.monotonic() + EXPECTING_PATIENCE
    async with dial(url) as socket:
        for model in FIELDS:
            await socket.send(delta_request(model, 0))
        while baseline.missing(journal, user, snapshot) and time.monotonic() < deadline:
            try:
                async with asyncio.timeout(0.5):
                    while True:
                        _take(journal, user, snapshot, await socket.recv())
            except TimeoutError:
                pass
    return snapshot


def _take(journal: Journal, user: str, snapshot: Snapshot, text: str) -> None:
    frame = json.loads(text)
    if frame.get("type") == "SYNC_UPDATE":
        seen = observe(journal, user, frame)
        if seen and snapshot.get(seen[0], (0,))[0] <= seen[1]:
            snapshot[seen[0]] = seen[1:]
    elif frame.get("type") in ("BATCH_ACK", "SYNC_ACK_INDIVIDUAL"):
        settle(journal, frame)
    else:
        journal.violation("refused", text, f"a full delta was answered with {text}")


async def _wait_for_stragglers(
    socket: ClientConnection, journal: Journal, user: str, snapshot: Snapshot, baseline: Baseline
) -> None:
    """Tells a record that comes late from one that is lost: both are violations, but not the same."""
    missing = baseline.missing(journal, user, snapshot)
    if not missing:
        return
    try:
        async with asyncio.timeout(0.5):
            while missing - snapshot.keys():
                _take(journal, user, snapshot, await socket.recv())
    except TimeoutError:
        pass
    for sync_id in missing & snapshot.keys():
        journal.violation("unordered", sync_id, f"{sync_id} was shown to {user} only after a higher version")
