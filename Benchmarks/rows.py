"""The rows of the table, one function each: starts what it needs, runs the work in turns, returns its lines.

Each takes the shared `Bench` and has its work as its docstring."""

import os
import socket
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

from harness import free_port
from bench import Bench, BrokenRun, as_user, drive
from lines import Figure, Line, compare, limit
from peers.floors import Broadcaster
from peers.nchan import Nchan
from support.pulsed import serve
from support.tokens import ARGUMENTS, ENVIRONMENT, SECRET

RECORDS = "records/s"
#: Of a store that is filled, and has nothing yet.
FILL = ["--repeat", 1, "--quiet", 1]


def batches(bench: Bench) -> list[Line]:
    """batches of 50 on 8 connections, durable"""
    def run(server):
        return lambda number: drive(
            "upload", "--connections", 8, "--batch", 50, *bench.timed, *as_user(server, 100 + number), server=server)

    seconds = bench.sizes.seconds
    with bench.pulsed() as pulsed, bench.djangos() as djangos:
        runs = bench.turns({
            "ours": run(pulsed),
            **{name: run(server) for name, server in djangos.items()},
            # All that 8 connections can have waiting, each upload alone, and the most that the server takes at a time.
            "400": lambda _: bench.floor.commits(seconds, 400),
            "50": lambda _: bench.floor.commits(seconds, 50),
            "4000": lambda _: bench.floor.commits(seconds, 4000),
        })
    rates = {name: Figure.of(side, "records_per_second", RECORDS) for name, side in runs.items()}
    ours = rates["ours"]
    return [
        compare(ours, "raw SQLite, commits of 400", rates["400"], "≥ 60 % of the floor", at_least=0.6),
        *[compare(ours, name, rates[name], "≥ 80 ×", at_least=80) for name in djangos],
        compare(ours, "raw SQLite, commits of 50", rates["50"]),
        compare(ours, "raw SQLite, commits of 4,000", rates["4000"]),
    ]


def singles(bench: Bench) -> list[Line]:
    """single records, 64 connections"""
    def run(server):
        return lambda number: drive(
            "upload", "--connections", 64, "--single", "--batch", 1, *bench.timed, *as_user(server, 200 + number),
            server=server)

    with bench.pulsed() as pulsed, bench.djangos() as djangos:
        runs = bench.turns({"ours": run(pulsed), **{name: run(server) for name, server in djangos.items()}})
    rates = {name: Figure.of(side, "records_per_second", RECORDS) for name, side in runs.items()}
    return [
        *[compare(rates["ours"], name, rates[name], "≥ 25 ×", at_least=25) for name in djangos],
        limit(Figure.of(runs["ours"], "ack_p99_ms", "ms, p99"), "p99 ≤ 20 ms", at_most=20),
    ]


def single_quiet(bench: Bench) -> list[Line]:
    """one record, one connection, quiet"""
    with bench.pulsed() as pulsed:
        runs = bench.turns({
            "ours": lambda number: drive(
                "upload", "--connections", 1, "--single", "--batch", 1, *bench.timed, *as_user(pulsed, 300 + number),
                server=pulsed),
            "floor": lambda _: bench.floor.trip(bench.sizes.seconds),
        })
    return [compare(
        Figure.of(runs["ours"], "ack_p50_ms", "ms, p50"), "raw SQLite commit and a loopback round trip",
        Figure.of(runs["floor"], "p50_ms", "ms, p50"), "p50 ≤ 2 × the floor", at_most=2)]


