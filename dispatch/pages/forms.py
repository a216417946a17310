"""What a phone or a seat may send about a visit: one model for each verb."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from callcenter.pages.forms import Form, Moment, Number, Place, Said, Short


class Tap(Form):
    """One touch on a phone: its key, and when it happened by the phone's own clock."""

    key: str
    at: Moment | None = None
    sent: Moment | None = None  # when it left the phone, by the same clock: a tap may have waited for a network
    expected_version: int | None = None


class Decline(Tap):
    reason: Said


class Arrive(Tap):
    position: Place | None = None


class Undo(Tap):
    step: Literal["depart", "arrive"]


class Needed(Tap):
    reason: Literal["heavy", "worse", "locked_out", "threatened"]
    words: Said


class Sos(Form):
    key: str
    at: Moment | None = None
    sent: Moment | None = None
    position: Place | None = None


class Here(Place):
    key: str  # as everything a phone sends; the newest place simply takes the place of the one before
    at: Moment | None = None


class Report(Form):
    condition: Literal["well", "settled", "hurt", "ill", "absent", "refused"]
    done: list[Literal["helped_up", "comforted", "medicine", "rang_family", "rang_120", "device", "test_press"]] = []
    door_code: Literal["", "right", "wrong"] = ""  # was the code we had the right one?
    next: Literal["", "nothing", "call_back", "visit_again", "doctor", "family", "repair"] = ""
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class Finish(Tap):
    report: Report


class Cancel(Tap):
    reason: Said
    carer_id: Number | None = None  # whom the operator saw on the visit


class AskHelp(Form):
    """An operator asks the neighbourhood, family and key holders, or everybody, without waiting for the ladder."""

    key: str
    expected_version: int | None = None
    whom: Literal["responders", "contacts", "everybody"]


class Send(Form):
    """An operator sends somebody: the nearest, or the one named."""

    key: str
    expected_version: int | None = None
    carer_id: Number | None = None
    why: Short = ""
    override_reason: Short = ""
