"""MQTT lines: the gateway calls a broker and reads its topics; each PUBLISH is one datagram, acknowledged when kept.

How it works. The session belongs to the broker and outlives the connection, so what is published while the gateway is
away waits there (QoS 1). A message goes to the codec as topic, LF, payload; its PUBACK is sent only when everything it
said is on disk, in the order in which messages came, as MQTT wants it. If something could not be kept, the connection
is given up and the broker, called again, sends all that was not acknowledged. What it repeats while the first copy is
still with the door is not handed on twice; what was kept but not acknowledged when the gateway died comes again, and
the journal knows it for a retransmission if it is repeated soon enough.

Bounded: a broker sends only so many unacknowledged messages (Mosquitto 20), and beyond ``WAITING`` its socket is not
read. Topics are subscribed to once in each session: a retained message, which is a state and not an event, is sent
again at every subscription. QoS 0 promises nothing: what is published with it while nobody listens is lost.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from devices.lines.broker import FAILED, Broker
from devices.lines.conversation import Conversation
from devices.lines.line import Line

WAITING = 256  # messages not yet kept, beyond which the broker is not read
RETRY_SECONDS = (0.5, 30.0)  # first and longest wait
STEADY_SECONDS = 10.0  # a connection that held for so long is called again at once
ASK_AGAIN_SECONDS = 30.0  # for topics that were refused
PEER = 80  # characters of a topic, as the name of who speaks
NUL, SUB = b"\x00", b"\x1a"


class MqttLine:
    port = 0  # it listens on none

    def __init__(self, line: Line):
        self.line = line
        self._broker: Broker | None = None
        self._staying: asyncio.Task[None] | None = None
        self._here: set[_Delivery] = set()  # not yet kept
        self._unacknowledged: dict[int, _Delivery] = {}  # by message id, in the order they came on this connection
        self._before: dict[int, _Delivery] = {}  # those of the last connection, which the broker sends again
        self._subscribed = False  # in the session the broker has for us
        self._ask_again_at = float("inf")
        self._stopping = False

    async def open(self) -> None:
        self._staying = asyncio.create_task(self._stay())

    async def _stay(self) -> None:
        first, longest = RETRY_SECONDS
        wait = first
        while True:
            self._broker = Broker(self.line.settings, self.line.loop, self)
            began = self.line.loop.time()
            why = await self._broker.attend()
            self.line.say("down", f"{self.line.settings.place}: {why}")
            wait = first if self.line.loop.time() - began > STEADY_SECONDS else wait
            await asyncio.sleep(wait)
            wait = min(2 * wait, longest)

    def watch(self) -> None:
        if self._broker:
            self._broker.tick()
            if self.line.loop.time() >= self._ask_again_at:
                self._subscribe(self._broker)

    def stop(self) -> None:
        """Read nothing more; what was said is still kept and acknowledged."""
        self._stopping = True
        if self._broker:
            self._broker.pause()

    @property
    def busy(self) -> bool:
        return bool(self._here)

    async def close(self) -> None:
        if self._staying:
            self._staying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._staying
        if self._broker:
            self._broker.close()

    # --- what the broker says -------------------------------------------------------------------------------------

    def connected(self, session_present: bool) -> None:
        self.line.tally.connections += 1
        self._before = self._unacknowledged if session_present else {}
        self._unacknowledged = {}
        self._subscribed &= session_present
        assert self._broker
        if self._subscribed:
            self._say_up("")
        else:
            self._subscribe(self._broker)

    def _subscribe(self, broker: Broker) -> None:
        self._ask_again_at = float("inf")
        broker.subscribe(self.line.settings.topics, self.line.settings.qos)

    def granted(self, levels: Sequence[int]) -> None:
        settings = self.line.settings
        asked = list(zip(settings.topics, levels, strict=False))
        refused = [topic for topic, level in asked if level >= FAILED]
        if refused:
            self._ask_again_at = self.line.loop.time() + ASK_AGAIN_SECONDS
            who = settings.username or "this client"
            self.line.say("down", f"{settings.place} refuses {', '.join(refused)}: let {who} read it")
            return
        self._subscribed = True
        lower = [topic for topic, level in asked if level < settings.qos]
        weak = f"; only QoS 0 for {', '.join(lower)}: what is sent while the gateway is away is lost" if lower else ""
        self._say_up(weak)

    def _say_up(self, more: str) -> None:
        settings = self.line.settings
        self.line.say("up", f"reading {', '.join(settings.topics)} from {settings.place}{more}")

    def arrived(self, topic: str, payload: bytes, mid: int | None, again: bool) -> None:
        # Between two messages of a capture stands a NUL: none may come from inside one (see codecs/json_fields.py).
        data = topic.encode() + b"\n" + payload
        data = data.replace(NUL, SUB)
        if mid is not None and again and (known := self._before.pop(mid, None)) and known.data == data:
            self._unacknowledged[mid] = known
            self._acknowledge()
            return
        delivery = _Delivery(self, mid, data)
        self._here.add(delivery)
        if mid is not None:
            self._unacknowledged[mid] = delivery
        name = topic[:PEER]
        delivery.talk = Conversation(self.line, name, name, delivery)
        delivery.talk.take(data)
        delivery.talk.end()
        self._steer()

    # --- what the door says ---------------------------------------------------------------------------------------

    def settled(self, delivery: "_Delivery") -> None:
        self._here.discard(delivery)
        delivery.settled = True
        if delivery.talk.kept:
            self._acknowledge()
        elif delivery.mid is not None:
            for known in (self._unacknowledged, self._before):
                if known.get(delivery.mid) is delivery:
                    del known[delivery.mid]
            if self._broker and not self._stopping:
                self._broker.close("a message could not be kept; the broker is asked for it again")
        self._steer()

    def _acknowledge(self) -> None:
        while self._unacknowledged and self._broker and not self._broker.over.done():
            mid, delivery = next(iter(self._unacknowledged.items()))
            if not delivery.settled:
                return
            del self._unacknowledged[mid]
            self._broker.acknowledge(mid)

    def _steer(self) -> None:
        """Read or not."""
        full = len(self._here) >= WAITING
        if self._broker and not self._stopping and full != self._broker.paused:
            if full:
                self._broker.pause()
            else:
                self._broker.resume()


class _Delivery:
    """One message: the wire of its conversation."""

    talk: Conversation

    def __init__(self, owner: MqttLine, mid: int | None, data: bytes):
        self._owner, self.mid, self.data = owner, mid, data
        self.settled = False

    def send(self, data: bytes) -> None:
        """Nobody waits for an answer: MQTT acknowledges."""

    def pause(self) -> None:
        """One message cannot be read in parts."""

    def resume(self) -> None:
        """See ``pause``."""

    def greeted(self) -> None:
        """The peer is the broker, whatever device is speaking through it."""

    def finish(self) -> None:
        self._owner.settled(self)
