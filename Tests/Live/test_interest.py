"""A worker is sent the records of those users who are connected to it, and no others."""

import asyncio
import uuid

from redis import Redis as RedisClient

from harness import Client, Pulsed, Workers

WRITES = 20


def test_a_worker_without_a_connection_of_a_user_receives_none_of_their_records(tmp_path):
    with Workers(tmp_path, tmp_path / "store.db") as workers:
        one, two = workers.workers
        with RedisClient(port=workers.redis.port) as redis:
            asyncio.run(write_before_and_after_connecting(one, two, redis))
        for worker, commits, contents in ((one, 0, 0), (two, 2 * WRITES, WRITES)):
            worker.stop()
            counts = worker.following()
            assert (counts["received"], counts["received-scopes"]) == (commits, contents)


async def write_before_and_after_connecting(one: Pulsed, two: Pulsed, redis: RedisClient) -> None:
    async with await Client.connect(one.url("ann")) as writer, await Client.connect(two.url("bob")) as other:
        await subscribed(redis, "ann", 1)
        await subscribed(redis, "bob", 1)
        await write(writer)
        async with await Client.connect(two.url("ann")) as reader:
            await subscribed(redis, "ann", 2)
            await reader.receive_until_quiet(1.5)
            await write(writer)
            pushes = await reader.receive(WRITES)
            assert [frame["data"]["data"]["user_id"] for frame in pushes] == ["ann"] * WRITES
        assert await other.receive_until_quiet() == []


async def subscribed(redis: RedisClient, user: str, workers: int) -> None:
    """Waits until so many workers want a user's records."""
    async with asyncio.timeout(10):
        # The number of the schema stands before the scope.
        while [count for _, count in numbers_of_subscribers(redis, f"pulse:main:*:u:{user}")] != [workers]:
            await asyncio.sleep(0.01)


def numbers_of_subscribers(redis: RedisClient, pattern: str) -> list:
    channels = redis.pubsub_channels(pattern)
    return redis.pubsub_numsub(*channels) if channels else []


async def write(writer: Client) -> None:
    """One commit after the other."""
    for _ in range(WRITES):
        payload = {"sync_id": str(uuid.uuid4()), "version": 0, "title": "A"}
        await writer.send({"type": "SYNC_UPLOAD", "table": "task", "payload": payload})
        await writer.receive_until(lambda frame: frame["type"] == "SYNC_ACK_INDIVIDUAL")
