"""JSON Web Tokens as another library makes them, over a real socket; and `pulsed token`."""

import base64
import hmac
import http.client
import json
import os
import subprocess
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from harness import Pulsed
from support.pulsed import binary

SECRET = "0123456789abcdef0123456789abcdef"
PAIRS = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def public(algorithm: str) -> bytes:
    return PAIRS[algorithm].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private(algorithm: str) -> bytes:
    return PAIRS[algorithm].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def claims(**more) -> dict:
    return {"sub": "17", "aud": "pulse", "exp": int(time.time()) + 600} | more


def token(algorithm: str = "HS256", key=None, headers=None, **more) -> str:
    return jwt.encode(claims(**more), key or PAIRS.get(algorithm, SECRET), algorithm, headers=headers)


def part(value) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def by_hand(header: dict, secret: bytes) -> str:
    signed = f"{part(header)}.{part(claims())}"
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256'))}"


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> list[str]:
    directory = tmp_path_factory.mktemp("keys")
    found = ["--jwt-audience", "pulse", "--jwt-groups", "team=app.teams", "--jwt-keys", "HS256:env:TOKEN_SECRET"]
    for algorithm in PAIRS:
        (directory / algorithm).write_bytes(public(algorithm))
        found += ["--jwt-keys", f"{algorithm}:file:{directory / algorithm}"]
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory, settings):
    directory = tmp_path_factory.mktemp("tokens")
    with Pulsed(directory / "store.db", *settings, auth="jwt", env={"TOKEN_SECRET": SECRET}) as server:
        yield server


def command(*args: str, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [binary(), "token", *args], env=os.environ | {"TOKEN_SECRET": SECRET}, input=stdin, capture_output=True,
        text=True, timeout=20)


def status_of(port: int, token: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/ws/pulse/sync/", headers={
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13", "Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_tokens_of_another_library_are_let_in(server, algorithm):
    assert status_of(server.port, token(algorithm)) == 101


ATTACKS = {
    "none": lambda: jwt.encode(claims(), None, "none"),
    "no signature": lambda: token().rsplit(".", 1)[0] + ".",
    "another secret": lambda: token(key="x" * 32),
    "the public key as a secret": lambda: by_hand({"alg": "HS256"}, public("RS256")),
    "the public key as a secret, its algorithm kept": lambda: by_hand({"alg": "RS256"}, public("RS256")),
    "psychic": lambda: f"{part({'alg': 'ES256'})}.{part(claims())}.{part(bytes(64))}",
    "an embedded key": lambda: token(
        "ES256", ec.generate_private_key(ec.SECP256R1()), {"jwk": {"kty": "EC"}, "jku": "http://127.0.0.1:1/"}),
    "crit": lambda: token(headers={"crit": ["exp2"]}),
    "ended": lambda: token(exp=int(time.time()) - 3600),
    "without an end": lambda: jwt.encode({"sub": "17", "aud": "pulse"}, SECRET, "HS256"),
    "for somebody else": lambda: token(aud="other"),
    "a refresh token": lambda: token(headers={"typ": "refresh+jwt"}),
    "a user id": lambda: "17",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused_and_leave_no_trace_of_the_token(server, attack):
    text = ATTACKS[attack]()
    assert status_of(server.port, text) == 403
    assert "a client was refused" in server.log()
    assert len(text) < 10 or text not in server.log() and text.split(".")[1] not in server.log()
    assert status_of(server.port, token()) == 101


def test_minted_tokens_are_let_in_and_explained(server, settings, tmp_path):
    (tmp_path / "key.pem").write_bytes(private("EdDSA"))
    for key in ["HS256:env:TOKEN_SECRET", f"EdDSA:file:{tmp_path / 'key.pem'}"]:
        minted = command(
            "mint", "--key", key, "--user", "17", "--audience", "pulse", "--claim", 'app={"teams":[7]}', "--expires",
            "600")
        assert minted.returncode == 0, minted.stderr
        text = minted.stdout.strip()
        assert status_of(server.port, text) == 101
        for checked in [command("check", text, *settings), command("check", "-", *settings, stdin=text + "\n")]:
            assert checked.returncode == 0, checked
            assert "accepted: user 17, groups team=7\n" in checked.stdout
            assert f"signed with: {key.split(':')[0]}:" in checked.stdout


def test_a_minted_token_is_read_by_another_library():
    minted = command("mint", "--key", "HS256:env:TOKEN_SECRET", "--user", "17", "--group", "team=7", "--issuer", "me")
    found = jwt.decode(minted.stdout.strip(), SECRET, ["HS256"])
    assert (found["sub"], found["team"], found["iss"]) == ("17", ["7"], "me")
    assert found["exp"] - found["iat"] == 3600


def test_check_says_why_a_token_is_refused(settings):
    checked = command("check", token(aud="other"), *settings)
    assert checked.returncode == 1
    assert checked.stdout.splitlines()[-1] == "refused: aud: the token is not meant for this server"
    assert '"sub":"17"' in checked.stdout


def test_check_writes_nothing_that_a_terminal_obeys(settings):
    payload = json.dumps(claims(x="\x9b2J\u202e"), ensure_ascii=False).encode()
    signed = f"{part({'alg': 'HS256'})}.{part(payload)}"
    text = f"{signed}.{part(hmac.digest(SECRET.encode(), signed.encode(), 'sha256'))}"
    checked = command("check", text, *settings)
    assert checked.returncode == 0
    assert r'"x":"\u{9b}2J\u{202e}"' in checked.stdout


@pytest.mark.parametrize("secret, words", [("secret", "6 bytes"), ("", "0 bytes"), (None, "no such")])
def test_weak_secrets_end_the_start(tmp_path, secret, words):
    environment = os.environ | ({} if secret is None else {"WEAK": secret})
    run = subprocess.run(
        [binary(), "serve", "--port", "0", "--store", f"sqlite:{tmp_path / 's.db'}", "--auth", "jwt", "--jwt-keys",
         "HS256:env:WEAK"], env=environment, capture_output=True, text=True, timeout=20)
    assert run.returncode == 78
    assert words in run.stderr
