"""What must hold of all that a user is shown, and of the versions of a whole store."""

from __future__ import annotations

from dataclasses import dataclass

from .journal import Journal, State

#: sync id -> (version, state), as a full read showed them
Snapshot = dict[str, tuple[int, State]]


@dataclass(frozen=True)
class Baseline:
    """What a read that starts now has to show: of each record the last write that was acked, and the last that
    anybody was shown (-1: none)."""

    acked: dict[str, int]
    shown: dict[str, int]

    @classmethod
    def of(cls, journal: Journal) -> Baseline:
        records = journal.records.items()
        return cls(
            {key: max((i for i, write in enumerate(r.writes) if write.acked), default=-1) for key, r in records},
            {key: max((i for i, write in enumerate(r.writes) if write.version is not None), default=-1)
             for key, r in records})

    def missing(self, journal: Journal, user: str, snapshot: Snapshot) -> set[str]:
        """The records that `user` has to be shown and has not been."""
        return {
            key for key, acked in self.acked.items()
            if key not in snapshot and max(acked, self.shown[key]) >= 0 and journal.records[key].visible_to(user)}


def check_snapshot(journal: Journal, user: str, snapshot: Snapshot, baseline: Baseline) -> None:
    """Every write of the baseline is there or was overwritten by a later one."""
    for sync_id, acked in baseline.acked.items():
        record, shown = journal.records[sync_id], baseline.shown[sync_id]
        if not record.visible_to(user):
            continue
        index = record.index_of(snapshot[sync_id][1]) if sync_id in snapshot else None
        here = -1 if index is None else index
        name = f"{record.model} {sync_id} of {record.writer}"
        if here < acked:
            journal.violation(
                "lost", (sync_id, acked), f"{name}: write {acked} was acked, {user} is shown write {here}")
        if here < shown:
            journal.violation(
                "vanished", (sync_id, shown),
                f"{name}: write {shown} was shown as version {record.writes[shown].version}, "
                f"{user} is now shown write {here}")


def check_gapless(journal: Journal) -> None:
    """Versions 1…head have all been seen.

    Sound after a full read of every scope: what is current is in that read, and what was superseded was seen before
    its writer superseded it.
    """
    head = max(journal.denoted, default=0)
    for version in range(1, head + 1):
        if version not in journal.denoted:
            journal.violation("hole", version, f"version {version} denotes nothing, the head is {head}")


def check_insert_only(journal: Journal, snapshots: list[Snapshot]) -> None:
    """Where records are only ever inserted, the versions in the store are exactly 1…N, each once."""
    current = {sync_id: version for snapshot in snapshots for sync_id, (version, _) in snapshot.items()}
    versions = sorted(current.values())
    if versions != list(range(1, len(versions) + 1)):
        missing = sorted(set(range(1, len(versions) + 1)) - set(versions))
        twice = sorted({a for a, b in zip(versions, versions[1:]) if a == b})
        journal.violation("hole", "insert-only", f"{len(versions)} records; missing {missing}, twice {twice}")
