"""Formats that are described in config.toml instead of in code: what a value means, and a description read once.

A codec is made for each connection or datagram, a description belongs to the line: it is checked when the settings are
read (``FORMATS`` in ``registry.py``) and made into its model once for each line's table.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, PlainValidator

from devices.signal import Kind, Position, Signal

M = TypeVar("M", bound=BaseModel)

ACCOUNT = 32  # characters; a longer one is never cut, for then it might be another's
ENDED = " ended"
FIRST = (Kind.SOS, Kind.FALL)
NOTHING = "nothing"
REMEMBERED = 256

_made: dict[tuple[type[BaseModel], int], tuple[Mapping[str, Any], BaseModel]] = {}


class What(NamedTuple):
    """What a value means. ``kind`` is None where it asks for nothing; ``ended``: the condition is over."""

    kind: Kind | None
    ended: bool = False


def read_what(written: Any) -> What:
    """``"sos"``, ``"water ended"`` or ``"nothing"``."""
    if isinstance(written, What):
        return written
    if written == NOTHING:
        return What(None)
    if isinstance(written, str) and written.removesuffix(ENDED) in tuple(Kind):
        return What(Kind(written.removesuffix(ENDED)), written.endswith(ENDED))
    raise ValueError(f'there is no kind {written!r}; write "{NOTHING}" or one of {", ".join(Kind)}')


def several(written: Any) -> Any:
    """One text where a list of texts may stand."""
    return [written] if isinstance(written, str) else written


Meaning = Annotated[What, PlainValidator(read_what)]
Texts = Annotated[tuple[str, ...], BeforeValidator(several)]


def described(model: type[M], table: Mapping[str, Any]) -> M:
    """``table`` as ``model``, made once for each table. Raises pydantic's ``ValidationError``."""
    key = (model, id(table))
    known = _made.get(key)
    if known is None or known[0] is not table:  # the table is kept with its model, so its id stays its own
        if len(_made) >= REMEMBERED:
            _made.clear()
        known = _made[key] = (table, model.model_validate(dict(table)))
    return known[1]  # type: ignore[return-value]


def account_of(text: str) -> str:
    """The text as an account; empty when it can be nobody's."""
    return text if text.isprintable() and len(text) <= ACCOUNT else ""


def plain(text: str, longest: int = 60) -> str:
    """A text from the wire as people and databases can bear it: no control characters, no half characters."""
    return re.sub(r"[^\x20-\ud7ff\ue000-\U0010ffff]|[\x7f-\x9f]", " ", text[:longest]).strip()


def per_cent(number: float) -> int | None:
    """A battery; some devices send 255 for "not known"."""
    return round(number) if 0 <= number <= 100 else None


def place(latitude: float, longitude: float) -> Position | None:
    """None for what is on no globe, and for 0, 0, which devices without a fix send."""
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return Position(latitude, longitude) if on_earth and (latitude or longitude) else None


def in_order(signals: list[Signal]) -> tuple[Signal, ...]:
    """Each kind once, for one message is one press; what a person did before what the device says of itself."""
    once = {(signal.kind, signal.restore): signal for signal in reversed(signals)}
    found = [signal for signal in signals if once[signal.kind, signal.restore] is signal]
    return tuple(sorted(found, key=lambda signal: signal.restore or signal.kind not in FIRST))
