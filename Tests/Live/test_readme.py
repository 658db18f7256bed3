"""What the README tells a newcomer to run, run."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from harness import Pulsed
from support.pulsed import REPOSITORY, binary

README = (REPOSITORY / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The fenced blocks of the README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(*command: str, timeout: float = 20) -> subprocess.CompletedProcess:
    """Runs a command in the repository, as a reader of the README would."""
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def test_first_conversation_prints_the_ack_and_the_update(tmp_path):
    conversation = blocks("python")[0]
    assert ":8080/" in conversation, "the port that the test replaces"
    with Pulsed(tmp_path / "store.db") as server:
        done = run(sys.executable, "-c", conversation.replace(":8080/", f":{server.port}/"))
    printed = [line.split(":", 1) for line in done.stdout.splitlines()]
    assert [name for name, _ in printed] == ["phone", "tablet"], done.stdout
    ack, update = (json.loads(frame) for _, frame in printed)
    assert (ack["type"], ack["table"], ack["status"]) == ("SYNC_ACK_INDIVIDUAL", "task", "SUCCESS")
    assert (update["type"], update["data"]["model"]) == ("SYNC_UPDATE", "task")
    assert update["data"]["sync_id"] == ack["sync_id"]
    assert update["data"]["data"]["title"] == "Buy milk"


def test_the_commands_of_the_http_api_work(tmp_path):
    [commands] = blocks("bash")
    with Pulsed(tmp_path / "store.db") as server:
        done = run("bash", "-ec", commands.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}"))
    push, pull, line = done.stdout.replace("}{", "}\n{").splitlines()
    [result], [change] = json.loads(push)["results"], json.loads(pull)["changes"]
    assert result["status"] == "accepted"
    assert (change["version"], change["data"]["title"]) == (result["new_version"], "Buy milk")
    assert json.loads(line)["data"] == change["data"]


def test_the_session_view_is_the_one_that_is_tested():
    view = (REPOSITORY / "Tests/Live/session_site/pulse.py").read_text()
    assert view.endswith("\n\n" + blocks("python")[1])


def test_the_commands_about_tokens_work(tmp_path):
    (tmp_path / "secret").write_text("of more than thirty-two bytes, and of no use elsewhere\n")
    [mint, check] = [
        line for block in blocks("sh") for line in block.splitlines() if line.startswith(".build/release/pulsed token")]
    for line in (mint, check):
        line = line.replace(".build/release/pulsed", str(binary().resolve()))
        done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "17" in done.stdout and "team" in done.stdout


def test_scripts_are_there_and_may_be_executed():
    lines = [shlex.split(line, comments=True) for block in blocks("sh") for line in block.splitlines()]
    # A variable may stand before the command.
    commands = [next(word for word in words if not re.match(r"[A-Z_]+=", word)) for words in lines if words]
    assert "Scripts/serve" in commands and "Scripts/test" in commands
    assert [command for command in commands if not os.access(REPOSITORY / command, os.X_OK)] == []


@pytest.mark.parametrize("arguments, said", [
    (["--help"], "serve"),
    (["serve", "--help"], "--port"),
    (["schema", "check", "Examples/schema.yaml"], "Examples/schema.yaml"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_command_works(arguments, said):
    assert said in run(str(binary()), *arguments).stdout


@pytest.mark.examples
def test_the_cluster_example_shows_changes_crossing():
    # It builds first, and waits for that until whoever else builds or tests here is done.
    done = run("Examples/cluster/run", timeout=900)
    assert done.stdout.count('{"status":"ready",') == 2, done.stdout
