"""The HTTP API, over real sockets: push, pull, full resync and record."""

import gzip
import http.client
import json
import re
import socket
import subprocess
import time
import uuid

import pytest

from harness import Pulsed
from support.pulsed import METRICS

SCHEMA = """
models:
  - name: tasks
    scope: user
    fields:
      - {name: title, type: text}
      - {name: done, type: bool, default: false}
  - name: notices
    scope: global
    fields: [{name: text, type: text}]
"""
START = "19700101T000000.000Z-0000"
STAMP = re.compile(r"\d{8}T\d{6}\.\d{3}Z-\d{4}")
ADMIN = "an-admin-token-of-enough-bytes-0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    directory = tmp_path_factory.mktemp("sync")
    schema = directory / "schema.yaml"
    schema.write_text(SCHEMA)
    token = directory / "admin"
    token.write_text(ADMIN)
    token.chmod(0o600)
    with Pulsed(directory / "store.db", "--schema", schema, "--admin-token-file", token, *METRICS) as server:
        yield server


@pytest.fixture
def user():
    """A user whom no other test has written for."""
    return f"user-{uuid.uuid4()}"


def call(server, method, path, user=None, body=None, headers={}):
    """Status, header fields and bytes of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        fields = {"Content-Type": "application/json"} | headers
        if user:
            fields["Authorization"] = f"Bearer {user}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def change(title, doc_id=None, operation="upsert", parent=None, collection="tasks"):
    data = {"title": title} if operation == "upsert" else None
    return {"collection": collection, "operation": operation, "doc_id": doc_id or str(uuid.uuid4()), "data": data,
            "parent_version": parent}


def push(server, user, *changes, client="c"):
    status, _, body = call(server, "POST", "/sync/push", user, {"client_id": client, "changes": list(changes)})
    assert status == 200, body
    results = json.loads(body)["results"]
    assert all(list(each) == ["doc_id", "status", "new_version", "server_version", "error"] for each in results)
    return results


def pull(server, user, since=START, **parameters):
    query = "&".join(f"{name}={value}" for name, value in {"since": since, **parameters}.items())
    status, _, body = call(server, "GET", f"/sync/pull?{query}", user)
    assert status == 200, body
    return json.loads(body)


def full(server, user, **parameters):
    """Each page's lines, with the header fields of the last one."""
    pages, cursor = [], None
    while True:
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        status, headers, body = call(server, "GET", f"/sync/full?{query}" + (f"&cursor={cursor}" if cursor else ""),
                                     user)
        assert status == 200, body
        assert (headers["content-encoding"], headers["content-type"]) == ("gzip", "application/x-ndjson")
        pages.append(([json.loads(line) for line in gzip.decompress(body).splitlines()], headers))
        cursor = headers.get("x-sync-cursor")
        if not cursor:
            return pages


def test_what_is_pushed_is_pulled(server, user):
    one = change("One")
    [result] = push(server, user, one)
    assert result["status"] == "accepted" and STAMP.fullmatch(result["new_version"])
    assert result["doc_id"] == one["doc_id"] and result["error"] is result["server_version"] is None
    answer = pull(server, user)
    assert answer == {
        "changes": [{"version": result["new_version"], "collection": "tasks", "doc_id": one["doc_id"],
                     "operation": "upsert", "data": {"_id": one["doc_id"], "title": "One", "done": False},
                     "parent_version": None}],
        "last_seq": result["new_version"]}
    assert pull(server, user, answer["last_seq"]) == {"changes": [], "last_seq": answer["last_seq"]}
    assert pull(server, user, answer["last_seq"] + "-a1b2") == {"changes": [], "last_seq": answer["last_seq"]}


def test_a_deleted_document_is_told_of(server, user):
    one = change("One")
    [created] = push(server, user, one)
    [deleted] = push(server, user, change("", one["doc_id"], "delete", created["new_version"]))
    assert deleted["status"] == "accepted"
    [entry] = pull(server, user)["changes"]
    assert (entry["operation"], entry["data"], entry["version"]) == ("delete", None, deleted["new_version"])
    assert entry["parent_version"] == created["new_version"]
    [(lines, _)] = full(server, user, collections="tasks")
    assert lines == [{"collection": "tasks", "doc_id": one["doc_id"], "data": None, "deleted": True}]


