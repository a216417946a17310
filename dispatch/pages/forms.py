"""What a phone or a seat may send about a visit: one model for each verb, and a refusal that names the field."""

from typing import Annotated, Any, Literal, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from callcenter.commands import BadCommand
from callcenter.rules.times import moment, stamp

Form = TypeVar("Form", bound=BaseModel)


def _stamp(text: str) -> str:
    return stamp(moment(text))


Moment = Annotated[str, AfterValidator(_stamp)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Tap(_Strict):
    """One touch on a phone: its key, and when it happened by the phone's own clock."""

    key: str
    at: Moment | None = None
    expected_version: int | None = None


class Decline(Tap):
    reason: Said


class Place(_Strict):
    """WGS-84, as browsers give it; ``accuracy`` in metres."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    accuracy: Annotated[float, Field(ge=0)] | None = None


class Arrive(Tap):
    position: Place | None = None


class Report(_Strict):
    condition: Literal["well", "settled", "hurt", "ill", "absent"]
    done: list[Literal["helped_up", "comforted", "medicine", "rang_family", "rang_120", "device"]] = []
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class Finish(Tap):
    report: Report


class Cancel(Tap):
    reason: Said


class Send(_Strict):
    """An operator sends somebody: the nearest, or the one named."""

    key: str
    expected_version: int | None = None
    carer_id: int | None = None
    why: Short = ""
    override_reason: Short = ""


FIXES = {
    "missing": "Send this field too",
    "extra_forbidden": "Leave this field out",
    "string_too_short": "Write a few words",
    "string_too_long": "Shorten it",
}


def read(form: type[Form]) -> Form:
    """The body of this request. Raises ``BadCommand`` naming the first field that cannot be used."""
    try:
        return form.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        first: Any = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "body"
        fix = FIXES.get(first["type"], "Send the field as the API's description says")
        raise BadCommand(field, f"{field}: {first['msg']}".replace("%", ""), fix) from error
