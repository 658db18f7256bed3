"""kill -9 at random moments under upload load: nothing acked is lost, nothing shown is unmade, no version is reused.

PULSE_KILLS sets how often on SQLite (60), PULSE_MONGODB_KILLS on MongoDB (20), PULSE_SEED which run.
"""

from functools import partial

from harness import Secantus
from reliability.crash import CrashRun
from reliability.databases import OnMongoDB
from reliability.killers import KillAtRandom
from reliability.servers import real
from reliability.settings import count, finish, seed


def test_kill9_at_random_moments_loses_nothing_that_was_acked(tmp_path):
    run = CrashRun(real, tmp_path, seed(), rounds=count("PULSE_KILLS", 60), rounds_per_store=20)
    run.run()
    finish(run, "kill9")


def test_kill9_on_mongodb_loses_nothing_that_was_acked(tmp_path):
    """What a killed server had begun stays locked until its transaction has outlived its time, which is short here."""
    with Secantus(tmp_path / "secantus", transaction_lifetime=0.5) as database:
        run = CrashRun(
            real, tmp_path, seed(), rounds=count("PULSE_MONGODB_KILLS", 20), rounds_per_store=10,
            storage=partial(OnMongoDB, database), killer=partial(KillAtRandom, most=200))
        run.run()
        finish(run, "kill9 on MongoDB")
