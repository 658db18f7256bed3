"""The smallest FastAPI site that runs fastapi-offline-sync."""

import os

from fastapi import FastAPI, Header, HTTPException
from fastapi_offline_sync import SyncConfig, SyncRouter


async def user(authorization: str = Header(default="")) -> dict[str, str]:
    """The bearer token is the id of the user."""
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer" or not token:
        raise HTTPException(401, "no bearer token")
    return {"user_id": token}


application = FastAPI()
application.include_router(
    SyncRouter(
        SyncConfig(
            mongodb_uri=os.environ["OFFLINE_SYNC_URI"],
            database_name=os.environ["OFFLINE_SYNC_DATABASE"],
            collections=("task",),
            jwt_dependency=user,
            batch_atomic=True,
            use_transactions=True,
            # Metrics cost it two more counts for every change.
            metrics_enabled=False,
            # Versions are keys of its log: each process needs a name of its own.
            hlc_node_id=os.environ["OFFLINE_SYNC_NODE"],
        )
    )
)