def fanout(bench: Bench) -> list[Line]:
    """fan-out, 1,000 connections of one scope, 100–500 pushes/s"""
    sizes = bench.sizes
    common = ["--connections", sizes.fanout_connections, *bench.fanned]
    rates = ["--rates", ",".join(map(str, sizes.rates))]
    with bench.pulsed() as pulsed:
        sides = {"ours": lambda _: drive("fanout", *common, *rates, server=pulsed)}
        if not Nchan.is_installed():
            runs = bench.turns(sides)
        else:
            with Nchan(bench.directory / "nchan") as nchan:
                sides["nchan"] = lambda _: drive(
                    "fanout", *common, *rates, "--publish", nchan.publish, url=nchan.url)
                runs = bench.turns(sides)
    lines = []
    for index, rate in enumerate(sizes.rates):
        side = {name: [run["rates"][index] for run in found] for name, found in runs.items()}
        ours = Figure.of(side["ours"], "latency_p99_ms", f"ms, p99 at {rate}/s")
        lines.append(limit(
            Figure.of(side["ours"], "lost", f"lost at {rate}/s"), "no loss", at_most=0))
        lines.append(limit(ours, "p99 ≤ 25 ms", at_most=25))
        if "nchan" in side:
            lost = sum(run["lost"] for run in side["nchan"])
            theirs = Figure.of(side["nchan"], "latency_p99_ms", "ms, p99" + (f", {lost} lost" if lost else ""))
            lines.append(compare(ours, "nchan", theirs, "p99 ≤ nchan's", at_most=1))
    return lines


def fanout_highest(bench: Bench) -> list[Line]:
    """the highest rate of that fan-out: no loss, p99 within a second"""
    common = ["--connections", bench.sizes.fanout_connections, *bench.fanned, "--find-highest"]
    ours, theirs = bench.sizes.search
    with bench.pulsed() as pulsed, bench.djangos(postgresql=False) as djangos:
        [(name, django)] = djangos.items()
        runs = bench.turns({
            "ours": lambda _: drive("fanout", *common, "--rate", ours, server=pulsed),
            "theirs": lambda _: drive("fanout", *common, "--rate", theirs, "--with-user-id", server=django),
        }, rounds=min(bench.sizes.rounds, 3))
    return [compare(
        Figure.of(runs["ours"], "highest_rate", "pushes/s"), name,
        Figure.of(runs["theirs"], "highest_rate", "pushes/s"), "≥ 100 × django-pulse's highest rate", at_least=100)]


def fanout_many(bench: Bench) -> list[Line]:
    """fan-out, 10,000 connections, 5 pushes/s"""
    sizes = bench.sizes
    arguments = ["--connections", sizes.many_connections, "--rate", sizes.many_rate, "--timeout", 60, *bench.fanned]
    with bench.pulsed() as pulsed, Broadcaster(bench.directory) as broadcaster:
        runs = bench.turns({
            "ours": lambda _: drive("fanout", *arguments, server=pulsed),
            "floor": lambda _: drive("fanout", *arguments, url=broadcaster.url),
        })
    return [compare(
        Figure.of(runs["ours"], "latency_p99_ms", "ms, p99"), "raw NIO broadcaster",
        Figure.of(runs["floor"], "latency_p99_ms", "ms, p99"), "p99 ≤ 1.15 × the broadcaster's", at_most=1.15)]


def delta(bench: Bench) -> list[Line]:
    """delta of 1,000,000 records to one client"""
    store, records = bench.store("large"), bench.sizes.large_delta
    with bench.pulsed(store) as pulsed:
        drive("delta", "--records", records, *FILL, server=pulsed)
    theirs = bench.sizes.django_delta
    with bench.django() as django:
        drive("delta", "--records", 1, *FILL, *as_user(django, 7, of_one=True), server=django)
        fill_django(django.log_path.with_name("reference.db"), theirs)

        def ours(_: int) -> dict:
            # A fresh process, so that its memory is what this work made it take.
            with bench.pulsed(store) as server:
                report = drive("delta", "--records", records, "--repeat", 1, server=server, pid=True)
            return {**report, **complete(report)}

        runs = bench.turns({
            "ours": ours,
            "theirs": lambda _: complete(drive(
                "delta", "--records", theirs, "--repeat", 1, "--quiet", 60, *as_user(django, 7, of_one=True),
                server=django)),
        })
    bench.remove(store)
    rate = Figure.of(runs["ours"], "records_per_second", RECORDS)
    growth = Figure("MiB", [(run["server_rss_peak_kib"] - run["server_rss_before_kib"]) / 1024 for run in runs["ours"]])
    return [
        limit(rate, "≥ 300,000 records/s", at_least=300_000),
        compare(
            rate, f"django-pulse, SQLite, {theirs:,} records",
            Figure.of(runs["theirs"], "records_per_second", RECORDS), "≥ 15 ×", at_least=15),
        limit(growth, "memory grows by ≤ 32 MiB", at_most=32),
        limit(Figure.of(runs["ours"], "first_record_ms", "ms to the first record"), "≤ 20 ms", at_most=20),
    ]


