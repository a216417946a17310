"""Frames of text between delimiters, described entirely in the line's ``format`` table: no maker's protocol in here.

For 一键呼叫 boxes and the like whose format is known only from a capture or a page of the maker (``$…#`` over a serial
cable is the commonest). What the description says stands in ``delimited_format.py``; ``python app.py
try-line`` shows what it makes of a capture. What such boxes do differently from their own papers: noise before the
start, a new frame begun before the last one ended, fields added or left out at the end, texts in another encoding. All
are read as far as the account and the event can be told, and named in ``deviations``; a value in no table is an unknown
event and rings.
"""

import re
from datetime import datetime

from devices.codecs.delimited_format import Description
from devices.codecs.delimited_frame import FILLER, WRONG_CHECKSUM, Frame, read, render
from devices.codecs.described import What, account_of, described, in_order, per_cent, place, plain
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Setup, Signal

NOTHING = What(None)
NO_ACCOUNT = "no account that could be anybody's: 1 to 32 characters"


class Delimited:
    """One connection or datagram. Raises pydantic's ``ValidationError`` for a bad ``format``."""

    name = "delimited"

    def __init__(self, setup: Setup) -> None:
        self._how = described(Description, setup.format)
        self._rest = b""
        self._searched = 0  # bytes of the rest that hold no end, so that slow senders cost no more than fast ones

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        return self._take(self._rest + data, False)

    def end(self) -> list[Heard]:
        """A datagram may end a frame; what a connection leaves unfinished is kept as it is."""
        heard = self._take(self._rest, True)
        rest, self._rest, self._searched = self._rest, b"", 0
        if not rest.strip(FILLER):
            return heard
        return heard + (self._hear(rest) if not self._how.end else [Garbled(rest, "a frame without its end")])

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        how = self._how
        template = how.heartbeat_reply
        if template is None or how.meaning(heard.head.get("event", "")) != NOTHING:
            template = how.reply
        return render(how, template, heard.head)

    # --- where frames begin and end -------------------------------------------------------------------------------

    def _take(self, buffer: bytes, over: bool) -> list[Heard]:
        heard: list[Heard] = []
        at = 0
        while stop := self._stop(buffer, at, over):
            heard += self._hear(buffer[at:stop])
            at, self._searched = stop, 0
        self._rest = buffer[at:]
        return heard

    def _stop(self, buffer: bytes, at: int, over: bool) -> int:
        """Where the frame that begins at ``at`` stops, or 0 while its end has not arrived."""
        how, edge = self._how, at + self._how.max_length
        found = buffer.find(how.end, at + self._searched, edge) if how.end else -1
        if found < 0:
            self._searched = max(0, min(len(buffer), edge) - at - len(how.end) + 1)
            return self._too_long(buffer, at, edge) if len(buffer) >= edge else 0
        self._searched = found - at
        stop, width = found + len(how.end), how.checksum.width
        if how.checksum.after_end:
            return min(stop + width, len(buffer)) if over or len(buffer) >= stop + width else 0
        if how.checksum.form == "binary" and width:
            return self._stop_of_binary(buffer, at, stop, over)
        return stop

    def _stop_of_binary(self, buffer: bytes, at: int, first: int, over: bool) -> int:
        """The checksum itself may look like an end: the first end that makes it right counts.

        So a wrong one is known, and answered, only when the next few bytes have come, or there are no more.
        """
        how, last = self._how, first + self._how.checksum.width
        stop = first
        while 0 < stop <= last:
            if isinstance(read(self._how, buffer[at:stop])[1], Frame):
                return stop
            stop = buffer.find(how.end, stop - len(how.end) + 1, last) + len(how.end)
            if stop < first + 1:
                break
        return first if over or len(buffer) >= last else 0

    def _too_long(self, buffer: bytes, at: int, edge: int) -> int:
        """A frame may have begun inside what is too long: that beginning is not thrown away with it."""
        start = self._how.start
        if not start:
            return edge
        begun = buffer.rfind(start, at + 1, edge)
        return begun if begun > 0 else edge - len(start) + 1

    # --- what they say --------------------------------------------------------------------------------------------

    def _hear(self, chunk: bytes) -> list[Heard]:
        if not chunk.strip(FILLER):
            return []
        begins, frame = read(self._how, chunk)
        heard: list[Heard] = []
        if chunk[:begins].strip(FILLER):
            heard.append(Garbled(chunk[:begins], "bytes before the start of a frame"))
        elif isinstance(frame, Frame):
            begins = 0  # separators between frames go with the next
        raw = chunk[begins:]
        if isinstance(frame, Frame):
            return [*heard, self._tell(raw, frame)]
        wrong = frame == WRONG_CHECKSUM
        return [*heard, Garbled(raw, frame, render(self._how, self._how.nak, {}) if wrong else b"")]

    def _tell(self, raw: bytes, frame: Frame) -> Heard:
        said, how, deviations = frame.said, self._how, frame.deviations
        account = account_of(said["account"])
        account = "" if "\ufffd" in account else account
        event = said.get("event", "")
        what = how.meaning(event) or What(Kind.UNKNOWN)
        level = _number(said.get("battery", ""))
        battery = None if level is None else per_cent(level)
        low = battery is not None and battery <= how.battery_low
        where = _position(said)
        if what.kind is None and not low:
            if not account:
                return Garbled(raw, NO_ACCOUNT)
            return Heartbeat(raw, account, said, where, battery)
        if not account:
            deviations += (NO_ACCOUNT,)
        signals = [_signal(said, account, what, f"event {event}", where)] if what.kind else []
        if low:
            signals.append(_signal(said, account, What(Kind.LOW_BATTERY), f"battery {battery}", where))
        return Message(
            raw, account, in_order(signals), plain(said.get("sequence", "")), frame.body, deviations, head=said
        )


def _signal(said: dict[str, str], account: str, what: What, code: str, where: Position | None) -> Signal:
    texts = [said.get("text", ""), f"battery {said['battery']}" if said.get("battery") else ""]
    assert what.kind
    return Signal(
        account, what.kind, plain(code), what.ended, partition=plain(said.get("partition", ""), 20) or None,
        zone=plain(said.get("zone", ""), 20) or None, text=plain(", ".join(filter(None, texts)), 300), position=where,
        voice=plain(said.get("voice", ""), 100),
    )  # fmt: skip


def _number(written: str) -> float | None:
    written = written.rstrip("% ")
    return float(written) if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", written) else None


def _position(said: dict[str, str]) -> Position | None:
    latitude, longitude = _number(said.get("latitude", "")), _number(said.get("longitude", ""))
    return None if latitude is None or longitude is None else place(latitude, longitude)
