"""MongoDB that dies, hangs and fails under load: uploads wait or are refused for now, and service resumes by itself.

PULSE_DATABASE_KILLS sets how often it is killed (10), PULSE_SEED which run.
"""

import asyncio
from functools import partial

import pytest

from harness import FailPoint, Secantus
from reliability.databases import OnMongoDB
from reliability.servers import real
from reliability.settings import conclude, count, seed
from reliability.steady import SteadyLoad, SteadyRun

CLOSED = {"closeConnection": True}
SLOW = {"blockConnection": True, "blockTimeMS": 300}
TRANSIENT = {"errorCode": 112, "errorLabels": ["TransientTransactionError"]}
UNKNOWN = {"errorCode": 50, "errorLabels": ["UnknownTransactionCommitResult"]}
UNLABELLED = {"errorCode": 11601}
UNCONFIRMED = {"writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}}

WRITES = ["insert", "update"]
FAULTS = {
    "closed": [(["find"], CLOSED), (WRITES, CLOSED), (["commitTransaction"], CLOSED)],
    "slow": [(["find"], SLOW), (WRITES, SLOW), (["commitTransaction"], SLOW)],
    "transient": [(["find"], TRANSIENT), (WRITES, TRANSIENT), (["commitTransaction"], TRANSIENT)],
    "unknown": [(["commitTransaction"], UNKNOWN), (["commitTransaction"], UNCONFIRMED)],
    "unlabelled": [(["find"], UNLABELLED), (WRITES, UNLABELLED), (["commitTransaction"], UNLABELLED)],
}
TIMES, LONG = 5, 500


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A server that is only disturbed, never restarted."""
    with Secantus(tmp_path_factory.mktemp("faults"), transaction_lifetime=2) as server:
        yield server


def test_a_database_that_is_killed_loses_nothing_that_was_acked(tmp_path):
    async def kill(load: SteadyLoad) -> None:
        await asyncio.sleep(load.rng.random() * 0.3)  # Anywhere in a transaction.
        await asyncio.to_thread(database.kill9)
        await asyncio.sleep(load.rng.random() * 0.5)
        await asyncio.to_thread(database.start)

    with Secantus(tmp_path / "secantus") as database:
        run = SteadyRun(real, OnMongoDB(database, tmp_path), seed())
        run.run([kill] * count("PULSE_DATABASE_KILLS", 10))
    conclude(run, f"database killed {len(run.totals.resumed)} times")


@pytest.mark.parametrize("name", FAULTS)
def test_commands_that_fail_now_and_then_lose_nothing(database, tmp_path, name):
    fired = []

    async def fail(load: SteadyLoad, commands: list[str], what: dict) -> None:
        """Until it has fired so often: what was under way, or is only told of again, needs none of the commands."""
        left = TIMES
        for _ in range(10):
            point = await asyncio.to_thread(partial(FailPoint, database, commands, left, **what))
            await load.progress(left)
            left -= await asyncio.to_thread(point.fired)
            if not left:
                break
        fired.append(TIMES - left)

    run = SteadyRun(real, OnMongoDB(database, tmp_path), seed())
    run.run([partial(fail, commands=commands, what=what) for commands, what in FAULTS[name]])
    conclude(run, f"{name}, {sum(fired)} faults")
    assert fired == [TIMES] * len(FAULTS[name]), "a fault never fired, or not to the end: the test proves nothing"


@pytest.mark.parametrize("what", [CLOSED, UNKNOWN], ids=["closed", "unknown"])
def test_a_commit_that_fails_for_seconds_is_waited_for_or_refused(database, tmp_path, what):
    fired = []

    async def fail(load: SteadyLoad) -> None:
        point = await asyncio.to_thread(partial(FailPoint, database, ["commitTransaction"], LONG, **what))
        # What was committed before is on its way.
        before = -1
        async with asyncio.timeout(20):
            while before != (before := load.journal.acked_writes):
                await asyncio.sleep(1)
        await asyncio.sleep(2)
        assert load.journal.acked_writes == before, "acked while nothing could be committed"
        fired.append(await asyncio.to_thread(point.fired))

    run = SteadyRun(real, OnMongoDB(database, tmp_path), seed())
    run.run([fail])
    conclude(run, f"no commit for 2 s, {fired} faults")
    assert 1 < fired[0] < LONG


def test_a_database_that_hangs_is_waited_for_or_uploads_are_refused(database, tmp_path):
    async def hang(load: SteadyLoad) -> None:
        with database.paused():
            await asyncio.sleep(5)

    run = SteadyRun(real, OnMongoDB(database, tmp_path), seed())
    run.run([hang])
    conclude(run, "database stopped for 5 s")
