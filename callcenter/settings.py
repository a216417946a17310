"""What config.toml may say about the centre itself: one frozen model for each section."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from callcenter.rules.numbers import read_here
from callcenter.rules.tiles import policy

Seconds = Annotated[float, Field(gt=0, le=7 * 86400)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Centre(_Section):
    """``[centre]``: who we are."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = "安心呼叫中心"
    zone: str = "Asia/Shanghai"
    training: bool = False  # a training centre says so on every page; `python app.py train` makes one
    area_code: Annotated[str, Field(pattern=r"^(0[1-9][0-9]{1,2})?$")] = ""  # of land lines told without one

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone; write one such as Asia/Shanghai") from None
        return zone

    def here(self) -> ZoneInfo:
        """Its zone. From now on this process reads land lines without an area code as those of this district."""
        read_here(self.area_code)
        return ZoneInfo(self.zone)


class Server(_Section):
    """``[server]``: the web processes."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    webs: Annotated[int, Field(ge=1, le=16)] = 1
    async_mode: Literal["eventlet", "gevent", "threading"] = "eventlet"
    public_url: str = ""  # https://… once a proxy stands in front: cookies are then marked secure
    frozen_after_seconds: Annotated[float, Field(ge=10, le=600)] = 30.0

    def outside(self) -> str:
        """Where a link in a message leads; without a public address only this machine can follow it."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @field_validator("public_url")
    @classmethod
    def _whole(cls, url: str) -> str:
        if url and not (url.startswith(("https://", "http://")) and urlsplit(url).hostname):
            raise ValueError("must be a whole address such as https://anxin.example.cn, or empty")
        return url


