"""Makes the tokens that the lines of `tokens.jsonl` describe.

    {"id": "A2-none", "note": "why it is hostile", "header": {"alg": "none"}, "sign": "nothing"}

A token is sound but for what its line says:

* `sign` names the key: rsa (the default), ec, ed, hmac; a key of the same kind that the server does not know:
  other-rsa, other-ec; secret:TEXT, which makes a MAC with TEXT, or rsa-public and rsa-public-stripped, with the public
  key's PEM; `nothing`, an empty signature; `zeros`, 64 bytes of zero; `der`, ec's signature in another form.
* `header` and `claims` are changed members, `without` are those left out. `{"now": n}` is so many seconds from now,
  `{"repeat": text, "times": n}` a long text; `{{listener}}` is the address of a server that nobody may talk to and
  `{{x5c}}`, `{{jwk}}` are other-rsa's. `header_text` and `claims_text` are the members as JSON text, without the
  braces, behind the sound ones.
* `then` is what is done to the token in the end: one of `CHANGES`.

It must get 403 over a socket, or `status`; those with 101 show that the others are refused for what is wrong with
them.
"""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

ISSUER, AUDIENCE = "https://issuer.example", "pulse"
SECRET = "a-secret-of-the-hostile-corpus-in-32-bytes-and-more"
SHA256 = ec.ECDSA(hashes.SHA256())


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Keys:
    """The server's keys, and their strangers."""

    def __init__(self):
        self.rsa, self.other_rsa = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.ec, self.other_ec = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.ed = ed25519.Ed25519PrivateKey.generate()

    @staticmethod
    def pem(key) -> bytes:
        return key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    @staticmethod
    def jwk(key: rsa.RSAPrivateKey) -> dict:
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", "kid": "rsa-1", "n": number(numbers.n), "e": number(numbers.e)}

    def settings(self, directory: Path) -> list[str]:
        """Writes the public keys; returns what the server is told of them. Only RSA's has a `kid`."""
        (directory / "rsa.json").write_text(json.dumps({"keys": [self.jwk(self.rsa)]}))
        (directory / "ec.pem").write_bytes(self.pem(self.ec))
        (directory / "ed.pem").write_bytes(self.pem(self.ed))
        sources = [
            f"RS256:file:{directory / 'rsa.json'}", f"ES256:file:{directory / 'ec.pem'}",
            f"EdDSA:file:{directory / 'ed.pem'}", "HS256:env:HOSTILE_SECRET"]
        return [argument for source in sources for argument in ("--jwt-keys", source)]


ALGORITHMS = {"rsa": "RS256", "other-rsa": "RS256", "ec": "ES256", "other-ec": "ES256", "der": "ES256", "ed": "EdDSA",
              "zeros": "ES256", "nothing": "RS256"}


def make(line: dict, keys: Keys, listener: str) -> str:
    """The token that a line describes."""
    sign = line.get("sign", "rsa")
    now = int(time.time())
    header = {"alg": ALGORITHMS.get(sign, "HS256"), "typ": "JWT"} | ({"kid": "rsa-1"} if sign == "rsa" else {})
    claims = {"sub": "17", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    names = {"{{listener}}": listener, "{{jwk}}": keys.jwk(keys.other_rsa),
             "{{x5c}}": base64.b64encode(keys.pem(keys.other_rsa)).decode()}
    parts = [
        _object(header, line.get("header", {}), line.get("header_text"), line, now, names),
        _object(claims, line.get("claims", {}), line.get("claims_text"), line, now, names)]
    signed = ".".join(map(encode, parts))
    token = f"{signed}.{encode(_signature(sign, signed.encode(), keys))}"
    return CHANGES[line["then"]](token) if "then" in line else token


def _object(sound: dict, changed: dict, text: str | None, line: dict, now: int, names: dict) -> bytes:
    members = sound | {name: _value(value, now, names) for name, value in changed.items()}
    made = json.dumps({name: value for name, value in members.items() if name not in line.get("without", [])})
    return (made if text is None else f"{made[:-1]},{text}}}").encode()


def _value(value, now: int, names: dict):
    if isinstance(value, dict) and "now" in value:
        return now + value["now"]
    if isinstance(value, dict) and "repeat" in value:
        return value["repeat"] * value["times"]
    if isinstance(value, list):
        return [_value(item, now, names) for item in value]
    if not isinstance(value, str):
        return value
    if value in names:
        return names[value]
    for name, filled in names.items():
        value = value.replace(name, str(filled))
    return value


def _signature(sign: str, data: bytes, keys: Keys) -> bytes:
    if sign.startswith("secret:"):
        return _mac(sign.removeprefix("secret:").encode(), data)
    match sign:
        case "hmac": return _mac(SECRET.encode(), data)
        case "rsa-public": return _mac(keys.pem(keys.rsa), data)
        case "rsa-public-stripped": return _mac(keys.pem(keys.rsa).strip(), data)
        case "rsa": return keys.rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())
        case "other-rsa": return keys.other_rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())
        case "ec": return _raw(keys.ec.sign(data, SHA256))
        case "other-ec": return _raw(keys.other_ec.sign(data, SHA256))
        case "der": return keys.ec.sign(data, SHA256)
        case "ed": return keys.ed.sign(data)
        case "zeros": return bytes(64)
        case "nothing": return b""
    raise ValueError(sign)


