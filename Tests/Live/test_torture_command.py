"""`pulsed torture` finds what is wrong with servers that are wrong, and nothing with those that are not."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import Pulsed
from reliability.servers import MOCK
from support.certificates import Certificates
from support.pulsed import binary
from support.tokens import SECRET

POWER = MOCK.with_name("power.py")
#: Runs a command that a signal ends 2 s later.
MORTAL = ("import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); signal.alarm(2); "
          "os.execv(sys.argv[1], sys.argv[1:])")


def torture(*arguments: str, status: int | None = None) -> dict:
    """Its report; None as `status` takes whatever it ends with, short of not being able to run."""
    command = [str(binary().resolve()), "torture", "--json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == status or status is None and done.returncode in (0, 1), said
    report = json.loads(done.stdout)
    assert (report["findings"] > 0) == (done.returncode == 1), said
    print({key: value for key, value in report.items() if key != "examples"})
    return report


def mock(directory: Path, *defects: str, workers: int = 1, has_power: bool = True) -> list[str]:
    store = directory / "store.db" if has_power else "{store}"
    orders = "".join(f" --defect {defect}" for defect in defects)
    command = f"{sys.executable} {MOCK} --store sqlite:{store} --port {{port}}{orders}"
    if not has_power:
        command = f"{sys.executable} {POWER} {directory / 'machine'} {command}"
    return ["--worker", command, "--workers", str(workers), "--log", str(directory / "log"), "--seed", "7",
            "--phones", "40", "--users", "8", "--simple-cursors", "0"]


KILLS = ["--fault", "worker-kill", "--events", "3", "--fault-every", "0.2", "--rate", "300"]
CUTS = ["--fault", "cut", "--events", "10", "--fault-every", "0.05", "--rate", "300"]
# Chance decides when a defect shows. What is seen under load ends the run, and that may go on for long without it.
UNTIL_FOUND_BY_KILLS = [*KILLS[:3], "60", *KILLS[4:]]
UNTIL_FOUND_BY_CUTS = [*CUTS[:3], "300", *CUTS[4:]]
UNTIL_FOUND = ["--duration", "25"]
# What is lost is seen in the end alone.
MANY_KILLS = [*KILLS[:3], "24", *KILLS[4:]]


def injected(report: dict) -> dict[str, int]:
    return {fault["bench"]: fault["injected"] for fault in report["faults"]}


@pytest.mark.parametrize(
    ("workers", "load"), [(1, KILLS), (1, CUTS), (2, ["--duration", "1.5"])], ids=["killed", "cut", "two"])
def test_a_sound_server_passes(tmp_path, workers, load):
    report = torture(*mock(tmp_path, workers=workers), *load, status=0)
    assert report["acked"] > 100
    assert report["examples"] == []
    assert list(injected(report).values()) == ([int(load[3])] if "--fault" in load else [])


# What a defect breaks is seen in one way or another, and the first ends the run.
VERSIONS = {"vanished", "reused", "order", "torn", "overwritten", "skipped", "lost"}


@pytest.mark.parametrize(
    ("defect", "workers", "load", "rules"),
    [
        ("ack-before-commit", 1, MANY_KILLS, {"lost"}),
        ("push-before-commit", 1, UNTIL_FOUND_BY_KILLS, VERSIONS),
        ("reuse-after-restart", 1, UNTIL_FOUND_BY_KILLS, VERSIONS),
        ("version-outside-transaction", 2, [*UNTIL_FOUND, "--rate", "600"], VERSIONS),
        ("lose-one-acked", 1, ["--duration", "2"], {"lost"}),
        ("repeat-takes-version", 1, UNTIL_FOUND_BY_CUTS, {"repeated"}),
        ("cursor-over-gap", 2, ["--duration", "3"], {"skipped"}),
        ("drop-publication", 1, ["--duration", "7", "--rate", "600"], {"skipped"}),
        ("no-scope-filter", 1, UNTIL_FOUND, {"leaked"}),
    ],
)
def test_it_finds(tmp_path, defect, workers, load, rules):
    report = torture(*mock(tmp_path, defect, workers=workers), *load, "--first", "--patience", "1", status=1)
    assert rules & {rule for rule in rules if report[rule]}
    example = next(each for each in report["examples"] if each["bench"] in rules)
    assert example["seed"] == "7"
    assert example["line_0"], "a finding without its history"


@pytest.mark.parametrize(("defects", "status"), [((), 0), (("synchronous-normal",), 1)], ids=["sound", "not-synced"])
def test_power_cuts_tell_commits_that_are_not_synced(tmp_path, defects, status):
    load = ["--fault", "worker-kill", "--events", "3", "--fault-every", "0.1", "--rate", "300", "--patience", "1"]
    report = torture(*mock(tmp_path, *defects, has_power=False), *load, status=status)
    assert injected(report) == {"worker-kill": 3}
    assert bool(report["lost"] + report["vanished"]) == bool(defects)


def test_django_pulse_loses_what_it_is_known_to_lose(django_pulse):
    # A repeated upload is a conflict, pushes come in the middle of a delta, and those to a busy client are dropped.
    unseen = {"refused", "order", "skipped"}
    for seed in range(7, 14):
        report = torture(
            "--url", f"ws://127.0.0.1:{django_pulse.port}/ws/pulse/sync/", "--with-user-id", "--no-clocks", "--phones",
            "20", "--users", "1", "--rate", "300", "--fault", "cut", "--events", "2", "--fault-every", "0.3",
            "--patience", "1", "--seed", seed)
        assert injected(report) == {"cut": 2}
        # What of it a cut brings to light is chance.
        unseen -= {rule for rule in unseen if report[rule]}
        if not unseen:
            break
    assert not unseen


def test_a_deployment_behind_tls_is_tortured_through_a_network_that_fails(tmp_path):
    secret, certificates = tmp_path / "secret", Certificates(tmp_path / "tls")
    secret.write_text(SECRET)
    keys = ["--jwt-keys", f"HS256:file:{secret}"]
    with Pulsed(tmp_path / "store.db", *keys, *certificates.flags, auth="jwt") as server:
        report = torture(
            "--url", f"wss://127.0.0.1:{server.port}/ws/pulse/sync/", "--token-secret", secret, "--cacert",
            certificates.authority, "--phones", "40", "--users", "8", *CUTS, "--seed", "7", status=0)
    assert report["acked"] > 100
    assert injected(report) == {"cut": 10}


def test_a_server_that_ends_by_itself_is_found(tmp_path):
    options = mock(tmp_path)
    options[1] = f"{sys.executable} -c '{MORTAL}' {options[1]}"
    report = torture(*options, "--duration", "2", "--patience", "1", status=1)
    assert report["stuck"] > 0


def test_fewer_faults_than_were_asked_for_are_no_pass(tmp_path):
    report = torture(*mock(tmp_path), "--fault", "cut", "--events", "50", "--duration", "0.5", status=2)
    assert report["findings"] == 0
    assert injected(report)["cut"] < 50


def test_an_interrupted_run_leaves_no_server_running(tmp_path):
    run = subprocess.Popen([binary().resolve(), "torture", *mock(tmp_path)], stderr=subprocess.PIPE, text=True)
    log = tmp_path / "log"
    deadline = time.monotonic() + 20
    while not (log.exists() and "listening" in log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(signal.SIGTERM)
    assert run.wait(20) == 130, run.stderr.read()
    port = int(re.search(r"listening on ws://127\.0\.0\.1:(\d+)/", log.read_text())[1])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_two_workers_and_redis_lose_nothing(tmp_path):
    kinds = ["cut", "reset", "half-close", "stall", "slow", "worker-kill", "worker-stop", "redis-kill",
             "redis-connections"]
    worker = (f"{binary().resolve()} serve --host 127.0.0.1 --port {{port}} --store sqlite:{tmp_path}/store.db "
              "--auth insecure --redis redis://127.0.0.1:{redis-port}")
    redis = f"redis-server --port {{port}} --bind 127.0.0.1 --save '' --appendonly no --dir {tmp_path}"
    report = torture(
        "--worker", worker, "--workers", "2", "--redis", redis, "--log", tmp_path / "log", "--seed", "7", "--events", "1",
        "--fault-every", "0.2", *(word for kind in kinds for word in ("--fault", kind)), status=0)
    assert injected(report) == dict.fromkeys(kinds, 1)
    assert report["acked"] > 300


def test_what_cannot_run_says_so(tmp_path):
    done = subprocess.run(
        [binary().resolve(), "torture", "--worker", "true", "--log", tmp_path / "log", "--url", "ws://127.0.0.1:1/"],
        capture_output=True, text=True, timeout=20)
    assert done.returncode not in (0, 1)
    assert "Either --url or --worker" in done.stderr
