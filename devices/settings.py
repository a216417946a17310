"""What config.toml may say about lines (``[[lines]]``, one frozen model each) and pretend homes (``[simulate]``)."""

import re
from ipaddress import ip_network
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


def _topic_filter(topic: str) -> str:
    """MQTT 3.1.1 §4.7: ``+`` stands for one whole level, ``#`` for all that follow."""
    levels = topic.split("/")
    odd = any(("+" in level or "#" in level) and len(level) > 1 for level in levels) or "#" in levels[:-1]
    if not topic or odd or "\0" in topic or len(topic.encode()) > 65_535:
        raise ValueError("write topics such as zigbee2mqtt/+ or application/+/device/+/event/up")
    return topic


def _networks(written: tuple[str, ...]) -> tuple[str, ...]:
    for one in written:
        try:
            ip_network(one)
        except ValueError as error:
            raise ValueError(f"{error}; write networks as 10.8.0.0/16, one host as 10.8.3.4") from None
    return written


Seconds = Annotated[float, Field(ge=0, le=7 * 86400)]


class LineSettings(BaseModel):
    """One line: where bytes come in, and which protocol they speak."""

    # An error must not print what was written: it may be a key.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$")]
    protocol: Annotated[str, AfterValidator(_known_protocol)]
    transport: Literal["tcp", "udp", "serial", "mqtt"] = "tcp"
    host: str = "0.0.0.0"
    port: Annotated[int, Field(ge=0, le=65535)] | None = None  # 0 takes any free port
    allow: Annotated[tuple[str, ...], AfterValidator(_networks)] = ()  # hosts that may call; empty: all
    tls_certificate: str = ""  # PEM: with it the line speaks TLS, and nothing else
    tls_key: str = ""  # PEM; left out when it stands in tls_certificate
    tls_client_ca: str = ""  # PEM: devices have to show a certificate signed by it
    one_account_per_connection: bool | None = None  # None: as the protocol has it
    device: str = ""  # the serial port, e.g. /dev/ttyUSB0
    baud: Annotated[int, Field(ge=50, le=4_000_000)] = 9600
    bytesize: Literal[5, 6, 7, 8] = 8
    parity: Literal["none", "even", "odd", "mark", "space"] = "none"
    stopbits: Annotated[float, AfterValidator(_stop_bits)] = 1
    xonxoff: bool = False
    rtscts: bool = False
    # of an MQTT line, which calls a broker at host and port
    topics: tuple[Annotated[str, AfterValidator(_topic_filter)], ...] = ()
    qos: Literal[0, 1] = 1  # 2 keeps nothing longer: its first answer goes out before a message is handed to us
    username: str = ""
    password: Annotated[str, Field(repr=False)] = ""
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,64}$")] = ""  # empty: anxin- and the line's name
    tls: bool = False
    tls_ca: str = ""  # the CA that signed the broker's certificate; empty: those this machine trusts
    dtr: bool | None = None  # modem lines when the port is opened; None: as the system has them, which is on
    rts: bool | None = None
    # for accounts that have no key of their own
    key: Annotated[bytes | None, BeforeValidator(read_key), Field(repr=False)] = None
    clear_text: Literal["flag", "refuse"] = "flag"  # what becomes of clear text from an account that has a key
    # of protocols that are described here: [lines.format]; it may hold passwords
    format: Annotated[dict[str, Any], Field(repr=False)] = {}
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,16}$")] = ""  # put before every account of this line
    greeting_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0  # a peer that has said nothing sensible is closed
    idle_seconds: Annotated[float, Field(gt=0, le=7 * 86400)] = 300.0  # a peer that has fallen silent is closed
    silent_seconds: Seconds | None = None  # the whole line counts as silent after this long; 0 never; None: see Line
    capture: str = ""  # a file into which everything heard and said is recorded
    max_connections: Annotated[int, Field(ge=1, le=100_000)] = 16_384

    @model_validator(mode="after")
    def _whole(self) -> "LineSettings":
        if self.transport == "serial" and not self.device:
            raise ValueError(f'line {self.name!r} is serial but names no port: add device = "/dev/ttyUSB0"')
        if self.transport in ("tcp", "udp") and self.port is None:
            raise ValueError(f"line {self.name!r} is {self.transport} but has no port: add port = 12128")
        if self.transport != "serial" and self.device:
            raise ValueError(f'line {self.name!r} has a device but is {self.transport}: write transport = "serial"')
        if self.tls_certificate and self.transport != "tcp":
            raise ValueError(f"line {self.name!r} is {self.transport} and has a tls_certificate: TLS is for tcp lines")
        if (self.tls_key or self.tls_client_ca) and not self.tls_certificate:
            raise ValueError(f"line {self.name!r} has TLS keys but no certificate: add tls_certificate")
        if self.rtscts and self.rts is not None:
            raise ValueError(f"line {self.name!r} has rtscts, which moves RTS by itself: remove rts")
        if self.allow and self.transport == "serial":
            raise ValueError(f"line {self.name!r} is serial, where no host calls: remove allow")
        if self.transport == "serial" and self.port is not None:
            raise ValueError(f'line {self.name!r} is serial and has a port: remove port, or write transport = "tcp"')
        _check_format(self.name, FORMATS.get(self.protocol), self.format)
        return self

    @model_validator(mode="after")
    def _at_broker(self) -> "LineSettings":
        if self.transport != "mqtt":
            if self.topics:
                raise ValueError(f'line {self.name!r} has topics but is {self.transport}: write transport = "mqtt"')
            return self
        if not self.topics:
            raise ValueError(f'line {self.name!r} is mqtt but reads no topics: add topics = ["zigbee2mqtt/+"]')
        if self.host == "0.0.0.0" or self.port == 0:
            raise ValueError(
                f"line {self.name!r} calls a broker: write its host, and its port if it is not 1883 or 8883"
            )
        if self.tls_ca and not self.tls:
            raise ValueError(f"line {self.name!r} has a CA but no TLS: write tls = true")
        return self

    @property
    def broker(self) -> tuple[str, int, str]:
        """Of an MQTT line: host, port, and by which name the broker knows us."""
        return self.host, self.port or (8883 if self.tls else 1883), self.client_id or f"anxin-{self.name}"

    @property
    def place(self) -> str:
        """Where the line is, in words for people and for telling two lines apart."""
        if self.transport == "mqtt":
            host, port, name = self.broker
            return f"mqtt {host}:{port} as {name}"
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
    staffed: Annotated[int, Field(ge=0, le=50)] | None = None  # pretend carers, and so many operators; empty: nobody
    first_press_seconds: Annotated[float, Field(ge=0)] | None = 5.0  # when the first SOS comes
    # with a token of role system the residents know whether somebody came, and the calls are counted
    token: Annotated[str, Field(repr=False)] = ""
    centre: Annotated[str, Field(pattern=r"^(https?://[^/\s]+/?)?$")] = ""  # of the API; empty: this centre's [server]
