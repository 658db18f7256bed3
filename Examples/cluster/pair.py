"""A phone and a tablet of one user, at different workers: a change crosses from each to the other."""

import asyncio
import json
import sys
import uuid

import websockets


async def update_of(socket, sync_id: str) -> dict:
    async with asyncio.timeout(10):
        while True:
            message = json.loads(await socket.recv())
            if message["type"] == "SYNC_UPDATE" and message["data"]["sync_id"] == sync_id:
                return message["data"]


async def cross(name: str, writer, reader) -> None:
    task = {"sync_id": str(uuid.uuid4()), "version": 0, "title": f"from the {name}"}
    await writer.send(json.dumps({"type": "SYNC_UPLOAD", "table": "task", "payload": task}))
    update = await update_of(reader, task["sync_id"])
    print(f"crossed as version {update['version']}: {update['data']['title']}")


async def connect(url: str):
    """A connection that asks for all it has missed; nginx may need a moment to be there."""
    for _ in range(100):
        try:
            device = await websockets.connect(url)
            break
        except OSError:
            await asyncio.sleep(0.05)
    else:
        raise SystemExit(f"nobody answers at {url}")
    await device.send(json.dumps({"type": "SYNC_REQUEST_DELTA", "table": "task", "last_version": 0}))
    return device


async def main(url: str) -> None:
    phone, tablet = await connect(url), await connect(url)
    await cross("phone", phone, tablet)
    await cross("tablet", tablet, phone)
    await phone.close()
    await tablet.close()


asyncio.run(main(sys.argv[1]))
