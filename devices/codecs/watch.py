"""Watches that speak ``[3G*…]`` over TCP (SeTracker, Beesure, many brands): SOS, falls, fences, positions, orders.

    [MM*ID*LLLL*content]  or  [MM*ID*INDEX*LLLL*content]        MM = 3G, SG, CS, ZJ …; ID = ten digits or the IMEI

LLLL is the length of the content in hexadecimal. Contents are ``TYPE`` or ``TYPE,value,…``; inside binary content 7D 01
to 7D 05 stand for 7D ``[`` ``]`` ``,`` ``*``. There is no checksum and, mostly, no number. Sources: the maker's server
protocol (4P-Touch, "Beesure GPS SeTracker server protocol"), Traccar's decoder and the captures in its tests.

What real watches do differently, all accepted and named in ``deviations``: lengths that lie, by one or by dozens;
names of wireless networks with brackets in them; coordinates with sign and letter both; a status of four digits. A
frame ends where LLLL says, if a bracket stands there. A bracket before that place ends it too if it follows a number
(what a report ends with) or stands in anything but a report; after that place the next such bracket does. A head of
another frame in between means that this one was cut off.

``AL`` is sent until it is answered; it is an event and always news. A position report carries the same status word, and
the bits in it are news when they rise (see ``held.py``). An ``AL`` whose status says nothing is an SOS: a watch that
cannot say why it calls is not left unheard. ``TK`` is somebody's recorded voice: kept, and somebody rings back. A type
nobody knows is kept as a status, without ringing: it answers some setting, and every real alarm is an ``AL``.
Heart rate, blood pressure and temperature prove life and are not kept.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from devices.codecs.datum import places
from devices.codecs.held import Held, Mark, Meaning
from devices.codecs.watch_contents import UNNAMED, UNREADABLE, percent
from devices.codecs.watch_frame import HEAD, START, Frame, may_end, read_frame, write
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Order, Setup, Signal

LIMIT = 4096  # bytes of one unfinished frame
WEARERS = 64  # watches remembered on one connection; of others everything is news
FILLER = b"\x00\r\n "

_PHONE = re.compile(r"\+?[0-9]{2,20}")

ANSWERS = {"LK": "LK", "AL": "AL", "TKQ": "TKQ", "TKQ2": "TKQ2", "INIT": "INIT,1", "CONFIG": "CONFIG,1"}
ORDERS = {"locate": "CR", "call": "CALL", "find": "FIND", "tell": "MESSAGE"}
LONGEST_TEXT = 60  # characters; the makers name no limit, and the screens are small
OBEYED = {word: what for what, word in ORDERS.items()}
PROOF_OF_LIFE = frozenset({
    "LK", "TKQ", "TKQ2", "INIT", "CONFIG", *OBEYED,
    "PULSE", "heart", "HEART", "BLOOD", "bphrt", "TEMP", "btemp2", "oxygen", "hrtstart",
})  # fmt: skip
HISTORY = "UD2"  # what it could not send at the time: alive, but no longer there


@dataclass(slots=True)
class _Wearer:
    """What is remembered of one watch: the form of its frames, for our orders, and what stands."""

    maker: str = ""
    index: str = ""
    held: Held = field(default_factory=Held)


class Watch:
    """One connection. It normally carries one watch; a gateway may carry some more."""

    name = "watch"
    one_account = True  # on a connection: it is the device's own
    orders = frozenset(ORDERS)

    def __init__(self, setup: Setup) -> None:
        self._place = places(setup.format)
        self._rest = b""
        self._seen = 0  # bytes of ``_rest`` in which no bracket ends a frame
        self._now = datetime.min.replace(tzinfo=UTC)
        self._wearers: dict[str, _Wearer] = {}

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        buffer, at, self._now = self._rest + data, 0, now
        heard: list[Heard] = []
        while (cut := self._cut(buffer, at)) is not None:
            stop, head = cut
            heard += self._hear(buffer[at:stop], head)
            at, self._seen = stop, 0
        self._rest = buffer[at:]
        return heard

    def end(self) -> list[Heard]:
        """What is left. A frame with head and bracket counts, whatever its length says: nobody will complete it."""
        rest, self._rest, self._seen = self._rest, b"", 0
        starts = sorted({0, *(match.start() for match in START.finditer(rest)), len(rest)})
        heard: list[Heard] = []
        for start, stop in pairwise(starts):
            whole = rest[start:stop].rstrip(FILLER).endswith(b"]")
            heard += self._hear(rest[start:stop], HEAD.match(rest, start, stop) if whole else None)
        return heard

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        frame: Frame = heard.head
        if isinstance(heard, Message) and frame.account in self._wearers:
            self._wearers[frame.account].held.answered(Mark(heard.sequence, heard.content))
        answer = ANSWERS.get("AL" if frame.type.startswith("AL") else frame.type, "")
        return write(answer, frame.account, frame.maker, frame.index) if answer else b""

    def order(self, account: str, order: Order, now: datetime) -> bytes:
        """``CR`` (locate for three minutes), ``CALL,number`` (dial it), ``FIND`` (ring for a minute), ``MESSAGE,text``

        (show it, in UTF-16 written as hexadecimal).
        """
        wearer = self._wearers.get(account)
        if wearer is None or (order.what == "call" and not _PHONE.fullmatch(order.number)):
            return b""
        if order.what == "tell":
            shown = order.text[:LONGEST_TEXT].encode("utf-16-be", "replace").hex().upper()
            return write(f"MESSAGE,{shown}", account, wearer.maker, wearer.index) if shown else b""
        content = f"CALL,{order.number}" if order.what == "call" else ORDERS[order.what]
        return write(content, account, wearer.maker, wearer.index)

    def obeyed(self, heard: Message | Heartbeat) -> tuple[str, bool] | None:
        """The watch repeats the word of an order when it has taken it."""
        what = OBEYED.get(heard.head.type)
        return (what, True) if what else None

    # --- where a frame ends ---------------------------------------------------------------------------------------

    def _cut(self, buffer: bytes, at: int) -> tuple[int, re.Match[bytes] | None] | None:
        """Where the piece that begins at ``at`` stops, with its head if it is a frame; None while that is open."""
        edge = at + LIMIT
        if buffer[at : at + 1] != b"[":
            start = buffer.find(b"[", at, edge)
            return (start, None) if start >= 0 else (edge, None) if len(buffer) >= edge else None
        while (close := buffer.find(b"]", at + self._seen, edge)) >= 0:
            self._seen = close + 1 - at
            head = HEAD.match(buffer, at, close)
            claimed = head.end() + int(head[4], 16) if head else -1
            ends = close == claimed or head is None or may_end(buffer, head.end(), close)
            other = None if close == claimed or (close < claimed and not ends) else START.search(buffer, at + 1, close)
            if other:
                return other.start(), None
            if ends:
                return close + 1, head
        if len(buffer) < edge:
            return None
        other = START.search(buffer, at + 1, edge)
        return (other.start() if other else edge), None

    # --- what a piece says ----------------------------------------------------------------------------------------

    def _hear(self, raw: bytes, head: re.Match[bytes] | None) -> list[Heard]:
        if head is None:
            known = HEAD.match(raw)
            account = known[2].decode() if known else ""
            return [Garbled(raw, "not a whole watch frame", account=account)] if raw.strip(FILLER) else []
        frame = read_frame(head, raw)
        held = self._wearer(frame).held
        if frame.type.startswith("AL") or frame.report:
            return [self._hear_report(raw, frame, held)]
        if frame.type in PROOF_OF_LIFE:
            battery = percent(frame.values[2]) if frame.type == "LK" and len(frame.values) > 2 else None
            return [Heartbeat(raw, frame.account, frame, battery=battery)]
        voice = frame.type == "TK" and len(frame.payload) > 1  # one digit only says that it heard a message of ours
        kind, text = (
            (Kind.SERVICE, f"voice message, {len(frame.payload)} bytes: ring back") if voice else (Kind.STATUS, "")
        )
        signal = Signal(frame.account, kind, f"watch {frame.type[:20]}", text=text)
        return [_message(raw, frame, (signal,), Mark(frame.index, frame.type.encode() + frame.payload))]

    def _wearer(self, frame: Frame) -> _Wearer:
        wearer = self._wearers.setdefault(frame.account, _Wearer())
        wearer.maker, wearer.index = frame.maker, frame.index
        if len(self._wearers) > WEARERS:
            del self._wearers[next(iter(self._wearers))]
        return wearer

    def _hear_report(self, raw: bytes, frame: Frame, held: Held) -> Heard:
        report, event = frame.report, frame.type.startswith("AL")
        meanings = report.meanings if report else (UNREADABLE,)
        if event and not meanings:
            meanings = (UNNAMED,)
        position = report.position(self._place) if report and frame.type != HISTORY else None
        mark = Mark(frame.index, frame.type.encode() + b"," + frame.payload)
        news = held.report(meanings, mark, self._now, event)
        signals = [self._signal(frame, meaning) for meaning in news.begun]
        signals += [self._signal(frame, one, ended=True) for one in news.ended if one.kind is Kind.LOW_BATTERY]
        if signals:
            return _message(raw, frame, tuple(signals), news.mark)
        return Heartbeat(raw, frame.account, frame, position, report.battery if report else None)

    def _signal(self, frame: Frame, meaning: Meaning, ended: bool = False) -> Signal:
        report = frame.report
        return Signal(
            frame.account, meaning.kind, f"watch {meaning.word}", meaning.restore or ended,
            at=report.at if report else None,
            text=report.last_known(self._place) if report else "",
            position=report.position(self._place) if report else None,
        )  # fmt: skip


def _message(raw: bytes, frame: Frame, signals: tuple[Signal, ...], mark: Mark) -> Message:
    deviations = () if frame.length_ok else ("length is not that of the content",)
    return Message(raw, frame.account, signals, mark.sequence, mark.content, deviations, head=frame)
