"""One cell of a spreadsheet: read into what we keep, and written back so that reading it again changes nothing.

Excel turns phone numbers into floats, drops leading zeros, and writes dates in whichever way it likes; people add
spaces and full-width digits. What is certain is put right, what is not is refused with the way to mend it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.people import windows
from callcenter.rules.times import moment, stamp


class Unreadable(ValueError):
    """A value that cannot be kept. ``reason`` and ``fix`` are English texts with ``%(name)s`` for ``params``."""

    def __init__(self, reason: str, fix: str, **params: Any) -> None:
        self.reason, self.fix, self.params = reason, fix, params
        super().__init__(f"{reason % params}: {fix % params}" if params else f"{reason}: {fix}")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: what it is called, how a cell of it is read, and how it is explained in the template.

    ``choices`` maps what we keep to the words it may be written with, the first of which is the one we write.
    ``refers`` names the sheet whose key stands in this column.
    """

    name: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = False
    longest: int = 200
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refers: str = ""
    note: str = ""
    example: str = ""
    default: Any = ""
    secret: bool = False  # goes in, never comes out; an empty cell leaves it as it is


ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\ufeff]")
EXCEL_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
YES, NO = ("是", "有", "yes", "y", "true", "1", "√", "✓"), ("否", "无", "no", "n", "false", "0", "×")


def spoken(value: Any) -> str:
    """The cell as a person sees it: no stray spaces, no ``.0`` behind a number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES[0] if value else NO[0]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time(0) else "%Y-%m-%d %H:%M")
    text = ILLEGAL.sub("", str(value)).replace("\u00a0", " ").replace("\u3000", " ").strip()
    if text.upper() in EXCEL_ERRORS:
        raise Unreadable("%(value)s is an error of Excel", "mend the formula, or write the value itself", value=text)
    return text


def folded(value: Any) -> str:
    """For codes and numbers: full-width characters made narrow, inner spaces gone, ``13800000000.0`` cut."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", spoken(value)))
    return re.sub(r"^(\d+)\.0+$", r"\1", text)


def read(column: Field, value: Any, zone: ZoneInfo) -> Any:
    """What we keep of a cell. Raises ``Unreadable``."""
    if spoken(value) == "":
        if column.required:
            raise Unreadable("is empty", "this column must be filled in")
        return column.default
    found = READERS[column.kind](value, column, zone)
    if isinstance(found, str) and len(found) > column.longest:
        raise Unreadable("is too long", "at most %(longest)s characters", longest=column.longest)
    return found


