"""What is done to a cluster under load. A fault is over when its function returns, and says whether it took place."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Awaitable, Callable, Iterator

from redis.asyncio import Redis as RedisClient

from .cluster import Cluster, Worker
from .device import Device
from .proxy import Mangling, Rule


@dataclass
class Scene:
    cluster: Cluster
    devices: list[Device]
    rng: Random
    #: Seconds that Redis stands still.
    pause: float
    #: Seconds within which a fault takes place that comes alone. While others go on it may not.
    patience: float = 60

    async def some_time(self, longest: float) -> None:
        await asyncio.sleep(self.rng.uniform(longest / 4, longest))

    async def until(self, condition: Callable[[], bool], again: Callable[[], Awaitable] | None = None) -> bool:
        """Whether it has become true within the patience; `again` is done at once, and then once a second."""
        deadline, due = time.monotonic() + self.patience, time.monotonic()
        while not condition() and time.monotonic() < deadline:
            if again and time.monotonic() >= due:
                await again()
                due = time.monotonic() + 1
            await asyncio.sleep(0.02)
        return condition()


Fault = Callable[[Scene], Awaitable[bool]]


# Redis itself


async def redis_killed(scene: Scene) -> bool:
    scene.cluster.redis.kill9()
    await scene.some_time(1.5)
    await scene.cluster.start_redis()
    return True


async def redis_paused(scene: Scene) -> bool:
    """It takes connections, as the kernel does that, and answers nothing."""
    os.kill(scene.cluster.redis.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(scene.pause)
    finally:
        os.kill(scene.cluster.redis.pid, signal.SIGCONT)
    return True


async def subscribers_killed(scene: Scene) -> bool:
    killed = 0
    async with RedisClient(port=scene.cluster.redis_port) as redis:

        async def kill() -> None:
            nonlocal killed
            killed += await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

        for _ in range(5):
            await kill()
            await scene.some_time(0.3)
        # They may still be on their way back from the fault before.
        return await scene.until(lambda: killed > 0, kill)


async def buffers_limited(scene: Scene) -> bool:
    """Subscribers are cut off that have more than 64 KiB before them, by uploads that are larger."""
    limit, redis_process = "client-output-buffer-limit", scene.cluster.redis

    def cut_off() -> int:
        return redis_process.log().count("output buffer limits")

    before = cut_off()
    async with RedisClient(port=scene.cluster.redis_port) as redis:
        await redis.config_set(limit, "pubsub 65536 32768 1")
        writers = [device for device in scene.devices if not (device.reads_only or device.flaps)]

        async def burst() -> None:
            for device in scene.rng.sample(writers, min(5, len(writers))):
                device.burst()

        try:
            # What is published while the subscribers are still on their way back cuts off nobody.
            return await scene.until(lambda: cut_off() > before, burst)
        finally:
            await redis.config_set(limit, "pubsub 33554432 8388608 60")


# The way to it


@contextmanager
def rules(workers: list[Worker], make: Callable[[], Rule]) -> Iterator[list[Rule]]:
    made = [make() for _ in workers]
    for worker, rule in zip(workers, made):
        worker.proxy.rules.append(rule)
    try:
        yield made
    finally:
        for worker, rule in zip(workers, made):
            worker.proxy.rules.remove(rule)


async def publications_lost(scene: Scene) -> bool:
    """PUBLISH reaches nobody."""
    lost = 0

    def lose(value: bytes) -> list[bytes]:
        nonlocal lost
        lost += is_publication(value)
        return [] if is_publication(value) else [value]

    with rules(scene.cluster.workers, lambda: lose):
        await scene.some_time(2)
        return await scene.until(lambda: lost > 0)


async def messages_mangled(scene: Scene) -> bool:
    with rules(scene.cluster.workers, lambda: Mangling(scene.rng)) as made:
        await scene.some_time(2)
        return await scene.until(
            lambda: all(sum(counts) for counts in zip(*((rule.dropped, rule.doubled, rule.swapped) for rule in made))))


async def network_swallows(scene: Scene) -> bool:
    """Nothing passes between some worker and Redis, and nothing is closed."""
    proxy = scene.rng.choice(scene.cluster.workers).proxy
    proxy.is_open.clear()
    try:
        await scene.some_time(scene.pause)
    finally:
        proxy.is_open.set()
    return True


# The workers


async def worker_killed(scene: Scene) -> bool:
    worker = scene.rng.choice(scene.cluster.workers)
    worker.kill9()
    await scene.some_time(1)
    await worker.start()
    return True


async def worker_killed_before_publishing(scene: Scene) -> bool:
    """Killed when its commit is durable, with the first byte of its publication on the way and nowhere else."""
    worker = scene.rng.choice(scene.cluster.workers)
    is_killed = False

    def kill(value: bytes) -> list[bytes]:
        nonlocal is_killed
        if not is_publication(value):
            return [value]
        if not is_killed:
            worker.kill9()
        is_killed = True
        return []

    with rules([worker], lambda: kill):
        if not await scene.until(lambda: is_killed):
            return False
    await scene.some_time(1)
    await worker.start()
    return True


def is_publication(value: bytes) -> bool:
    return value.split(b"\r\n", 3)[2] == b"PUBLISH"


OF_REDIS: list[Fault] = [redis_killed, redis_paused, subscribers_killed, buffers_limited]
OF_THE_WAY: list[Fault] = [publications_lost, messages_mangled, network_swallows]
OF_WORKERS: list[Fault] = [worker_killed, worker_killed_before_publishing]
EVERY: list[Fault] = [*OF_REDIS, *OF_THE_WAY, *OF_WORKERS]
