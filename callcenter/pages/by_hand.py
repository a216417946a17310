"""Entering afterwards what was done by hand (补录): the page with the fields of the blank case form, and the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from pydantic import Field, StringConstraints, ValidationError

from callcenter.by_hand import KINDS, ByHand, Told
from callcenter.commands import BadCommand, Commands, Done
from callcenter.pages import terms
from callcenter.pages.forms import Form, Moment, Number, Said, read
from callcenter.pages.guard import need
from callcenter.rules.access import HANDLE
from callcenter.rules.by_hand import TIMES
from callcenter.rules.call import EVIDENCE, OUTCOMES, NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.wall import Wall

FOUND_AT_MOST = 12
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Paper(Form):
    """A filled-in case form. Times are stamps; what did not happen is left out."""

    key: str
    home_id: Number
    kind: Literal[KINDS]  # type: ignore[valid-type]  # a tuple of texts
    opened_at: Moment
    answered_at: Moment | None = None
    sent_at: Moment | None = None
    arrived_at: Moment | None = None
    closed_at: Moment | None = None
    sent: Annotated[list[Said], Field(max_length=6)] = []
    outcome: Literal["", *OUTCOMES] = ""  # type: ignore[valid-type]
    evidence: Literal["", *EVIDENCE] = ""  # type: ignore[valid-type]
    words: Annotated[Words, StringConstraints(min_length=1)]
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""

    def told(self) -> Told:
        times = {name: getattr(self, name) for name in TIMES}
        return Told(self.home_id, self.kind, times, self.words, tuple(self.sent), self.outcome, self.evidence, self.why)


def by_hand(commands: Commands, wall: Wall) -> Blueprint:
    pages = Blueprint("by_hand", __name__)
    service, zone = ByHand(wall.cases, wall.zone), wall.zone

    def enter(paper: Paper) -> Done:
        return commands.once("by hand", paper.key, current_user, lambda w: {
            "call": service.enter(w, paper.told(), current_user)["id"]})  # fmt: skip

    def shown(typed: Mapping[str, Any], fault: Row | None = None, status: int = 200) -> ResponseReturnValue:
        asked = request.args.get("q", "").strip()[:60]
        found = wall.people.find(asked, FOUND_AT_MOST) if asked else []
        home_id = int(typed["home_id"]) if str(typed.get("home_id", "")).isdecimal() else 0
        call = {"home_id": home_id if home_id < 2**31 else 0, "account": ""}
        card = wall.people.card(call, wall.clock(), zone) if home_id else None
        return render_template(
            "console/by_hand.html", typed=typed, fault=fault, q=asked, people_found=found, terms=terms, kinds=KINDS,
            card=card if card and card["home"] else None, evidence=EVIDENCE, key=typed.get("key") or str(uuid4()),
            now=wall.clock().astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        ), status  # fmt: skip

    @pages.get("/by-hand")
    @need(HANDLE)
    def form() -> ResponseReturnValue:
        return shown({"home_id": request.args.get("home_id", "")})

    @pages.post("/by-hand")
    @need(HANDLE)
    def entered() -> ResponseReturnValue:
        """What cannot be taken is said above the form, with everything that was typed still in it."""
        typed = request.form.to_dict()
        try:
            done = enter(Paper.model_validate(_from_form(typed, zone)))
        except ValidationError as error:
            first: Any = error.errors(include_url=False, include_input=False)[0]
            field = str(first["loc"][0]) if first["loc"] else ""
            message = gettext("This field cannot be read: %(field)s", field=gettext(FIELDS.get(field, field)))
            return shown(typed, {"field": field, "message": message, "fix": gettext("Fill it in as on the paper")}, 422)
        except BadCommand as error:
            return shown(typed, {"message": gettext(error.message), "fix": gettext(error.fix)}, 422)
        except NotNow as error:
            values = {name: value for name, value in error.values.items() if name != "call"}
            said = {"message": gettext(str(error)).format(**values), "fix": gettext(error.fix), "field": ""}
            return shown(typed, said, 409)
        flash(gettext("Entered as %(case)s. It is marked as done by hand.", case=done.result["call"]))
        return redirect(url_for("by_hand.form"))

    @pages.post("/api/v1/by-hand")
    @need(HANDLE)
    def entered_by_machine() -> ResponseReturnValue:
        done = enter(read(Paper))
        call = wall.cases.call(done.result["call"]) or {}
        return jsonify(call=wall.row(call), seq=done.result["seq"]), 200 if done.again else 201

    return pages


# The fields of the form by what the page calls them; ``_`` marks them for the list of words.
_ = str
FIELDS = {
    "home_id": _("Who it is about"),
    "kind": _("What it was"),
    "opened_at": _("Called or pressed at"),
    "answered_at": _("Answered at"),
    "sent_at": _("Somebody sent at"),
    "arrived_at": _("Arrived at"),
    "closed_at": _("Ended at"),
    "sent": _("Who was sent"),
    "outcome": _("Outcome"),
    "evidence": _("Evidence"),
    "words": _("What happened, in words"),
    "why": _("Why by hand, if the centre was working"),
}


def _from_form(typed: Mapping[str, str], zone: ZoneInfo) -> Row:
    """The fields as people type them: local times, names with commas between them."""
    found: Row = {name: typed[name] for name in ("key", "kind", "outcome", "evidence", "words", "why") if name in typed}
    found["home_id"] = int(typed["home_id"]) if typed.get("home_id", "").isdecimal() else None
    found["sent"] = [one for part in typed.get("sent", "").replace("，", "、").replace(",", "、").split("、")
                     if (one := part.strip())]  # fmt: skip
    return found | {name: at for name in TIMES if (at := _moment(typed.get(name, ""), zone))}


def _moment(text: str, zone: ZoneInfo) -> str:
    """A stamp of what ``datetime-local`` sends; what cannot be read stays as it is, for the form to refuse."""
    try:
        return stamp(datetime.fromisoformat(text).replace(tzinfo=zone)) if text else ""
    except (ValueError, OverflowError):
        return text
