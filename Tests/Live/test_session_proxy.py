"""Who a client is, as a real Django site says by the session behind the client's cookie."""

import asyncio
import re
import time
import uuid

import pytest

from harness import Client, Pulsed, Refused, StartFailure
from support.session_site import SessionSite

SCHEMA = """
models:
  - name: task
    scope: user
    fields: [{name: title, type: string, max_length: 200}]
  - name: note
    scope: {group: team}
    fields: [{name: title, type: string, max_length: 200}]
"""
CACHE = 2  # Seconds for which an answer is taken again.


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with SessionSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def server(site, tmp_path_factory):
    directory = tmp_path_factory.mktemp("session-proxy")
    (directory / "schema.yaml").write_text(SCHEMA)
    with Pulsed(directory / "store.db", "--schema", directory / "schema.yaml", "--auth-cache", str(CACHE),
                auth=site.url) as server:
        yield server


async def connect(server: Pulsed, cookie: str | None, origin: str | None = "own", query: str = "", **headers) -> Client:
    """As a browser with a cookie, on a page of the server's own unless another origin is given."""
    if origin == "own":
        origin = f"http://127.0.0.1:{server.port}"
    headers = ({"Cookie": cookie} if cookie else {}) | {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"ws://127.0.0.1:{server.port}/ws/pulse/sync/{query}"
    return await Client.connect(url, origin=origin, additional_headers=headers)


async def status(server: Pulsed, *arguments, **options) -> int:
    """The status of a handshake."""
    try:
        await (await connect(server, *arguments, **options)).close()
    except Refused as refused:
        return refused.status
    return 101


async def upload(client: Client, table: str, **fields) -> dict:
    """Uploads a record; returns the record as it comes back."""
    sync_id = str(uuid.uuid4())
    payload = {"sync_id": sync_id, "version": 0, "title": sync_id, **fields}
    await client.send({"type": "SYNC_UPLOAD", "table": table, "payload": payload})
    frames = await client.receive_until(lambda frame: frame["type"] in ("SYNC_UPDATE", "SYNC_ERROR"))
    return next(frame["data"]["data"] for frame in frames if frame["type"] == "SYNC_UPDATE")


def test_a_session_is_who_django_says_and_syncs_with_the_users_other_devices(site, server):
    async def run():
        async with (await connect(server, site.login("ann")) as phone, await connect(server, site.login("ann")) as tablet,
                    await connect(server, site.login("eve")) as other):
            record = await upload(phone, "task")
            assert record["user_id"] == 1
            assert (await tablet.receive_one())["data"]["data"]["title"] == record["title"]
            assert await other.receive_until_quiet() == []
    asyncio.run(run())


def test_the_groups_of_a_session_reach_the_models_of_groups(site, server):
    async def run():
        async with (await connect(server, site.login("ann")) as ann, await connect(server, site.login("bob")) as bob,
                    await connect(server, site.login("eve")) as eve):
            assert (await upload(ann, "note"))["team"] == "1"
            assert (await bob.receive_one())["data"]["data"]["team"] == "1"
            assert await eve.receive_until_quiet() == []
            assert (await upload(bob, "note", team=2))["team"] == "2"
            assert (await eve.receive_one())["data"]["data"]["team"] == "2"
            assert await ann.receive_until_quiet() == []
    asyncio.run(run())


def test_an_answer_is_taken_again_for_a_while_and_a_session_that_has_ended_is_refused_behind_it(site, server):
    async def run():
        cookie = site.login("ann")
        asked = site.asked()
        began = time.monotonic()
        assert [await status(server, cookie) for _ in range(20)] == [101] * 20
        assert site.asked() == asked + 1
        site.logout(cookie)
        # Within its lifetime the answer holds, unless this machine is slow.
        assert await status(server, cookie) == 101 or time.monotonic() - began > CACHE
        async with asyncio.timeout(10):
            while await status(server, cookie) == 101:
                await asyncio.sleep(0.05)
        assert time.monotonic() - began >= CACHE
        assert await status(server, cookie) == 403
    asyncio.run(run())


@pytest.mark.measures
def test_a_session_that_ends_soon_is_not_taken_for_longer(site, server):
    async def run():
        cookie = site.login("ann", seconds=1)
        began = time.monotonic()
        assert await status(server, cookie) == 101
        async with asyncio.timeout(10):
            while await status(server, cookie) == 101:
                await asyncio.sleep(0.05)
        assert time.monotonic() - began < CACHE
    asyncio.run(run())


@pytest.mark.parametrize("cookie", ["sessionid=forged", "sessionid=", "other=1", "sessionid=a\tb", None])
def test_who_has_no_session_is_refused(server, cookie):
    assert asyncio.run(status(server, cookie)) == 403


@pytest.mark.parametrize("origin", [
    "https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1.evil.example", "https://127.0.0.1:1", None])
def test_a_cookie_counts_only_with_an_origin_that_is_allowed(site, server, origin):
    async def run():
        cookie = site.login("ann")
        asked = site.asked()
        assert await status(server, cookie, origin=origin) == 403
        # A page can add a token to the address; it does not make up for the origin.
        assert await status(server, cookie, origin=origin, query="?token=x") == 403
        assert await status(server, cookie) == 101
        # With no origin the cookie is left out, and the backend asked about the token alone.
        assert site.asked() == asked + (2 if origin is None else 1)
    asyncio.run(run())


def test_while_the_backend_is_down_clients_are_told_to_come_back(site, server):
    async def run():
        cookie = site.login("ann")
        async with await connect(server, cookie) as before:
            site.stop()
            try:
                began = time.monotonic()
                assert await status(server, "sessionid=other") == 503
                assert time.monotonic() - began < 1
                await upload(before, "task")
            finally:
                site.start()
            assert await status(server, cookie) == 101
            assert await status(server, "sessionid=other") == 403
    asyncio.run(run())


@pytest.mark.measures
def test_a_backend_that_hangs_delays_nobody_but_those_who_ask_it(site, server):
    async def run():
        known, new = site.login("ann"), site.login("bob")
        async with await connect(server, known) as client:
            site.freeze()
            try:
                began = time.monotonic()
                waiting = [asyncio.create_task(status(server, f"sessionid=n{number}")) for number in range(400)]
                assert await status(server, known) == 101
                for _ in range(20):
                    began_upload = time.monotonic()
                    await upload(client, "task")
                    assert time.monotonic() - began_upload < 1
                assert set(await asyncio.gather(*waiting)) == {503}
                assert 2 <= time.monotonic() - began < 8
            finally:
                site.thaw()
            async with asyncio.timeout(10):
                while (found := await status(server, new)) != 101:
                    assert found == 503
    asyncio.run(run())


def test_no_token_cookie_or_query_is_ever_logged(site, tmp_path):
    async def run(server):
        cookie = site.login("ann")
        secrets = [cookie.removeprefix("sessionid=")]
        assert await status(server, cookie) == 101
        for number, where in enumerate(({"Authorization": "Bearer {}"}, {"Authorization": "Basic {}"}, {}, {"X_Key": "{}"})):
            secret = f"S3CRET{number}"
            headers = {name: value.format(secret) for name, value in where.items()}
            query = "" if where else f"?token={secret}"
            assert await status(server, None, query=query, **headers) == 403
            secrets.append(secret)
        assert await status(server, "sessionid=S3CRETcookie; auth=S3CRETtoken") == 403
        assert await status(server, None, query="?token=S3CRET%0d%0aX") == 403
        assert await status(server, None, query="?token=S3CRETa&token=S3CRETb") == 403
        url = f"ws://127.0.0.1:{server.port}/ws/pulse/sync/?secret=S3CRETquery"
        with pytest.raises(Refused):
            await Client.connect(url, subprotocols=["bearer", "S3CRETprotocol"])
        site.stop()
        try:
            assert await status(server, "sessionid=S3CRETdown") == 503
        finally:
            site.start()
        return secrets + ["S3CRET"]

    with Pulsed(tmp_path / "store.db", "--log-level", "trace", "--auth-headers", "cookie,authorization,x-key",
                "--auth-cookie", "auth", auth=site.url) as server:
        secrets = asyncio.run(run(server))
        assert server.terminate() == 0
        log = server.log()
    assert len(re.findall("a client was refused", log)) == 9
    assert [secret for secret in secrets if secret in log] == []


def test_the_token_may_stand_in_each_of_its_places(tmp_path):
    async def run(server):
        url = f"ws://127.0.0.1:{server.port}/ws/pulse/sync/"
        async with await Client.connect(url, subprotocols=["bearer", "ann"]) as client:
            assert client.connection.subprotocol == "bearer"
            assert (await upload(client, "task"))["user_id"] == "ann"
        async with await connect(server, "auth=ann") as client:
            assert (await upload(client, "task"))["user_id"] == "ann"
        async with await connect(server, None, Authorization="Bearer ann") as client:
            assert client.connection.subprotocol is None
            assert (await upload(client, "task"))["user_id"] == "ann"
        assert await status(server, "auth=ann", origin="https://evil.example") == 403
        assert await status(server, "auth=ann", origin=None) == 403
        assert await status(server, None, query="?token=ann", Authorization="Bearer bob") == 403

    with Pulsed(tmp_path / "store.db", "--auth-cookie", "auth") as server:
        asyncio.run(run(server))


def test_a_url_with_a_password_ends_the_server_and_is_not_repeated(tmp_path):
    with pytest.raises(StartFailure, match="(?s)ended with 78.*--auth: ") as failure:
        Pulsed(tmp_path / "store.db", auth="http://user:S3CRET@127.0.0.1:1/")
    assert "S3CRET" not in str(failure.value).split("\n", 1)[1]