class Store(_Section):
    """``[database]``."""

    url: str = "sqlite:///data/anxin.db"
    data_dir: str = "data"  # secret key, bells, logs: written with mode 0600/0700

    @field_validator("url")
    @classmethod
    def _spoken(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError("has no whole number as port: postgresql+psycopg://user:password@host:5432/db") from None
        return url.replace("postgresql://", "postgresql+psycopg://", 1)  # the one driver that is installed


class IntakeRules(_Section):
    """``[intake]``."""

    retransmission_seconds: Annotated[float, Field(ge=5, le=600)] = 60.0


class Emergency(_Section):
    """``[emergency]``: cases handed to 120, 119 or 110."""

    chase_seconds: Annotated[float, Field(ge=60, le=3600)] = 300.0  # until the crew has arrived, again and again
    # Without clear speech: sooner if a district wishes, never later (docs/scripts.zh-CN.md).
    speech_seconds: Annotated[float, Field(ge=15, le=60)] = 60.0  # a carer is sent, the family asked
    prompt_seconds: Annotated[float, Field(ge=30, le=180)] = 180.0  # 120 must be decided on


class Telephony(_Section):
    """``[telephony]``: the telephone exchange. Without one, operators dial by hand."""

    kind: Literal["none", "asterisk"] = "none"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 5038
    user: str = "anxin"
    password: str = ""
    incoming: tuple[str, ...] = ("from-trunk", "from-pstn", "from-did-direct")  # contexts in which callers arrive
    context: str = "from-internal"  # where numbers and extensions are dialled
    rooms: str = "anxin"  # the context of docs/telephony.md: hold, and talks of three
    seat: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+/[^\s{}]*\{extension\}[^\s{}]*$")] = "PJSIP/{extension}"
    outside: Annotated[str, Field(pattern=r"^[0-9*#]{0,6}$")] = ""  # what is dialled to get out of the house
    bring: bool = False  # a click on Answer brings the caller to this seat; else its handset is lifted
    missed_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0  # who has rung so long in vain is called back
    recording_url: Annotated[str, Field(pattern=r"^(https?://\S+\{reference\}\S*)?$")] = ""


class Watch(_Section):
    """``[watch]``: how silence is found, when it becomes an incident, and the daily drill."""

    share: Annotated[float, Field(gt=0, le=1)] = 0.3  # of the homes of a place, struck together
    homes: Annotated[int, Field(ge=2, le=10_000)] = 5  # and at least so many
    window_seconds: Seconds = 1800.0  # together means: within this time
    centre_seconds: Annotated[float, Field(ge=15, le=60)] = 45.0  # our own gateway or line deaf for so long
    welfare_seconds: Seconds = 14400.0  # silence after which its resident is called; tier A at the third miss
    visit_seconds: Seconds = 43200.0  # and after which somebody is sent; tier A after welfare_seconds
    drill_at: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = "04:10"  # empty: no drill
    drill_account: Annotated[str, Field(pattern=r"^[0-9A-F]{3,16}$")] = "0DD1"
    drill_line: str = ""  # which line the drill is sent over; empty: the first that speaks DC-09 over TCP or UDP
    drill_seconds: Annotated[float, Field(ge=1, le=60)] = 30.0


class Map(_Section):
    """``[map]``: tiles under the district, where the centre has a lawful source; the schematic needs none."""

    kind: Literal["none", "tianditu", "xyz"] = "none"
    url: Annotated[str, Field(max_length=500)] = ""  # xyz: with {z} {x} {y}; tianditu: needs none
    key: Annotated[str, Field(max_length=100)] = ""  # where {key} stands; 天地图: its tk
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"  # of the tiles; our positions are turned into it
    attribution: Annotated[str, Field(max_length=100)] = ""
    approval: Annotated[str, Field(max_length=60)] = ""  # 审图号, which must be shown with the map
    max_zoom: Annotated[int, Field(ge=10, le=22)] = 18

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "none":
            return self
        if self.kind == "tianditu" and not self.key:
            raise ValueError("needs key, the tk of the centre's own account at tianditu.gov.cn")
        if self.kind == "xyz" and not all(mark in self.url for mark in ("{z}", "{x}", "{y}")):
            raise ValueError("needs a url with {z}, {x} and {y}, such as https://tiles.example.cn/{z}/{x}/{y}.png")
        if self.url and not re.fullmatch(r"(https?://[^/;,\s'\"]+/|/[^/])[^;\s'\"]*", self.url):
            raise ValueError("url must be a whole address such as https://tiles.example.cn/…, or begin with /")
        if not (self.attribution and self.approval):
            raise ValueError("a map shown in China bears its source and 审图号: write attribution and approval")
        return self

    def policy(self) -> dict[str, str]:
        """What the console's security policy also lets through."""
        return policy(self.kind, self.url)


class Promise(_Section):
    """``[promises.p1]`` … ``[promises.p4]``: targets in seconds for one priority; a step left out has no target.

    answer, decide and arrive count from the opening of the call, accept from the request for a visit, depart from the
    acceptance, finish from the arrival; offer is how long one carer has to answer.
    """

    answer: Seconds | None = None
    decide: Seconds | None = None
    offer: Seconds = 30.0
    accept: Seconds | None = None
    depart: Seconds | None = None
    arrive: Seconds | None = None
    finish: Seconds | None = None
    repair: Seconds | None = None
    idle: Seconds | None = None  # no promise: how long a call in hand may lie untouched before it rings again

    def targets(self) -> dict[str, float]:
        return {step: seconds for step, seconds in self.model_dump().items() if seconds is not None}


class Promises(_Section):
    """``[promises]``: the district's own service promises (服务承诺制). Defaults: see docs/promises.md."""

    p1: Promise = Promise(answer=15, decide=90, offer=30, accept=60, depart=120, arrive=900, finish=3600, idle=90)
    p2: Promise = Promise(answer=15, decide=180, offer=60, accept=180, depart=240, arrive=1800, finish=3600, idle=180)
    p3: Promise = Promise(answer=15, decide=900, offer=300, accept=900, arrive=7200, idle=900)
    p4: Promise = Promise(decide=86400, offer=1800, accept=7200, arrive=86400, repair=172800)

    def targets(self) -> dict[int, dict[str, float]]:
        return {n: p.targets() for n, p in enumerate((self.p1, self.p2, self.p3, self.p4), start=1)}
