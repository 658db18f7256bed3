"""A power cut under upload load: the server starts again on what was synced to disk, and every ack holds.

PULSE_POWER_CUTS sets how often (10), PULSE_SEED which run.
"""

from functools import partial

from reliability.crash import CrashRun
from reliability.killers import KillAtRandom
from reliability.servers import real
from reliability.settings import count, finish, seed
from reliability.shims import PowerLoss


def test_a_power_cut_loses_nothing_that_was_acked(tmp_path):
    run = CrashRun(
        real, tmp_path, seed(), rounds=count("PULSE_POWER_CUTS", 10), rounds_per_store=5, storage=PowerLoss,
        killer=partial(KillAtRandom, most=1500))
    run.run()
    finish(run, "power loss")
