"""SIA DC-03, the event language of DC-09 ``SIA-DCS`` and Sur-Gard ``S`` frames: codes, and the block that carries them.

A block is ``#acct|N<modifiers>/CC<address>/CC<address>…``: ``N`` new event, ``O`` old event; modifiers are two small
letters and a value (``ri1``); a following block ``A…`` is text for the event before it. One block may hold several
events and each is raised. What cannot be read as an event is raised too, as ``Kind.UNKNOWN``.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from devices.codecs.care_classes import KINDS
from devices.codecs.sia_modifiers import MODIFIERS, occurred, words
from devices.signal import Kind, Position, Signal

TABLE: dict[str, list[str]] = json.loads((Path(__file__).parent / "tables/sia_dc03.json").read_text("utf-8"))
TABLE.pop("_")

# Equipment speaking of itself: here "trouble" is the very thing the kind names.
TECHNICAL = {
    "mains", "battery", "tamper", "device_lost", "device_fault", "communication", "rf_jamming", "test_missing",
}  # fmt: skip
# To bypass one of these is daily life; to bypass any other leaves somebody without protection.
OFTEN_BYPASSED = {"intrusion", "tamper", "admin"}

EXCEPTIONS: dict[str, tuple[Kind, bool]] = {  # code: (kind, restore)
    # life signals that DC-03 files as reports
    "NA": (Kind.INACTIVITY, False),
    "NS": (Kind.INACTIVITY, True),  # activity resumed
    "JK": (Kind.INACTIVITY, False),  # latch-key: the person expected has not shown
    "CT": (Kind.INACTIVITY, False),  # late to open: the resident did not get up and disarm
    "OI": (Kind.INACTIVITY, False),
    "FG": (Kind.SMOKE, False),  # unverified fire may be a fire
    "MI": (Kind.UNKNOWN, False),  # a canned medical message: only its number is sent
    "HA": (Kind.DURESS, False),  # hold-up: silent, the person is being threatened
    "HH": (Kind.DURESS, True),
    "HR": (Kind.DURESS, True),
    # something happened at a point nobody described, or a message was lost on its way
    **dict.fromkeys(("UG", "UX", "XA", "XE", "XF", "YN", "YO", "RT"), (Kind.UNKNOWN, False)),
    **dict.fromkeys(("UH", "UR"), (Kind.UNKNOWN, True)),
    # burglary, doors, tampering filed elsewhere
    **dict.fromkeys(("BG", "BV", "DF", "EA"), (Kind.INTRUSION, False)),
    **dict.fromkeys(("DJ", "DL", "DM", "DN"), (Kind.DOOR, False)),
    **dict.fromkeys(("DH", "DR"), (Kind.DOOR, True)),
    **dict.fromkeys(("AA", "ES", "JA", "XS"), (Kind.TAMPER, False)),
    **dict.fromkeys(("EJ", "XJ"), (Kind.TAMPER, True)),
    # a detector is missing
    **dict.fromkeys(("BZ", "CM", "EM", "EZ", "FY", "FZ", "XM"), (Kind.DEVICE_LOST, False)),
    "EN": (Kind.DEVICE_LOST, True),
    # links
    **dict.fromkeys(("NT", "XL"), (Kind.LINK_FAULT, False)),
    "NR": (Kind.LINK_FAULT, True),
    # reports that a technician should see
    **dict.fromkeys(("AS", "EX", "NC", "US", "YU", "YW", "YX"), (Kind.FAULT, False)),
    # reports and alarms of the disarming afterwards: the alarm itself has been sent
    **dict.fromkeys(("OH", "OL", "OR", "CI", "TW", "TZ"), (Kind.STATUS, False)),
    "AB": (Kind.CANCEL, False),  # the resident took an alarm back before it was sent
    **dict.fromkeys(("FK", "TE"), (Kind.TEST, True)),  # a test has ended
}


def _meaning(code: str) -> tuple[Kind, bool]:
    """Kind and restore of a code in the table, from its phase and class."""
    if code in EXCEPTIONS:
        return EXCEPTIONS[code]
    name, _, care_class, phase = TABLE[code]
    if phase != "restore":
        return _kind(phase, care_class), False
    # What has been restored decides: the end of a *trouble* of the panic key is not the end of a panic.
    if "Unbypass" in name:
        return _kind("bypass", care_class), True
    if "Trouble" in name or "Supervis" in name or care_class == "admin":
        return _kind("trouble", care_class), True
    return _kind("alarm", care_class), True


def _kind(phase: str, care_class: str) -> Kind:
    if phase == "alarm":
        return Kind.UNKNOWN if care_class == "admin" else KINDS[care_class]
    if phase in ("trouble", "report") and care_class in TECHNICAL:
        return KINDS[care_class]
    if phase == "test":
        return Kind.TEST
    if phase == "cancel":
        return Kind.CANCEL
    if phase == "report" and care_class == "admin":
        return Kind.STATUS
    if phase == "bypass" and care_class in OFTEN_BYPASSED:
        return Kind.STATUS
    return Kind.FAULT  # trouble, supervisory and bypass of anything that protects


MEANING: dict[str, tuple[Kind, bool]] = {code: _meaning(code) for code in TABLE}

OLD = "old event"  # stored by the device and sent late: whoever reads it must know
_ITEM = re.compile(
    r"""(?P<key>[a-z]{2})(?:(?P<short>[0-9][0-9:.,-]*)(?=[A-Z]{2})   # ri1BA01: no slash after the modifier
                          |(?P<value>[^/^*]*))
      |(?P<code>[A-Z]{2})(?P<address>[^/^*]*)
      |\^(?P<caret>[^^]*)\^?
      |\*'?(?P<star>[^']*)(?:'(?:NM)?)?
      |/
      |(?P<odd>[^/]+)""",
    re.VERBOSE | re.DOTALL,
)
_ACCOUNT = re.compile(r"(?:#([0-9A-Za-z]*)|([0-9A-Fa-f]*))\Z")
# What nearly every panel sends, one event with at most an area: read in one go, with the same result (tested).
_PLAIN = re.compile(r"#([0-9A-Fa-f]*)\|N(?:ri([0-9]+)/)?([A-Z]{2})([0-9A-Fa-f]*)\Z")


class Event(NamedTuple):
    """One event of a block. ``code`` is two capitals, or the odd text itself. ``old``: stored and sent late."""

    code: str
    address: str | None
    modifiers: dict[str, str]
    text: str = ""
    old: bool = False


def parse(data: str) -> tuple[str, list[Event]]:
    """The account (empty if none is given) and all events of a data field such as ``#1234|Nri1/MA001/YT000|Atext``."""
    if plain := _PLAIN.match(data):
        account, area, code, address = plain.groups()
        return account, [Event(code, address or None, {"ri": area} if area else {})]
    return parse_blocks(data)


def parse_blocks(data: str) -> tuple[str, list[Event]]:
    """The same for any data: block by block, item by item."""
    first, *blocks = data.split("|")
    named = _ACCOUNT.match(first)
    if not named:
        blocks.insert(0, first)
    events: list[Event] = []
    stray = ""
    for block in blocks:
        if block[:1] in ("N", "O"):
            events += _events(block[1:], block[0] == "O")
        elif block and events:
            events[-1] = _with_text(events[-1], block[1:] if block[0] == "A" else block)
        elif block.isdecimal():
            stray = f"{stray} {block}"
        elif block:
            events.append(Event(block, None, {}))
    if stray and events:
        events[0] = _with_text(events[0], stray)
    return (named.group(1) or named.group(2) or "" if named else ""), events


def _with_text(event: Event, text: str) -> Event:
    return event._replace(text=f"{event.text} {text.strip()}".strip())


def _events(block: str, old: bool) -> list[Event]:
    """The items of one ``N`` or ``O`` block: modifiers hold for every event after them."""
    events: list[Event] = []
    modifiers: dict[str, str] = {}
    for item in _ITEM.finditer(block):
        key, short, value, code, address, caret, star, odd = item.groups()
        if code:
            events.append(Event(code, address.strip() or None, modifiers, "", old))
        elif key in MODIFIERS:
            modifiers = {**modifiers, key: short or value}
        elif key or odd:
            events.append(Event(item.group(), None, modifiers, "", old))
        elif events and (caret or star):
            events[-1] = _with_text(events[-1], caret or star)
    return events


def signal(
    event: Event, account: str, at: datetime | None = None, text: str = "", position: Position | None = None,
    clock: datetime | None = None,
) -> Signal:  # fmt: skip
    """What an event means. ``at`` and ``text`` are what the frame says besides the event's own time and text.

    ``clock`` is the UTC clock that ``ti`` and ``da`` count by; without one they are local time and only told in words.
    """
    kind, restore = MEANING.get(event.code, (Kind.UNKNOWN, False))
    modifiers = event.modifiers
    zone, voice = event.address, ""
    if len(modifiers) > ("ri" in modifiers):
        at, zone, voice, more = _modified(event, at, clock)
        text = f"{more} {text}".strip()
    if event.text or event.old:
        text = " ".join(filter(None, (event.text, text, OLD if event.old else "")))
    return Signal(
        account, kind, "SIA " + event.code[:40], restore, at, modifiers.get("ri"), zone, text, position, voice
    )


def _modified(
    event: Event, at: datetime | None, clock: datetime | None
) -> tuple[datetime | None, str | None, str, str]:
    """Time, zone, voice and further words of an event that has more modifiers than its area."""
    modifiers, told = event.modifiers, {"ri", "ph"}
    if clock and (occurred_at := occurred(modifiers, clock)):
        at = occurred_at
        told |= {"ti", "da"}
    zone = event.address
    for key in ("id", "pi"):
        if zone is None and modifiers.get(key):
            zone = modifiers[key]
            told.add(key)
    return at, zone, modifiers.get("ph", ""), words(modifiers, told)


def write_data(account: str, code: str, address: str = "", area: str = "") -> str:
    """The data field of a DC-09 ``SIA-DCS`` frame, which is also the inside of a Sur-Gard ``S`` frame."""
    return f"#{account}|N{'ri' + area + '/' if area else ''}{code}{address}"
