"""One peer's talk, whatever carries it: bytes in, frames to the door, replies out in the order the frames came.

How it works. Bytes go to the codec in slices, one slice a turn. What is heard waits in ``_heard`` until the door takes
it, and its reply waits in ``_answers`` until all earlier ones have been written: a message's until it is kept, a
heartbeat's and a NAK's only for its place. All of it is bounded; while anything is full the peer is not read, so the
peer's own buffers fill and it has to wait.

An acknowledgement without a number (Sur-Gard's single byte) belongs to whatever frame the receiver sent last. So one
that comes too late, or after a frame that was not kept, is not sent: it would be taken for another frame's.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import structlog

from devices.lines.door import Wire
from devices.lines.line import Line
from devices.lines.speakers import ANOTHERS
from devices.signal import Commanding, Garbled, Heard, Heartbeat, Message, Order, Reply

SLICE = 512  # bytes heard in one turn
INBOX = 4096  # bytes waiting, beyond which the peer is not read
UNANSWERED = 64  # frames waiting, beyond which the peer is not read
FLOOD_SECONDS = 0.5  # so long a peer that said more than a turn could hear is taken for one that floods
NEVER = float("-inf")
PATIENCE_SECONDS = 3.5  # Sur-Gard receivers repeat after 4 s (docs/protocols.md, "A Sur-Gard receiver")

log = structlog.get_logger("lines")


@dataclass(slots=True, eq=False)
class _Answer:
    """The place of one reply in the order. ``reply`` stays empty where nothing is to be said."""

    heard_at: float
    settled: bool = False
    withheld: bool = False
    numbered: bool = True
    flood: bool = False  # see ``Turns.to_door``
    reply: Reply = b""


class Conversation:
    # Ten thousand of them are open: no dictionary each, and lists, which cost little while they are empty.
    __slots__ = (
        "_answers", "_blocked", "_codec", "_drained", "_ended", "_finished", "_heard", "_inbox", "_number", "_paused",
        "_speaking", "_unkept", "_wire", "account", "flooded_at", "friendly", "host", "kept", "line", "peer", "queued",
        "sensible_at", "turn_at",
    )  # fmt: skip

    def __init__(self, line: Line, peer: str, host: str, wire: Wire, account: str = ""):
        self.line, self.peer, self.host, self._wire = line, peer, host, wire
        self.kept = True  # all of what it said that has come back from the door
        self.queued, self.turn_at = False, NEVER
        self.flooded_at = NEVER  # loop time of the last turn that did not hear all it had to say
        self.friendly = False  # has sent a good frame
        self.sensible_at = line.loop.time()  # when it last did, or connected
        self.account = account  # the first it spoke as
        self._number = line.capture.opened(peer) if line.capture else 0
        self._codec = line.codec()
        self._inbox = bytearray()
        self._heard: list[Heard] = []
        self._answers: list[_Answer] = []
        self._unkept = 0
        self._blocked = self._paused = self._speaking = self._ended = self._drained = self._finished = False

    @property
    def waiting(self) -> bool:
        """Something it said is not kept yet: it must not be closed for being idle."""
        return bool(self._unkept or self._heard)

    def take(self, data: bytes | memoryview) -> None:
        """Bytes have arrived."""
        if self.line.capture:
            self.line.capture.heard(self._number, bytes(data))
        self._inbox += data
        self.line.turns.ask(self)
        self._steer()

    def unreadable(self, data: bytes, why: str) -> None:
        """Bytes have arrived that the codec need not try: they are kept as they came."""
        if self.line.capture:
            self.line.capture.heard(self._number, data)
        self._heard.append(Garbled(data, why))
        self.line.turns.ask(self)

    def end(self) -> None:
        """The peer will say nothing more. What it said is still heard, kept, and answered if it can be."""
        if not self._ended:
            self._ended = True
            self.line.switchboard.left(self)
            if self.line.capture:
                self.line.capture.ended(self._number)
            self.line.turns.ask(self)

    def turn(self) -> bool:
        self._blocked, self._speaking = False, True
        if not self._heard and not self._full:
            self._listen()
        while self._heard and not self._full and not self._blocked:
            if self._deal(self._heard[0]):
                self._heard.pop(0)
            else:
                self._blocked = True
                self.line.turns.when_room(self)
        self._speaking = False
        self._steer()
        if self._more:
            self.flooded_at = self.line.loop.time()
        return self._more

    def order(self, account: str, order: Order) -> bool:
        """Say an operator's order to the device; False when it cannot do that. ``account`` has the line's prefix."""
        if not isinstance(self._codec, Commanding):
            return False
        said = self._codec.order(account.removeprefix(self.line.settings.prefix), order, self.line.clock())
        if said:
            self._wire.send(said)
        return bool(said)

    def floods(self, now: float) -> bool:
        return now - self.flooded_at < FLOOD_SECONDS or (not self.friendly and self.line.manners.rude(self.host))

    # --- in -----------------------------------------------------------------------------------------------------

    @property
    def _full(self) -> bool:
        return max(self._unkept, len(self._answers)) >= UNANSWERED

    @property
    def _more(self) -> bool:
        if self._full or self._blocked:
            return False
        return bool(self._heard or self._inbox or (self._ended and not self._drained))

    def _listen(self) -> None:
        piece = bytes(self._inbox[:SLICE])
        del self._inbox[:SLICE]
        try:
            if piece:
                self._heard.extend(self._codec.feed(piece, self.line.clock()))
            elif self._ended and not self._drained:
                self._drained = True
                self._heard.extend(self._codec.end())
        except Exception:
            # A fault of ours must not lose the bytes: somebody may have pressed.
            log.exception("the codec failed", line=self.line.settings.name, raw=piece.hex())
            self._codec = self.line.codec()
            self._heard.append(Garbled(piece, "the codec failed on these bytes, see the gateway's log"))

    def _deal(self, heard: Heard) -> bool:
        """False when the door has no room; then nothing has changed."""
        if isinstance(heard, Garbled):
            return self._deal_garbled(heard)
        borrowed = self._borrowed(heard.account)
        if isinstance(heard, Heartbeat):
            self._greet()
            if not borrowed:
                self._listen_for_orders(heard)
                self.line.alive(heard)  # whoever speaks under another's account proves nothing of the other's life
            self._answer_at_once(self._reply(heard))
            return True
        if borrowed:
            heard = replace(heard, deviations=(*heard.deviations, ANOTHERS))
        answer = _Answer(self.line.loop.time(), numbered=bool(heard.sequence))
        self._answers.append(answer)
        self._to_door(answer)
        if not self.line.hand_on(self.peer, heard, partial(self._done, answer, heard)):
            self._answers.pop()
            self._from_door(answer)
            return False
        self._greet()
        if not borrowed:
            self._listen_for_orders(heard)
        self.line.tally.messages += 1
        return True

    def _deal_garbled(self, heard: Garbled) -> bool:
        if not heard.raw:
            return True
        if not self.line.is_noise(heard, self.host):
            kept = _Answer(0.0)  # only so that it is counted down once
            self._to_door(kept)
            if not self.line.hand_on(self.peer, heard, partial(self._done_garbled, kept)):
                self._from_door(kept)
                self.line.manners.was_refused(self.host)
                return False
            self.line.tally.garbled += 1
        if heard.answer:
            self._answer_at_once(heard.answer)
        return True

    def _borrowed(self, account: str) -> bool:
        if not account or not self.line.speakers:
            return False
        self.account = self.account or account
        if not self.line.speakers.borrowed(self.account, account, self.host):
            return False
        self.line.borrowed(self.peer, self.account, account)
        return True

    def _listen_for_orders(self, heard: Message | Heartbeat) -> None:
        """Whoever takes orders can be reached here from now on; perhaps this answers one."""
        if self.line.takes_orders and not self._ended:
            self.line.met(heard.account, self)
            if answer := cast(Commanding, self._codec).obeyed(heard):
                self.line.obeyed(heard.account, answer)

    def _greet(self) -> None:
        self.friendly = True
        self.sensible_at = self.line.loop.time()
        self.line.good_frame(self.host)
        self._wire.greeted()

    # --- out ----------------------------------------------------------------------------------------------------

    def _to_door(self, answer: _Answer) -> None:
        self._unkept += 1
        answer.flood = self.line.turns.to_door()

    def _from_door(self, answer: _Answer) -> None:
        self._unkept -= 1
        self.line.turns.from_door(answer.flood)

    def _done(self, answer: _Answer, heard: Message, kept: bool) -> None:
        if answer.settled:
            return
        answer.settled = True
        self.kept &= kept
        late = not answer.numbered and self.line.loop.time() - answer.heard_at > PATIENCE_SECONDS
        if kept and not late and not answer.withheld:
            answer.reply = self._reply(heard)
        else:
            self.line.tally.withheld += 1
        if not kept:
            for later in self._answers:
                later.withheld = later.withheld or not later.numbered
        self._from_door(answer)
        self._flush()
        self._go_on()

    def _done_garbled(self, answer: _Answer, kept: bool) -> None:
        if not answer.settled:
            answer.settled = True
            self.kept &= kept
            self._from_door(answer)
            self._go_on()

    def _reply(self, heard: Message | Heartbeat) -> Reply:
        try:
            return self._codec.reply(heard, self.line.clock())
        except Exception:
            log.exception("no reply could be made", line=self.line.settings.name, peer=self.peer)
            return b""

    def _answer_at_once(self, reply: Reply) -> None:
        """Nothing has to be kept for it; only what was asked before is answered before."""
        if self._answers:
            self._answers.append(_Answer(0.0, settled=True, reply=reply))
        else:
            self._send(reply)

    def _flush(self) -> None:
        while self._answers and self._answers[0].settled:
            self._send(self._answers.pop(0).reply)

    def _send(self, reply: Reply) -> None:
        if reply:
            self.line.tally.replies += 1
            for piece in (reply,) if isinstance(reply, bytes) else reply:
                self._wire.send(piece)
                if self.line.capture:
                    self.line.capture.said(self._number, piece)

    def _go_on(self) -> None:
        self.turn_at = self.line.loop.time()
        if self._speaking:  # a door that answered at once, inside our own turn
            return
        if self._more:
            self.line.turns.ask(self)
        self._steer()

    def _steer(self) -> None:
        """Read or not, and let go of the peer when all is said."""
        most = SLICE if self._paused else INBOX  # one that waits goes on waiting until nearly all of it is heard
        stop = self._ended or self._blocked or self._full or len(self._inbox) >= most
        if stop != self._paused:
            self._paused = stop
            if stop:
                self._wire.pause()
            elif not self._ended:
                self._wire.resume()
        if self._drained and not self._finished and not (self._heard or self._unkept or self._answers):
            self._finished = True
            self._wire.finish()
