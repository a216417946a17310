"""Who is speaking? Digest access authentication for SIP (RFC 7616, RFC 3261 §22): the challenge, and the proof checked.

Nothing is remembered: a nonce is the time and its HMAC under the line's secret, good for a minute, so that a recorded
message can be played back only as long as it counts as a repetition. ``qop`` is ``auth``: the body is not protected,
whoever can listen and write on the way can change it; TLS is the cure. The library's own pattern for credentials takes
exponential time on hostile ones, so they are read here.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from enum import Enum

SECONDS = 60  # how long a nonce is good
ALGORITHMS: dict[str, str] = {"SHA-256": "sha256", "MD5": "md5"}

_PARAMETER = re.compile(r'(?<![A-Za-z0-9_-])([A-Za-z]{1,20}) {0,4}= {0,4}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_NONCE = re.compile(r"([0-9a-f]{1,12})\.([0-9a-f]{32})")


class Proof(Enum):
    RIGHT = "right"
    STALE = "stale"  # the nonce is too old, or not of this process: ask again
    WRONG = "wrong"


def challenge(realm: str, algorithms: Sequence[str], secret: bytes, now: datetime, stale: bool = False) -> list[str]:
    """The header lines of a 401, the strongest algorithm first (RFC 8760 §2.4) unless the line says otherwise."""
    nonce = _nonce(secret, int(now.timestamp()))
    more = ", stale=true" if stale else ""
    return [
        f'WWW-Authenticate: Digest realm="{realm}", nonce="{nonce}", algorithm={name}, qop="auth"{more}'
        for name in algorithms
    ]


def credentials(headers: Sequence[str], realm: str) -> dict[str, str] | None:
    """The parameters of the ``Authorization`` that is meant for us, or None."""
    for header in headers:
        scheme, _, rest = header[:2000].partition(" ")
        said = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _PARAMETER.findall(rest)
        }
        if scheme.lower() == "digest" and said.get("realm") == realm:
            return said
    return None


def proof(said: dict[str, str], method: str, password: str, secret: bytes, now: datetime) -> Proof:
    """Whether whoever sent ``said`` knows the password."""
    algorithm = ALGORITHMS.get(said.get("algorithm", "MD5").upper())
    if algorithm is None or said.get("qop") != "auth" or not re.fullmatch(r"[0-9A-Fa-f]{8}", said.get("nc", "")):
        return Proof.WRONG
    right = response(said, method, password, algorithm)
    if not hmac.compare_digest(right.encode(), said.get("response", "").lower().encode("utf-8", "replace")):
        return Proof.WRONG
    return Proof.RIGHT if _good(said.get("nonce", ""), secret, int(now.timestamp())) else Proof.STALE


def response(said: dict[str, str], method: str, password: str, algorithm: str) -> str:
    """RFC 7616 §3.4.1, for ``qop`` auth. ``algorithm`` is as ``hashlib`` spells it."""

    def hashed(*parts: str) -> str:
        joined = ":".join(parts).encode("utf-8", "replace")
        return hashlib.new(algorithm, joined, usedforsecurity=False).hexdigest()

    user, realm, *given, uri = (
        said.get(name, "") for name in ("username", "realm", "nonce", "nc", "cnonce", "qop", "uri")
    )
    return hashed(hashed(user, realm, password), *given, hashed(method, uri))


def _nonce(secret: bytes, at: int) -> str:
    clock = f"{at:x}"
    return f"{clock}.{hmac.new(secret, clock.encode(), 'sha256').hexdigest()[:32]}"


def _good(nonce: str, secret: bytes, now: int) -> bool:
    found = _NONCE.fullmatch(nonce)
    if not found or not hmac.compare_digest(nonce, _nonce(secret, int(found.group(1), 16))):
        return False
    return 0 <= now - int(found.group(1), 16) <= SECONDS
