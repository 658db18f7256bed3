"""What django-pulse does that no conversation can show, as this server has no such state to compare with."""

import asyncio
import uuid

import pytest

from harness import Client, Closed


def test_its_delta_dies_on_a_decimal(django_pulse):
    async def converse():
        item = {"sync_id": str(uuid.uuid4()), "user_id": 1, "name": "A", "price": "9.99"}
        async with await Client.connect(django_pulse.url(1)) as client:
            await client.send({"type": "SYNC_UPLOAD", "table": "item", "payload": item})
            ack, push = await client.receive(2)
            assert ack["status"] == "SUCCESS"
            assert push["data"]["data"]["price"] == "9.99"
            await client.send({"type": "SYNC_REQUEST_DELTA", "table": "item", "last_version": 0})
            await client.receive_one()

    with pytest.raises(Closed):
        asyncio.run(converse())
