"""How urgent is a signal, and what does it do: ring, become a work item, or only be noted? Meaning as tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from callcenter.rules.call import DEVICE_PRIORITY
from callcenter.rules.risk import at_least
from callcenter.rules.speaking import NERVOUS_SECONDS
from devices.signal import Kind, Signal


class Class(StrEnum):
    """What kind of thing a signal is."""

    HUMAN = "human"  # somebody wants somebody: never shelved, never closed by a machine
    HOME = "home"  # the home itself is in danger: rings like a person
    DEVICE = "device"  # a work item, folded when many
    RECORD = "record"  # only updates the device


CLASSES: dict[Kind, Class] = {
    Kind.SOS: Class.HUMAN,
    Kind.FALL: Class.HUMAN,
    Kind.DURESS: Class.HUMAN,
    Kind.INACTIVITY: Class.HUMAN,
    Kind.WANDERING: Class.HUMAN,
    Kind.MEDICATION: Class.HUMAN,
    Kind.FAMILY: Class.HUMAN,
    Kind.SERVICE: Class.HUMAN,
    Kind.UNKNOWN: Class.HUMAN,  # nobody knows what it says, so somebody looks
    Kind.SMOKE: Class.HOME,
    Kind.GAS: Class.HOME,
    Kind.CARBON_MONOXIDE: Class.HOME,
    Kind.WATER: Class.HOME,
    Kind.TEMPERATURE: Class.HOME,
    Kind.INTRUSION: Class.HOME,
    Kind.DOOR: Class.HOME,
    Kind.LOW_BATTERY: Class.DEVICE,
    Kind.MAINS_LOST: Class.DEVICE,
    Kind.TAMPER: Class.DEVICE,
    Kind.DEVICE_LOST: Class.DEVICE,
    Kind.NOT_WORN: Class.DEVICE,
    Kind.LINK_FAULT: Class.DEVICE,
    Kind.FAULT: Class.DEVICE,
    Kind.OK: Class.RECORD,  # a sign of life; pressed again and again it rings, see ``insists``
    Kind.CANCEL: Class.RECORD,
    Kind.HELP_ARRIVED: Class.RECORD,
    Kind.TEST: Class.RECORD,
    Kind.STATUS: Class.RECORD,
}

# P1 紧急, P2 较急, P3 服务, P4 设备. Unlike a tier, a priority belongs to one call.
PRIORITIES: dict[Kind, int] = {
    Kind.SOS: 1,
    Kind.FALL: 1,
    Kind.DURESS: 1,
    Kind.SMOKE: 1,
    Kind.GAS: 1,
    Kind.CARBON_MONOXIDE: 1,
    Kind.INACTIVITY: 2,
    Kind.WANDERING: 2,
    Kind.UNKNOWN: 2,
    Kind.WATER: 2,
    Kind.TEMPERATURE: 2,
    Kind.INTRUSION: 2,
    Kind.DOOR: 2,
    Kind.MEDICATION: 3,
    Kind.FAMILY: 3,
    Kind.SERVICE: 3,
}
AGAIN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rings``: opens or joins a person's call; ``works``: a device item; neither: the signal is only noted."""

    rings: bool
    works: bool
    priority: int


def judge(signal: Signal, known: bool, tier: str = "") -> Verdict:
    """What a signal does. A home of the highest tier is never less than P2 when a person calls.

    A restore never opens anything: it joins what is open or is noted. An account nobody registered is a case whatever
    it says, because somebody has installed a device that protects nobody.
    """
    what = CLASSES[signal.kind]
    if what in (Class.HUMAN, Class.HOME) and not signal.restore:
        priority = PRIORITIES[signal.kind]
        return Verdict(True, False, at_least(priority, tier))
    if what is Class.DEVICE and not signal.restore:
        return Verdict(False, True, DEVICE_PRIORITY)
    return Verdict(False, not known, DEVICE_PRIORITY)


def after_an_end(priority: int, linked: str | None) -> int:
    """Who calls again soon after their case was closed (``linked``) is one step graver."""
    return max(1, priority - 1) if linked else priority


# The key that calls for help is never the one that says all is well, whatever a table claims.
RED_KEYS = frozenset({"", "0", "1"})
INSISTS, INSISTS_SECONDS = 3, 60.0


def meant_by(signal: Signal, keys: Mapping[str, str]) -> Signal:
    """Coloured keys differ per model: ``keys`` says what zone 2 of an SOS code, or of a service code, means."""
    if signal.kind not in (Kind.SOS, Kind.SERVICE) or not signal.zone:
        return signal
    zone = signal.zone.lstrip("0") or "0"
    meant = keys.get(zone)
    allowed = zone not in RED_KEYS if meant == Kind.OK else signal.kind is Kind.SOS
    return replace(signal, kind=Kind(meant)) if meant is not None and allowed else signal


def insists(signal: Signal, before: int) -> Signal:
    """Nobody says three times within a minute that all is well: somebody wants somebody. ``before``: what the device
    has reported lately."""
    if signal.kind is Kind.OK and before + 1 >= INSISTS:
        return replace(signal, kind=Kind.SERVICE)
    return signal


def raised(now: int, verdict: int, presses: int, apart: float = 0.0) -> int:
    """The priority of an open call after another press: never lower.

    One step higher from the third press on, and for one that comes up to ten minutes after the last (Luleå). A second
    one within a minute is a nervous finger. ``apart``: seconds since the last press.
    """
    urgent = min(now, verdict)
    return max(1, urgent - 1) if presses >= 3 or NERVOUS_SECONDS < apart <= AGAIN_SECONDS else urgent


URGENT_KINDS = frozenset(k for k, p in PRIORITIES.items() if p == 1)