def _mac(secret: bytes, data: bytes) -> bytes:
    return hmac.new(secret, data, hashlib.sha256).digest()


def _raw(der: bytes) -> bytes:
    return b"".join(part.to_bytes(32, "big") for part in utils.decode_dss_signature(der))


def _part(token: str, place: int, change) -> str:
    parts = token.split(".")
    parts[place] = change(parts[place])
    return ".".join(parts)


def _flip(part: str) -> str:
    """One bit of the bytes in its middle."""
    data = bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    data[len(data) // 2] ^= 1
    return encode(bytes(data))


def _loose(part: str) -> str:
    """Other unused bits in the last letter: the same bytes to a lenient decoder."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(part) % 4, "there are no unused bits"
    return part[:-1] + alphabet[alphabet.index(part[-1]) ^ 1]


def _json(token: str) -> str:
    header, payload, signature = token.split(".")
    return json.dumps({"protected": header, "payload": payload, "signature": signature})


CHANGES = {
    "drop the signature": lambda token: token.rpartition(".")[0],
    "empty the signature": lambda token: token.rpartition(".")[0] + ".",
    "flip a bit of the header": lambda token: _part(token, 0, _flip),
    "flip a bit of the payload": lambda token: _part(token, 1, _flip),
    "flip a bit of the signature": lambda token: _part(token, 2, _flip),
    "cut the signature": lambda token: token[:-4],
    "lengthen the signature": lambda token: token + "AAAA",
    "cut the signature in half": lambda token: _part(token, 2, lambda part: part[: len(part) // 2]),
    "pad the signature": lambda token: _part(token, 2, lambda part: part + "=" * (-len(part) % 4)),
    "pad every part": lambda token: ".".join(part + "=" * (-len(part) % 4) for part in token.split(".")),
    "use the other alphabet": lambda token: token.replace("-", "+").replace("_", "/"),
    "loosen the last letter": lambda token: _part(token, 2, _loose),
    "put a space into the signature": lambda token: _part(token, 2, lambda part: part[:9] + " " + part[9:]),
    "put a space behind": lambda token: token + " x",
    "put a dot before": lambda token: "." + token,
    "put a dot behind": lambda token: token + ".",
    "double the dots": lambda token: token.replace(".", ".."),
    "make it five parts": lambda token: token + ".AAAA.AAAA",
    "make it a JWE": lambda token: ".".join([encode(b'{"alg":"dir","enc":"A128GCM"}'), "", *["AAAA"] * 3]),
    "leave two parts": lambda token: token.rpartition(".")[0].rpartition(".")[0] + ".x",
    "leave the header": lambda token: token.split(".")[0],
    "leave the dots": lambda token: "..",
    "empty the header": lambda token: _part(token, 0, lambda part: ""),
    "empty the payload": lambda token: _part(token, 1, lambda part: ""),
    "swap header and payload": lambda token: ".".join(token.split(".")[place] for place in (1, 0, 2)),
    "serialise it as JSON": _json,
    "quote it": lambda token: f'"{token}"',
    "encode it once more": lambda token: encode(token.encode()),
    "say it twice": lambda token: f"{token},{token}",
    "make the payload no JSON": lambda token: _part(token, 1, lambda part: encode(b"17")),
    "make the header no JSON": lambda token: _part(token, 0, lambda part: encode(b"RS256")),
    "make the header no UTF-8": lambda token: _part(token, 0, lambda part: encode(b'{"alg":"RS256","x":"\xff"}')),
}