def complete(report: dict) -> dict:
    """The one reading of a report, which must be whole."""
    [reading] = report["runs"]
    if reading["complete"] != "yes" or reading["order_violations"]:
        raise BrokenRun(f"The delta is not whole: {reading}")
    return reading


def fill_django(file: Path, count: int) -> None:
    """Makes so many of the newest record: django-pulse would take many minutes."""
    with sqlite3.connect(file, timeout=20) as database:
        cursor = database.execute("SELECT * FROM tasks_task ORDER BY id DESC LIMIT 1")
        columns = [column[0] for column in cursor.description]
        template = dict(zip(columns, cursor.fetchone()))
        rows = [
            tuple({**template, "id": template["id"] + number, "version": template["version"] + number,
                   "sync_id": uuid.uuid4().hex}[name] for name in columns)
            for number in range(1, count)]
        marks = ",".join("?" * len(columns))
        database.executemany(f"INSERT INTO tasks_task ({','.join(columns)}) VALUES ({marks})", rows)
        database.execute("UPDATE django_pulse_globalsyncsequence SET last_version = last_version + ?", (count,))
    database.close()


def recent(bench: Bench) -> list[Line]:
    """delta of 100 new records"""
    sizes = bench.sizes
    with bench.pulsed() as large, bench.pulsed() as small:
        for server, records in [(large, sizes.large_delta), (small, sizes.small_delta)]:
            drive("delta", "--records", records, *FILL, server=server)
        runs = bench.turns({
            name: lambda _, server=server, records=records: drive(
                "delta", "--records", records, "--behind", 100, "--repeat", sizes.asks, server=server)
            for name, server, records in [
                ("large", large, sizes.large_delta), ("small", small, sizes.small_delta)]})
    return [compare(
        Figure.of(runs["large"], "median_ms", f"ms, p50, of {sizes.large_delta:,}"),
        f"the same, of {sizes.small_delta:,} stored", Figure.of(runs["small"], "median_ms", "ms, p50"), "≤ 1.3 ×",
        at_most=1.3)]


def crowd(bench: Bench) -> list[Line]:
    """100 clients asking for 10,000 records each at once, while 5,000 records/s are uploaded"""
    sizes = bench.sizes
    with bench.pulsed() as pulsed:
        runs = bench.turns({"ours": lambda _: drive(
            "crowd", "--clients", sizes.crowd, "--records", sizes.crowd_records, "--rate", 5000, *bench.timed,
            server=pulsed)}, rounds=min(sizes.rounds, 3))["ours"]
    crowded, quiet = (Figure.of(runs, f"{when}_p99_ms", "ms, p99") for when in ["crowded", "quiet"])
    slowest = Figure("× the median client, the slowest", [
        run["client_slowest_ms"] / max(run["client_median_ms"], 1e-9) for run in runs])
    return [
        compare(crowded, "the same, quiet", quiet, "uploads' p99 ≤ 3 × its quiet value", at_most=3),
        limit(Figure.of(runs, "starved", "clients without all records"), "no client starves", at_most=0),
        limit(slowest, "≤ 3 ×", at_most=3),
        Line("", Figure.of(runs, "longest_silence_ms", "ms, the longest that a client waited for a record")),
    ]