def test_an_older_parent_is_superseded_and_nothing_of_the_batch_is_stored(server, user):
    one = change("One")
    [first] = push(server, user, one)
    [second] = push(server, user, change("Two", one["doc_id"], parent=first["new_version"]))
    before = pull(server, user)
    results = push(server, user, change("Other"), change("Three", one["doc_id"], parent=first["new_version"]),
                   change("Another"))
    assert [each["status"] for each in results] == ["rejected"] * 3
    assert [each["error"] for each in results] == [
        "Batch rolled back", "Change superseded by newer version", "Batch rolled back"]
    assert [each["server_version"] for each in results] == [None, second["new_version"], None]
    assert pull(server, user) == before


def test_one_document_twice_in_a_batch_is_judged_one_on_top_of_the_other(server, user):
    one = change("One")
    results = push(server, user, one, change("Two", one["doc_id"]))
    assert [each["status"] for each in results] == ["rejected"] * 2
    assert results[1]["error"] == "Change superseded by newer version"
    assert pull(server, user)["changes"] == []


def test_a_push_that_is_sent_again_is_answered_as_the_first_time(server, user):
    changes = [change("One"), change("Two")]
    first = push(server, user, *changes)
    assert push(server, user, *changes) == first
    assert len(pull(server, user)["changes"]) == 2


def test_a_value_that_does_not_fit_names_its_field(server, user):
    wrong = change("A") | {"data": {"title": 7}}
    results = push(server, user, change("B"), wrong)
    assert results[0]["error"] == "Batch rolled back" and results[1]["error"].startswith("title: ")
    surrogate = {"client_id": "c", "changes": [change("A") | {"data": {"title": "\ud800"}}]}
    status, _, body = call(server, "POST", "/sync/push", user, json.dumps(surrogate).encode())
    assert status == 200 and "lone surrogate" in json.loads(body)["results"][0]["error"]


@pytest.mark.parametrize("name", ["nothing", "Tasks", "pulse_push", "pulse_revocation", "x" * 5000, ""])
def test_what_is_no_collection_is_not_configured(server, user, name):
    results = push(server, user, change("A"), change("B", collection=name))
    assert [each["error"] for each in results] == ["Batch rolled back", f"Collection not configured: {name[:64]}"]
    if name:
        for path in (f"/sync/pull?since={START}&collections={name}", f"/sync/full?collections={name}"):
            status, _, body = call(server, "GET", path, user)
            assert (status, json.loads(body)) == (403, {"detail": f"Collection not configured: {name[:64]}"})
    assert pull(server, user)["changes"] == []


def test_one_users_documents_are_not_there_for_another(server, user):
    one = change("Secret")
    [mine] = push(server, user, one)
    eve = user + "-eve"
    assert pull(server, eve)["changes"] == []
    assert full(server, eve, collections="tasks")[0][0] == []
    [result] = push(server, eve, change("Stolen", one["doc_id"], parent=mine["new_version"]))
    assert result["status"] == "rejected" and result["server_version"] is None
    assert mine["new_version"] not in json.dumps(result)
    assert [each["data"]["title"] for each in pull(server, user)["changes"]] == ["Secret"]


def test_pages_of_a_pull_go_on_where_the_last_one_ended(server, user):
    versions = []
    for batch in range(5):
        versions += [each["new_version"] for each in push(server, user, *[change(str(i)) for i in range(20)])]
    assert versions == sorted(set(versions))
    seen, since = [], START
    while changes := (answer := pull(server, user, since, limit=7, collections="tasks"))["changes"]:
        assert len(changes) <= 7 and answer["last_seq"] == changes[-1]["version"]
        seen += [each["version"] for each in changes]
        since = answer["last_seq"]
    assert seen == versions
    assert [each["version"] for each in pull(server, user, versions[40])["changes"]] == versions[41:]


