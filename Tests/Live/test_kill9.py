"""kill -9 at random moments under upload load: nothing acked is lost, nothing shown is unmade, no version is reused.

PULSE_KILLS sets how often (200), PULSE_SEED which run.
"""

from reliability.crash import CrashRun
from reliability.servers import real
from reliability.settings import count, finish, seed


def test_kill9_at_random_moments_loses_nothing_that_was_acked(tmp_path, capsys):
    run = CrashRun(real, tmp_path, seed(), rounds=count("PULSE_KILLS", 200), rounds_per_store=20)
    run.run()
    finish(run, "kill9", capsys)