def idle(bench: Bench) -> list[Line]:
    """18,000 idle connections on one process"""
    def run(_: int) -> dict:
        with bench.pulsed() as server:
            return drive("idle", "--connections", bench.sizes.idle, "--timeout", 60, "--hold",
                         min(bench.sizes.seconds, 5), server=server, pid=True)

    runs = bench.turns({"ours": run}, rounds=min(bench.sizes.rounds, 3))["ours"]
    return [limit(Figure.of(runs, "kib_per_connection", "KiB each"), "≤ 10 KiB resident each", at_most=10)]


def connects(bench: Bench) -> list[Line]:
    """connects with HS256 tokens"""
    secret = bench.directory / "secret"
    secret.write_text(SECRET)
    with bench.pulsed(None, *ARGUMENTS, auth="jwt", env=ENVIRONMENT) as server:
        runs = bench.turns({"ours": lambda _: drive(
            "connect", "--connections", bench.sizes.idle, "--at-once", 100, "--token-secret", secret, "--timeout", 60,
            server=server)})["ours"]
    return [limit(Figure.of(runs, "opened_per_second", "connects/s"), "≥ 2,000 connects/s", at_least=2000)]


def start(bench: Bench) -> list[Line]:
    """start, empty store"""
    runs = bench.turns({"ours": lambda _: measure_start(bench)}, rounds=bench.sizes.starts)["ours"]
    return [
        limit(Figure.of(runs, "ready_ms", "ms to ready"), "≤ 200 ms", at_most=200),
        limit(Figure.of(runs, "resident_mib", "MiB resident"), "≤ 40 MiB", at_most=40),
    ]


def measure_start(bench: Bench) -> dict:
    """From starting the process to its first answer that it is ready."""
    store, port = bench.store("start"), free_port()
    began = time.monotonic()
    process = subprocess.Popen(serve(store, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() > began + 20:
                raise BrokenRun("pulsed did not become ready")
            time.sleep(0.001)
        took = time.monotonic() - began
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    finally:
        process.terminate()
        process.wait(20)
        bench.remove(store)
    return {"ready_ms": took * 1e3, "resident_mib": pages * os.sysconf("SC_PAGE_SIZE") / 2**20}


def is_ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 200"
    except ConnectionRefusedError:
        return False


def mixed(bench: Bench) -> list[Line]:
    """a day of mixed use by 5,000 phones, compressed to 10 minutes"""
    with bench.pulsed() as server:
        # What goes wrong is a finding.
        run = drive(
            "mixed", "--phones", bench.sizes.phones, "--users", bench.sizes.phones // 3, "--duration",
            bench.sizes.mixed_seconds, server=server, pid=True, may_fail=True)
    figures = {
        key: Figure.of([run], key, name) for key, name in [
            ("findings", "findings"), ("silences", "silences"), ("refusals", "refusals"), ("dropped", "changes dropped"),
            ("ack_p99_drift", "× ack p99, evening by morning"), ("push_p99_drift", "× push p99, evening by morning")]}
    growth = Figure("MiB in the 2nd half", [run["rss_growth_kib"] / 1024])
    return [
        limit(figures["findings"], "zero findings", at_most=0),
        *[limit(figures[key], "none", at_most=0) for key in ["silences", "refusals", "dropped"]],
        limit(growth, "flat memory: ≤ 16 MiB", at_most=16),
        limit(figures["ack_p99_drift"], "no latency drift: ≤ 1.5 ×", at_most=1.5),
        limit(figures["push_p99_drift"], "no latency drift: ≤ 1.5 ×", at_most=1.5),
    ]


ROWS = [
    batches, singles, single_quiet, fanout, fanout_highest, fanout_many, delta, recent, crowd, idle, connects, start,
    mixed]
