"""Honeywell Galaxy (Dimension, Flex; module E080): bare SIA DC-03 blocks over TCP, each answered before the next comes.

One report is ``#account``, ``N`` (or ``O``, stored) with the events, from SIA level 3 on ``A`` with the words of the
panel's own display, then ``0``, end of data. The panel sends a block again every 50 to 100 ms until block ``8``
(``40 38 87``) acknowledges it; to a damaged block nothing is answered, so it comes again. Sources: captures in
github.com/eavanvalkenburg/pysiaalarm issues 41 and 75, eavanvalkenburg/sia issue 32, schmupu/ioBroker.sia issue 28, and
the observations of github.com/ZebMcKayhan/SIA-Server. There is no checksum but one parity byte, and no number.

An event has to be acknowledged before its words come, so the words are a signal of their own (``STATUS``), which joins
the call the event opened. ``ti`` is the panel's local clock: told in words, never computed with. An event before any
account is raised all the same, with the account empty. Encryption and the IP check are Honeywell's own: not read.
"""

from datetime import datetime

from devices.codecs import dc03_blocks, sia_codes
from devices.codecs.dc03_blocks import ACKNOWLEDGED, Block
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Setup, Signal

LIMIT = 1024  # bytes of one run of noise
FILLER = b"\x00\n\r"
ACCOUNT, EVENTS, TEXT = "#", ("N", "O"), "A"
QUIET = frozenset("#&@012")  # who speaks, how, and that it has ended: they prove life
REPLIES = frozenset("3456789?")  # answers, or a wish to log in to us: we have asked for nothing


class Galaxy:
    """One connection of one panel."""

    name = "galaxy-dc03"
    one_account = True  # on a connection: it is the device's own

    def __init__(self, setup: Setup) -> None:
        self._rest = b""
        self._looked = 0  # so far into the rest no block begins
        self._account = ""
        self._event: Signal | None = None  # what the next words belong to

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        self._rest += data
        return self._cut(gone=False)

    def end(self) -> list[Heard]:
        return self._cut(gone=True)

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return dc03_blocks.write(ACKNOWLEDGED)

    def _cut(self, gone: bool) -> list[Heard]:
        """Every block in the rest, and what lies between them as ``Garbled``.

        Every decision needs only the bytes of one possible block, however they were split, and every byte is looked at
        once: a block begins where header, function and parity are all right, and nowhere else.
        """
        buffer, start, at = self._rest, 0, self._looked
        heard: list[Heard] = []
        while at < len(buffer):
            if at == start and buffer[at] in FILLER:
                start = at = at + 1
                continue
            size = dc03_blocks.span(buffer, at)
            if at + size > len(buffer) and not gone:
                break
            block = dc03_blocks.read(buffer, at)
            if block:
                heard += _noise(buffer[start:at])
                heard.append(self._hear(block, buffer[at : at + size]))
            at += block.size if block else 1
            if block or at - start == LIMIT:
                heard += [] if block else _noise(buffer[start:at])
                start = at
        heard += _noise(buffer[start:]) if gone else []
        self._rest, self._looked = (b"", 0) if gone else (buffer[start:], at - start)
        return heard

    def _hear(self, block: Block, raw: bytes) -> Heard:
        if block.function == ACCOUNT:
            self._account, self._event = block.text, None
        if block.function in QUIET:
            return Heartbeat(raw, self._account, block)
        if block.function in REPLIES:
            return Garbled(raw, "a reply or a log-in, and we asked for nothing", account=self._account)
        signals = self._events(block) if block.function in EVENTS else (self._words(block),)
        before = self._event.code if self._event and block.function == TEXT else ""
        if block.function in EVENTS:
            self._event = signals[-1]
        return Message(raw, self._account, signals, content=before.encode() + raw, head=block)

    def _events(self, block: Block) -> tuple[Signal, ...]:
        _, events = sia_codes.parse(dc03_blocks.joined([block]))
        if not events:
            return (Signal(self._account, Kind.UNKNOWN, "SIA unread", text=block.text),)
        return tuple(sia_codes.signal(event, self._account) for event in events)

    def _words(self, block: Block) -> Signal:
        """The words of an event that has been raised; words without one, or another kind of block: somebody looks."""
        text, event = " ".join(block.text.split()), self._event
        if event is None or block.function != TEXT:
            return Signal(self._account, Kind.UNKNOWN, f"SIA block {block.function}", text=text)
        return Signal(self._account, Kind.STATUS, f"{event.code} text", partition=event.partition, zone=event.zone,
                      text=text)  # fmt: skip


def _noise(raw: bytes) -> list[Heard]:
    return [Garbled(raw, "no DC-03 block in these bytes")] if raw else []


def write(account: str, events: str, text: str = "") -> tuple[bytes, ...]:
    """The blocks of one report, to be sent one after the other: ``events`` such as ``ti11:46/ri1/BA1011``."""
    said = [(ACCOUNT, account), ("N", events), *([(TEXT, text)] if text else []), (dc03_blocks.END, "")]
    return tuple(dc03_blocks.write(function, words.encode("cp850", "replace")) for function, words in said)
