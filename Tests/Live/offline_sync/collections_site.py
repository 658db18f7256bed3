"""fastapi-offline-sync as the conversations need it: one application, a router for each way to set it up.

`/users/sync` keeps documents by user, `/business/sync` by the claim `business_id`; `/each/sync` judges each change on
its own; `/small/sync` has pages of at most three; `/gated/sync` goes live only after `GET /gated/release`."""

import asyncio
import os
from contextlib import asynccontextmanager

import jwt
from fastapi import FastAPI, Header, HTTPException
from fastapi_offline_sync import SyncConfig, SyncRouter
from fastapi_offline_sync.config import CollectionPolicy, SyncCollectionConfig

SECRET = os.environ["OFFLINE_SYNC_SECRET"]
USER_COLLECTIONS = {
    "notes": SyncCollectionConfig("notes"),
    "tasks": SyncCollectionConfig("tasks"),
    "drafts": SyncCollectionConfig("drafts", policy=CollectionPolicy("reject_update")),
    "ballots": SyncCollectionConfig("ballots", policy=CollectionPolicy("delete_wins")),
    "private": SyncCollectionConfig("private", allow_full_resync=False),
}
BUSINESS_COLLECTIONS = {name: SyncCollectionConfig(name) for name in ["inventory_items", "orders", "ledger"]}


def claims(token: str | None) -> dict:
    try:
        found = jwt.decode(token or "", SECRET, ["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, str(error)) from error
    return found | {"user_id": found["sub"]}


async def of_header(authorization: str = Header(default="")) -> dict:
    return claims(authorization.removeprefix("Bearer "))


async def of_message(token: str | None = None, scope_id: str | None = None) -> dict:
    return claims(token)


application = FastAPI()
gate = asyncio.Event()


@application.get("/gated/release")
async def release() -> None:
    gate.set()


def serve(name: str, collections: dict[str, SyncCollectionConfig], **options) -> None:
    router = SyncRouter(
        SyncConfig(
            mongodb_uri=os.environ["OFFLINE_SYNC_URI"],
            database_name=os.environ["OFFLINE_SYNC_DATABASE"],
            sync_prefix=f"/{name}/sync",
            collection_configs=collections,
            jwt_dependency=of_header,
            websocket_identity_resolver=of_message,
            metrics_enabled=False,
            hlc_node_id=name,
            **options,
        )
    )
    tell_when_live(router, asyncio.Event() if name != "gated" else gate, is_open=name != "gated")
    application.include_router(router)


def tell_when_live(router: SyncRouter, opened: asyncio.Event, is_open: bool) -> None:
    """Has the router open its change stream when it means to, not when it first waits for a change, and say so."""
    mongo = router.service._mongo
    watch = mongo.watch_oplog
    if is_open:
        opened.set()

    @asynccontextmanager
    async def watch_and_tell(*args, **options):
        await opened.wait()
        async with watch(*args, **options) as stream:
            await asyncio.to_thread(stream._lazy_init)
            print("watching", flush=True)
            yield stream

    mongo.watch_oplog = watch_and_tell


serve("users", USER_COLLECTIONS)
serve("each", USER_COLLECTIONS, batch_atomic=False)
serve("small", USER_COLLECTIONS, default_pull_limit=3, max_pull_limit=3, default_full_limit=3)
serve("gated", USER_COLLECTIONS)
serve(
    "business",
    BUSINESS_COLLECTIONS,
    scope_id_field="business_id",
    authorization_callback=lambda user, collection: collection != "ledger",
)
