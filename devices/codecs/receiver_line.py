"""What one frame of a receiver says, whatever its layout: from which of its lines, of which account, and what it means.

Contact ID and SIA mean what their tables say. The older formats carry bare digits whose meaning each installer chose:
they become ``Kind.UNKNOWN``, which a person looks at, but for those a receiver's manual gives a meaning.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from devices.codecs import contact_id, sia_codes
from devices.codecs.contact_id import Report
from devices.codecs.sia_codes import Event
from devices.signal import Kind, Signal

QUALIFIERS = {"E": 1, "R": 3, "P": 6}  # new event, restore, previous event

# Patterns that several layouts share. RR is the receiver in hex; the event is QXYZGGCCC.
ACCOUNT = rb"([0-9A-Fa-f]{4})"
EVENT = rb"([ERPerp1-9])([0-9A-Fa-f]{3})([0-9A-Fa-f]{2})([0-9A-Fa-f]{3})"


class Basic(NamedTuple):
    """A 4/2, 4/3 or 3/1 report, or one of a modem format: digits whose meaning each installer chooses."""

    event: str
    area: str | None
    zone: str


class Channels(NamedTuple):
    """A high speed report: one digit a channel. 1 new, 3 restored, 5 at rest, 6 reported before (Ademco)."""

    digits: str


@dataclass(slots=True)
class Line:
    """One frame. ``protocol`` is its kind, by its first character where it has one; ``said`` is as far as it is read.

    Without ``signals`` it only proves that the line lives.
    """

    protocol: str
    receiver: str = ""
    line: str = ""
    account: str = ""
    said: Report | Basic | Channels | str = ""
    events: tuple[Event, ...] = ()
    signals: tuple[Signal, ...] = ()
    sequence: str = ""
    deviations: tuple[str, ...] = ()


def of_contact_id(protocol: str, receiver: str, line: str, report: Report, deviations: tuple[str, ...] = ()) -> Line:
    signals = (contact_id.signal(report),)
    return Line(protocol, receiver, line, report.account, report, signals=signals, deviations=deviations)


def report(account: str, qualifier: str, event: str, partition: str, zone: str, *, message_type: str = "18") -> Report:
    """The qualifier is a digit, or its letter in ``QUALIFIERS``."""
    number = QUALIFIERS.get(qualifier.upper()) or int(qualifier)
    return Report(account, number, event, partition, zone, message_type)


def of_sia(protocol: str, receiver: str, line: str, data: str) -> Line:
    """``data`` is ``#acct|N…``; if no event can be read in it, it is shown as it is."""
    account, events = sia_codes.parse(data)
    if not events:
        return unread(protocol, receiver, line, data, account)
    signals = tuple(sia_codes.signal(event, account) for event in events)
    return Line(protocol, receiver, line, account, "", tuple(events), signals)


def of_receiver(protocol: str, receiver: str, line: str, data: str) -> Line:
    """A fault of the receiver itself, as SIA. Its account is empty: no resident's device is speaking."""
    account, events = sia_codes.parse(data)
    event = events[0] if events else Event("?", None, {})
    restore = sia_codes.MEANING.get(event.code, (Kind.FAULT, False))[1]
    text = f"receiver {receiver} line {line} account {account} {event.address or ''}"
    signal = Signal("", Kind.FAULT, "SIA " + event.code[:40], restore, text=" ".join(text.split()))
    return Line(protocol, receiver, line, account, "" if events else data, tuple(events), (signal,))


def of_basic(
    protocol: str, receiver: str, line: str, account: str, said: Basic, medical: str = "", name: str = "basic"
) -> Line:
    """``medical`` are the event digits that the manual gives the meaning of a medical emergency."""
    kind = Kind.SOS if said.event and said.event in medical else Kind.UNKNOWN
    signal = Signal(account, kind, f"{name} {said.event}", partition=said.area, zone=said.zone)
    return Line(protocol, receiver, line, account, said, signals=(signal,))


def of_channels(protocol: str, receiver: str, line: str, account: str, digits: str) -> Line:
    """Every channel that is not at rest is a signal of its own; if all rest, the report itself is looked at."""
    signals = [
        Signal(account, Kind.UNKNOWN, f"channel {digit}", digit == "3", zone=str(channel))
        for channel, digit in enumerate(digits, 1)
        if digit not in "5 "
    ]
    signals = signals or [Signal(account, Kind.UNKNOWN, "channels at rest", text=digits)]
    return Line(protocol, receiver, line, account, Channels(digits), signals=tuple(signals))


def of_caller(protocol: str, receiver: str, line: str, account: str, number: str) -> Line:
    """The telephone number a dialler called from; the event is a frame of its own."""
    signal = Signal(account, Kind.STATUS, "caller id", text=number, voice=number)
    return Line(protocol, receiver, line, account, number, signals=(signal,))


def unread(protocol: str, receiver: str, line: str, said: str, account: str = "") -> Line:
    """A frame of a kind nobody described to us: somebody may have pressed, so it is not refused."""
    signal = Signal(account, Kind.UNKNOWN, f"frame {protocol}".strip(), text=said)
    return Line(protocol, receiver, line, account, said, signals=(signal,))


def words(match: re.Match[bytes]) -> list[str]:
    """The groups of a match as text; one that took no part is empty. NUL is made visible: no database holds one."""
    return [(group or b"").decode("latin-1").replace("\0", "\u2400") for group in match.groups()]


def text(data: bytes) -> str:
    """UTF-8, else Windows-1252, as panels write names of zones."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
