"""A SCAIP unit as the tests have one: it writes requests, proves who it is, and reads what comes back."""

from collections.abc import Sequence

from devices.codecs import scaip_xml, sip_digest, sip_message
from devices.codecs.sip_frame import PING, Cutter
from devices.codecs.sip_message import Sip, read

ALARM = {"ref": "0001", "ver": "01.00", "cid": "4670000001", "dty": "0003", "did": "00A1B2C3", "stc": "0010"}


def request(
    fields: dict[str, str] | None = None, *, body: bytes | None = None, number: int = 1, method: str = "MESSAGE",
    user: str = "4670000001", root: str = "mrq", content_type: str = "application/scaip+xml",
    more: Sequence[str] = (), transport: str = "UDP", seq: int = 1,
) -> bytes:  # fmt: skip
    """A request; without ``body`` it carries ``fields``. ``number`` tells its Call-ID, ``seq`` its branch and CSeq."""
    if body is None:
        body = scaip_xml.write_request(root, **(ALARM if fields is None else fields)) if method == "MESSAGE" else b""
    kind = content_type if body else ""
    return sip_message.write(method, user, number, kind, body, seq=seq, transport=transport, more=more)


def messages(wire: bytes) -> list[Sip]:
    """The SIP messages in what was sent back, answers to keep-alives left out."""
    cutter = Cutter()
    pieces = [piece for piece in cutter.feed(wire) if piece.raw != PING]
    assert not cutter.rest.strip(), "half a message was sent back"
    assert all(piece.head for piece in pieces), "something that is no SIP was sent back"
    found = [read(piece.raw, piece.head) for piece in pieces]
    assert None not in found
    return [one for one in found if one]


def told(one: Sip) -> dict[str, str]:
    """The mrs in a message of ours."""
    return scaip_xml.read(one.body.replace(b"mrs>", b"mrq>")).fields


def statuses(wire: bytes) -> list[int]:
    return [one.status for one in messages(wire)]


def challenges(wire: bytes) -> list[str]:
    lines = wire.decode("latin-1").split("\r\n")
    return [line.removeprefix("WWW-Authenticate: ") for line in lines if line.startswith("WWW-Authenticate: ")]


def proof(challenge: str, user: str, password: str, algorithm: str = "SHA-256", **changed: str) -> str:
    """The Authorization line for a challenge."""
    asked = sip_digest.credentials([challenge], "anxin")
    assert asked
    said = {
        "username": user, "realm": "anxin", "nonce": asked["nonce"], "uri": "sip:arc@192.0.2.10", "nc": "00000001",
        "cnonce": "0a4f113b", "qop": "auth", "algorithm": algorithm, **changed,
    }  # fmt: skip
    said["response"] = sip_digest.response(said, "MESSAGE", password, sip_digest.ALGORITHMS[algorithm])
    bare = ("nc", "qop", "algorithm")
    return "Authorization: Digest " + ", ".join(f"{k}={v}" if k in bare else f'{k}="{v}"' for k, v in said.items())


def fine(ours: Sip) -> bytes:
    """The unit's 200 to our MESSAGE."""
    return sip_message.respond(ours, 200)
