"""Osborne-Hoffman OH2000 receiver, automation output: its heartbeat, and nothing else, for nothing else is public.

``SRrrrrLllll    acct    [IDnnnnnnnn]``, receiver and line of four characters, no terminator, about once a minute; the
one program that is known to answer it sends ``"ACK"``, quotes included (pysiaalarm, MIT; unconfirmed on hardware). The
format of its events is not public: whatever is no heartbeat is kept as ``Garbled`` and not answered, so the receiver
holds and shows it as not taken. A home must not depend on this line alone.
"""

import re
from datetime import datetime
from typing import NamedTuple

from devices.signal import Garbled, Heard, Heartbeat, Message, Setup

ACK = b'"ACK"'
LIMIT = 1024  # bytes without an end
FILLER = b" \x00\n\r\x14"

_END = re.compile(rb"[\]\r\n\x14]")
_FROM = rb"SR([0-9A-Za-z]{4})L([0-9A-Za-z]{4}) +([0-9A-Za-z]{1,16}) +"
_BEAT = re.compile(_FROM + rb"\[ID([0-9A-Fa-f]{1,16})\]\Z")
_EVENT = re.compile(_FROM + rb"\[")


class Beat(NamedTuple):
    """One heartbeat as sent; ``account`` may be padded with X."""

    receiver: str
    line: str
    account: str
    id: str


class Oh2000:
    """One connection to a receiver."""

    name = "oh2000"
    heartbeat_seconds = 60.0  # of the receiver, unless it is set otherwise

    def __init__(self, setup: Setup) -> None:
        self._rest = b""

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        buffer, at = self._rest + data, 0
        heard: list[Heard] = []
        while at < len(buffer):
            end = _END.search(buffer, at, at + LIMIT)
            if not end and len(buffer) < at + LIMIT:
                break
            stop = end.end() if end else at + LIMIT
            heard += _hear(buffer[at:stop])
            at = stop
        self._rest = buffer[at:]
        return heard

    def end(self) -> list[Heard]:
        rest, self._rest = self._rest, b""
        return _hear(rest)

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return ACK


def _hear(chunk: bytes) -> list[Heard]:
    """What was said up to one end."""
    if not chunk.strip(FILLER):
        return []
    beat = _BEAT.search(chunk)
    if not beat:
        event = _EVENT.search(chunk)
        why = "an OH2000 event: their format is not public, look at the receiver" if event else "no OH2000 heartbeat"
        return [Garbled(chunk, why, account=event.group(3).decode() if event else "")]
    before = chunk[: beat.start()]
    noise: list[Heard] = [Garbled(before, "noise before a heartbeat")] if before.strip(FILLER) else []
    found = Beat(*(part.decode() for part in beat.groups()))
    return [*noise, Heartbeat(beat.group(), found.account, found)]


def write_heartbeat(receiver: str = "0001", line: str = "0001", account: str = "006969XX", number: int = 0) -> bytes:
    return f"SR{receiver}L{line}    {account}    [ID{number:08X}]".encode()
