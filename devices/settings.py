"""What config.toml may say about lines (``[[lines]]``, one frozen model each) and pretend homes (``[simulate]``)."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from devices.codecs.registry import CODECS, FORMATS

KEY_HELP = "write 32, 48 or 64 hex digits, or 16, 24 or 32 characters (put text: before 32 that all look like hex)"


def read_key(written: str | bytes | None) -> bytes | None:
    """An AES key as people write it: hex digits as DC-09 has them, or characters as Ajax and pysiaalarm have them.

    ``hex:`` or ``text:`` in front settles which is meant. Nothing written means no key.
    """
    if not written:
        return None
    if isinstance(written, bytes):
        key = written
    elif written.startswith("text:"):
        key = written.removeprefix("text:").encode()
    elif re.fullmatch(r"(?:hex:)?(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})", written):
        key = bytes.fromhex(written.removeprefix("hex:"))
    else:
        key = written.encode()
    if len(key) not in (16, 24, 32):
        raise ValueError(f"this is no AES key: {KEY_HELP}")
    return key


def _known_protocol(protocol: str) -> str:
    if protocol not in CODECS:
        raise ValueError(f"no protocol {protocol!r}; write one of: {', '.join(sorted(CODECS))}")
    return protocol


def _stop_bits(bits: float) -> float:
    if bits not in (1, 1.5, 2):
        raise ValueError("write 1, 1.5 or 2 stop bits")
    return bits


def _check_format(line: str, model: type[BaseModel] | None, written: dict[str, Any]) -> None:
    """Refuse a ``format`` that the protocol cannot use, without printing what was written."""
    if model is None:
        return
    try:
        model.model_validate(written)
    except ValidationError as error:
        said = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(["format", *map(str, said["loc"])])
        words = said["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        if said["type"] == "extra_forbidden":
            words = f"there is no such key; there are {', '.join(sorted(model.model_fields))}"
        raise ValueError(f"line {line!r}: {place}: {words}") from None


Seconds = Annotated[float, Field(ge=0, le=7 * 86400)]


class LineSettings(BaseModel):
    """One line: where bytes come in, and which protocol they speak."""

    # An error must not print what was written: it may be a key.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$")]
    protocol: Annotated[str, AfterValidator(_known_protocol)]
    transport: Literal["tcp", "udp", "serial"] = "tcp"
    host: str = "0.0.0.0"
    port: Annotated[int, Field(ge=0, le=65535)] | None = None  # 0 takes any free port
    device: str = ""  # the serial port, e.g. /dev/ttyUSB0
    baud: Annotated[int, Field(ge=50, le=4_000_000)] = 9600
    bytesize: Literal[5, 6, 7, 8] = 8
    parity: Literal["none", "even", "odd", "mark", "space"] = "none"
    stopbits: Annotated[float, AfterValidator(_stop_bits)] = 1
    xonxoff: bool = False
    rtscts: bool = False
    # for accounts that have no key of their own
    key: Annotated[bytes | None, BeforeValidator(read_key), Field(repr=False)] = None
    clear_text: Literal["flag", "refuse"] = "flag"  # what becomes of clear text from an account that has a key
    # of protocols that are described here: [lines.format]; it may hold passwords
    format: Annotated[dict[str, Any], Field(repr=False)] = {}
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,16}$")] = ""  # put before every account of this line
    greeting_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0  # a peer that has said nothing sensible is closed
    idle_seconds: Annotated[float, Field(gt=0, le=7 * 86400)] = 300.0  # a peer that has fallen silent is closed
    silent_seconds: Seconds = 0.0  # the whole line counts as silent after this long; 0 never
    max_connections: Annotated[int, Field(ge=1, le=100_000)] = 4096

    @model_validator(mode="after")
    def _whole(self) -> "LineSettings":
        if self.transport == "serial" and not self.device:
            raise ValueError(f'line {self.name!r} is serial but names no port: add device = "/dev/ttyUSB0"')
        if self.transport != "serial" and self.port is None:
            raise ValueError(f"line {self.name!r} is {self.transport} but has no port: add port = 12128")
        if self.transport != "serial" and self.device:
            raise ValueError(f'line {self.name!r} has a device but is {self.transport}: write transport = "serial"')
        if self.transport == "serial" and self.port is not None:
            raise ValueError(f'line {self.name!r} is serial and has a port: remove port, or write transport = "tcp"')
        _check_format(self.name, FORMATS.get(self.protocol), self.format)
        return self

    @property
    def place(self) -> str:
        """Where the line is, in words for people and for telling two lines apart."""
        return self.device if self.transport == "serial" else f"{self.transport} {self.host}:{self.port}"


def _no_two_alike(lines: tuple[LineSettings, ...]) -> tuple[LineSettings, ...]:
    places: dict[str, str] = {}
    for line in lines:
        if [other.name for other in lines].count(line.name) > 1:
            raise ValueError(f"two lines are called {line.name!r}: give each its own name")
        if line.port != 0 and (other_name := places.setdefault(line.place, line.name)) != line.name:
            raise ValueError(f"lines {other_name!r} and {line.name!r} are both on {line.place}: give one another place")
    return lines


LineList = Annotated[tuple[LineSettings, ...], AfterValidator(_no_two_alike)]


class Simulation(BaseModel):
    """``[simulate]``: how the pretend homes behave."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    homes: Annotated[int, Field(ge=1, le=100_000)] = 900
    first_account: Annotated[int, Field(ge=0)] = 1001
    seed: int = 1
    mix: dict[str, Annotated[float, Field(ge=0, le=1_000_000)]] = {}  # protocol -> share of the homes; {}: the usual
    speed: Annotated[float, Field(gt=0, le=100_000)] = 1.0  # how much faster than life time goes
    busy: Annotated[float, Field(gt=0, le=100_000)] = 1.0  # how much more often than in life things happen
    heartbeat_seconds: Annotated[float, Field(ge=0, le=86400)] = 60.0  # seconds between link tests; 0 none
    first_press_seconds: Annotated[float, Field(ge=0)] | None = 5.0  # when the first SOS comes
    # with a token of role system the residents know whether somebody came, and the calls are counted
    token: Annotated[str, Field(repr=False)] = ""
    centre: Annotated[str, Field(pattern=r"^(https?://[^/\s]+/?)?$")] = ""  # of the API; empty: this centre's [server]
