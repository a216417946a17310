"""A SIP message read and written: what SCAIP needs of RFC 3261 and RFC 3428 (MESSAGE), and no dialogs.

The library ``sipmessage`` reads headers, their short forms and addresses. It is guarded: it sees at most 64 header
lines, no request URI (its pattern for ``tel:`` takes quadratic time) and no address over 512 bytes, and what it refuses
is read plainly, for a host name with an underscore must not cost anybody an alarm. Headers are Latin-1 here, so that
whatever bytes a device puts into a display name are echoed as they came.

Answers depend on the request alone: the same request, repeated, is answered with the same bytes, our own MESSAGE
included. Its branch is made of its Call-ID, so a response to it is known again without anything being remembered. A
codec does not know the peer's address, so ``received`` and ``rport`` are not filled in; answers go where the request
came from, as RFC 3581 wants it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import sipmessage
from sipmessage import Address

HEADER_LINES, LONGEST_ADDRESS = 64, 512
ALLOW = "Allow: MESSAGE, OPTIONS"
REASONS = {
    200: "OK", 401: "Unauthorized", 403: "Forbidden", 405: "Method Not Allowed", 415: "Unsupported Media Type",
}  # fmt: skip
BRANCH = "z9hG4bKanxin"

_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE = re.compile(r"\r?\n")
_URI = re.compile(r"(sips?:[^<>\s;,\"]{1,200})")
_USER = re.compile(r"sips?:([^<>\s;:@]{1,64})@")
_ACCOUNT = re.compile(r"[A-Za-z0-9._+-]{1,32}")
_PLACE = re.compile(r"sips?:(?:[^@<>\s;]{0,64}@)?(\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253})(:\d{1,5})?", re.ASCII)
_TRANSPORT = re.compile(r"SIP */ *2\.0 */ *(UDP|TCP|TLS)\b", re.IGNORECASE)
_OUR_BRANCH = re.compile(rf"\bbranch={BRANCH}([0-9a-f]{{24}})(?![0-9a-f])")
_WHOLE_TAG = re.compile(r";\s*tag=")


@dataclass(frozen=True, slots=True)
class Sip:
    """One message; ``status`` is 0 for a request, ``method`` that of the CSeq for a response. Texts as they came."""

    method: str
    status: int
    reason: str
    vias: tuple[str, ...]
    from_: str
    to: str
    call_id: str
    cseq: str
    contact: str
    content_type: str
    credentials: tuple[str, ...]
    body: bytes

    @property
    def user(self) -> str:
        """The user of the From address, where it is such as accounts are; or nothing."""
        address = _address(self.from_)
        found = _USER.search(self.from_)
        user = (address and address.uri.user) or (found.group(1) if found else "")
        return user if _ACCOUNT.fullmatch(user) else ""

    @property
    def home(self) -> str:
        """The URI of whoever sent it: where it wants to be reached, else who it says it is; or nothing."""
        for header in (self.contact, self.from_):
            address = _address(header)
            if address and address.uri.scheme in ("sip", "sips"):
                return str(address.uri)
            if found := _URI.search(header):
                return found.group(1)
        return ""


def read(raw: bytes, head: int) -> Sip | None:
    """A message whose head is ``head`` bytes long, start line known to be good. None when the library fails on it."""
    start, *lines = _LINE.split(_FOLD.sub(" ", raw[:head].decode("latin-1")))
    clean = [line.replace("\r", " ").replace("\0", " ") for line in lines if ":" in line][:HEADER_LINES]
    try:
        headers = sipmessage.Message.parse("\r\n".join(["MESSAGE sip:a SIP/2.0", *clean, "", ""]).encode()).headers
    except (ValueError, TypeError, LookupError) as error:
        error.__traceback__ = error.__context__ = None  # see ``_address``
        return None
    first, second, rest = start.split(" ", 2)
    response = first == "SIP/2.0"
    cseq = headers.get("CSeq") or ""
    return Sip(
        cseq.rpartition(" ")[2] if response else first, int(second) if response else 0, rest if response else "",
        tuple(headers.getlist("Via")), headers.get("From") or "", headers.get("To") or "",
        headers.get("Call-ID") or "", cseq, headers.get("Contact") or "", (headers.get("Content-Type") or "").lower(),
        tuple(headers.getlist("Authorization") + headers.getlist("Proxy-Authorization")), raw[head:],
    )  # fmt: skip


def respond(asked: Sip, status: int, more: Sequence[str] = (), content_type: str = "", body: bytes = b"") -> bytes:
    """The response to a request. ``more`` are whole header lines."""
    to = asked.to if not asked.to or _WHOLE_TAG.search(asked.to) else f"{asked.to};tag={_mark(asked, 'tag')}"
    named = {"From": asked.from_, "To": to, "Call-ID": asked.call_id, "CSeq": asked.cseq}
    lines = [f"SIP/2.0 {status} {REASONS[status]}", *(f"Via: {via}" for via in asked.vias)]
    lines += [f"{name}: {value}" for name, value in named.items() if value]
    return _written([*lines, *more], content_type, body)


def ask(asked: Sip, content_type: str, body: bytes) -> bytes:
    """Our own MESSAGE to whoever sent ``asked``; nothing when it has not said where it is to be reached."""
    if not asked.home:
        return b""
    here, us = _PLACE.search(asked.to), _URI.search(asked.to)
    host, port = (here.group(1), here.group(2) or "") if here else ("anxin.invalid", "")
    transport = _TRANSPORT.match(asked.vias[0]) if asked.vias else None
    call_id = f"{_mark(asked, 'call')}@{host}"
    lines = [
        f"MESSAGE {asked.home} SIP/2.0",
        f"Via: SIP/2.0/{transport.group(1).upper() if transport else 'UDP'} {host}{port};"
        f"branch={BRANCH}{_hash(call_id)};rport",
        "Max-Forwards: 70",
        f"From: <{us.group(1) if us else 'sip:' + host}>;tag={_mark(asked, 'tag')}",
        f"To: <{asked.home}>",
        f"Call-ID: {call_id}",
        "CSeq: 1 MESSAGE",
    ]
    return _written(lines, content_type, body)


def answers_us(response: Sip) -> bool:
    """Whether a response answers a MESSAGE that ``ask`` made."""
    found = _OUR_BRANCH.search(response.vias[0]) if response.vias else None
    return found is not None and found.group(1) == _hash(response.call_id)


def our_branch(message: bytes, start: str) -> str:
    """What tells our own MESSAGE from others, in bytes that begin with ``start``; ``""`` when they do not."""
    said = message[:4096].decode("latin-1")
    found = _OUR_BRANCH.search(said) if re.match(start, said) else None
    return found.group(1) if found else ""


def write(
    method: str, user: str, number: int, content_type: str = "", body: bytes = b"", *, seq: int = 1,
    transport: str = "UDP", here: str = "192.0.2.7:5060", there: str = "192.0.2.10", more: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """A request as a device sends it. ``number`` tells its Call-ID, ``seq`` its branch and CSeq; ``more`` are lines."""
    host = here.partition(":")[0]
    lines = [
        f"{method} sip:arc@{there} SIP/2.0",
        f"Via: SIP/2.0/{transport} {here};branch=z9hG4bK-{number}-{seq};rport",
        "Max-Forwards: 70",
        f"From: <sip:{user}@{host}>;tag=28{number}",
        f"To: <sip:arc@{there}>",
        f"Call-ID: c{number}@{host}",
        f"CSeq: {seq} {method}",
        f"Contact: <sip:{user}@{here}>",
    ]
    return _written([*lines, *more], content_type if body else "", body)


def _written(lines: Sequence[str], content_type: str, body: bytes) -> bytes:
    typed = [f"Content-Type: {content_type}"] if content_type else []
    return "\r\n".join([*lines, *typed, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body


def _address(header: str) -> Address | None:
    if len(header) > LONGEST_ADDRESS:
        return None
    try:
        return Address.parse(header)
    except (ValueError, TypeError, LookupError) as error:
        # The library raises one and the same exception each time: what hangs on it would grow with every bad header.
        error.__traceback__ = error.__context__ = None
        return None


def _mark(asked: Sip, purpose: str) -> str:
    """A word that is the same for a request and its repetitions, and for no other."""
    return _hash("\n".join((purpose, asked.call_id, asked.cseq, asked.from_, *asked.vias[:1])))


def _hash(text: str) -> str:
    return blake2b(text.encode("latin-1", "replace"), digest_size=12).hexdigest()
