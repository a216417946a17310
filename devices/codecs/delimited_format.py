"""How a box writes its frames: the model of a ``delimited`` line's ``format`` table, whose errors say how to mend it.

A frame is ``start``, fields with ``separator`` between, the checksum if there is one, ``end``. Bytes that no keyboard
has are written ``hex:AA55``, or as TOML has them (``"\\u0002"``).
"""

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from devices.codecs.checksums import CHECKSUMS
from devices.codecs.described import Meaning, Texts, What

NAMES = (
    "account", "event", "zone", "partition", "sequence", "battery", "latitude", "longitude", "text", "voice",
    "ignored", "checksum",
)  # fmt: skip
REPEATABLE = ("ignored", "text")
PLACEHOLDERS = ("account", "sequence", "event", "zone", "checksum")
HEX = "hex:"


class Place(NamedTuple):
    """One field; ``width`` in characters where no separator tells its end, else 0."""

    name: str
    width: int = 0


def _bytes(written: Any) -> bytes:
    if isinstance(written, bytes):
        return written
    if not isinstance(written, str):
        raise ValueError('write text such as "$", or hex:AA55')
    if not written.startswith(HEX):
        return written.encode()
    try:
        return bytes.fromhex(written.removeprefix(HEX))
    except ValueError:
        raise ValueError("after hex: stand pairs of hexadecimal digits, such as hex:AA55") from None


def _place(written: Any) -> Place:
    if isinstance(written, Place):
        return written
    name, _, width = str(written).partition(":")
    if name not in NAMES:
        raise ValueError(f"there is no field {name!r}; write one of {', '.join(NAMES)}")
    if width and not (width.isdecimal() and 0 < int(width) <= 1000):
        raise ValueError(f'the width after {name}: is a number of characters, such as "{name}:4"')
    return Place(name, int(width or 0))


def _template(written: str) -> str:
    for name in re.findall(r"\{([^{}]*)\}", written):
        if name not in PLACEHOLDERS:
            raise ValueError(f"nothing is called {{{name}}}; there are {', '.join(f'{{{p}}}' for p in PLACEHOLDERS)}")
    _bytes(written)
    return written


Bytes = Annotated[bytes, PlainValidator(_bytes)]
Template = Annotated[str, AfterValidator(_template)]


class Checksum(BaseModel):
    """Where the checksum stands and what it covers: always the fields, on demand what stands round them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["none", "sum8", "xor8", "crc16-modbus", "crc16-x25", "crc16-ccitt", "crc32"] = "none"
    form: Literal["hex", "binary"] = "hex"
    order: Literal["big", "little"] = "big"  # which byte comes first
    mark: Bytes = b""  # stands before it, such as * in $…*5A; none: it follows the last field at once
    after_end: bool = False  # it stands after the end bytes
    with_start: bool = False  # it covers the start bytes too
    with_mark: bool = False  # it covers the mark too, or the end bytes if it stands after them

    @property
    def width(self) -> int:
        """Bytes on the wire."""
        return 0 if self.kind == "none" else CHECKSUMS[self.kind][1] * (2 if self.form == "hex" else 1)

    def of(self, covered: bytes) -> bytes:
        """The checksum as it is written."""
        if self.kind == "none":
            return b""
        reckon, size = CHECKSUMS[self.kind]
        raw = reckon(covered).to_bytes(size, self.order)
        return raw.hex().upper().encode() if self.form == "hex" else raw


class Description(BaseModel):
    """``[lines.format]`` of a line that speaks ``delimited``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    start: Bytes = b""
    end: Bytes = b""  # none: the end of the datagram, or of the connection
    separator: str = ","
    fields: Annotated[tuple[Annotated[Place, PlainValidator(_place)], ...], BeforeValidator(tuple)]
    events: dict[str, Meaning] = {}  # value of the field event -> what it means; "" where there is no such field
    heartbeat: Texts = ()  # values of the field event that only say: I live
    checksum: Checksum = Checksum()
    reply: Template = ""
    heartbeat_reply: Template | None = None  # none: as reply
    nak: Template = ""  # to a frame with a wrong checksum
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    max_length: Annotated[int, Field(ge=2, le=4096)] = 512  # bytes of one frame, start and end included
    battery_low: Annotated[int, Field(ge=0, le=100)] = 15  # per cent; at or below it a device item; 0 never

    @model_validator(mode="after")
    def _whole(self) -> "Description":
        for fault in (self._about_fields(), self._about_events(), self._about_checksum()):
            if fault:
                raise ValueError(fault)
        return self

    def _about_fields(self) -> str:
        names = [place.name for place in self.fields]
        twice = {name for name in names if name not in REPEATABLE and names.count(name) > 1}
        if twice:
            return f'fields: {min(twice)} stands there twice; call what is not needed "ignored"'
        if "account" not in names:
            return 'fields: which of them is the account? write fields = ["account", "event"]'
        if not self.separator and not all(place.width for place in self.fields if place.name != "checksum"):
            return 'fields: without a separator each needs its width, such as "account:4"'
        if self.separator and any(place.width for place in self.fields):
            return 'fields: widths are for frames without a separator; remove them, or write separator = ""'
        if self.start and self.start == self.end:
            return "start and end are the same: leave start out"
        return ""

    def _about_events(self) -> str:
        has = any(place.name == "event" for place in self.fields)
        if not self.events:
            return 'events: add [lines.format.events] with the values of the field event, such as "1" = "sos"'
        if not has and "" not in self.events:
            return 'events: no field is the event, so say what every frame means: "" = "sos"'
        return ""

    def _about_checksum(self) -> str:
        names = [place.name for place in self.fields]
        if "checksum" in names and (names[-1] != "checksum" or self.checksum.kind == "none"):
            return 'checksum: it is the last of the fields, and needs [lines.format.checksum] kind = "xor8"'
        if self.checksum.after_end and (not self.end or "checksum" in names):
            return "checksum: after_end needs end bytes, and no checksum among the fields"
        if self.checksum.kind == "none" and any("{checksum}" in t for t in (self.reply, self.nak) if t):
            return 'checksum: a reply has {checksum}, but none is described: [lines.format.checksum] kind = "xor8"'
        if len(self.start) + len(self.end) + self.checksum.width >= self.max_length:
            return "max_length: no frame is that short; count start, fields, checksum and end"
        return ""

    @property
    def mark(self) -> bytes:
        """What stands between the last field and the checksum."""
        if self.checksum.after_end:
            return self.end
        return self.checksum.mark or (self.separator.encode() if self.fields[-1].name == "checksum" else b"")

    @property
    def places(self) -> tuple[Place, ...]:
        """The fields that are read by name: all but the checksum."""
        return tuple(place for place in self.fields if place.name != "checksum")

    def meaning(self, event: str) -> What | None:
        """What a value of the field event means; None when it stands nowhere."""
        return What(None) if event in self.heartbeat else self.events.get(event)

    def covered(self, body: bytes) -> bytes:
        """The bytes the checksum is made of, for these fields."""
        return self.start * self.checksum.with_start + body + self.mark * self.checksum.with_mark
