"""One conversation with Asterisk's manager, without its socket: logging in, catching up, hearing, ordering.

``feed`` takes what came and gives what happened; ``sending`` gives what is to be sent. ``state`` is ``greeting``,
``login``, ``listing`` (it tells which calls there are), ``up``, or ``refused`` (name or password).
"""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from callcenter.rules.telephony import DIALLED, EXTENSION, Heard, Order
from callcenter.telephony.codecs.ami import Packet, Packets, key, write
from callcenter.telephony.codecs.reading import REASONS, Reading

RING_MS = "25000"  # so long the seat's own telephone rings when it is to dial
ORDER = re.compile(r"anxin-([0-9]+)")
MOST_SENT = 500  # orders whose answer may still come


@dataclass(frozen=True, slots=True)
class Dialplan:
    """``context`` is where numbers are dialled, ``rooms`` where hold and three-party talks live, ``seat`` how a seat's
    telephone is called, ``outside`` what is dialled to get out of the house."""

    context: str
    rooms: str
    seat: str
    outside: str


class Session:
    """``known`` tells the calls that are open by our books, id to direction, when the exchange is asked for its own."""

    def __init__(
        self, user: str, password: str, incoming: Container[str], plan: Dialplan, known: Callable[[], dict[str, str]]
    ):
        self.user, self.password, self.plan, self.known = user, password, plan, known
        self.state, self.detail = "greeting", ""
        self.reading = Reading(incoming)
        self._packets = Packets()
        self._out: list[bytes] = []
        self._channels: list[Packet] = []
        self._late: list[Packet] = []  # what happens while the list of channels is being told
        self._orders: dict[str, Order] = {}
        self._say("Challenge", {"AuthType": "MD5"}, "challenge")

    def sending(self) -> bytes:
        said, self._out = b"".join(self._out), []
        return said

    def ping(self) -> None:
        self._say("Ping", {}, "ping")

    def feed(self, data: bytes, at: str) -> list[Heard]:
        heard = [one for packet in self._packets.feed(data) for one in self._packet(packet, at)]
        for leg in self.reading.left:
            self._say("Hangup", {"Channel": leg, "Cause": "16"}, "left")
        self.reading.left.clear()
        return heard

    def _packet(self, packet: Packet, at: str) -> list[Heard]:
        if "Response" in packet and "Event" not in packet:
            return self._answered(packet, at)
        if self.state == "listing":
            return self._listed(packet, at)
        if packet.get("Event") == "OriginateResponse":
            return self._originated(packet, at)
        return self.reading.hear(packet, at) if self.state == "up" else []

    # --- coming in ------------------------------------------------------------------------------------------

    def _answered(self, packet: Packet, at: str) -> list[Heard]:
        action, well = packet.get("ActionID", ""), packet["Response"] == "Success"
        if action == "challenge" and "Challenge" in packet:
            self.state = "login"
            answer = {"AuthType": "MD5", "Username": self.user, "Key": key(packet["Challenge"], self.password)}
            self._say("Login", {**answer, "Events": "on"}, "login")
        elif action in ("challenge", "login") and not well:
            self.state, self.detail = "refused", packet.get("Message", "")[:100]
        elif action == "login":
            self.state = "listing"
            self._say("CoreShowChannels", {}, "channels")
        elif action == "channels" and not well:
            self.state, self.detail = "refused", f"CoreShowChannels: {packet.get('Message', '')[:80]}"
        elif (order := self._orders.get(action)) is not None:
            return self._done(order, action, well, at)
        return []

    def _listed(self, packet: Packet, at: str) -> list[Heard]:
        if packet.get("ActionID") != "channels":
            self._late.append(packet)
            return []
        if packet.get("Event") == "CoreShowChannel":
            self._channels.append(packet)
            return []
        self.state = "up"
        heard = self.reading.catch_up(self._channels, self.known(), at)
        late, self._channels, self._late = self._late, [], []
        return heard + [one for missed in late for one in self._packet(missed, at)]

    # --- orders ---------------------------------------------------------------------------------------------

    def order(self, order: Order, at: str) -> list[Heard]:
        """Put an order into the words of the exchange; what cannot be asked is refused at once."""
        ask = {"dial": self._dial, "hang_up": self._hang_up, "hold": self._hold, "resume": self._resume,
               "third": self._third, "bring": self._bring}[order.what]  # fmt: skip
        if self.state != "up" or not ask(order):
            return self._refused(order, at, "unreachable")
        return []

    def _ask(self, order: Order, action: str, fields: Mapping[str, str], part: str = "") -> bool:
        name = f"anxin-{order.seq}{part}"
        if not part:
            if len(self._orders) > MOST_SENT:
                self._orders.pop(next(iter(self._orders)))
            self._orders[name] = order
        self._say(action, fields, name)
        return True

    def _dial(self, order: Order) -> bool:
        if not DIALLED.fullmatch(order.number) or not EXTENSION.fullmatch(order.extension):
            return False
        seat = self.plan.seat.format(extension=order.extension)
        return self._ask(order, "Originate", {
            "Channel": seat, "Context": self.plan.context, "Exten": self.plan.outside + order.number.lstrip("+"),
            "Priority": "1", "CallerID": order.number, "ChannelId": order.talk, "OtherChannelId": f"{order.talk}-2",
            "Timeout": RING_MS, "Async": "true"})  # fmt: skip

    def _hang_up(self, order: Order) -> bool:
        legs = self.reading.legs(order.talk)
        for number, leg in enumerate(legs):
            self._ask(order, "Hangup", {"Channel": leg, "Cause": "16"}, f".{number}" if number else "")
        return bool(legs)

    def _hold(self, order: Order) -> bool:
        """The other party hears music, the seat's own handset waits: neither is hung up."""
        return self._move(order, "hold", "wait")

    def _move(self, order: Order, other: str, seat: str, part: str = "") -> bool:
        found = self.reading.seat_and_other(order.talk)
        if found is None:
            return False
        rooms = self.plan.rooms
        there = {"Channel": found[1], "Context": rooms, "Exten": other, "Priority": "1"}
        here = {"ExtraChannel": found[0], "ExtraContext": rooms, "ExtraExten": seat, "ExtraPriority": "1"}
        return self._ask(order, "Redirect", there | here, part)

    def _resume(self, order: Order) -> bool:
        found = self.reading.seat_and_other(order.talk)
        if found is None:
            return False
        return self._ask(order, "Bridge", {"Channel1": found[0], "Channel2": found[1], "Tone": "no"})

    def _third(self, order: Order) -> bool:
        """Both go into a room, and the third is called into it; whoever is there goes on talking if nobody comes."""
        room = f"room{order.seq}"
        if not DIALLED.fullmatch(order.number) or not self._move(order, room, room, ".room"):
            return False
        dialled = self.plan.outside + order.number.lstrip("+")
        leg = f"{order.talk}-t{order.seq}"
        return self._ask(order, "Originate", {
            "Channel": f"Local/{dialled}@{self.plan.context}/n", "Context": self.plan.rooms, "Exten": room,
            "Priority": "1", "CallerID": order.number, "ChannelId": leg, "OtherChannelId": f"{leg}.2",
            "Timeout": "45000", "Async": "true"})  # fmt: skip

    def _bring(self, order: Order) -> bool:
        """Somebody who rings is brought to this seat's telephone."""
        caller = self.reading.caller(order.talk)
        if not caller or not EXTENSION.fullmatch(order.extension):
            return False
        fields = {"Channel": caller, "Context": self.plan.context, "Exten": order.extension, "Priority": "1"}
        return self._ask(order, "Redirect", fields)

    # --- what came of them ----------------------------------------------------------------------------------

    def _done(self, order: Order, action: str, well: bool, at: str) -> list[Heard]:
        if order.what in ("dial", "third") and well:
            return []  # only queued: OriginateResponse says what came of it
        del self._orders[action]
        if not well:
            return self._refused(order, at, "unreachable")
        if order.what in ("hold", "resume"):
            return self.reading.hold(order.talk, at, order.what == "hold")
        return []

    def _originated(self, packet: Packet, at: str) -> list[Heard]:
        order = self._orders.pop(packet.get("ActionID", ""), None)
        if order is None:
            return []
        if packet.get("Response") == "Success":
            return [Heard("joined", order.talk, at, number=order.number)] if order.what == "third" else []
        return self._refused(order, at, REASONS.get(packet.get("Reason", ""), "unreachable"))

    def _refused(self, order: Order, at: str, cause: str) -> list[Heard]:
        """A call that could not even begin has ended: the seat's own telephone was not lifted, or is not there."""
        if order.what != "dial":
            return [Heard("refused", order.talk, at, cause=cause)]
        return [Heard("refused", order.talk, at, cause="seat"), self.reading.end(order.talk, at, "seat")]

    def _say(self, action: str, fields: Mapping[str, str], name: str) -> None:
        self._out.append(write(action, {"ActionID": name, **fields}))
