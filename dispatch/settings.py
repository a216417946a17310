"""What config.toml may say about sending carers: one frozen model for each section."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dispatch.rules.eta import Travel
from dispatch.rules.ladder import Ladder
from dispatch.rules.ranking import Weights
from dispatch.rules.stay import EXPECTED_MINUTES

Minutes = Annotated[int, Field(ge=5, le=480)]


class Dispatch(BaseModel):
    """``[dispatch]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    auto: tuple[Annotated[int, Field(ge=1, le=4)], ...] = (1,)


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


class Sending(BaseModel):
    """Everything this storey lets the owner of a centre change about who goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    travel: Travel = Travel()
    ranking: Weights = Weights()
    phone: PhonePage = PhonePage()
    ladders: tuple[Ladder, ...] = ()