def test_a_full_resync_and_the_pull_behind_it_miss_nothing(server, user):
    ids = [each["doc_id"] for each in push(server, user, *[change(str(i)) for i in range(50)])]
    status, headers, body = call(server, "GET", "/sync/full?collections=tasks&limit=20", user)
    first = [json.loads(line) for line in gzip.decompress(body).splitlines()]
    assert status == 200 and len(first) == 20
    # What is edited between two pages has a place in the log behind the first.
    parents = {each["doc_id"]: each["version"] for each in pull(server, user)["changes"]}
    push(server, user, change("edited", ids[45], parent=parents[ids[45]]), change("new"))
    documents = {line["doc_id"]: line["data"] for line in first}
    cursor = headers["x-sync-cursor"]
    while cursor:
        status, later, body = call(server, "GET", f"/sync/full?collections=tasks&limit=20&cursor={cursor}", user)
        assert status == 200 and later["x-sync-lastseq"] == headers["x-sync-lastseq"]
        documents |= {line["doc_id"]: line["data"] for line in map(json.loads, gzip.decompress(body).splitlines())}
        cursor = later.get("x-sync-cursor")
    for entry in pull(server, user, headers["x-sync-lastseq"])["changes"]:
        documents[entry["doc_id"]] = entry["data"]
    assert documents == {each["doc_id"]: each["data"] for each in pull(server, user)["changes"]}
    assert len(documents) == 51 and documents[ids[45]]["title"] == "edited"


def test_a_cursor_is_its_users_and_its_collections(server, user):
    push(server, user, change("A"), change("B"))
    _, headers, _ = call(server, "GET", "/sync/full?collections=tasks&limit=1", user)
    cursor = headers["x-sync-cursor"]
    altered = ("1" if cursor[0] == "0" else "0") + cursor[1:]
    for who, collections, text in [(user + "-eve", "tasks", cursor), (user, "tasks,notices", cursor),
                                   (user, "tasks", altered), (user, "tasks", "MDo="), (user, "tasks", "%00")]:
        status, _, body = call(server, "GET", f"/sync/full?collections={collections}&limit=1&cursor={text}", who)
        assert status == 422 and json.loads(body)["detail"][0]["loc"] == ["query", "cursor"]


def test_a_stamp_of_the_far_future_asks_for_a_full_resync(server, user):
    assert pull(server, user, "29990101T000000.000Z-0000", collections="tasks") == {
        "full_resync_required": True, "collections": ["tasks"]}
    [result] = push(server, user, change("A", parent="29990101T000000.000Z-0000"))
    assert result["status"] == "rejected" and "ahead" in result["error"]


@pytest.mark.parametrize("query, location", [
    ("", "since"), ("since=yesterday", "since"), (f"since={START}&limit=0", "limit"),
    (f"since={START}&limit=1001", "limit"), (f"since={START}&limit=x", "limit"), ("since=%C3%A9", "since")])
def test_a_wrong_query_is_named_by_its_parameter(server, user, query, location):
    status, headers, body = call(server, "GET", f"/sync/pull?{query}", user)
    assert status == 422 and headers["content-type"] == "application/json"
    [fault] = json.loads(body)["detail"]
    assert fault["loc"] == ["query", location] and fault["msg"] and fault["type"]


