"""What the person on call sees: metrics, readiness and the log."""

import asyncio
import json
import os
import re
import signal
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from harness import Client, Closed, Pulsed, Refused
from support.pulsed import METRICS

CONVENTIONS = re.compile(r"(pulse|process|sync)_[a-z0-9_]+")


def changes(before: dict[str, float], after: dict[str, float], *names: str) -> dict[str, float]:
    """What series whose names begin so have grown by, if at all."""
    return {series: after[series] - before.get(series, 0) for series in after
            if series.startswith(names) and "_bucket" not in series and after[series] != before.get(series, 0)}


async def settled(server: Pulsed, series: str, value: float) -> None:
    async with asyncio.timeout(5):
        while (await asyncio.to_thread(server.metrics))[series] != value:
            await asyncio.sleep(0.02)


def test_a_conversation_is_counted(tmp_path):
    one, other = str(uuid.uuid4()), str(uuid.uuid4())

    async def talk(server: Pulsed) -> None:
        async with await Client.connect(server.url("ann")) as client, await Client.connect(server.url("ann")) as reader:
            for each in (client, reader):
                await each.send({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0})
            await settled(server, "pulse_deltas_total", 2)
            await settled(server, "pulse_connections_catching_up", 0)
            batch = {"type": "SYNC_BATCH_UPLOAD", "table": "task", "payloads": [
                {"sync_id": one, "version": 0, "title": "A"}, {"sync_id": other, "title": 7}]}
            await client.send(batch)
            await client.receive_until(lambda frame: frame["type"] == "BATCH_ACK")
            await client.send(batch)
            await client.receive_until(lambda frame: frame["type"] == "BATCH_ACK")
            await client.send({"type": "SYNC_UPLOAD", "table": "nothing", "payload": {"sync_id": one}})
            await client.receive_until(lambda frame: frame["type"] == "SYNC_ERROR")
            await reader.receive_until(lambda frame: frame["type"] == "SYNC_UPDATE")
            await settled(server, "pulse_delivered_version", 1)
            counted = server.metrics()
            assert counted['pulse_connections{state="websocket"}'] == 2
            assert counted["pulse_head_version"] == 1
        with pytest.raises(Refused):
            await Client.connect(server.url(""))
        await settled(server, 'pulse_connections{state="websocket"}', 0)
        await settled(server, 'pulse_connections{state="http"}', 0)

    with Pulsed(tmp_path / "store.db", *METRICS) as server:
        before = server.metrics()
        asyncio.run(talk(server))
        after = server.metrics()
    assert changes(before, after, "pulse_upload", "pulse_sync", "pulse_admissions", "pulse_deltas",
                   "pulse_store_errors", "pulse_pushes", "pulse_commit_records_sum") == {
        "pulse_uploads_total": 2,
        'pulse_upload_items_total{outcome="stored"}': 1,
        'pulse_upload_items_total{outcome="repeated"}': 1,
        'pulse_upload_items_total{outcome="failed"}': 2,
        'pulse_sync_errors_total{code="200"}': 1,
        'pulse_admissions_total{result="accepted"}': 2,
        'pulse_admissions_total{result="denied"}': 1,
        "pulse_deltas_total": 2,
        "pulse_pushes_total": 2,
        "pulse_commit_records_sum": 1,
    }
    assert after["pulse_delivery_seconds_count"] > before["pulse_delivery_seconds_count"]
    assert abs(after["process_start_time_seconds"] - time.time()) < 60
    assert 4 << 20 < after["process_resident_memory_bytes"] < 4 << 30
    assert 0 < after["process_cpu_seconds_total"] < 60
    assert 5 < after["process_open_fds"] <= after["process_max_fds"]
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    assert abs(after["pulse_store_free_bytes"] - free) < 1 << 30


def test_metrics_keep_prometheus_conventions_and_have_nothing_of_clients_in_them(tmp_path):
    with Pulsed(tmp_path / "store.db", *METRICS) as server:
        asyncio.run(a_client_named(server, "ann-the-secret"))
        text = server.exposition()
        with pytest.raises(HTTPError) as refusal:
            urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=5)
        assert refusal.value.code == 404, "not on the port that clients reach"
    # Collections are the schema's.
    assert "ann" not in text and "task" not in re.sub(r'collection="\w+"', "", text)
    families = list(text_string_to_metric_families(text))
    assert len(families) > 30
    for family in families:
        assert CONVENTIONS.fullmatch(family.name) and family.documentation.endswith("."), family.name
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples), family.name
        assert len(family.samples) <= 40 and len({(s.name, *s.labels.items()) for s in family.samples}) == len(
            family.samples), family.name


async def a_client_named(server: Pulsed, name: str) -> None:
    async with await Client.connect(server.url(name)) as client:
        await client.send({"type": "SYNC_UPLOAD", "table": "task", "payload": {"sync_id": str(uuid.uuid4())}})
        await client.receive_one()


