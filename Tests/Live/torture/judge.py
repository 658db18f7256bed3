"""Judges what devices are sent, message by message, and what has come of it all in the end.

It learns from the messages alone, so that a recorded history can be judged again, as it was or with damage done to it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple

from reliability.check import check_gapless
from reliability.journal import FIELDS, Journal, Record, Write, state_of
from reliability.wire import observe, settle


class Entry(NamedTuple):
    """One event of a history: a method of the judge, and its arguments."""

    event: str
    device: int
    text: str


@dataclass
class Connection:
    """What a connection has asked for and been sent."""

    #: model -> the newest version that counts: the one it asked for, then those of its updates
    newest: dict[str, int]
    newest_push: int = 0
    #: Models whose updates count. What comes before may have crossed the request.
    counting: set[str] = field(default_factory=set)
    #: What was uploaded again, or too late, may be sent again.
    repeated: set[str] = field(default_factory=set)
    #: What was uploaded too late and must be in conflict.
    stale: set[str] = field(default_factory=set)


@dataclass
class Holder:
    """What a device keeps from connection to connection."""

    user: str
    cursors: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    #: sync id -> the newest of its writes that the device was shown, and the newest acked one that it was not
    has: dict[str, int] = field(default_factory=dict)
    lacks: dict[str, int] = field(default_factory=dict)
    connection: Connection | None = None


class Judge:
    def __init__(self, recording: bool = False) -> None:
        self.journal = Journal()
        self.holders: dict[int, Holder] = {}
        self.history: list[Entry] | None = [] if recording else None
        self.conflicts = 0
        self._uploaded: set[tuple[str, int]] = set()

    @classmethod
    def of(cls, history: list[Entry]) -> Judge:
        judge = cls()
        for event, device, text in history:
            getattr(judge, event)(device, text)
        return judge

    # What happens

    def joined(self, device: int, user: str) -> None:
        self._record("joined", device, user)
        self.holders[device] = Holder(user)

    def connected(self, device: int, text: str = "") -> None:
        self._record("connected", device, text)
        self.holders[device].connection = Connection(dict(self.holders[device].cursors))

    def ended(self, device: int, text: str = "") -> None:
        self._record("ended", device, text)
        self.holders[device].connection = None

    def sent(self, device: int, text: str) -> None:
        self._record("sent", device, text)
        frame = json.loads(text)
        for payload in frame.get("payloads") or ([frame["payload"]] if "payload" in frame else []):
            self._upload(device, frame["table"], payload)

    def received(self, device: int, text: str) -> None:
        self._record("received", device, text)
        holder, frame = self.holders[device], json.loads(text)
        match frame.get("type"):
            case "SYNC_UPDATE":
                self._update(device, holder, frame)
            case "SYNC_ACK_INDIVIDUAL" if frame["sync_id"] in holder.connection.stale:
                self.conflicts += 1
                if frame["status"] != "CONFLICT":
                    self.journal.violation("accepted", text, f"device {device} was late, and was answered {text}")
            case "BATCH_ACK" | "SYNC_ACK_INDIVIDUAL":
                if not (ids := settle(self.journal, frame)):
                    holder.connection.counting = set(FIELDS)
                for sync_id in ids:
                    self._spread(self.journal.records.get(sync_id))
            case "SYNC_ERROR" if frame.get("retryable"):
                pass
            case _:
                self.journal.violation("refused", text, f"device {device} was answered {text}")

    # What follows from it

    def _record(self, *entry) -> None:
        if self.history is not None:
            self.history.append(Entry(*entry))

    def _upload(self, device: int, model: str, payload: dict) -> None:
        sync_id, base = payload["sync_id"], payload["version"]
        record, connection = self.journal.records.get(sync_id), self.holders[device].connection
        connection.stale.discard(sync_id)
        if record and base < record.writes[-1].base:
            connection.stale.add(sync_id)
        if (sync_id, base) in self._uploaded:
            connection.repeated.add(sync_id)
            return
        self._uploaded.add((sync_id, base))
        patch = {key: value for key, value in payload.items() if key not in ("sync_id", "version")}
        if record is None:
            record = Record(sync_id, model, self.holders[device].user, f"device-{device}")
            record.writes.append(Write(base, patch, state_of(model, {"is_deleted": False, **patch})))
            self.journal.records[sync_id] = record
        elif record.writes[-1].base != base:
            self.journal.change(record, patch)

    def _update(self, device: int, holder: Holder, frame: dict) -> None:
        if not (seen := observe(self.journal, holder.user, frame)):
            return
        sync_id, version, state = seen
        self._order(device, holder, frame["data"], version)
        record = self.journal.records.get(sync_id)
        index = record.index_of(state) if record else None
        if index is None:
            return
        holder.has[sync_id] = max(index, holder.has.get(sync_id, -1))
        if holder.lacks.get(sync_id, len(record.writes)) <= index:
            del holder.lacks[sync_id]

    def _order(self, device: int, holder: Holder, data: dict, version: int) -> None:
        """New versions ascend in each table, and in what is pushed over all tables."""
        connection, model, sync_id = holder.connection, data["model"], data["sync_id"]
        is_push = "sync_id" not in data["data"]
        if not is_push:
            connection.counting.add(model)
        if model not in connection.counting:
            return
        passed = max(connection.newest[model], connection.newest_push if is_push else 0)
        if version <= passed:
            if sync_id not in connection.repeated:
                said = f"device {device} of {holder.user} was sent {model} {version} after {passed}"
                self.journal.violation("unordered", (device, version), said)
            return
        connection.newest[model] = holder.cursors[model] = version
        if is_push:
            connection.newest_push = version

    def _spread(self, record: Record | None) -> None:
        """What is acked is owed to every device that may see it."""
        if record is None or (index := _newest_acked(record)) is None:
            return
        for holder in self.holders.values():
            if record.visible_to(holder.user) and holder.has.get(record.sync_id, -1) < index:
                holder.lacks[record.sync_id] = index

    # What must hold in the end, with nothing on its way

    def check(self, stored: dict[str, tuple[str, int]]) -> None:
        """Compares with the store's log: sync id -> model and version."""
        journal = self.journal
        shown = {sync_id: version for version, (sync_id, _) in sorted(journal.denoted.items())}
        for record in journal.records.values():
            acked = _newest_acked(record)
            version = stored.get(record.sync_id, ("", 0))[1]
            sync_id, index = journal.denoted.get(version, (record.sync_id, -1))
            if acked is not None and (sync_id != record.sync_id or index < acked):
                journal.violation(
                    "lost", record.sync_id, f"{record.sync_id}: write {acked} was acked, write {index} is stored")
        for sync_id in stored.keys() | shown.keys():
            if stored.get(sync_id, ("", None))[1] != shown.get(sync_id):
                journal.violation(
                    "lost", (sync_id, "log"),
                    f"{sync_id}: stored {stored.get(sync_id)}, last shown {shown.get(sync_id)}")
        for device, holder in self.holders.items():
            self._check_holder(device, holder, stored)
        check_gapless(journal)

    def _check_holder(self, device: int, holder: Holder, stored: dict[str, tuple[str, int]]) -> None:
        records = self.journal.records
        owed = {
            sync_id: version for sync_id, (_, version) in stored.items()
            if sync_id in records and records[sync_id].visible_to(holder.user)}
        has = {sync_id: records[sync_id].writes[index].version for sync_id, index in holder.has.items()}
        wrong = sorted(sync_id for sync_id in owed.keys() | has.keys() if owed.get(sync_id) != has.get(sync_id))
        if wrong:
            first = wrong[0]
            self.journal.violation(
                "skipped", device, f"device {device} of {holder.user} lacks the newest of {len(wrong)} records: "
                f"{first} is {owed.get(first)} in the log, {has.get(first)} on the device")


def _newest_acked(record: Record) -> int | None:
    return max((index for index, write in enumerate(record.writes) if write.acked), default=None)
