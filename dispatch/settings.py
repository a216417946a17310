"""What config.toml may say about sending carers: one frozen model for each section."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from dispatch.rules.eta import Travel
from dispatch.rules.ladder import Ladder
from dispatch.rules.notices import GROUPS, PERSONAL
from dispatch.rules.quiet import Span
from dispatch.rules.quiet import read as span
from dispatch.rules.quotas import USUAL, Quota
from dispatch.rules.quotas import read as quota_
from dispatch.rules.ranking import Weights
from dispatch.rules.roster_rules import RosterTerms
from dispatch.rules.service_terms import Services
from dispatch.rules.stay import EXPECTED_MINUTES

Minutes = Annotated[int, Field(ge=5, le=480)]

Wait = Annotated[float, Field(ge=1, le=3600)]


class Dispatch(BaseModel):
    """``[dispatch]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    auto: tuple[Annotated[int, Field(ge=1, le=4)], ...] = (1,)


Profile = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,40}$")]  # empty: what the engine itself calls it


class Routing(BaseModel):
    """A road engine of one's own; ``[routing]``. ``engine`` empty: the time on the road is reckoned by distance.

    ``{profile}`` in ``url`` stands for the profile, because one osrm-routed serves one profile only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Literal["", "osrm", "valhalla"] = ""
    url: str = ""
    timeout_ms: Annotated[int, Field(ge=20, le=2000)] = 300
    profile_walk: Profile = ""
    profile_e_bike: Profile = ""
    profile_car: Profile = ""

    @field_validator("url")
    @classmethod
    def _whole(cls, url: str) -> str:
        plain = url.replace("{profile}", "profile")
        if url and not (plain.startswith(("http://", "https://")) and urlsplit(plain).hostname):
            raise ValueError("must be a whole address such as http://127.0.0.1:5000, or empty")
        return url

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.engine and not self.url:
            raise ValueError("needs a url when an engine is chosen, such as http://127.0.0.1:5000")
        return self


class PhonePage(BaseModel):
    """The carer's phone page; ``[phone]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    centre_phone: Annotated[str, Field(max_length=30)] = ""  # what "call the centre" dials
    poll_seconds: Annotated[float, Field(ge=0.2, le=60)] = 3.0
    poll_hidden_seconds: Annotated[float, Field(ge=1, le=300)] = 10.0
    stale_seconds: Annotated[float, Field(ge=1, le=600)] = 30.0
    here_seconds: Annotated[float, Field(ge=1, le=600)] = 30.0  # how often a carer under way says where they are
    fence_metres: Annotated[float, Field(ge=50, le=1000)] = 150.0  # around a home; a position at it proves an arrival
    stay_minutes: tuple[Minutes, Minutes, Minutes, Minutes] = EXPECTED_MINUTES  # expected on the scene, P1 to P4


class ChannelSettings(BaseModel):
    """One of ``[[channels]]``: a way to reach people through a provider, as an apprise address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
    kind: Literal["sms", "voice", "robot", "mail"]
    url: Annotated[str, Field(min_length=5, max_length=1000)]
    roles: tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")], ...] = ()  # empty: everyone
    quota: tuple[str, ...] | None = None  # to one number; None is what is usual for the kind
    at_once: Annotated[int, Field(ge=1, le=32)] = 4
    timeout_seconds: Annotated[float, Field(ge=1, le=60)] = 10.0
    report_secret: Annotated[str, Field(max_length=200)] = ""  # the provider's reports must carry it; empty: none taken

    @field_validator("name")
    @classmethod
    def _free(cls, name: str) -> str:
        if name in BUILT_IN:
            raise ValueError(f"{name!r} is the name of a channel that is always there; choose another")
        return name

    @field_validator("quota")
    @classmethod
    def _readable(cls, written: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for one in written or ():
            quota_(one)
        return written

    @model_validator(mode="after")
    def _reaches(self) -> "ChannelSettings":
        if self.kind in PERSONAL and "{phone}" not in self.url:
            raise ValueError(f"channel {self.name!r} calls one number for everybody: write {{phone}} where it belongs")
        if self.kind in GROUPS and "{phone}" in self.url:
            raise ValueError(f"channel {self.name!r} is of kind {self.kind}, which has no number: take {{phone}} out")
        return self

    def quotas(self) -> tuple[Quota, ...]:
        return tuple(map(quota_, USUAL[self.kind] if self.quota is None else self.quota))


BUILT_IN = ("screen", "log", "webpush", "unit", "operator")


def _no_two_alike(channels: tuple[ChannelSettings, ...]) -> tuple[ChannelSettings, ...]:
    names = [channel.name for channel in channels]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two channels are called {name!r}: give each its own name")
    return channels


ChannelList = Annotated[tuple[ChannelSettings, ...], AfterValidator(_no_two_alike)]


class Notices(BaseModel):
    """``[notices]``: when people are told, how long each channel is given, and what residents are told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quiet: tuple[str, ...] = ("22:00-07:00", "12:30-14:30")  # P3 and P4 wait until these are over
    wait_p1: Wait = 15.0  # seconds one step is given until the next channel is used
    wait_p2: Wait = 30.0
    wait_p3: Wait = 90.0
    wait_p4: Wait = 90.0
    voice_seconds: Wait = 60.0  # a telephone call is given at least so long
    stale_seconds: Annotated[float, Field(ge=60, le=7 * 86400)] = 1800.0  # what is older is not told any more
    push_contact: str = ""  # mailto: or https: of who runs the centre; empty: no web push
    accepted: dict[str, str] = {"zh": "护理员已接单，{coming}"}  # to the resident, by language
    departed: dict[str, str] = {"zh": "护理员已出发，{coming}"}

    @field_validator("quiet")
    @classmethod
    def _spans(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        for one in written:
            span(one)
        return written

    @field_validator("push_contact")
    @classmethod
    def _contact(cls, written: str) -> str:
        if written and not written.startswith(("mailto:", "https://")):
            raise ValueError("must be mailto:somebody@… or https://…: push services want to know whom to ask")
        return written

    @field_validator("accepted", "departed")
    @classmethod
    def _texts(cls, texts: dict[str, str]) -> dict[str, str]:
        if "zh" not in texts:
            raise ValueError("has no zh, the text for whoever has none of their own")
        for language, text in texts.items():
            try:
                text.format(coming="")
            except (LookupError, ValueError, AttributeError):
                raise ValueError(f"{language}: of braces only {{coming}} may stand in it") from None
        return texts

    def spans(self) -> tuple[Span, ...]:
        return tuple(map(span, self.quiet))

    def wait(self, priority: int, kinds: tuple[str, ...]) -> float:
        mine = {1: self.wait_p1, 2: self.wait_p2, 3: self.wait_p3}.get(priority, self.wait_p4)
        return max(mine, self.voice_seconds) if "voice" in kinds else mine


class Sending(BaseModel):
    """Everything this storey lets the owner of a centre change about who goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    travel: Travel = Travel()
    ranking: Weights = Weights()
    services: Services = Services()
    routing: Routing = Routing()
    phone: PhonePage = PhonePage()
    ladders: tuple[Ladder, ...] = ()
    roster: RosterTerms = RosterTerms()
    notices: Notices = Notices()
