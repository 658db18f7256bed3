"""The pulse protocol as a client sees it."""

from __future__ import annotations

import json

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .journal import FIELDS, Journal, state_of

GONE = (ConnectionClosed, InvalidHandshake, OSError, TimeoutError)


def dial(url: str) -> connect:
    return connect(
        url, compression=None, max_size=None, max_queue=4096, ping_interval=None, open_timeout=10, close_timeout=1,
        proxy=None)


def delta_request(model: str, after: int) -> str:
    return json.dumps({"type": "SYNC_REQUEST_DELTA", "table": model, "last_version": after})


def upload(model: str, payloads: list[dict], single: bool = False) -> str:
    if single:
        return json.dumps({"type": "SYNC_UPLOAD", "table": model, "payload": payloads[0]})
    return json.dumps({"type": "SYNC_BATCH_UPLOAD", "table": model, "payloads": payloads})


def observe(journal: Journal, viewer: str, frame: dict) -> tuple[str, int, tuple] | None:
    """Notes a SYNC_UPDATE in the journal; returns its sync id, version and state."""
    data = frame["data"]
    model = data["model"]
    if model not in FIELDS or "data" not in data:
        journal.violation("foreign", json.dumps(frame), f"a frame that no upload here explains: {frame}")
        return None
    state = state_of(model, data["data"])
    if data["data"].get("version") != data["version"]:
        journal.violation("foreign", data["version"], f"a frame gives two versions for one record: {frame}")
    journal.see(viewer, model, data["sync_id"], data["version"], state)
    return data["sync_id"], data["version"], state


def settle(journal: Journal, frame: dict) -> list[str]:
    """Notes an ack in the journal; returns the sync ids that it answers."""
    if frame["type"] == "BATCH_ACK":
        for sync_id in frame["synced_ids"]:
            journal.acknowledge(sync_id)
        for sync_id in frame["conflicts"]:
            journal.refuse(sync_id, "conflict")
        for error in frame["errors"]:
            journal.refuse(error["id"], error["msg"])
        return [*frame["synced_ids"], *frame["conflicts"], *(error["id"] for error in frame["errors"])]
    if frame["status"] == "SUCCESS":
        journal.acknowledge(frame["sync_id"])
    else:
        journal.refuse(frame["sync_id"], frame.get("error") or frame["status"])
    return [frame["sync_id"]]


__all__ = ["GONE", "ClientConnection", "delta_request", "dial", "observe", "settle", "upload"]