def _text(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    return spoken(value)


def _name(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    """Lists space short names out (``王　芳``) so that they line up."""
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", spoken(value))


def _code(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    return folded(value)


def _account(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    text = folded(value)
    if isinstance(value, int | float) and len(text) < 4:
        raise Unreadable(
            "Excel has dropped the leading zeros of %(value)s",
            "make the column Text, then write all the digits, for example %(whole)s",
            value=text,
            whole=text.zfill(4),
        )
    if not re.fullmatch(r"[0-9A-Za-z_-]+", text):
        raise Unreadable("%(value)s is not an account", "digits and letters only, as the device sends it", value=text)
    return text


def _phone(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    text = folded(value)
    if not re.fullmatch(r"\+?[0-9()-]{3,}((转|,|#|\*)[0-9]+)?", text):
        raise Unreadable(
            "%(value)s is not one phone number", "one number in each cell, digits only, extension after 转", value=text
        )
    return text


def _whole(value: Any, _column: Field, _zone: ZoneInfo) -> int:
    text = folded(value).rstrip("层楼分钟")
    if not re.fullmatch(r"-?\d{1,5}", text):
        raise Unreadable("%(value)s is not a whole number", "write digits only, for example 3", value=folded(value))
    return int(text)


def _yes(value: Any, _column: Field, _zone: ZoneInfo) -> bool:
    text = folded(value).lower()
    if text not in YES + NO:
        raise Unreadable("%(value)s is neither yes nor no", "write 是 or 否", value=text)
    return text in YES


def _choice(value: Any, column: Field, _zone: ZoneInfo) -> str:
    text = folded(value).lower()
    for kept, words in column.choices.items():
        if text == kept.lower() or text in (word.lower() for word in words):
            return kept
    raise Unreadable("%(value)s is not known here", "write one of %(choices)s", value=text, choices=_choices(column))


def _several(value: Any, column: Field, zone: ZoneInfo) -> list[str]:
    parts = re.split(r"[、,，;；/\n]+", spoken(value))
    return list(dict.fromkeys(_choice(part, column, zone) for part in parts if part.strip()))


def _choices(column: Field) -> str:
    return "、".join(words[0] for words in column.choices.values())


def _born(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    text = re.sub(r"[年月/.]", "-", folded(value)).rstrip("日号-")
    found = re.fullmatch(r"(\d{4})(?:-?(\d{1,2})(?:-?(\d{1,2}))?)?", text)
    wrong = Unreadable("%(value)s is not a day of birth", "write 1943-05-01, or only 1943", value=spoken(value))
    if not found or not 1900 <= int(found[1]) <= 2100:
        raise wrong
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        whole = date(year, month, day).isoformat()
    except ValueError:
        raise wrong from None
    return whole if found[3] else whole[:4]


def _day(value: Any, column: Field, zone: ZoneInfo) -> str:
    wrong = Unreadable("%(value)s is not a day", "write 2026-10-01", value=spoken(value))
    try:
        found = _born(value, column, zone)
    except Unreadable:
        raise wrong from None
    if len(found) < 10:
        raise wrong
    return found


def _moment(value: Any, _column: Field, zone: ZoneInfo) -> str:
    if isinstance(value, datetime | date):
        text = value.isoformat().replace("T", " ")
    else:
        text = (
            re.sub(r"[年月/]", "-", unicodedata.normalize("NFKC", spoken(value))).replace("日", " ").replace("T", " ")
        )
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?)?", text.strip())
    wrong = Unreadable("%(value)s is not a day and time", "write 2026-11-21 07:30", value=spoken(value))
    if not found:
        raise wrong
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:  # 24:00 is how a roster writes the end of a day
        local = datetime(year, month, day, hour % 24, minute, second, tzinfo=zone) + timedelta(days=hour // 24)
    except ValueError:
        raise wrong from None
    if hour > 24:
        raise wrong
    return stamp(local.astimezone(UTC))


def _degrees(value: Any, _column: Field, _zone: ZoneInfo) -> float:
    try:
        return float(folded(value).rstrip("°"))
    except ValueError:
        raise Unreadable(
            "%(value)s is not a coordinate", "degrees, for example 36.650090", value=spoken(value)
        ) from None


def _window(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    text = unicodedata.normalize("NFKC", spoken(value))
    if text in ("全天", "always", "24小时"):
        return ""
    try:
        return ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in windows(text))
    except ValueError as error:
        raise Unreadable("%(value)s is not a time window", "write 18:00-22:00", value=str(error)) from None


def _key(value: Any, _column: Field, _zone: ZoneInfo) -> str:
    text = folded(value).upper().removeprefix("0X")
    if len(text) not in (32, 48, 64) or not re.fullmatch(r"[0-9A-F]+", text):
        raise Unreadable("is not an AES key", "32, 48 or 64 characters of 0-9 and A-F")
    return text


def _keys(value: Any, column: Field, zone: ZoneInfo) -> dict[str, str]:
    pairs = {}
    for part in re.split(r"[、,，;；\n]+", spoken(value)):
        number, equals, word = part.partition("=")
        if not equals or not folded(number):
            raise Unreadable("%(value)s names no key", "write 1=求助、2=服务", value=part)
        pairs[folded(number)] = _choice(word, column, zone)
    return pairs


READERS: dict[str, Callable[[Any, Field, ZoneInfo], Any]] = {
    "text": _text,
    "name": _name,
    "code": _code,
    "account": _account,
    "phone": _phone,
    "whole": _whole,
    "yes": _yes,
    "choice": _choice,
    "several": _several,
    "born": _born,
    "day": _day,
    "moment": _moment,
    "degrees": _degrees,
    "window": _window,
    "key": _key,
    "keys": _keys,
}


def write(column: Field, value: Any, zone: ZoneInfo) -> str | int | float:
    """What stands in the cell; ``read`` of it gives ``value`` again."""
    if value is None or value == "" or value == []:
        return ""
    if column.kind == "yes":
        return YES[0] if value else NO[0]
    if column.kind == "choice":
        return column.choices[value][0] if value in column.choices else str(value)
    if column.kind == "several":
        return "、".join(column.choices[item][0] if item in column.choices else item for item in value)
    if column.kind == "keys":
        return "、".join(f"{key}={column.choices[kind][0]}" for key, kind in value.items())
    if column.kind == "moment":
        local = moment(value).astimezone(zone)
        return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
    return value if isinstance(value, int | float) else str(value)
