"""One peer's talk, whatever carries it: bytes in, frames to the door, replies out in the order the frames came.

How it works. Bytes go to the codec in slices, one slice a turn. What is heard waits in ``_heard`` until the door takes
it, and its reply waits in ``_answers`` until all earlier ones have been written: a message's until it is kept, a
heartbeat's and a NAK's only for its place. All of it is bounded; while anything is full the peer is not read, so the
peer's own buffers fill and it has to wait.

An acknowledgement without a number (Sur-Gard's single byte) belongs to whatever frame the receiver sent last. So one
that comes too late, or after a frame that was not kept, is not sent: it would be taken for another frame's.
"""

from collections import deque
from dataclasses import dataclass
from functools import partial

import structlog

from devices.lines.door import Wire
from devices.lines.line import Line
from devices.signal import Garbled, Heard, Heartbeat, Message, Reply

SLICE = 512  # bytes heard in one turn
INBOX = 4096  # bytes waiting, beyond which the peer is not read
UNANSWERED = 64  # frames waiting, beyond which the peer is not read
PATIENCE_SECONDS = 3.5  # Sur-Gard receivers repeat after 4 s (protocols §3.1)

log = structlog.get_logger("lines")


@dataclass(slots=True, eq=False)
class _Answer:
    """The place of one reply in the order. ``reply`` stays empty where nothing is to be said."""

    heard_at: float
    settled: bool = False
    withheld: bool = False
    numbered: bool = True
    reply: Reply = b""


class Conversation:
    def __init__(self, line: Line, peer: str, host: str, wire: Wire):
        self.line, self.peer, self.host, self._wire = line, peer, host, wire
        self.queued, self.turn_at = False, float("-inf")
        self.friendly = False  # has sent a good frame
        self.sensible_at = line.loop.time()  # when it last did, or connected
        self._codec = line.codec()
        self._inbox = bytearray()
        self._heard: deque[Heard] = deque()
        self._answers: deque[_Answer] = deque()
        self._unkept = 0
        self._blocked = self._paused = self._speaking = self._ended = self._drained = self._finished = False

    @property
    def waiting(self) -> bool:
        """Something it said is not kept yet: it must not be closed for being idle."""
        return bool(self._unkept or self._heard)

    def take(self, data: bytes | memoryview) -> None:
        """Bytes have arrived."""
        self._inbox += data
        self.line.turns.ask(self)
        self._steer()

    def end(self) -> None:
        """The peer will say nothing more. What it said is still heard, kept, and answered if it can be."""
        if not self._ended:
            self._ended = True
            self.line.turns.ask(self)

    def turn(self) -> bool:
        self._blocked, self._speaking = False, True
        if not self._heard and not self._full:
            self._listen()
        while self._heard and not self._full and not self._blocked:
            if self._deal(self._heard[0]):
                self._heard.popleft()
            else:
                self._blocked = True
                self.line.turns.when_room(self)
        self._speaking = False
        self._steer()
        return self._more

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
        if isinstance(heard, Heartbeat):
            self._greet()
            self._answers.append(_Answer(0.0, settled=True, reply=self._reply(heard)))
            self._flush()
            self.line.alive(heard)
            return True
        answer = _Answer(self.line.loop.time(), numbered=bool(heard.sequence))
        self._answers.append(answer)
        self._at_door(1)
        if not self.line.hand_on(self.peer, heard, partial(self._done, answer, heard)):
            self._answers.pop()
            self._at_door(-1)
            return False
        self._greet()
        self.line.tally.messages += 1
        return True

    def _deal_garbled(self, heard: Garbled) -> bool:
        if not heard.raw:
            return True
        if not self.line.is_noise(heard, self.host):
            kept = _Answer(0.0)  # only so that it is counted down once
            self._at_door(1)
            if not self.line.hand_on(self.peer, heard, partial(self._done_garbled, kept)):
                self.line.was_refused(self.host)
                self._at_door(-1)
                return False
            self.line.tally.garbled += 1
        if heard.answer:
            self._answers.append(_Answer(0.0, settled=True, reply=heard.answer))
            self._flush()
        return True

    def _greet(self) -> None:
        self.friendly = True
        self.sensible_at = self.line.loop.time()
        self.line.good_frame(self.host)

    # --- out ----------------------------------------------------------------------------------------------------

    def _at_door(self, more: int) -> None:
        self._unkept += more
        self.line.turns.at_door(more)

    def _done(self, answer: _Answer, heard: Message, kept: bool) -> None:
        if answer.settled:
            return
        answer.settled = True
        late = not answer.numbered and self.line.loop.time() - answer.heard_at > PATIENCE_SECONDS
        if kept and not late and not answer.withheld:
            answer.reply = self._reply(heard)
        else:
            self.line.tally.withheld += 1
        if not kept:
            for later in self._answers:
                later.withheld = later.withheld or not later.numbered
        self._at_door(-1)
        self._flush()
        self._go_on()

    def _done_garbled(self, answer: _Answer, kept: bool) -> None:
        if not answer.settled:
            answer.settled = True
            self._at_door(-1)
            self._go_on()

    def _reply(self, heard: Message | Heartbeat) -> Reply:
        try:
            return self._codec.reply(heard, self.line.clock())
        except Exception:
            log.exception("no reply could be made", line=self.line.settings.name, peer=self.peer)
            return b""

    def _flush(self) -> None:
        while self._answers and self._answers[0].settled:
            answer = self._answers.popleft()
            if answer.reply:
                self.line.tally.replies += 1
                for piece in (answer.reply,) if isinstance(answer.reply, bytes) else answer.reply:
                    self._wire.send(piece)

    def _go_on(self) -> None:
        self.turn_at = self.line.loop.time()
        if self._speaking:  # a door that answered at once, inside our own turn
            return
        if self._more:
            self.line.turns.ask(self)
        self._steer()

    def _steer(self) -> None:
        """Read or not, and let go of the peer when all is said."""
        stop = self._ended or self._blocked or self._full or len(self._inbox) >= INBOX
        if stop != self._paused:
            self._paused = stop
            if stop:
                self._wire.pause()
            elif not self._ended:
                self._wire.resume()
        if self._drained and not self._finished and not (self._heard or self._unkept or self._answers):
            self._finished = True
            self._wire.finish()
