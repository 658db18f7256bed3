"""Autobahn's cases for WebSocket servers, against the echo endpoint: the codec and limits of every other one.

PULSE_KOSOKU names the `kosoku` command. Groups 12 and 13 need compression, which is never negotiated.
"""

import json
import os
import shutil
import subprocess

import pytest

from harness import Pulsed
from support.pulsed import binary

KOSOKU = os.environ.get("PULSE_KOSOKU") or shutil.which("kosoku")
GROUPS = [1, 2, 3, 4, 5, 6, 7, 9, 10]
CASES = 301

pytestmark = [
    pytest.mark.skipif(not KOSOKU, reason="needs kosoku: pip install kosoku==0.1.0"),
    pytest.mark.skipif(not binary().exists(), reason="needs the server: swift build -c release"),
]


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
