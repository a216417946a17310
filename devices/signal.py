"""A Signal is what a device can tell us, whatever wire it came over.

Codecs hear three things: a ``Message`` (one frame carrying signals, to be kept before it is answered), a
``Heartbeat`` (answered at once, it only proves life) and ``Garbled`` bytes (kept too: somebody may have pressed).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable


class Kind(StrEnum):
    """What a signal means to us. Codes of each protocol map onto these in tables beside the codec."""

    SOS = "sos"  # the red key, a pendant, a pull cord, medical and panic keys
    SERVICE = "service"  # the green key: something is wanted, nobody is in danger
    FAMILY = "family"  # the third key: call my family
    OK = "ok"  # a key of its own that says all is well; nobody is rung for it
    FALL = "fall"
    DURESS = "duress"
    INACTIVITY = "inactivity"
    WANDERING = "wandering"  # left the agreed area, or the house at night
    MEDICATION = "medication"  # pills not taken
    SMOKE = "smoke"
    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    WATER = "water"
    TEMPERATURE = "temperature"
    DOOR = "door"
    INTRUSION = "intrusion"
    CANCEL = "cancel"
    HELP_ARRIVED = "help_arrived"  # the responder pressed the resident's own unit
    TEST = "test"
    LOW_BATTERY = "low_battery"
    MAINS_LOST = "mains_lost"
    TAMPER = "tamper"
    DEVICE_LOST = "device_lost"  # the base unit no longer hears the pager
    NOT_WORN = "not_worn"  # the watch or pager has been taken off
    LINK_FAULT = "link_fault"
    FAULT = "fault"
    STATUS = "status"  # armed, disarmed, programmed: worth a record, asks for nobody
    UNKNOWN = "unknown"  # a code in no table: acknowledged, raised, looked at by a person


@dataclass(frozen=True, slots=True)
class Position:
    """WGS-84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing a device said.

    ``account`` names the device as the wire spells it. ``code`` is the protocol's own word, e.g. ``"CID 101"`` or
    ``"SIA QA"``. ``restore`` says the condition of ``kind`` has ended (mains back, door closed). ``at`` is the
    device's own clock in UTC, which may be wrong. ``zone`` is the zone, user or key number as sent. ``voice`` says how
    the home can be spoken to, where the device tells: a telephone number, a SIP address, or words. ``call``,
    ``calls-us`` or ``listen`` in front of an address: we ring, the device rings us, we hear and must not be heard.
    """

    account: str
    kind: Kind
    code: str
    restore: bool = False
    at: datetime | None = None
    partition: str | None = None
    zone: str | None = None
    text: str = ""
    position: Position | None = None
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One good frame. It is answered only after its signals are on disk.

    ``sequence`` is the frame's own number, or ``""`` where the protocol has none. ``content`` is what a
    retransmission of this frame repeats (decrypted, without padding and timestamp), so that it can be recognised.
    ``deviations`` names what the device did differently from the standard. ``head`` is the codec's own, for its reply.
    """

    raw: bytes
    account: str
    signals: tuple[Signal, ...]
    sequence: str = ""
    content: bytes = b""
    deviations: tuple[str, ...] = ()
    encrypted: bool = False
    head: Any = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A link test, poll, log-in or plain position report: it proves life and asks for nobody.

    ``account`` is empty when the line itself, not one device, says it lives. ``battery`` is in per cent.
    """

    raw: bytes
    account: str = ""
    head: Any = None
    position: Position | None = None
    battery: int | None = None


@dataclass(frozen=True, slots=True)
class Garbled:
    """Bytes that made no frame, and why, in words. ``answer`` is sent back at once (a NAK), usually nothing.

    ``account`` is set when the account could be read although the frame could not.
    """

    raw: bytes
    reason: str
    answer: bytes = b""
    account: str = ""


Heard = Message | Heartbeat | Garbled
Keys = Callable[[str], bytes | None]
Reply = bytes | tuple[bytes, ...]
"""What goes back to the device; several pieces where each must be a datagram of its own."""


def no_keys(account: str) -> bytes | None:
    """The keys of a line on which nothing is encrypted."""
    return None


def no_passwords(account: str) -> str | None:
    """The passwords of a line on which nobody has to prove who they are."""
    return None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a line tells the codecs it makes. ``format`` is the line's ``format`` table, for what is described there.

    ``clear_text`` is what becomes of clear text from an account that has a key: flagged as a deviation, or refused
    (``Garbled``, unanswered). ``passwords`` gives the digest password of an account, for protocols that ask for one.
    ``secret`` is the line's own, for what it has to recognise as its own without remembering it.
    """

    keys: Keys = no_keys
    passwords: Callable[[str], str | None] = no_passwords
    clear_text: Literal["flag", "refuse"] = "flag"
    format: Mapping[str, Any] = field(default_factory=dict)
    secret: bytes = field(default=b"", repr=False)


class Codec(Protocol):
    """What every wire format offers. One codec object serves one connection."""

    name: str

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        """Take what arrived (any split of it) and say what has been heard so far, in order."""

    def end(self) -> list[Heard]:
        """The peer has gone: what is left unfinished in the buffer comes out as ``Garbled``."""

    def reply(self, heard: Message | Heartbeat, now: datetime) -> Reply:
        """The acknowledgement, byte for byte."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a device: say where you are, call this number, make yourself heard, tell whoever wears you."""

    what: Literal["locate", "call", "find", "tell"]
    number: str = ""
    text: str = ""  # what is to be told, shown or spoken


@runtime_checkable
class Commanding(Protocol):
    """A codec whose device takes orders over the connection it has opened."""

    orders: frozenset[str]
    """What the protocol has an order for: values of ``Order.what``."""

    def order(self, account: str, order: Order, now: datetime) -> bytes:
        """The order as bytes; empty when this device cannot do it, or ``account`` has not spoken on this codec."""

    def obeyed(self, heard: Message | Heartbeat) -> tuple[str, bool] | None:
        """Which order this answers (``Order.what``) and whether the device takes it; None when it answers none."""


@runtime_checkable
class Asking(Protocol):
    """A codec that answers with a question of its own. Over UDP it is asked again until the device has answered."""

    def question(self, sent: bytes) -> str:
        """A name for the question that these bytes are; empty when they ask nothing."""

    def answered(self, arrived: bytes) -> str:
        """The name of the question that these bytes answer for good; empty when they answer none."""
