"""What was answered, in words that can be compared: ACK, NAK, DUH, with number and account where it has them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from devices.replay.recording import Talk

NOTHING = "—"
_DC09 = re.compile(rb'"(\*?)([A-Z]{3})"(\d{4})[^#\[\r"]*#?(\w*)\[')


def _dc09(said: bytes) -> list[str]:
    """``ACK 0012 #1001``, with a star in front where it was encrypted."""
    found = (tuple(word.decode("ascii", "replace") for word in match.groups()) for match in _DC09.finditer(said))
    return [f"{star}{token} {sequence}{f' #{account}' if account else ''}" for star, token, sequence, account in found]


_BYTES = {0x06: "ACK", 0x15: "NAK"}


def _one_byte(said: bytes) -> list[str]:
    return [_BYTES.get(byte, f"{byte:02X}") for byte in said]


def _anything(said: bytes) -> list[str]:
    """Of a protocol without a reader here: was it answered?"""
    return ["answered"] if said else []


READERS: dict[str, Callable[[bytes], list[str]]] = {"dc09": _dc09, "surgard": _one_byte}


def words(protocol: str, said: bytes) -> list[str]:
    return READERS.get(protocol, _anything)(said)


@dataclass(frozen=True, slots=True)
class Difference:
    """``clock``: the frame is encrypted and carries its time, which is past: it cannot be answered as it was."""

    talk: Talk
    recorded: str
    replayed: str
    clock: bool


def differences(talk: Talk, said: bytes) -> list[Difference]:
    """Where the answers ``said`` in the replay are others than those recorded."""
    before, after = words(talk.protocol, talk.all("out")), words(talk.protocol, said)
    found = []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            for old, new in zip_longest(before[i:j], after[k:m], fillvalue=NOTHING):
                found.append(Difference(talk, old, new, old.startswith("*") and new.startswith("NAK")))
    return found
