"""What a phone or a seat may send about a visit: one model for each verb."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from callcenter.pages.forms import Form, Moment, Number, Place, Said, Short


class Tap(Form):
    """One touch on a phone: its key, and when it happened by the phone's own clock."""

    key: str
    at: Moment | None = None
    expected_version: int | None = None


class Decline(Tap):
    reason: Said


class Arrive(Tap):
    position: Place | None = None


class Report(Form):
    condition: Literal["well", "settled", "hurt", "ill", "absent"]
    done: list[Literal["helped_up", "comforted", "medicine", "rang_family", "rang_120", "device"]] = []
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class Finish(Tap):
    report: Report


class Cancel(Tap):
    reason: Said
    carer_id: Number | None = None  # whom the operator saw on the visit


class AskHelp(Form):
    """An operator asks the neighbourhood, or family and key holders, without waiting for the ladder."""

    key: str
    expected_version: int | None = None
    whom: Literal["responders", "contacts"]


class Send(Form):
    """An operator sends somebody: the nearest, or the one named."""

    key: str
    expected_version: int | None = None
    carer_id: Number | None = None
    why: Short = ""
    override_reason: Short = ""
