"""Conditions that a tracker repeats in every report while they last: which of them are news, and what they repeat.

A watch, a GT06 or a JT/T 808 terminal does not say "the key was pressed" once. It sets a bit and sends it along with
each position until the bit falls: with JT/T 808 when our acknowledgement arrives, with clones when they see fit. So

* a bit that rises within a connection, or stands in a connection's first report, is news and becomes a ``Message``;
* a bit that merely still stands is none: the report is a ``Heartbeat``, so one press makes one entry, not one a minute;
* until the ``Message`` that carried it has been answered (which happens once it is on disk) every further report of it
  is a ``Message`` again, with the sequence and content of the first: kept nowhere, it must not sink to a heartbeat,
  whose answer would clear the bit; kept already, the journal knows it for the same;
* a person's bit counts as a new press when its last report is more than ``SAME_PRESS_SECONDS`` old: a terminal that
  reports every ten minutes may have cleared it and been pressed again in between, and nobody may be swallowed.

Bits of things (low battery, taken off) have no such limit; when one falls, that is news too: a restore.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.signal import Kind

SAME_PRESS_SECONDS = 60.0

PRESSING = frozenset({Kind.SOS, Kind.FALL, Kind.DURESS})
_FIRST = (Kind.SOS, Kind.DURESS, Kind.FALL)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one bit or code says, in the protocol's words and in ours. ``restore``: it says that ``kind`` has ended."""

    word: str
    kind: Kind
    restore: bool = False


def urgency(kind: Kind) -> int:
    """To sort by: SOS, then duress and falls, then all the rest in the order in which the device gave it."""
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def human_first(meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """By urgency, each once."""
    return tuple(sorted(dict.fromkeys(meanings), key=lambda one: urgency(one.kind)))


@dataclass(frozen=True, slots=True)
class Mark:
    """How a frame is known for a repetition of another: see ``devices.signal.Message``."""

    sequence: str
    content: bytes


@dataclass(frozen=True, slots=True)
class News:
    """``begun`` and ``ended`` in one report, and the ``mark`` its message has to carry."""

    begun: tuple[Meaning, ...]
    ended: tuple[Meaning, ...]
    mark: Mark


class Held:
    """What one device on one connection has standing."""

    def __init__(self) -> None:
        self._standing: dict[Meaning, datetime] = {}  # -> its last report
        self._unanswered: dict[Meaning, Mark] = {}

    def report(self, meanings: Sequence[Meaning], mark: Mark, now: datetime, event: bool = False) -> News:
        """Take in one report. An ``event`` (an alarm frame, sent because something happened) is news in all it says."""
        said = human_first(meanings)
        fresh = [one for one in said if event or self._is_new(one, now)]
        waiting = [one for one in said if one in self._unanswered]
        if waiting and not fresh:
            mark = self._unanswered[waiting[0]]
        begun = tuple(one for one in said if one in fresh or one in waiting)
        ended = tuple(one for one in self._standing if one not in said)
        self._standing = dict.fromkeys(said, now)
        self._unanswered = {one: at for one, at in self._unanswered.items() if one in said} | dict.fromkeys(begun, mark)
        return News(begun, ended, mark)

    def answered(self, mark: Mark) -> None:
        """The message with this mark is on disk and is being acknowledged."""
        self._unanswered = {one: at for one, at in self._unanswered.items() if at != mark}

    def _is_new(self, one: Meaning, now: datetime) -> bool:
        last = self._standing.get(one)
        if last is None:
            return True
        return one.kind in PRESSING and now - last > timedelta(seconds=SAME_PRESS_SECONDS)
