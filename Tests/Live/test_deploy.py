"""What is deployed besides the program fits the program: unit file, container, alerts and board."""

import json
import re
import shlex
import socket
import subprocess

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from harness import Pulsed
from support.pulsed import METRICS, REPOSITORY, binary

DEPLOY = REPOSITORY / "Deploy"
NAME = re.compile(r"\b(?:pulse|process)_[a-z0-9_]+")


def expressions() -> list[str]:
    """What alerts and board ask Prometheus for."""
    alerts = yaml.safe_load((DEPLOY / "prometheus-alerts.yaml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    board = json.loads((DEPLOY / "grafana.json").read_text())
    targets = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert all(rule["alert"] and rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in rules)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    return [rule["expr"] for rule in rules] + targets


def test_every_metric_that_is_asked_for_is_there(tmp_path):
    with Pulsed(tmp_path / "store.db", *METRICS) as server:
        families = list(text_string_to_metric_families(server.exposition()))
    samples = {sample.name for family in families for sample in family.samples}
    labels = {(sample.name, label, value) for family in families for sample in family.samples
              for label, value in sample.labels.items()}
    asked = expressions()
    assert len(set(NAME.findall(" ".join(asked)))) > 20
    for expression in asked:
        assert set(NAME.findall(expression)) <= samples, expression
        for name, matchers in re.findall(r"\b((?:pulse|process)_[a-z0-9_]+)\{([^}]*)\}", expression):
            for label, value in re.findall(r'(\w+)="([^"$]*)"', matchers):
                assert label == "job" or (name, label, value) in labels, expression


def settings() -> set[str]:
    """The flags of `serve`, as its help has them."""
    text = subprocess.run([binary(), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"--[a-z][a-z-]+", text))


def test_the_unit_starts_what_there_is_and_waits_long_enough():
    lines = [line for line in (DEPLOY / "pulsed.service").read_text().splitlines() if re.match(r"\w+=", line)]
    unit = dict(line.split("=", 1) for line in lines)
    command = shlex.split(unit["ExecStart"])
    assert command[1] == "serve"
    assert {word for word in command if word.startswith("--")} <= settings()
    assert unit["Type"] == "notify"
    assert int(unit["TimeoutStopSec"]) > 35, "thirty seconds for the store, and five to send clients away"


def test_the_container_sets_what_there_is():
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    flags = {f"--{name.lower().replace('_', '-')}" for name in re.findall(r"PULSE_(\w+)=", text)}
    assert flags and flags <= settings()
    assert re.search(r"^USER [1-9]\d*$", text, re.MULTILINE), "not root"
    for source in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        assert all((REPOSITORY / name).exists() for name in source.split()), source


def test_the_container_checks_its_health(tmp_path):
    text = (DEPLOY / "Dockerfile").read_text()
    command = json.loads(re.search(r"^HEALTHCHECK .*?CMD (\[.*?\])$", text, re.MULTILINE | re.DOTALL)[1])
    with Pulsed(tmp_path / "store.db") as server:
        command = [word.replace("/9090", f"/{server.port}") for word in command]
        assert subprocess.run(command, timeout=10).returncode == 0
    assert subprocess.run(command, timeout=10, stderr=subprocess.DEVNULL).returncode != 0


@pytest.mark.parametrize("is_abstract", [False, True])
def test_systemd_is_told_how_the_server_is(tmp_path, is_abstract):
    name = f"\0pulse-{tmp_path}" if is_abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name)
        manager.settimeout(10)
        env = {"NOTIFY_SOCKET": name.replace("\0", "@"), "WATCHDOG_USEC": "200000"}
        heard: list[dict[str, str]] = []

        def hear_until(key: str) -> dict[str, str]:
            while not heard or key not in heard[-1]:
                heard.append(dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines()))
            return heard[-1]

        with Pulsed(tmp_path / "store.db", env=env) as server:
            ready = hear_until("READY")
            assert ready == {"READY": "1", "STATUS": f"listening on {server.url('')}".removesuffix("?token=")}
            for _ in range(3):
                heard.clear()
                assert hear_until("WATCHDOG") == {"WATCHDOG": "1"}
            assert server.terminate() == 0
            assert hear_until("STOPPING")["STOPPING"] == "1"
