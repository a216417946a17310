"""A carer's word about a visit, taken once: who says it, whether they were ever asked, and what their clock says."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.desk import actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row, call_stream
from callcenter.rules.times import seconds_between
from callcenter.store.log import Writing
from dispatch.jobs import Jobs
from dispatch.pages.forms import Tap

Act = Callable[[Writing, int, str], Row]  # inside the transaction: the carer's id and who they are in the log
Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]
SKEW_SECONDS = 60.0


class CarersWord:
    """``say("accept", visit_id, tap, act)`` runs ``act`` once and answers with the visit as its carer may see it."""

    def __init__(self, commands: Commands, jobs: Jobs):
        self.commands, self.jobs = commands, jobs

    def __call__(self, verb: str, visit_id: str, tap: Tap, act: Act) -> Response:
        carer_id, who = own_carer(), actor(current_user)

        def run(w: Writing) -> Row:
            visit = was_asked(w, visit_id, carer_id)
            _note_clock(w, visit, carer_id, who, tap)
            return {"visit": act(w, carer_id, who)}

        done = self.commands.once(f"{verb} {visit_id}", tap.key, current_user, run)
        return jsonify(visit=self.jobs.visit(done.result["visit"]), seq=done.result["seq"])


def own_carer() -> int:
    """The carer behind the log-in; an administrator may open the page but has no jobs."""
    if current_user.carer_id is None:
        raise NotNow("no_carer", "This log-in belongs to no carer", "Log in as a carer")
    return int(current_user.carer_id)


def was_asked(w: Writing, visit_id: str, carer_id: int) -> Row:
    """A carer who was never asked is told nothing about a visit, not even who has it."""
    visit = w.row("visits", visit_id)
    if visit is None:
        raise NotThere(f"there is no visit {visit_id}")
    if all(ask["carer_id"] != carer_id for ask in visit["asked"]):
        raise NotNow("not_yours", "This visit is not yours", "Nothing more to do here")
    return visit


def _note_clock(w: Writing, visit: Row, carer_id: int, who: str, tap: Tap) -> None:
    """A tap may be old because it waited for a network; the moment it was sent tells how wrong the phone's clock is."""
    if not tap.sent:
        return
    ahead = -seconds_between(tap.sent, w.at)
    if abs(ahead) > SKEW_SECONDS:
        name = next((str(one["name"]) for one in visit["asked"] if one["carer_id"] == carer_id), "")
        body = {"visit": visit["id"], "carer_id": carer_id, "carer_name": name, "ahead_seconds": round(ahead, 1)}
        w.append(call_stream(visit["call_id"]), "PhoneClockOff", body, who)
