"""`pulsed bench`: what it prints, and what it says when the server is not as it should be."""

import json
import re
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from harness import Pulsed, free_port
from support.certificates import Certificates
from support.pulsed import binary

SHORT = ["--connections", "2", "--batch", "5", "--duration", "0.3", "--warm-up", "0.1"]
ACCEPTED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
SECRET = "0123456789abcdef0123456789abcdef"


def address(server) -> str:
    port = server if isinstance(server, int) else server.port
    return f"ws://127.0.0.1:{port}/ws/pulse/sync/"


def bench(*arguments, url=None, status=0):
    """The standard output of a run that ends with that status, or what it says on standard error."""
    command = [str(binary().resolve()), "bench", *map(str, arguments), *(["--url", url] if url else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stderr if status else done.stdout


def measured(*arguments, url):
    return json.loads(bench(*arguments, "--json", url=url))


@contextmanager
def stranger(serve):
    """A server of which `serve` does the rest of each connection, once its handshake is done."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection):
        with connection:
            connection.settimeout(20)
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096)
                connection.sendall(ACCEPTED)
                serve(connection)
            except OSError:
                pass

    def accept():
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=answer, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def swallow(connection):
    while connection.recv(65536):
        pass


def hang_up(connection):
    connection.recv(65536)


class Tags(HTMLParser):
    """Notes whether each element is closed where it must be."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_one_round_is_one_flat_object(pulsed):
    found = measured("upload", *SHORT, "--pid", pulsed.pid, url=address(pulsed))
    assert found["bench"] == "upload" and found["records_acked"] > 0 and not found["unanswered"]
    assert found["ack_p50_ms"] <= found["ack_p90_ms"] <= found["ack_p999_ms"] <= found["ack_max_ms"]
    assert found["server_rss_peak_kib"] > 1000 and "runs" not in found


def test_two_servers_work_in_turns_and_are_compared(pulsed, tmp_path):
    page = tmp_path / "report.html"
    with Pulsed(tmp_path / "peer.db") as peer:
        found = measured(
            "upload", *SHORT, "--runs", 2, "--peer", address(peer), "--report", page, "--histogram", "--pid", pulsed.pid,
            "--peer-pid", peer.pid, url=address(pulsed))
    rates = [[run["records_per_second"] for run in side["runs"]] for side in (found, found["peer"])]
    assert [len(side) for side in rates] == [2, 2]
    ratios = [ours / theirs for ours, theirs in zip(*rates)]
    assert found["ratio"]["records_per_second"] == pytest.approx(sum(ratios) / 2, abs=0.01)
    assert found["median"]["records_per_second"] == pytest.approx(sum(rates[0]) / 2, abs=0.1)
    assert found["spread"]["records_per_second"] == {"min": min(rates[0]), "max": max(rates[0])}
    run = found["runs"][0]
    assert sum(count for _, count in run["ack_histogram"]) >= run["records_acked"] / 5

    text, tags = page.read_text(), Tags()
    tags.feed(text)
    assert not tags.open and {"table", "svg", "style"} <= tags.seen and "script" not in tags.seen
    plots = [ElementTree.fromstring(plot) for plot in re.findall(r"<svg.*?</svg>", text, re.S)]
    assert len(plots) >= 5
    assert all(plot.findall(".//*[@class='line side1']") or plot.findall("rect[@class='side1']") for plot in plots)


def test_an_open_loop_charges_a_server_that_stalls_with_the_wait():
    with stranger(swallow) as port:
        found = measured(
            "upload", "--connections", 1, "--batch", 1, "--rate", 100, "--duration", 0.5, "--warm-up", 0,
            url=address(port))
    assert found["records_acked"] == 0
    assert found["unanswered"] == 50, "those that could not be sent, too"
    assert found["ack_p50_ms"] > 2000 and found["ack_max_ms"] > 2400


def test_a_server_that_hangs_up_is_told(pulsed):
    with stranger(hang_up) as port:
        found = measured("upload", *SHORT, url=address(port))
    assert found["lost_connections"] == 2 and found["unanswered"] == 2
    assert "closed" in found["first_complaint"]


@pytest.mark.parametrize("work", ["upload", "connect --connections 5", "push", "pull", "delta"])
def test_a_server_that_is_not_there_is_told(work):
    port = free_port()
    assert f"no connection to 127.0.0.1:{port}" in bench(*work.split(), url=address(port), status=1)


def test_a_peer_that_is_not_there_is_told(pulsed):
    port = free_port()
    told = bench("upload", *SHORT, "--peer", address(port), url=address(pulsed), status=1)
    assert f"In round 1 of 1, 127.0.0.1:{port}: no connection" in told


@pytest.mark.parametrize("options", [
    ["--url", "ftp://127.0.0.1/"], ["--peer", "nowhere"], ["--runs", "0"], ["--rate", "0"], ["--rate", "nan"],
    ["--peer-pid", "1"]], ids=" ".join)
def test_wrong_options_are_told(options):
    assert "Usage:" in bench("upload", *options, status=64)


def test_connections_are_opened_at_a_rate_with_signed_tokens(tmp_path):
    secret, wrong = tmp_path / "secret", tmp_path / "wrong"
    secret.write_text(SECRET)
    wrong.write_text(SECRET[::-1])
    with Pulsed(tmp_path / "store.db", "--jwt-keys", f"HS256:file:{secret}", auth="jwt") as server:
        storm = ["connect", "--connections", 60, "--rate", 200, "--hold", 0]
        found = measured(*storm, "--token-secret", secret, url=address(server))
        assert (found["opened"], found["failed"], found["lost_connections"]) == (60, 0, 0)
        assert 0 < found["handshake_p50_ms"] and found["measured_seconds"] >= 59 / 200
        told = bench(*storm, "--token-secret", wrong, url=address(server), status=1)
        assert "None of 60 connections" in told and "403" in told
        found = measured("push", *SHORT, "--token-secret", secret, url=address(server))
        assert found["changes_accepted"] > 0 and not found["failed"]


def test_a_deployment_behind_tls_is_measured(tmp_path):
    secret, certificates = tmp_path / "secret", Certificates(tmp_path / "tls")
    secret.write_text(SECRET)
    keys = ["--jwt-keys", f"HS256:file:{secret}"]
    with Pulsed(tmp_path / "store.db", *keys, *certificates.flags, auth="jwt") as server:
        sockets = f"wss://127.0.0.1:{server.port}/ws/pulse/sync/"
        entry = ["--token-secret", secret, "--cacert", certificates.authority]
        assert measured("upload", *SHORT, *entry, url=sockets)["records_acked"] > 0
        day = ["mixed", "--phones", 20, "--users", 5, "--duration", 2, "--rate", 50]
        found = measured(*day, *entry, url=sockets)
        assert found["acked"] > 0 and found["findings"] == found["failed_connections"] == 0
        found = measured("push", *SHORT, *entry, url=f"https://127.0.0.1:{server.port}")
        assert found["changes_accepted"] > 0 and not found["failed"]
        for work, url in [("upload", sockets), ("push", f"https://127.0.0.1:{server.port}")]:
            told = bench(work, *SHORT, "--token-secret", secret, url=url, status=1)
            assert "CERTIFICATE_VERIFY_FAILED" in told
    told = bench("upload", *SHORT, "--cacert", tmp_path / "nowhere", url=sockets, status=1)
    assert "nowhere cannot be read" in told
    assert "there is none" in bench("upload", *SHORT, "--cacert", certificates.authority, status=1)


def test_documents_are_pushed_and_all_of_them_pulled(pulsed):
    found = measured("push", *SHORT, "--rate", 100, url=address(pulsed))
    # No more than is due in 0.4 s, of each connection one for having begun.
    assert 0 < found["changes_accepted"] <= 5 * (100 * 0.4 + 2) and not found["changes_refused"]
    pull = ["pull", "--rows", 1001, "--limit", 100, "--connections", 2, "--user", "all-of-them"]
    found = measured(*pull, "--preload-batch", 300, url=address(pulsed))
    assert (found["rows"], found["missing"], found["pages"]) == (2002, 0, 22)
    assert measured(*pull, url=f"http://127.0.0.1:{pulsed.port}/sync")["rows"] == 2002, "nothing is pushed again"


def test_a_delta_of_the_newest_records_has_those_alone(pulsed):
    found = measured(
        "delta", "--records", 300, "--behind", 20, "--repeat", 2, "--quiet", 1, "--user", "newest",
        url=address(pulsed))
    assert [run["records"] for run in found["runs"]] == [20, 20] and not found["incomplete"]


@pytest.mark.parametrize("warm_up, told", [("0", "Interrupted."), ("30", "Interrupted: nothing was measured.")])
def test_an_interrupted_run_tells_what_it_measured(pulsed, warm_up, told):
    command = [str(binary().resolve()), "bench", "upload", "--json", "--progress", "--duration", "30", "--warm-up", warm_up,
               "--url", address(pulsed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        phase = "warming up" if warm_up != "0" else "measuring"
        for line in run.stderr:
            if phase in line and " 0 records" not in line:
                break
        began = time.monotonic()
        run.send_signal(signal.SIGINT)
        out, errors = run.communicate(timeout=20)
    assert run.returncode == 130 and errors.endswith(told + "\n") and time.monotonic() - began < 5
    if out:
        found = json.loads(out)
        assert found["records_acked"] > 0 and found["measured_seconds"] < 20
    assert bool(out) == (warm_up == "0")
