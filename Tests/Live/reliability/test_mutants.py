"""A checker proves nothing until it has failed: each must catch its mutant, and pass the mock without defects."""

from functools import partial

import pytest

from reliability import reader, steady
from reliability.crash import CrashRun, SameStore, Totals
from reliability.disks import IGNORING_SIZE_SIGNAL, lift_file_size, limit_file_size, small_disk
from reliability.faults import FaultRun
from reliability.killers import KillAtRandom, KillInsideSync, strace_attaches
from reliability.servers import mock
from reliability.shims import FaultyStorage, PowerLoss
from reliability.workers import WorkersRun

SEED = 20


@pytest.fixture(autouse=True)
def short_faults(monkeypatch):
    monkeypatch.setattr(FaultRun, "FAULT_SECONDS", 2.0)
    monkeypatch.setattr(reader, "EXPECTING_PATIENCE", 3.0)


def crash(tmp_path, name: str, *defects: str, rounds: int = 30, **how) -> Totals:
    run = CrashRun(mock(*defects), tmp_path, SEED, rounds, rounds_per_store=10, **how)
    run.run()
    print(run.totals.line(f"{name} of mock {defects or ''}", SEED, run.seconds))
    return run.totals


def test_kill9_of_a_sound_server_passes(tmp_path):
    totals = crash(tmp_path, "kill9")
    assert totals.violations == []
    assert totals.rounds == 30
    assert totals.acked > 2000
    assert totals.unknown_stored and totals.unknown_absent, "no crash fell between a commit and its ack"


@pytest.mark.parametrize(
    ("defect", "kinds"),
    [
        ("ack-before-commit", {"lost"}),
        ("push-before-commit", {"vanished", "reused"}),
        ("version-outside-transaction", {"hole"}),
        ("reuse-after-restart", {"reused", "lost"}),
        ("lose-one-acked", {"lost"}),
        ("repeat-takes-version", {"renumbered"}),
    ],
)
def test_kill9_catches(tmp_path, monkeypatch, defect, kinds):
    """A run ends with the first crash that shows anything; a version used twice may first show as what it overwrote."""
    monkeypatch.setattr(reader, "PATIENCE", 3.0)
    totals = crash(tmp_path, "kill9", defect)
    assert kinds & {violation.kind for violation in totals.violations}


def test_a_power_cut_of_a_sound_server_passes(tmp_path):
    totals = crash(
        tmp_path, "power loss", rounds=10, storage=PowerLoss, killer=partial(KillAtRandom, most=1500))
    assert totals.violations == []
    assert totals.acked > 1000


def test_a_power_cut_catches_commits_that_are_not_synced(tmp_path):
    totals = crash(tmp_path, "power loss", "synchronous-normal", rounds=10, storage=PowerLoss)
    assert totals.count("lost")


def test_kill9_alone_does_not_tell_synchronous_normal(tmp_path):
    assert crash(tmp_path, "kill9", "synchronous-normal", rounds=10).violations == []


@pytest.mark.skipif(not strace_attaches(), reason="strace is missing, or may not attach to a process here")
def test_kills_inside_a_sync_of_a_sound_server_pass(tmp_path):
    totals = crash(tmp_path, "kill inside sync", rounds=5, killer=KillInsideSync)
    assert totals.violations == []
    assert totals.rounds == 5


@pytest.mark.skipif(not strace_attaches(), reason="strace is missing, or may not attach to a process here")
def test_kills_inside_a_sync_catch_repeats_that_take_a_version(tmp_path):
    totals = crash(tmp_path, "kill inside sync", "repeat-takes-version", rounds=20, killer=KillInsideSync)
    assert totals.count("renumbered")


def faulty(tmp_path, calls: str, error: str, *defects: str, killed: bool = False) -> FaultRun:
    store = tmp_path / "store" / "store.db"
    store.parent.mkdir()
    storage = FaultyStorage(store, tmp_path / "fault")
    run = FaultRun(mock(*defects), store, SEED, env=storage.env)
    run.run(lambda server: storage.fail(calls, error), lambda server: storage.heal(), crash_within=killed)
    assert storage.fired
    print(run.totals.line(f"{error} at {calls} of mock {defects or ''}", SEED, run.journal))
    return run


@pytest.mark.parametrize("killed", [False, True], ids=["healed", "killed"])
@pytest.mark.parametrize(("calls", "error"), [("sync", "EIO"), ("write", "ENOSPC")])
def test_failing_storage_of_a_sound_server_passes(tmp_path, calls, error, killed):
    run = faulty(tmp_path, calls, error, killed=killed)
    assert run.journal.violations == []
    assert run.totals.refused_under_fault


@pytest.mark.parametrize(
    ("defect", "detail"),
    [
        ("ack-on-write-error", "was acked, ada is shown"),
        ("silent-on-write-error", "was not answered"),
        ("stuck-after-write-error", "after the fault uploads are still"),
        ("close-on-write-error", "did not survive"),
    ],
)
def test_failing_storage_catches(tmp_path, defect, detail):
    run = faulty(tmp_path, "sync", "EIO", defect)
    assert any(detail in str(violation) for violation in run.journal.violations)


@pytest.mark.parametrize("defects", [(), ("ack-on-write-error",)], ids=["sound", "ack-on-write-error"])
def test_a_full_disk(tmp_path, defects):
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("mounting a tmpfs is not permitted here")
        run = FaultRun(mock(*defects), disk.path / "store.db", SEED)
        run.run(lambda server: disk.fill(100_000), lambda server: disk.free())
    assert bool(run.journal.count("lost")) == bool(defects), run.journal.violations
    assert bool(run.journal.violations) == bool(defects), run.journal.violations


@pytest.mark.parametrize("defects", [(), ("ack-on-write-error",)], ids=["sound", "ack-on-write-error"])
def test_a_file_size_limit(tmp_path, defects):
    run = FaultRun(mock(*defects), tmp_path / "store.db", SEED, wrap=IGNORING_SIZE_SIGNAL)
    run.run(lambda server: limit_file_size(server, run.store), lift_file_size)
    assert bool(run.journal.count("lost")) == bool(defects), run.journal.violations
    assert bool(run.journal.violations) == bool(defects), run.journal.violations


def workers(tmp_path, *defects: str) -> WorkersRun:
    run = WorkersRun(mock(*defects), SameStore(tmp_path / "store"), 2, SEED)
    run.run(seconds=2)
    print(run.totals.line(f"2 mocks {defects or ''}", SEED, run.journal))
    return run


def test_two_sound_servers_on_one_store_pass(tmp_path):
    run = workers(tmp_path)
    assert run.journal.violations == []
    assert run.totals.acked > 500


@pytest.mark.parametrize(
    ("defect", "kinds"),
    [
        ("version-outside-transaction", {"skipped"}),
        ("deaf", {"failed"}),
        ("own-first", {"unordered"}),
    ],
)
def test_two_servers_on_one_store_catch(tmp_path, monkeypatch, defect, kinds):
    """Whether one shows depends on when the devices call; so there are some runs."""
    monkeypatch.setattr(steady, "DELIVERY_PATIENCE", 2.0)
    shown: set[str] = set()
    for turn in range(10):
        shown |= {violation.kind for violation in workers(tmp_path / str(turn), defect).journal.violations}
        if kinds & shown:
            return
    raise AssertionError(f"shown was only {shown}")
