"""Autobahn's cases for WebSocket servers, against the echo endpoint: the codec and limits of every other one.

Groups 12 and 13 need compression: test_compression has some of them.
"""

import json
import subprocess
import sys
from pathlib import Path

from harness import Pulsed

KOSOKU = Path(sys.executable).with_name("kosoku")
GROUPS = [1, 2, 3, 4, 5, 6, 7, 9, 10]
CASES = 301


def test_every_autobahn_case_without_compression_passes(tmp_path):
    reports = tmp_path / "reports"
    groups = [argument for group in GROUPS for argument in ("-i", f"{group}.*")]
    with Pulsed(tmp_path / "pulse.db", "--echo-endpoint") as server:
        run = subprocess.run(
            [KOSOKU, f"127.0.0.1:{server.port}", "-o", str(reports), *groups],
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    (verdicts,) = json.loads((reports / "index.json").read_text()).values()
    bad = {case: verdict for case, verdict in verdicts.items() if verdict["behavior"] not in ("OK", "INFORMATIONAL")}
    assert not bad
    assert len(verdicts) == CASES