@pytest.mark.measures
def test_a_store_that_does_not_answer_is_named_and_the_process_lives(tmp_path, secantus):
    with Pulsed(secantus.uri("readiness"), log=tmp_path / "log") as server:
        ready = {"status": "ready", "store": "ready", "bus": "ready", "disk": "not applicable"}
        assert server.readiness() == (200, ready)
        with secantus.paused():
            time.sleep(1.1)  # An answer counts for a second.
            started = time.monotonic()
            with ThreadPoolExecutor(20) as pool:
                answers = list(pool.map(lambda _: server.readiness(), range(20)))
            assert 1.5 < time.monotonic() - started < 4, "asked once for all, and not waited for longer"
            assert answers == [(503, ready | {"status": "unavailable", "store": "unavailable"})] * 20
            with urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=1) as answer:
                assert answer.read() == b"ok\n"
        server.wait_until("ready", 30)


def test_a_store_that_is_full_is_named_and_serves(tmp_path):
    ready = {"status": "ready", "store": "ready", "bus": "ready", "disk": "ready"}
    with Pulsed(tmp_path / "store.db", "--limit", "disk-free-bytes=1") as server:
        assert server.readiness() == (200, ready)
    with Pulsed(tmp_path / "store.db", "--limit", "store-bytes=1") as server:
        assert server.readiness() == (200, ready | {"status": "degraded", "disk": "degraded"})


def test_a_worker_that_is_told_to_stop_is_not_ready_but_serves_until_its_delay_is_over(tmp_path):
    async def stop(server: Pulsed) -> None:
        async with await Client.connect(server.url("ann")) as client:
            os.kill(server.pid, signal.SIGTERM)
            await asyncio.to_thread(server.wait_until, "stopping")
            assert server.readiness()[0] == 503
            async with await Client.connect(server.url("bob")) as late:
                for each in (client, late):
                    payload = {"sync_id": str(uuid.uuid4()), "title": "A"}
                    await each.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
                    ack = (await each.receive_until(lambda frame: frame["type"] == "SYNC_ACK_INDIVIDUAL"))[-1]
                    assert ack["status"] == "SUCCESS"
                for each in (client, late):
                    with pytest.raises(Closed) as closed:
                        await each.receive_until(lambda frame: False, 15)
                    assert closed.value.code == 1012
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", server.port), 1)
        assert await asyncio.to_thread(server.process.wait, 5) == 0

    with Pulsed(tmp_path / "store.db", "--drain-delay", "2") as server:
        asyncio.run(stop(server))


def test_a_second_signal_does_not_wait(tmp_path):
    with Pulsed(tmp_path / "store.db", "--drain-delay", "600") as server:
        os.kill(server.pid, signal.SIGTERM)
        server.wait_until("stopping")
        assert server.terminate(5) == 0


@pytest.mark.measures
def test_clients_are_sent_away_one_after_the_other(tmp_path):
    async def stop(server: Pulsed) -> list[float]:
        clients = [await Client.connect(server.url(str(number % 7))) for number in range(120)]
        os.kill(server.pid, signal.SIGTERM)
        started = time.monotonic()

        async def closing(client: Client) -> float:
            with pytest.raises(Closed) as closed:
                await client.receive_until(lambda frame: False, 15)
            assert closed.value.code == 1012
            return time.monotonic() - started

        times = sorted(await asyncio.gather(*map(closing, clients)))
        assert await asyncio.to_thread(server.process.wait, 5) == 0
        return times

    with Pulsed(tmp_path / "store.db", "--drain", "1") as server:
        times = asyncio.run(stop(server))
    assert times[10] < 0.5 < times[80] and 0.8 < times[-1] < 4, times
    assert max(later - sooner for sooner, later in zip(times, times[1:])) < 0.5, times


def test_the_log_is_an_object_a_line_and_has_no_tokens_in_it(tmp_path):
    async def visit(server: Pulsed) -> None:
        async with await Client.connect(server.url("the-token")):
            pass
        with pytest.raises(Refused):
            await Client.connect(server.url("") + "&x=%0Ainfo%20forged")
        await asyncio.to_thread(server.wait_for_log, "was closed", 5)

    with Pulsed(tmp_path / "store.db", "--log-format", "json", "--log-level", "debug") as server:
        asyncio.run(visit(server))
        server.terminate()
        lines = [line for line in server.log().splitlines() if not line.startswith("pulsed: ")]
    assert "the-token" not in server.log() and "forged" not in server.log()
    events = [json.loads(line) for line in lines]
    said = {event["message"]: event for event in events}
    assert said["a client was refused"]["level"] == "info"
    assert said["a client was refused"]["metadata"].keys() == {"address", "connection", "reason"}
    opened, closed = said["a WebSocket was opened"]["metadata"], said["a WebSocket was closed"]["metadata"]
    assert opened["connection"] == closed["connection"] and closed["code"] == "1000"
    assert opened["connection"] != said["a client was refused"]["metadata"]["connection"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in events)
