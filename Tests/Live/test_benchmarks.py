"""The short form of `Benchmarks/run`: every row runs and is written down. Nothing is said of how fast."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from support.pulsed import REPOSITORY


def benchmarks(*arguments, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, REPOSITORY / "Benchmarks/targets.py", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300)


@pytest.mark.examples
def test_every_row_runs_and_is_written_down(tmp_path):
    done = benchmarks("--short", "--output", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((tmp_path / "figures.json").read_text())["rows"]
    names = [line.split()[0] for line in benchmarks("--list").stdout.splitlines() if not line.startswith("http")]
    assert list(rows) == names and len(names) == 13
    for name, row in rows.items():
        assert row["lines"] and all(line["ours"]["values"] for line in row["lines"]), name
        assert ElementTree.parse(tmp_path / f"{name}.svg").findall("{*}rect[@class='ours']"), name
    table = (tmp_path / "table.md").read_text()
    assert all(row["work"] in table for row in rows.values())


def test_a_broken_run_is_a_failure(tmp_path):
    program = tmp_path / "pulsed"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    done = benchmarks("--short", "--only", "start", "--output", tmp_path, PULSED=str(program))
    assert done.returncode == 1 and "start: pulsed did not become ready" in done.stderr
    assert "the run broke" in (tmp_path / "table.md").read_text()


@pytest.mark.parametrize(("report", "complaint"), [
    ({"skipped": 2}, "skipped: 2"),
    ({"rates": [{"skipped": 0}, {"order_violations": 3}]}, "order_violations: 3"),
    ({"highest_rate": 1.5, "rates": [{"skipped": 2}]}, ""),
])
def test_every_rate_must_have_done_its_work_but_those_of_a_search(tmp_path, report, complaint):
    program = tmp_path / "pulsed"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(report)}'\n")
    program.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", "import targets, bench; bench.drive('fanout', url='ws://nowhere')"],
        env={**os.environ, "PULSED": str(program), "PYTHONPATH": REPOSITORY / "Benchmarks"}, capture_output=True, text=True)
    assert complaint in done.stderr and done.returncode == (1 if complaint else 0), done.stderr