PUSH = b'{"client_id":"c","changes":[{"collection":"tasks","operation":"upsert","doc_id":"1","data":%s}]}'
HOSTILE = {
    "nothing": b"", "no JSON": b"{", "a list": b"[]", "NaN": PUSH % b'{"title":NaN}', "a trailing comma": b'{"a":1,}',
    "a byte order mark": b"\xef\xbb\xbf{}", "UTF-16": "{}".encode("utf-16"), "no UTF-8": b'{"client_id":"\xff"}',
    "depth": PUSH % (b"[" * 100_000), "deep objects": PUSH % (b'{"a":' * 100_000), "a key twice": PUSH % b'{"a":1,"a":2}',
    "data that are none": PUSH % b"7", "no changes": b'{"client_id":"c","changes":[]}',
    "an id of 2^63": b'{"client_id":"c","changes":[{"collection":"tasks","operation":"delete","doc_id":9223372036854775808}]}',
    "an id with NUL": b'{"client_id":"c","changes":[{"collection":"tasks","operation":"delete","doc_id":"a\\u0000"}]}',
    "a huge id": b'{"client_id":"c","changes":[{"collection":"tasks","operation":"delete","doc_id":"%s"}]}' % (b"x" * 9000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_by_its_place(server, user, name):
    status, _, body = call(server, "POST", "/sync/push", user, HOSTILE[name])
    assert status == 422, body
    for fault in json.loads(body)["detail"]:
        assert fault["loc"][0] == "body" and fault["msg"] and fault["type"]
    assert len(body) < 8192
    assert pull(server, user)["changes"] == []


@pytest.mark.parametrize("type, status", [
    ("application/json", 200), ("Application/JSON ; charset=utf-8", 200), ("application/vnd.sync+json", 200),
    ("text/plain", 422), ("application/x-www-form-urlencoded", 422), ("text/json", 422), ("json", 422), ("", 422)])
def test_a_body_must_be_called_json(server, user, type, status):
    body = {"client_id": "c", "changes": [change("A")]}
    found, _, answer = call(server, "POST", "/sync/push", user, body, {"Content-Type": type})
    assert found == status, answer
    assert len(pull(server, user)["changes"]) == (status == 200)


def test_a_body_that_is_not_called_anything_is_refused(server, user):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(f"POST /sync/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user}\r\n"
                       "Content-Length: 2\r\n\r\n{}".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 422 ")


def test_too_much_is_refused(server, user):
    delete = {"collection": "tasks", "operation": "delete", "doc_id": "1"}
    status, _, body = call(server, "POST", "/sync/push", user, {"client_id": "c", "changes": [delete] * 10_000})
    assert status == 413 and json.loads(body)["detail"]
    status, _, _ = call(server, "POST", "/sync/push", user, b" " * (2 << 20))
    assert status == 413


def test_a_body_that_does_not_come_holds_nobody_up(tmp_path):
    with Pulsed(tmp_path / "store.db", "--limit", "request-seconds=1") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as slow:
            slow.sendall(b"POST /sync/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer slow\r\n"
                         b"Content-Length: 100\r\n\r\n{")
            assert pull(server, "ann")["changes"] == []
            begin = time.monotonic()
            assert slow.recv(100).startswith(b"HTTP/1.1 408 ")
            assert time.monotonic() - begin < 8


def test_requests_of_one_user_at_a_time_are_bounded(tmp_path):
    with Pulsed(tmp_path / "store.db", "--limit", "sync-requests-per-user=1", *METRICS) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as slow:
            slow.sendall(b"POST /sync/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\n"
                         b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
            deadline = time.monotonic() + 10
            while server.metrics()["sync_requests"] < 1:
                assert time.monotonic() < deadline
            status, headers, body = call(server, "GET", f"/sync/pull?since={START}", "ann")
            assert (status, headers["retry-after"]) == (429, "1") and json.loads(body)["detail"]
            assert call(server, "GET", f"/sync/pull?since={START}", "bob")[0] == 200
            slow.sendall(b"}")
            assert b" 422 " in slow.recv(4096)
            while server.metrics()["sync_requests"]:
                assert time.monotonic() < deadline
        assert call(server, "GET", f"/sync/pull?since={START}", "ann")[0] == 200


def test_an_answer_that_nobody_reads_is_one_of_its_users_requests(tmp_path):
    with Pulsed(tmp_path / "store.db", "--limit", "sync-requests-per-user=4") as server:
        for _ in range(8):
            large = change("Large", collection="task")
            large["data"]["description"] = "x" * 120_000
            assert push(server, "ann", large)[0]["status"] == "accepted"
        readers = []
        try:
            # More is on its way than sockets hold.
            for _ in range(4):
                readers.append(reader := socket.socket())
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                reader.connect(("127.0.0.1", server.port))
                reader.sendall(f"GET /sync/pull?since={START} HTTP/1.1\r\nHost: x\r\n"
                               "Authorization: Bearer ann\r\n\r\n".encode() * 16)
                assert reader.recv(12) == b"HTTP/1.1 200"
            deadline = time.monotonic() + 10
            while call(server, "GET", f"/sync/pull?since={START}", "ann")[0] != 429:
                assert time.monotonic() < deadline
            assert call(server, "GET", f"/sync/pull?since={START}", "bob")[0] == 200
        finally:
            for reader in readers:
                reader.close()
        while call(server, "GET", f"/sync/pull?since={START}", "ann")[0] != 200:
            assert time.monotonic() < deadline


def test_who_shows_no_token_is_not_let_in(server):
    for method, path in [("POST", "/sync/push"), ("GET", f"/sync/pull?since={START}"),
                         ("GET", "/sync/full?collections=tasks"), ("POST", "/sync/record")]:
        status, headers, body = call(server, method, path, body=b"{}" if method == "POST" else None)
        assert status == 401 and headers["www-authenticate"] == "Bearer"
        assert json.loads(body) == {"detail": "Not authenticated"}


def test_methods(server, user):
    for method, path, allowed in [("GET", "/sync/push", "POST"), ("DELETE", "/sync/pull", "GET, HEAD"),
                                  ("PUT", "/sync/full", "GET, HEAD"), ("GET", "/sync/record", "POST")]:
        status, headers, _ = call(server, method, path, user)
        assert (status, headers["allow"]) == (405, allowed)
    push(server, user, change("A"))
    for path in [f"/sync/pull?since={START}", "/sync/full?collections=tasks", "/sync/openapi.json"]:
        status, headers, body = call(server, "HEAD", path, user)
        assert (status, body) == (200, b"")
    assert call(server, "GET", "/sync/nothing", user)[0] == 404
    assert json.loads(call(server, "GET", "/sync/openapi.json")[2])["openapi"] == "3.1.0"


def test_several_requests_go_over_one_connection(server, user):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"Authorization": f"Bearer {user}"}
    for number in range(5):
        body = json.dumps({"client_id": "c", "changes": [change(str(number))]})
        connection.request("POST", "/sync/push", body, headers | {"Content-Type": "application/json"})
        assert json.loads(connection.getresponse().read())["results"][0]["status"] == "accepted"
        connection.request("GET", "/sync/full?collections=tasks", headers=headers)
        assert len(gzip.decompress(connection.getresponse().read()).splitlines()) == number + 1
    connection.close()


def test_another_service_writes_as_the_server_does(server, user):
    one = str(uuid.uuid4())
    record = {"collection": "tasks", "operation": "upsert", "doc_id": one, "data": {"title": "A"}, "scope_id": user}
    status, _, body = call(server, "POST", "/sync/record", ADMIN, record)
    assert status == 200, body
    written = json.loads(body)
    [entry] = pull(server, user)["changes"]
    assert (entry["version"], entry["data"]["title"]) == (written["version"], "A") and written["doc_id"] == one
    status, _, _ = call(server, "POST", "/sync/record", ADMIN, record | {"operation": "delete", "data": None})
    assert status == 200 and pull(server, user)["changes"][0]["operation"] == "delete"
    for wrong in [{"scope_id": None}, {"doc_id": "x"}, {"operation": "merge"}, {"data": {"nothing": 1}}]:
        assert call(server, "POST", "/sync/record", ADMIN, record | wrong)[0] == 422, wrong
    assert call(server, "POST", "/sync/record", ADMIN, record | {"collection": "nothing"})[0] == 403
    assert call(server, "POST", "/sync/record", user, record)[0] == 401


def test_changes_may_stand_alone(tmp_path):
    with Pulsed(tmp_path / "store.db", "--sync-atomic", "off", "--sync-prefix", "/api/v1/") as server:
        body = {"client_id": "c", "changes": [change("A", collection="nothing"), change("B", collection="task")]}
        status, _, answer = call(server, "POST", "/api/v1/push", "ann", body)
        assert status == 200
        assert [each["status"] for each in json.loads(answer)["results"]] == ["rejected", "accepted"]
        assert call(server, "POST", "/sync/push", "ann", body)[0] == 404


def test_the_api_can_be_off(tmp_path):
    with Pulsed(tmp_path / "store.db", "--sync-prefix", "off") as server:
        assert call(server, "GET", f"/sync/pull?since={START}", "ann")[0] == 404


def test_what_is_done_is_counted(server, user):
    before = server.metrics()
    push(server, user, change("A"), change("B"))
    push(server, user, change("A", collection="nothing"))
    pull(server, user)
    full(server, user, collections="tasks")
    after = server.metrics()
    grown = {name: after[name] - before[name] for name in after if name.startswith("sync_")}
    assert grown == {
        'sync_push_total{status="success"}': 1, 'sync_push_total{status="failure"}': 1, "sync_push_changes_total": 3,
        'sync_conflict_total{collection="tasks"}': 0, 'sync_conflict_total{collection="notices"}': 0,
        "sync_pull_total": 1, "sync_pull_changes_served_total": 2, "sync_full_resync_total": 1,
        "sync_requests": 0, "sync_websocket_connections": 0, "sync_oplog_size": grown["sync_oplog_size"]}
    assert grown["sync_oplog_size"] >= 2


README = """
curl -X POST https://api.yourservice.com/sync/push \\
  -H 'Content-Type: application/json' \\
  -H 'Authorization: Bearer <JWT_TOKEN>' \\
  -d '{
    "client_id": "device-client-uuid",
    "changes": [
      {
        "collection": "tasks",
        "operation": "upsert",
        "doc_id": "task-abc-123",
        "data": {"title": "Acquire inventory", "done": false},
        "parent_version": "20260502T120000.000Z-0001-a1b2"
      }
    ]
  }'

curl -H 'Authorization: Bearer <JWT_TOKEN>' \\
  'https://api.yourservice.com/sync/pull?since=20260502T120000.000Z-0001-a1b2&collections=tasks&limit=100'

curl -H 'Authorization: Bearer <JWT_TOKEN>' \\
  --compressed \\
  'https://api.yourservice.com/sync/full?collections=tasks&limit=1000'
"""


def test_the_references_commands_work_as_pasted(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text("collections: [{name: tasks, scope: user}]")
    with Pulsed(tmp_path / "store.db", "--schema", schema) as server:
        here = README.replace("https://api.yourservice.com", f"http://127.0.0.1:{server.port}")
        pushed, pulled, line = [
            json.loads(subprocess.run(["sh", "-c", f"{command} -sS --fail"], check=True, capture_output=True).stdout)
            for command in here.replace("<JWT_TOKEN>", "ann").strip().split("\n\n")]
    document = {"_id": "task-abc-123", "title": "Acquire inventory", "done": False}
    [result] = pushed["results"]
    assert (result["doc_id"], result["status"]) == ("task-abc-123", "accepted")
    assert pulled == {
        "changes": [{"version": result["new_version"], "collection": "tasks", "doc_id": "task-abc-123",
                     "operation": "upsert", "data": document, "parent_version": "20260502T120000.000Z-0001"}],
        "last_seq": result["new_version"]}
    assert line == {"collection": "tasks", "doc_id": "task-abc-123", "data": document, "deleted": False}


def test_documents_of_a_collection_are_replaced_whole(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text("collections: [{name: items, scope: user}, {name: closed, scope: user, full_resync: false}]")
    with Pulsed(tmp_path / "store.db", "--schema", schema) as server:
        def item(doc_id, parent=None, operation="upsert", **data):
            return change("", doc_id, operation, parent, "items") | {"data": data or None}

        text, number = push(server, "ann", item("7", a={"b": [1, 2.50, None]}, _id="else", _sync_x=1), item(7, a=2**63 - 1))
        documents = {each["doc_id"]: each["data"] for each in pull(server, "ann")["changes"]}
        assert documents == {"7": {"_id": "7", "a": {"b": [1, 2.5, None]}}, 7: {"_id": 7, "a": 2**63 - 1}}
        # Another user's document of the same id is another document.
        assert push(server, "bob", item("7", b=1))[0]["status"] == "accepted"
        [replaced] = push(server, "ann", item("7", text["new_version"], b=2))
        [deleted] = push(server, "ann", item(7, number["new_version"], "delete"))
        entries = {each["doc_id"]: each for each in pull(server, "ann")["changes"]}
        assert entries["7"]["data"] == {"_id": "7", "b": 2} and entries["7"]["parent_version"] == text["new_version"]
        assert (entries[7]["operation"], entries[7]["data"]) == ("delete", None)
        [again] = push(server, "ann", item(7, deleted["new_version"], c=3))
        assert again["status"] == "accepted" and replaced["status"] == "accepted"
        status, _, body = call(server, "GET", "/sync/full?collections=items,closed", "ann")
        assert (status, json.loads(body)) == (403, {"detail": "Full resync disabled for collection: closed"})
