"""Hundreds of devices at two and four workers while Redis, the way to it, and the workers themselves fail.

PULSE_TORTURE_SECONDS sets how long faults come one by one, and again how long together (5). From 60 on four workers get
the faults one by one as well, and Redis stands still for 10 s instead of 3.5. PULSE_TORTURE_CLIENTS sets how many
devices there are (200), PULSE_SEED which run.
"""

import pytest

from harness import Secantus
from reliability.settings import conclude, count, seed
from torture import faults
from torture.cluster import Cluster, MongoLog, SQLiteLog
from torture.run import TortureRun, quantile


@pytest.fixture(params=["sqlite", "mongodb"])
def log(request, tmp_path):
    if request.param == "sqlite":
        yield SQLiteLog(tmp_path)
    else:
        # What a killed worker had begun stays locked until its transaction has outlived its time.
        with Secantus(tmp_path / "secantus", transaction_lifetime=1) as server:
            yield MongoLog(server, "torture")


@pytest.mark.parametrize("workers", [2, 4])
def test_whatever_fails_every_device_gets_everything_in_order(log, tmp_path, workers):
    seconds, clients = count("PULSE_TORTURE_SECONDS", 5), count("PULSE_TORTURE_CLIENTS", 200)
    is_long = seconds >= 60
    run = TortureRun(log, Cluster(log.store, tmp_path, workers), seed(), clients, pause=10 if is_long else 3.5)
    alone = faults.EVERY if is_long or workers == 2 else []
    run.run(alone, seconds)
    conclude(run, f"torture of {workers} workers")
    never = [fault.__name__ for fault in alone if not run.totals.fired[fault.__name__]]
    assert never == [], "the fault never took place: the test proves nothing"
    check_healing(run)


def test_with_redis_away_from_the_start_the_head_check_alone_brings_everything(tmp_path):
    async def a_while(scene: faults.Scene) -> bool:
        await scene.some_time(2)
        return True

    log = SQLiteLog(tmp_path)
    run = TortureRun(log, Cluster(log.store, tmp_path, workers=2, has_redis=False), seed(), clients=100, pause=0)
    run.run([a_while] * 6, seconds=0)
    conclude(run, "two workers without Redis")
    assert run.totals.counts["healed-head-check"] > 0
    check_healing(run)


def check_healing(run: TortureRun) -> None:
    for name, times in run.totals.healing.items():
        assert quantile(times, 0.99) <= TortureRun.HEALING, f"PULSE_SEED={run.seed}: {name}"
