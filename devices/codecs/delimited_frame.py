"""One described frame: its fields out of the bytes, and bytes out of a reply's template or a box's fields."""

import re
from typing import Any, NamedTuple

from devices.codecs.delimited_format import HEX, Description
from devices.codecs.described import described

FILLER = b"\x00\r\n"
WRONG_CHECKSUM = "the checksum is wrong"


class Frame(NamedTuple):
    """``said`` is what stands under each name, ``body`` the bytes of the fields."""

    said: dict[str, str]
    body: bytes
    deviations: tuple[str, ...]


def read(how: Description, chunk: bytes) -> tuple[int, Frame | str]:
    """Where in the chunk the frame begins, and the frame, or what is wrong with it.

    A second start inside means that the first frame broke off, unless a checksum says that it is whole.
    """
    if not how.start:
        first = len(chunk) - len(chunk.lstrip(FILLER))
        return first, _frame(how, chunk[first:])
    first, last = chunk.find(how.start), chunk.rfind(how.start)
    if first < 0:
        return 0, "no start of a frame"
    anew = _frame(how, chunk[last:])
    if first != last and how.checksum.width:
        whole = _frame(how, chunk[first:])
        if isinstance(whole, Frame) or not isinstance(anew, Frame):
            return first, whole
    return last, anew


def _frame(how: Description, raw: bytes) -> Frame | str:
    width = how.checksum.width
    if len(raw) > how.max_length or not raw.startswith(how.start):
        return f"longer than {how.max_length} bytes"
    inner, given = raw[len(how.start) :], b""
    if how.checksum.after_end:
        inner, given = inner[: len(inner) - width], inner[len(inner) - width :]
    if not inner.endswith(how.end):
        return "a frame without its end"
    inner = inner[: len(inner) - len(how.end)]
    if width and not how.checksum.after_end:
        mark = how.mark
        inner, given = inner[: max(0, len(inner) - width)], inner[max(0, len(inner) - width) :]
        if not inner.endswith(mark):
            return WRONG_CHECKSUM
        inner = inner[: len(inner) - len(mark)]
    if width and (given.upper() if how.checksum.form == "hex" else given) != how.checksum.of(how.covered(inner)):
        return WRONG_CHECKSUM
    return _fields(how, inner)


def _fields(how: Description, body: bytes) -> Frame | str:
    deviations: tuple[str, ...] = ()
    try:
        text = body.decode(how.encoding)
    except UnicodeDecodeError:
        text, deviations = body.decode(how.encoding, "replace"), (f"not {how.encoding}",)
    if how.separator:
        parts = text.split(how.separator)
    else:
        widths, parts = [place.width for place in how.places], []
        for width in widths:
            parts, text = [*parts, text[:width]], text[width:]
        parts = [part for part in parts if part] + ([text] if text else [])
    needed = max(at for at, field in enumerate(how.places, 1) if field.name in ("account", "event"))
    if len(parts) < needed:
        return f"{len(parts)} fields, but the {how.places[needed - 1].name} is number {needed}"
    if len(parts) != len(how.places):
        deviations += (f"{len(parts)} fields instead of {len(how.places)}",)
    said: dict[str, str] = {}
    for field, part in zip(how.places, parts, strict=False):
        part = part.strip()
        said[field.name] = f"{said[field.name]} {part}".strip() if field.name in said else part
    return Frame(said, body, deviations)


def render(how: Description, template: str, said: dict[str, str]) -> bytes:
    """A template with its places filled; the checksum covers what a frame's own does."""
    if template.startswith(HEX):
        return bytes.fromhex(template.removeprefix(HEX))
    before, found, after = template.partition("{checksum}")
    raw = _filled(before, said, how)
    if not found:
        return raw
    covered = raw.removeprefix(how.start).removesuffix(how.mark)
    return raw + how.checksum.of(how.covered(covered)) + _filled(after, said, how)


def _filled(template: str, said: dict[str, str], how: Description) -> bytes:
    return re.sub(r"\{(\w+)\}", lambda found: said.get(found[1], ""), template).encode(how.encoding, "replace")


def write(table: dict[str, Any], **said: str) -> bytes:
    """One frame as a box described by ``table`` sends it; what is not said is left empty."""
    how = described(Description, table)
    parts = [said.get(field.name, "").ljust(field.width) for field in how.places]
    body = how.separator.join(parts).encode(how.encoding)
    checksum = how.checksum.of(how.covered(body))
    if how.checksum.after_end:
        return how.start + body + how.end + checksum
    return how.start + body + how.mark * bool(checksum) + checksum + how.end
