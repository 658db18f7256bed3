"""The history of a store as its clients know it, and the judgement of every new observation.

Each record has exactly one writer, and a writer changes a record only after it has learnt the version of its former
write. Three things follow, and the checks rest on them:

- no upload is ever in conflict, so a conflict is a violation;
- the content of a write is unique within its record, so what is shown names the write it comes from;
- a version that was superseded was seen before that, so every hole in the versions is a real one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from random import Random

FIELDS = {
    "task": ("title", "description", "completed", "is_deleted"),
    "item": ("name", "description", "price", "is_deleted"),
}
GLOBAL_MODELS = {"item"}

State = tuple


@dataclass(frozen=True)
class Violation:
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass
class Write:
    """One upload of one record: what was sent, and what has been learnt about it since."""

    base: int
    patch: dict
    state: State
    acked: bool = False
    version: int | None = None


@dataclass
class Record:
    sync_id: str
    model: str
    user: str
    writer: str
    writes: list[Write] = field(default_factory=list)

    def visible_to(self, user: str) -> bool:
        return self.model in GLOBAL_MODELS or self.user == user

    def index_of(self, state: State) -> int | None:
        for index in range(len(self.writes) - 1, -1, -1):
            if self.writes[index].state == state:
                return index
        return None

    @property
    def pending(self) -> Write | None:
        """The last write while it waits for its ack."""
        last = self.writes[-1]
        return None if last.acked else last

    @property
    def changeable(self) -> bool:
        last = self.writes[-1]
        return last.acked and last.version is not None and not last.state[-1]

    def payload(self) -> dict:
        """The last write as an upload; the same bytes however often it is asked for."""
        last = self.writes[-1]
        return {"sync_id": self.sync_id, "version": last.base, **last.patch}


class Journal:
    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.by_writer: dict[str, list[Record]] = {}
        #: version -> the (record, number of its write) that it was seen to denote
        self.denoted: dict[int, tuple[str, int]] = {}
        self.acked_writes = 0
        self.observations = 0
        self._violations: dict[tuple[str, object], Violation] = {}

    # Writing

    def create(self, writer: str, user: str, model: str, fields: dict, rng: Random) -> Record:
        sync_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        record = Record(sync_id, model, user, writer)
        record.writes.append(Write(0, fields, state_of(model, {"is_deleted": False, **fields})))
        self.records[sync_id] = record
        self.by_writer.setdefault(writer, []).append(record)
        return record

    def change(self, record: Record, patch: dict) -> Record:
        last = record.writes[-1]
        assert record.changeable, "a writer changes only what it knows the version of"
        former = dict(zip(FIELDS[record.model], last.state))
        write = Write(last.version, patch, state_of(record.model, {**former, **patch}))
        assert record.index_of(write.state) is None, "every write of a record has its own content"
        record.writes.append(write)
        return record

    def pending(self, writer: str | None = None) -> list[Record]:
        records = self.records.values() if writer is None else self.by_writer.get(writer, [])
        return [record for record in records if record.pending]

    # Learning

    def acknowledge(self, sync_id: str) -> None:
        record = self.records.get(sync_id)
        if record is None:
            self.violation("foreign", sync_id, f"an ack names {sync_id}, which nobody uploaded")
        elif record.pending:
            record.writes[-1].acked = True
            self.acked_writes += 1

    def refuse(self, sync_id: str, why: str) -> None:
        self.violation("refused", sync_id, f"a valid upload of {sync_id} was refused: {why}")

    def see(self, viewer: str, model: str, sync_id: str, version: int, state: State) -> None:
        """Takes note of a record that a connection of `viewer` was shown."""
        self.observations += 1
        record = self.records.get(sync_id)
        if record is None or record.model != model:
            return self.violation("foreign", sync_id, f"{model} {sync_id} was shown, which nobody uploaded")
        if not record.visible_to(viewer):
            self.violation("leaked", (sync_id, viewer), f"{sync_id} of {record.user} was shown to {viewer}")
        index = record.index_of(state)
        if index is None:
            return self.violation("foreign", (sync_id, version), f"{sync_id} has content nobody wrote: {state}")
        here = (sync_id, index)
        there = self.denoted.setdefault(version, here)
        if there != here:
            self.violation("reused", version, f"version {version} denotes write {there} and write {here}")
        write = record.writes[index]
        if write.version is None:
            write.version = version
            self._check_order(record)
        elif write.version != version:
            self.violation("renumbered", (here, version), f"write {here} had version {write.version}, now {version}")

    def _check_order(self, record: Record) -> None:
        versions = [write.version for write in record.writes if write.version is not None]
        if any(a >= b for a, b in zip(versions, versions[1:])):
            self.violation("disordered", record.sync_id, f"{record.sync_id}: versions of its writes are {versions}")

    # Judging

    def violation(self, kind: str, key: object, detail: str) -> None:
        self._violations.setdefault((kind, key), Violation(kind, detail))

    @property
    def violations(self) -> list[Violation]:
        return list(self._violations.values())

    def count(self, kind: str) -> int:
        return sum(1 for violation in self.violations if violation.kind == kind)


def state_of(model: str, data: dict) -> State:
    """What a record says, without what the server adds to it."""
    return tuple(data.get(name) for name in FIELDS[model])
