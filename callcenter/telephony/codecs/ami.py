"""The manager interface (AMI) of Asterisk as bytes: ``Name: value`` lines, an empty line after each packet.

Source: the documentation of Asterisk's manager, versions 13 to 22. A packet is a dict; of a name that comes twice the
last counts. What is no packet (the greeting, the output of a command, noise) is left out, never an error: whatever a
box says, the next packet is read.
"""

import hashlib
from collections.abc import Mapping

Packet = dict[str, str]
LONGEST_LINE, MOST_LINES = 16_384, 400
GREETING = b"Asterisk Call Manager/"


class Packets:
    """Sans-I/O: ``feed`` bytes in whatever pieces they come, get whole packets."""

    def __init__(self) -> None:
        self.greeted = ""
        self._rest = b""
        self._packet: Packet = {}
        self._skipping = False  # in a line or a packet that is too long to be one

    def feed(self, data: bytes) -> list[Packet]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            self._rest, self._skipping = b"", True
        return [packet for line in lines if (packet := self._line(line.rstrip(b"\r")))]

    def _line(self, line: bytes) -> Packet | None:
        if not line:
            packet, self._packet = ({} if self._skipping else self._packet), {}
            self._skipping = False
            return packet or None
        if line.startswith(GREETING) and not self._packet:
            self.greeted = line.decode("utf-8", "replace")[:80]
            return None
        name, colon, value = line.partition(b":")
        if not colon or self._skipping:
            return None
        if len(self._packet) >= MOST_LINES or len(line) > LONGEST_LINE:
            self._skipping = True
            return None
        self._packet[name.strip().decode("utf-8", "replace")] = value.strip().decode("utf-8", "replace")
        return None


def write(action: str, fields: Mapping[str, str]) -> bytes:
    """One action. Raises ``ValueError`` when a value would end its line: nobody may smuggle in a second action."""
    lines = [f"Action: {action}", *(f"{name}: {value}" for name, value in fields.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError(f"a value of {action} holds the end of a line")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def key(challenge: str, password: str) -> str:
    """The answer to a challenge: the password itself never crosses the wire."""
    return hashlib.md5((challenge + password).encode(), usedforsecurity=False).hexdigest()
