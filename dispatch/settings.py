"""What config.toml may say about sending carers: one frozen model for each section."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dispatch.rules.eta import Travel
from dispatch.rules.ladder import Ladder
from dispatch.rules.ranking import Weights


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


class Sending(BaseModel):
    """Everything this storey lets the owner of a centre change about who goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    travel: Travel = Travel()
    ranking: Weights = Weights()
    routing: Routing = Routing()
    phone: PhonePage = PhonePage()
    ladders: tuple[Ladder, ...] = ()
