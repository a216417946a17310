"""What the packets of Asterisk's manager mean: which telephone calls there are, and what happens to each.

A telephone call is all the channels that share a ``Linkedid``; its id is that of its first channel. Calls that we dial
are given theirs (``o-…``) with the order, so that nothing has to be guessed. Everything comes once: what was heard
already is not said again, whatever the exchange repeats.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from callcenter.rules.telephony import IN, OUT, Heard
from callcenter.telephony.codecs.ami import Packet

OURS = "o-"  # begins the id of a call that was dialled for a seat
THIRD = re.compile(r"^(.+)-t[0-9]+$")  # the leg of a third party: the call, and the order that asked for it
SEAT = re.compile(r"^[A-Za-z0-9]+/([0-9]{2,8})(?:@|-|$)")  # PJSIP/801-0000001a, Local/801@from-internal-00000003;1
SAFE = re.compile(r"[^\w.@+-]")
RECORDINGS = frozenset({"MIXMONITOR_FILENAME", "CDR(recordingfile)"})
ENDS = {"BUSY": "busy", "NOANSWER": "no_answer", "CONGESTION": "unreachable", "CHANUNAVAIL": "unreachable"}
# ITU-T Q.850 causes, and the reasons of OriginateResponse.
CAUSES = {"17": "busy", "18": "no_answer", "19": "no_answer",
          **dict.fromkeys(("1", "2", "3", "20", "22", "27", "28", "34", "38", "41", "42"), "unreachable")}  # fmt: skip
REASONS = {"1": "no_answer", "3": "no_answer", "5": "busy"}
LONGEST = 40


@dataclass(slots=True)
class _Talk:
    id: str
    direction: str
    first: str  # the channel that made it
    legs: dict[str, str] = field(default_factory=dict)  # uniqueid -> name of the channel
    answered: bool = False
    held: bool = False
    cause: str = ""
    recording: str = ""


class Reading:
    """``incoming``: the contexts in which callers from outside arrive. ``hear`` gives what one packet means."""

    def __init__(self, incoming: Container[str]):
        self.incoming = incoming
        self.talks: dict[str, _Talk] = {}
        self._of: dict[str, str] = {}  # uniqueid of a channel -> its talk
        self.left: list[str] = []  # seats' channels that wait for somebody who has gone: to be hung up
        self._kinds: dict[str, Callable[[Packet, str], list[Heard]]] = {
            "Newchannel": self._channel, "BridgeEnter": self._bridged, "DialEnd": self._dialled, "Hangup": self._gone,
            "Hold": self._hold, "Unhold": self._unhold, "VarSet": self._variable,
        }  # fmt: skip

    def hear(self, packet: Packet, at: str) -> list[Heard]:
        kind = self._kinds.get(packet.get("Event", ""))
        return kind(packet, at) if kind else []

    # --- for orders -----------------------------------------------------------------------------------------

    def seat_and_other(self, talk: str) -> tuple[str, str] | None:
        """The channel of the seat and that of the other party, or None when there are not both of them."""
        known = self.talks.get(talk)
        if known is None:
            return None
        seats = [name for uid, name in known.legs.items() if (uid == known.first) == (known.direction == OUT)]
        others = [name for uid, name in known.legs.items() if (uid == known.first) != (known.direction == OUT)]
        seat, other = _newest(seats), _newest(others)
        return (seat, other) if seat and other else None

    def legs(self, talk: str) -> list[str]:
        return list(self.talks[talk].legs.values()) if talk in self.talks else []

    def caller(self, talk: str) -> str:
        """The channel of somebody who rings us, or empty."""
        known = self.talks.get(talk)
        return known.legs.get(known.first, "") if known and known.direction == IN else ""

    # --- channels -------------------------------------------------------------------------------------------

    def _talk(self, packet: Packet) -> _Talk | None:
        found = self._of.get(packet.get("Uniqueid", "")) or packet.get("Linkedid", "")[:LONGEST]
        third = THIRD.match(found)
        return self.talks.get(third[1] if third else found)

    def _channel(self, packet: Packet, at: str) -> list[Heard]:
        uid, name, link = packet.get("Uniqueid", ""), packet.get("Channel", ""), packet.get("Linkedid", "")[:LONGEST]
        if not uid or not link:
            return []
        if (third := THIRD.match(link)) and third[1] in self.talks:
            return []  # a leg of its own until the others are with it
        if (talk := self.talks.get(link)) is not None:
            talk.legs[uid] = name
            self._of[uid] = link
            return []
        ours = link.startswith(OURS)
        if not ours and (uid != link or packet.get("Context") not in self.incoming):
            return []
        return self._begin(link, OUT if ours else IN, uid, packet, at)

    def _begin(self, link: str, direction: str, uid: str, packet: Packet, at: str) -> list[Heard]:
        self.talks[link] = _Talk(link, direction, uid, {uid: packet.get("Channel", "")})
        self._of[uid] = link
        if direction == OUT:
            return []
        number, line = packet.get("CallerIDNum", ""), packet.get("Exten", "")
        return [Heard("ringing", link, at, number=number[:40], line=line[:30] if line != "s" else "")]

    def _bridged(self, packet: Packet, at: str) -> list[Heard]:
        talk, uid = self._talk(packet), packet.get("Uniqueid", "")
        if talk is None or uid == talk.first or talk.direction == OUT or packet.get("BridgeType") == "holding":
            return []
        return self._answer(talk, at, packet.get("Channel", ""))

    def _dialled(self, packet: Packet, at: str) -> list[Heard]:
        """What became of a number we dialled; the exchange first dials the seat, which is no answer."""
        talk, status = self._talk(packet), packet.get("DialStatus", "")
        if talk is None or talk.direction == IN or not packet.get("Channel"):
            return []
        seat = extension(talk.legs.get(talk.first, ""))
        if seat and extension(packet.get("DestChannel", "")) == seat:
            return []
        if status == "ANSWER":
            return self._answer(talk, at, talk.legs.get(talk.first, ""))
        talk.cause = ENDS.get(status, talk.cause)
        return [Heard("refused", talk.id, at, cause=talk.cause)] if status in ENDS else []

    @staticmethod
    def _answer(talk: _Talk, at: str, channel: str) -> list[Heard]:
        if talk.answered:
            return []
        talk.answered, talk.cause = True, "answered"
        return [Heard("answered", talk.id, at, extension=extension(channel))]

    def _gone(self, packet: Packet, at: str) -> list[Heard]:
        talk, uid = self._talk(packet), packet.get("Uniqueid", "")
        self._of.pop(uid, None)
        if talk is None or talk.legs.pop(uid, None) is None:
            return []
        if talk.held and talk.legs and all(map(extension, talk.legs.values())):
            self.left += talk.legs.values()  # who was held is gone, and the seat's handset would wait for an hour
            return [self.end(talk.id, at, talk.cause)]
        mere_joint = packet.get("Channel", "").startswith("Local/")  # optimised away while the voices go on
        if talk.legs and (uid != talk.first or mere_joint):
            return []
        return [self.end(talk.id, at, talk.cause or CAUSES.get(packet.get("Cause", ""), "cancelled"))]

    def end(self, talk_id: str, at: str, cause: str) -> Heard:
        """This call is over; what is still said of its channels is nobody's."""
        if (talk := self.talks.pop(talk_id, None)) is not None:
            for uid in talk.legs:
                self._of.pop(uid, None)
        return Heard("ended", talk_id, at, cause=cause)

    # --- while they talk ------------------------------------------------------------------------------------

    def hold(self, talk_id: str, at: str, held: bool) -> list[Heard]:
        talk = self.talks.get(talk_id)
        if talk is None or not talk.answered or talk.held == held:
            return []
        talk.held = held
        return [Heard("held" if held else "resumed", talk_id, at)]

    def _hold(self, packet: Packet, at: str) -> list[Heard]:
        talk = self._talk(packet)
        return self.hold(talk.id, at, True) if talk else []

    def _unhold(self, packet: Packet, at: str) -> list[Heard]:
        talk = self._talk(packet)
        return self.hold(talk.id, at, False) if talk else []

    def _variable(self, packet: Packet, at: str) -> list[Heard]:
        if packet.get("Variable") not in RECORDINGS or (talk := self._talk(packet)) is None:
            return []
        reference = SAFE.sub("_", packet.get("Value", "").rpartition("/")[2])[:120]
        if not reference or reference == talk.recording:
            return []
        talk.recording = reference
        return [Heard("recorded", talk.id, at, reference=reference)]

    # --- after a break --------------------------------------------------------------------------------------

    def catch_up(self, channels: list[Packet], known: dict[str, str], at: str) -> list[Heard]:
        """What has happened while nobody listened. ``channels`` are all there are now, ``known`` the calls that were
        open when we last heard, id to direction. What is gone has ended, nobody knows how."""
        self.talks.clear()
        self._of.clear()
        heard: list[Heard] = []
        for packet in sorted(channels, key=lambda p: p.get("Uniqueid") != p.get("Linkedid")):
            link, uid = packet.get("Linkedid", "")[:LONGEST], packet.get("Uniqueid", "")
            if link in known and link not in self.talks:
                self.talks[link] = _Talk(link, known[link], link)
            if link not in self.talks and uid == link and _from_outside(packet):
                heard += self._begin(link, IN, uid, packet, at)
            if (talk := self.talks.get(link)) is not None:
                talk.legs[uid] = packet.get("Channel", "")
                self._of[uid] = link
        for talk in self.talks.values():
            heard += self._underway(talk, channels, at)
        gone = [Heard("ended", one, at, cause="lost") for one in known if one not in self.talks]
        return [*heard, *gone]

    def _underway(self, talk: _Talk, channels: list[Packet], at: str) -> list[Heard]:
        """Two of its channels in one bridge talk with each other."""
        bridged = [p for p in channels if p.get("Uniqueid") in talk.legs and p.get("BridgeId")]
        seats = [p for p in bridged if (p.get("Uniqueid") == talk.first) == (talk.direction == OUT)]
        return self._answer(talk, at, seats[-1].get("Channel", "")) if seats and len(bridged) > 1 else []


def _newest(channels: list[str]) -> str:
    """The newest of them, one that carries a voice itself before a mere joint."""
    return next((one for one in reversed(channels) if not one.startswith("Local/")), (channels or [""])[-1])


def extension(channel: str) -> str:
    """The telephone a channel belongs to, or empty when it is a line to the outside."""
    found = SEAT.match(channel)
    return found[1] if found else ""


def _from_outside(packet: Packet) -> bool:
    name = packet.get("Channel", "")
    return not extension(name) and not name.startswith("Local/") and not packet.get("Linkedid", "").startswith(OURS)
