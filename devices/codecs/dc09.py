"""SIA DC-09, the internet protocol of alarm panels: tokens SIA-DCS, ADM-CID, NULL, XNM; plain or AES; TCP or UDP.

How it hears: ``cut`` finds frames, ``read_header`` reads who speaks, ``fill`` what is said, ``signals`` asks the
event language what it means. How it answers: ``ACK`` echoing the header as received; ``NAK`` with our clock to an
encrypted frame outside the window (never to clear text: many panels send local time); nothing to a bad CRC (annex
C.2.3.5), so that the panel repeats; ``DUH`` only to a frame with nothing in it, an unheard-of token, or a bare change
of key, because after ``DUH`` a panel never repeats (annex C.1.3.14). An unknown event code is acknowledged and raised.

Clear text from an account that has a key is flagged or refused, as the line says, link tests included; whoever it
speaks for counts, in the header or in the data. A new key (x-data ``K``) is struck out of the raw bytes before anything
else sees them, and not taken over. Sources: DC-09-2007 annex C, the public review draft of 2013, siadc09 (which follows
the edition of 2026), and frames captured from panels: what those do differently stands beside the code that bears it.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from devices.codecs import dc09_xdata
from devices.codecs.dc09_cipher import KEY_LENGTHS, decrypt, encrypt, in_window, stamp
from devices.codecs.dc09_contents import HEADER, Frame, fill, read_header, struck, unpadded
from devices.codecs.dc09_frame import Piece, cut, seal
from devices.codecs.dc09_meaning import LANGUAGES, LINK_TESTS, signals
from devices.codecs.dc09_strangers import recognise
from devices.signal import Garbled, Heard, Heartbeat, Message, Setup

REPLIES = {"ACK", "NAK", "DUH", "RSP"}
# Rarer event languages: we cannot read them, so a person must. DC-09 table of tokens.
OTHERS = {
    "SIA-PUL", "ACR-SF", "ADM-41E", "ADM-42E", "ADM-HS", "DSC-43", "FBI-SF", "ITI-I", "SCN-S8", "SCN-S16",
    "SCN-S24", "SCT", "SES-SS", "SIA-S2K", "SK-FSK1", "SK-FSK2",
}  # fmt: skip
KNOWN = {*LANGUAGES, *OTHERS, *LINK_TESTS}
CLEAR = "clear text on an encrypted account"

_ACCOUNT = re.compile(rb"#([0-9A-Fa-f]{1,16})\[")


class Dc09:
    """One connection. The AES key of an account as spelled has 16, 24 or 32 bytes."""

    name = "dc09"
    one_account = True  # a panel speaks for itself (see ``devices/lines/speakers.py``)

    def __init__(self, setup: Setup) -> None:
        self._keys = setup.keys
        self._refuses = setup.clear_text == "refuse"
        self._rest = b""
        self._now: datetime | None = None

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        self._now = now
        pieces, self._rest = cut(self._rest + data)
        return [self._hear(piece, now) for piece in pieces]

    def end(self) -> list[Heard]:
        """What is left; a frame complete but for its CR still counts."""
        pieces, self._rest = cut(self._rest, gone=True)
        return [self._hear(piece, self._now) for piece in pieces if self._now]

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        frame: Frame = heard.head
        if frame.xdata and _wants_only_a_key(heard):  # the one thing it asks we cannot do
            return _duh(frame)
        if not frame.encrypted:
            return seal(b'"ACK"%b[]' % frame.echo, frame.binary)
        key = self._key(frame.account)
        if key is None:  # taken away since: without an acknowledgement the panel repeats
            return b""
        return seal(b'"*ACK"%b[%b' % (frame.echo, encrypt(key, b"]" + stamp(now))), frame.binary)

    def _key(self, account: str) -> bytes | None:
        key = self._keys(account) or self._keys(account.upper())
        return key if key and len(key) in KEY_LENGTHS else None

    def _secret(self, account: str) -> bool:
        if not account:
            return False
        upper = account.upper()
        return bool(self._keys(account) or (upper != account and self._keys(upper)))

    def _hear(self, piece: Piece, now: datetime) -> Heard:
        found = HEADER.match(piece.body)
        if not found:
            return _garbled(piece, piece.reason or "no DC-09 header in a frame with a good CRC")
        deviations = list(piece.deviations)
        frame = read_header(found, piece.binary, deviations)
        contents = piece.body[found.end() :]
        raw = struck(piece.raw)
        if frame.encrypted:
            key = self._key(frame.account)
            contents = unpadded(decrypt(key, contents) or b"") if key else b""
            if not contents:
                why = "does not decrypt with the key we have" if key else "encrypted, and we have no usable key"
                return Garbled(raw, why, account=frame.account)
        fill(frame, contents, deviations)
        heard = _judge(raw, frame, now, deviations)
        return heard if frame.encrypted else self._allowed(heard, deviations)

    def _allowed(self, heard: Heard, deviations: list[str]) -> Heard:
        """Clear text as it is, unless somebody it speaks for has a key: then it is flagged, or refused."""
        if not self._secret(heard.account):
            signals = heard.signals if isinstance(heard, Message) else ()
            others = [signal.account for signal in signals if signal.account != heard.account]
            if not any(map(self._secret, others)):
                return heard
        if self._refuses:
            return Garbled(heard.raw, "clear text from an account that has a key: refused", account=heard.account)
        return replace(heard, deviations=(*deviations, CLEAR)) if isinstance(heard, Message) else heard


def _judge(raw: bytes, frame: Frame, now: datetime, deviations: list[str]) -> Heard:
    """A frame we can read: is it in time, is it a link test, is there anything in it?"""
    if frame.timestamp is None or not in_window(frame.timestamp, now):
        if frame.encrypted:  # an impossible date is a clock that was never set: it needs ours most of all
            nak = seal(b'"NAK"0000R0L0A0[]' + stamp(now), frame.binary)
            return Garbled(raw, "clock of the device outside the window", nak, frame.account)
        if frame.timestamp:
            deviations.append("clock outside the window")
    if frame.token in LINK_TESTS and not frame.key_change:
        return Heartbeat(raw, frame.account, frame, dc09_xdata.read(frame.xdata, None).position)
    if frame.token in REPLIES:
        return Garbled(raw, "a reply, and we asked nothing", account=frame.account)
    if frame.token not in KNOWN:
        return Garbled(raw, "a token in no table", _duh(frame), frame.account)
    if not frame.data and not frame.xdata:
        return Garbled(raw, "a frame with nothing in it", _duh(frame), frame.account)
    said = signals(frame, deviations, now)
    return Message(
        raw, frame.account or said[0].account, said, frame.sequence, frame.content, tuple(deviations),
        frame.encrypted, frame,
    )  # fmt: skip


def _wants_only_a_key(heard: Message | Heartbeat) -> bool:
    return isinstance(heard, Message) and heard.head.key_change and len(heard.signals) == 1


def _duh(frame: Frame) -> bytes:
    return seal(b'"DUH"%b[]' % frame.echo, frame.binary)


def _garbled(piece: Piece, reason: str) -> Garbled:
    raw = struck(piece.raw)
    if stranger := recognise(raw):
        return Garbled(raw, stranger[0], account=stranger[1])
    account = _ACCOUNT.search(raw)
    return Garbled(raw, reason, account=account.group(1).decode() if account else "")


def write(
    token: str, sequence: int, account: str, data: str, key: bytes | None = None, receiver: str = "", line: str = "0",
    at: datetime | None = None, xdata: str = "", binary: bool = False,
) -> bytes:  # fmt: skip
    """A frame as a panel sends it. ``data`` is all that stands in the brackets, ``xdata`` whole blocks ``[Itext]``.

    With ``key`` it is encrypted, and ``at`` is then required (DC-09: the timestamp is mandatory).
    """
    header = f'"{"*" if key else ""}{token}"{sequence:04}{"R" + receiver if receiver else ""}L{line}#{account}['
    clear = f"{data}]{xdata}".encode() + (stamp(at) if at else b"")
    if key:
        if at is None:
            raise ValueError("an encrypted frame needs a timestamp: pass at=")
        clear = encrypt(key, b"|" + clear if data else clear)
    return seal(header.encode() + clear, binary)


class Reply(NamedTuple):
    """What a receiver answered. ``token`` is ACK, NAK or DUH; ``time`` its clock where it sent one."""

    token: str
    sequence: str
    account: str
    encrypted: bool
    time: datetime | None


def read_reply(raw: bytes, key: bytes | None = None) -> Reply | None:
    """The first reply in ``raw``, or None if there is no good one or it does not decrypt with ``key``."""
    piece = next((piece for piece in cut(raw, gone=True)[0] if piece.body), None)
    body = re.sub(rb"L0A0\[", rb"L0[", piece.body) if piece else b""
    found = HEADER.match(body)
    if not found:
        return None
    frame = read_header(found, False, [])
    contents = body[found.end() :]
    if frame.encrypted:
        contents = unpadded((key and decrypt(key, contents)) or b"")
        if not contents:
            return None
    fill(frame, contents, [])
    return Reply(frame.token, frame.sequence, frame.account, frame.encrypted, frame.timestamp)
