"""Storage that fails under load: no ack for what is not stored, reads go on, and service resumes by itself.

PULSE_SYNC_KILLS sets how often the server is killed inside a sync (10), PULSE_SEED which run.
"""

import pytest

from reliability.crash import CrashRun
from reliability.disks import IGNORING_SIZE_SIGNAL, lift_file_size, limit_file_size, small_disk
from reliability.faults import FaultRun
from reliability.killers import KillInsideSync, strace_attaches
from reliability.servers import real
from reliability.settings import conclude, count, finish, seed
from reliability.shims import FaultyStorage


@pytest.mark.parametrize(
    ("leave", "killed"), [(0, False), (300_000, False), (0, True)], ids=["full", "filling up", "killed while full"])
def test_a_full_disk_refuses_uploads_serves_reads_and_heals(tmp_path, leave, killed):
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("mounting a tmpfs is not permitted here; the test with a file size limit stands in for it")
        # Without the reserve that the server would keep, of which the disk has not that much.
        run = FaultRun(real, disk.path / "store.db", seed(), env={"PULSE_LIMIT_DISK_FREE_BYTES": "0"})
        run.run(lambda server: disk.fill(leave), lambda server: disk.free(), crash_within=killed)
    conclude(run, f"full disk ({leave} bytes left, {'killed' if killed else 'healed'})")


def test_a_file_that_may_not_grow_refuses_uploads_serves_reads_and_heals(tmp_path):
    run = FaultRun(real, tmp_path / "store.db", seed(), wrap=IGNORING_SIZE_SIGNAL)
    run.run(lambda server: limit_file_size(server, run.store), lift_file_size)
    conclude(run, "file size limit")


@pytest.mark.parametrize("killed", [False, True], ids=["healed", "killed"])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("calls", ["sync", "write"])
def test_failing_storage_refuses_uploads_serves_reads_and_heals(tmp_path, calls, error, killed):
    store = tmp_path / "store" / "store.db"
    store.parent.mkdir()
    storage = FaultyStorage(store, tmp_path / "fault")
    run = FaultRun(real, store, seed(), env=storage.env)
    run.run(lambda server: storage.fail(calls, error), lambda server: storage.heal(), crash_within=killed)
    conclude(run, f"{error} at {calls}, {'killed' if killed else 'healed'} ({storage.fired} faults)")
    assert storage.fired, "the fault never fired: the test proves nothing"


@pytest.mark.skipif(not strace_attaches(), reason="strace is missing, or may not attach to a process here")
def test_a_kill_inside_a_sync_keeps_acks_and_repeats_are_recognised(tmp_path):
    run = CrashRun(
        real, tmp_path, seed(), rounds=count("PULSE_SYNC_KILLS", 10), rounds_per_store=5, killer=KillInsideSync)
    run.run()
    finish(run, "kill inside sync")
