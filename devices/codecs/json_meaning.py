"""What one device's JSON values mean, as the mapping of the line has it: a message, a heartbeat, or neither."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from devices.codecs import milesight
from devices.codecs.described import What, in_order, per_cent, place, plain
from devices.codecs.json_document import look, number, words
from devices.codecs.json_mapping import Mapping
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Position, Signal

UNHEARD_OF = What(Kind.UNKNOWN)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(NamedTuple):
    """One device's values. ``values`` are its own, ``top`` all that was said around them."""

    topic: tuple[str, ...]
    account: str
    top: Any
    values: Any
    payload: bytes | None
    odd: tuple[str, ...]

    def at(self, paths: tuple[str, ...]) -> Any:
        """What the first path leads to; None when none does."""
        for path in paths:
            for where in (self.values, self.top):
                if (found := look(where, path)) is not None:
                    return found
        return None


def tell(mapping: Mapping, raw: bytes, one: Reading) -> Heard:
    """A message if anything happened, else a heartbeat; ``Garbled`` where neither can be told."""
    if not isinstance(one.top, dict):
        return Garbled(raw, f"the readings of {one.account or 'one of them'} are no object {{…}}", account=one.account)
    events, odd = _events(mapping, one)
    battery = _battery(mapping, one)
    if (
        battery is not None
        and battery <= mapping.battery_low
        and not any(w.kind is Kind.LOW_BATTERY for w, _ in events)
    ):
        events.append((What(Kind.LOW_BATTERY), f"battery={battery}"))
    where, deviations = _position(mapping, one), (*one.odd, *odd)
    if not events:
        reason = _why_nothing(mapping, one, deviations)
        if reason:
            return Garbled(raw, reason, account=one.account)
        return Heartbeat(raw, one.account, one, where, battery)
    if not one.account:
        deviations += (_no_account(mapping),)
    signals = in_order([_signal(mapping, one, what, code, where, battery) for what, code in events])
    sequence = words(one.at(mapping.sequence)) or mapping.sequence_missing
    return Message(
        raw, one.account, signals, plain(sequence), _repeated(mapping, one, sequence, raw), deviations, head=one
    )


def _events(mapping: Mapping, one: Reading) -> tuple[list[tuple[What, str]], list[str]]:
    """``[(what, "press=short")]``, and what could not be read as an event."""
    found: list[tuple[What, str]] = []
    odd: list[str] = []
    for path, meanings in mapping.events.items():
        value = one.at((path,))
        for each in value if isinstance(value, list) else [] if value is None else [value]:
            written = words(each)
            if written is None:
                odd.append(f"at {path} stands {'nothing' if each is None else 'an object or list'}, not a plain value")
                continue
            what = meanings.get(written, UNHEARD_OF)
            if what.kind:
                found.append((what, plain(f"{path}={written}")))
    for path, limit in mapping.limits.items():
        value = number(one.at((path,)))
        if value is not None and not limit.low <= value <= limit.high and limit.means.kind:
            found.append((limit.means, f"{path}={value:g}"))
    if mapping.decoder and not found and isinstance(one.values, dict) and milesight.UNREAD in one.values:
        found.append((UNHEARD_OF, plain(f"payload={one.values[milesight.UNREAD]}")))
    return found, odd


def _why_nothing(mapping: Mapping, one: Reading, odd: tuple[str, ...]) -> str:
    """Why a message without an event is no sign of life either; empty when it is one."""
    if odd:
        return "; ".join(odd)[:400]
    if not one.account:
        return _no_account(mapping)
    if one.payload and not isinstance(one.values, dict):
        missing = " or ".join(mapping.values) or "the top"
        return f"nothing decoded at {missing}: give the server a codec for this device, or the line a decoder"
    return ""


def _no_account(mapping: Mapping) -> str:
    return "no account: nothing fit at " + (" or ".join(mapping.account) or "the names at the top")


def _signal(
    mapping: Mapping, one: Reading, what: What, code: str, where: Position | None, battery: int | None
) -> Signal:
    said = [words(look(where_, path)) for path in mapping.text for where_ in (one.values, one.top)]
    texts = [plain(text, 200) for text in said if text]
    if battery is not None:
        texts.append(f"battery {battery} %")
    if not one.account:
        texts.append(plain("topic " + "/".join(one.topic), 120))
    zone = plain(words(one.at(mapping.zone)) or "", 20) or None
    assert what.kind
    return Signal(
        one.account, what.kind, code, what.ended, _moment(one.at(mapping.at)), zone=zone,
        text=", ".join(dict.fromkeys(texts)), position=where,
    )  # fmt: skip


def _repeated(mapping: Mapping, one: Reading, sequence: str, raw: bytes) -> bytes:
    """What a retransmission repeats: of a numbered message less than all, for servers add what changes."""
    if sequence and mapping.repeats:
        return json.dumps([sequence, *(look(one.top, path) for path in mapping.repeats)], sort_keys=True).encode()
    return json.dumps(one.top, sort_keys=True).encode() if mapping.each else raw


def _battery(mapping: Mapping, one: Reading) -> int | None:
    if any(one.at((path,)) is True for path in mapping.battery_unless):
        return None
    value = number(one.at(mapping.battery))
    return None if value is None else per_cent(value)


def _position(mapping: Mapping, one: Reading) -> Position | None:
    latitude, longitude = number(one.at(mapping.latitude)), number(one.at(mapping.longitude))
    return None if latitude is None or longitude is None else place(latitude, longitude)


def _moment(written: Any) -> datetime | None:
    """The device's clock in UTC; None for what is no moment of this age."""
    try:
        if isinstance(written, str):
            at = datetime.fromisoformat(written[:40])
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        elif isinstance(written, int) and not isinstance(written, bool):
            at = EPOCH + timedelta(milliseconds=written)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return at if 2000 <= at.year < 2100 else None
