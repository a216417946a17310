"""The modifiers of a SIA DC-03 event (``ti12:30/ri1/id7/``): when, where, who, and what else stands before a code.

``ri`` (area) is the partition of the signal, ``id`` or ``pi`` its zone where the code has no address, ``ph`` a
telephone number to speak to the home by, ``ti`` and ``da`` its time. Everything else is told in words. ``ti`` without
``da`` is the moment nearest to the clock of the frame that carries it.
"""

import re
from datetime import UTC, datetime, timedelta

WORDS = {
    "da": "date", "ti": "time", "id": "user", "pi": "peripheral", "ai": "automatic", "ph": "telephone", "lv": "level",
    "va": "value", "pt": "path", "rg": "route group", "ss": "sub-subscriber", "ri": "area",
}  # fmt: skip
MODIFIERS = frozenset(WORDS)

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\Z")
_DATE = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-(?:20)?([0-9]{2})\Z")
_DAY = timedelta(days=1)


def occurred(modifiers: dict[str, str], clock: datetime) -> datetime | None:
    """When the event happened by ``ti`` and ``da``, read as UTC; None if they say no time."""
    time, date = _TIME.match(modifiers.get("ti", "")), _DATE.match(modifiers.get("da", ""))
    if not time or ("da" in modifiers and not date):
        return None
    hour, minute, second = (int(part or 0) for part in time.groups())
    try:
        if date:
            month, day, year = (int(part) for part in date.groups())
            return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
        at = clock.astimezone(UTC).replace(hour=hour, minute=minute, second=second, microsecond=0)
        return at - _DAY if at - clock > _DAY / 2 else at + _DAY if clock - at > _DAY / 2 else at
    except (ValueError, OverflowError):
        return None


def words(modifiers: dict[str, str], told: set[str]) -> str:
    """All modifiers that are not ``told`` elsewhere, in words: ``user 7 value 23``."""
    return " ".join(f"{WORDS[key]} {value}".strip() for key, value in modifiers.items() if key not in told)
