"""Tokens that a server with `auth="jwt"` and the key below takes."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "a secret of the live tests, 32 bytes and more"
#: Arguments and environment of a server that takes these tokens; `team` is a group's claim.
ARGUMENTS = ["--jwt-keys", "HS256:env:TEST_SECRET", "--jwt-groups", "team=team"]
ENVIRONMENT = {"TEST_SECRET": SECRET}


def token(user: str, seconds: float = 3600, secret: str = SECRET, **claims) -> str:
    """Signed by HS256, and good for so long."""
    now = time.time()
    payload = {"sub": user, "iat": now, "exp": now + seconds, **claims}
    signed = ".".join(_text(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, payload))
    return f"{signed}.{_text(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
