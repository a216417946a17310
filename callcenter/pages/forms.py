"""Reading what was sent: a JSON body into a model, refused by the field's name; text that every store can hold."""

import re
from typing import Annotated, Any, TypeVar

from flask import abort, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from callcenter.commands import BadCommand
from callcenter.rules.times import moment, stamp

LONGEST_BODY = 64 * 1024
DEEPEST = 20  # levels of lists and objects in one body
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


class Form(BaseModel):
    """A body: no field more than it names, no number that is none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


Read = TypeVar("Read", bound=Form)


def _stamp(text: str) -> str:
    try:
        return stamp(moment(text))
    except (ValueError, OverflowError):
        raise ValueError("this is no moment such as 2026-11-21T20:49:06.123Z") from None


Moment = Annotated[str, AfterValidator(_stamp)]
Number = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]  # the id of a row
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Place(Form):
    """WGS-84, as browsers give it; ``accuracy`` in metres."""

    latitude: Annotated[float, Field(strict=True, ge=-90, le=90)]
    longitude: Annotated[float, Field(strict=True, ge=-180, le=180)]
    accuracy: Annotated[float, Field(strict=True, ge=0)] | None = None


FIXES = {
    "missing": "Send this field too",
    "extra_forbidden": "Leave this field out",
    "string_too_short": "Write a few words",
    "string_too_long": "Shorten it",
}


def read(form: type[Read]) -> Read:
    """The body of this request. Raises ``BadCommand`` naming the first field that cannot be used."""
    try:
        return form.model_validate(body())
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "body"
        fix = FIXES.get(first["type"], "Send the field as the API's description says")
        raise BadCommand(field[:80], f"{field[:80]}: {first['msg']}".replace("%", ""), fix) from error


def body() -> dict[str, Any]:
    """The JSON object of this request, every text in it cleaned. Raises ``BadCommand`` when there is none."""
    if (request.content_length or 0) > LONGEST_BODY or len(request.get_data()) > LONGEST_BODY:
        abort(413)
    try:
        found = cleaned(request.get_json(silent=True))
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise BadCommand("body", "the body is no JSON object", "send Content-Type: application/json and an object")
    return found


def cleaned(value: Any, depth: int = 0) -> Any:
    """Without what a store cannot hold: NUL, which PostgreSQL refuses, and halves of a character that are no text."""
    if isinstance(value, str):
        return UNKEEPABLE.sub("\ufffd", value)
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {cleaned(name): cleaned(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [cleaned(inner, depth + 1) for inner in value]
    return value
