"""What a signal teaches us of the device that sent it: the columns of its row to set.

The base unit and the pager worn by the resident are told apart: a loss of supervision is the pager's, a press proves
that the pager lives, and only a live press proves the whole way (a dialler's own daily test never left the hall).
"""

from callcenter.rules.events import Row
from callcenter.rules.triage import CLASSES, Class
from devices.signal import Kind, Signal

AUTOMATIC_TESTS = frozenset({"CID 602", "CID 603", "CID 608", "SIA RP", "SIA RY"})
OF_THE_PAGER = frozenset({"CID 384", "SIA XT", "SIA XR"})  # battery of a transmitter, not of the base unit
PRESSES = frozenset(
    {Kind.SOS, Kind.OK, Kind.SERVICE, Kind.FAMILY, Kind.DURESS, Kind.FALL}
)  # by hand, or by what is worn
FAULTS = frozenset({Kind.FAULT, Kind.TAMPER, Kind.LINK_FAULT, Kind.NOT_WORN})


def is_live_press(signal: Signal) -> bool:
    """Did somebody's hand cause this, from the pager through to us?"""
    tested = signal.kind is Kind.TEST and signal.code not in AUTOMATIC_TESTS
    return (tested or signal.kind in PRESSES) and not signal.restore


def learned(signal: Signal, at: str, mains_lost_at: str | None = None) -> Row:
    """Columns of ``devices`` to set; ``at`` is the moment of hearing, ``mains_lost_at`` what the row has by now: a
    unit that says again and again that it has no mains must not begin its battery anew."""
    found: Row = {"last_heard_at": at}
    if signal.kind is Kind.TEST:
        found["last_test_at"] = at
    elif (CLASSES[signal.kind] is Class.HUMAN or signal.kind is Kind.OK) and not signal.restore:
        found["last_press_at"] = at
    if is_live_press(signal):
        found |= {"last_full_test_at": at, "pager_heard_at": at, "pager_lost": False}
    if signal.position:
        found |= {"position_latitude": signal.position.latitude, "position_longitude": signal.position.longitude,
                  "position_at": at}  # fmt: skip
    return found | _condition(signal, at, mains_lost_at)


def _condition(signal: Signal, at: str, mains_lost_at: str | None) -> Row:
    """What began, or with a restore ended."""
    began = not signal.restore
    if signal.kind is Kind.MAINS_LOST:
        return {"mains_lost": began, "mains_lost_at": (mains_lost_at or at) if began else None}
    if signal.kind is Kind.LOW_BATTERY:
        return {"pager_battery_low" if signal.code in OF_THE_PAGER else "battery_low": began}
    if signal.kind is Kind.DEVICE_LOST:
        return {"pager_lost": began} | ({} if began else {"pager_heard_at": at})
    return {"fault": str(signal.kind) if began else ""} if signal.kind in FAULTS else {}
