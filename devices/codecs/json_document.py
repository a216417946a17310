"""JSON from strangers: read strictly and within bounds, and looked into by paths such as ``deviceInfo.devEui``.

What two readers could understand differently is refused with a reason: keys twice, ``NaN``, numbers no device means.
"""

import json
import math
from typing import Any

DEPTH = 32  # objects and lists inside one another
DIGITS = 20  # of a whole number


class Unreadable(ValueError):
    """No document; the text says why."""


def read(raw: bytes | str) -> Any:
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        document = json.loads(
            text, object_pairs_hook=_each_key_once, parse_constant=_no_number, parse_int=_whole, parse_float=_fraction
        )
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise Unreadable(f"nested deeper than {DEPTH}") from None
    _bounded(document)
    return document


def look(document: Any, path: str) -> Any:
    """What stands at ``path`` (keys, and places in lists from 0, with dots between); None when nothing does."""
    for part in path.split("."):
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and part.isdecimal() and len(part) < 6 and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document


def words(value: Any) -> str | None:
    """A plain value as it is written in JSON, texts without their quotes; None for objects and lists."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(f"the key {key[:40]!a} stands there twice")
        found[key] = value
    return found


def _no_number(written: str) -> float:
    raise Unreadable(f"{written} is no number")


def _whole(written: str) -> int:
    if len(written) > DIGITS:
        raise Unreadable(f"a number of {len(written)} digits")
    return int(written)


def _fraction(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise Unreadable(f"{written[:20]} is beyond all numbers")
    return value


def _bounded(document: Any) -> None:
    level = [document]
    for _ in range(DEPTH + 1):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise Unreadable(f"nested deeper than {DEPTH}")


def _inside(one: Any) -> list[Any]:
    found = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return [inner for inner in found if isinstance(inner, dict | list)]
