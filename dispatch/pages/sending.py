"""Sending a carer and what the carer says, over HTTP: candidates, dispatch, the verbs of a visit, a phone's jobs."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from callcenter.commands import Commands
from callcenter.desk import actor
from callcenter.pages.forms import read
from callcenter.pages.reasons import reason_text
from callcenter.rules.times import stamp
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.log import Writing
from callcenter.store.phones import Phones
from dispatch.dispatcher import Dispatcher
from dispatch.jobs import Jobs
from dispatch.pages.carer import CarersWord, Need, own_carer
from dispatch.pages.forms import Arrive, Cancel, Decline, Finish, Send, Tap
from dispatch.rules.ranking import Candidate

Row = dict[str, Any]
MOST_OFFERS = 10  # on one phone at a time
MOST = 200  # candidates in one answer; nobody reads further


def sending(
    need: Need, commands: Commands, dispatcher: Dispatcher, cases: Cases, phones: Phones, jobs: Jobs,
    call_row: Callable[[Row], Row], visit_row: Callable[[Row], Row],
) -> Blueprint:  # fmt: skip
    """``need(right)`` guards a route; ``call_row`` and ``visit_row`` turn rows into what the API shows."""
    api = Blueprint("sending", __name__, url_prefix="/api/v1")

    carers_word = CarersWord(commands, jobs)

    @api.get("/calls/<call_id>/candidates")
    @need("handle")
    def candidates(call_id: str) -> Response:
        ranked = dispatcher.candidates(call_id)
        call = cases.call(call_id) or {}
        promised = dispatcher.targets.of(call).get("arrive")
        missing = dispatcher.choosing.missing(call, ranked, promised, dispatcher.clock())
        return jsonify(
            candidates=[_candidate(one) for one in ranked[:MOST]], shortfall=[reason_text(one) for one in missing]
        )

    @api.post("/calls/<call_id>/dispatch")
    @need("handle")
    def dispatch(call_id: str) -> Response:
        form = read(Send)
        who = actor(current_user)

        def send(w: Writing) -> Row:
            asked = dispatcher.request(w, call_id, who, form.carer_id, form.why, form.override_reason)
            return {"visit": asked}

        done = commands.once(f"dispatch {call_id}", form.key, current_user, send)
        return jsonify(call=call_row(cases.call(call_id) or {}), seq=done.result["seq"])

    @api.post("/visits/<visit_id>/accept")
    @need("phone")
    def accept(visit_id: str) -> Response:
        tap = read(Tap)
        return carers_word("accept", visit_id, tap, lambda w, carer, who: dispatcher.accept(
            w, visit_id, carer, who, tap.at or ""))  # fmt: skip

    @api.post("/visits/<visit_id>/decline")
    @need("phone")
    def decline(visit_id: str) -> Response:
        tap = read(Decline)
        return carers_word("decline", visit_id, tap, lambda w, carer, who: dispatcher.decline(
            w, visit_id, carer, who, tap.reason, tap.at or ""))  # fmt: skip

    @api.post("/visits/<visit_id>/depart")
    @need("phone")
    def depart(visit_id: str) -> Response:
        tap = read(Tap)
        return carers_word("depart", visit_id, tap, lambda w, carer, who: dispatcher.depart(
            w, visit_id, carer, who, tap.at or ""))  # fmt: skip

    @api.post("/visits/<visit_id>/arrive")
    @need("phone")
    def arrive(visit_id: str) -> Response:
        tap = read(Arrive)
        place = tap.position.model_dump(exclude_none=True) if tap.position else None
        answer = carers_word("arrive", visit_id, tap, lambda w, carer, who: dispatcher.arrive(
            w, visit_id, carer, who, tap.at or "", place))  # fmt: skip
        if tap.position and tap.at:
            now = stamp(dispatcher.clock())  # a phone whose clock is ahead must not be believed for a month
            phones.was_at(own_carer(), tap.position.latitude, tap.position.longitude, min(tap.at, now))
        return answer

    @api.post("/visits/<visit_id>/finish")
    @need("phone")
    def finish(visit_id: str) -> Response:
        tap = read(Finish)
        report = tap.report.model_dump()
        return carers_word("finish", visit_id, tap, lambda w, carer, who: dispatcher.finish(
            w, visit_id, carer, who, report, tap.at or ""))  # fmt: skip

    @api.post("/visits/<visit_id>/cancel")
    @need("handle")
    def cancel(visit_id: str) -> Response:
        form = read(Cancel)
        run: Callable[[Writing], Row] = lambda w: {  # noqa: E731
            "visit": dispatcher.cancel(w, visit_id, current_user, form.reason, form.carer_id)
        }
        done = commands.once(f"cancel {visit_id}", form.key, current_user, run)
        return jsonify(visit=visit_row(done.result["visit"]), seq=done.result["seq"])

    @api.get("/phone/jobs")
    @need("phone")
    def phone_jobs() -> Response:
        carer_id = own_carer()
        for visit_id in jobs.unseen(carer_id):
            # The job must be readable even while the store takes no writes.
            with suppress(StoreUnavailable), dispatcher.log.writing() as w:
                dispatcher.shown(w, visit_id, carer_id)
        me = {"id": current_user.id, "name": current_user.name}
        # The page may be days old on a phone: it learns the form token here, with every answer.
        offers = [one for one in request.args.get("offers", "").split(",") if one][:MOST_OFFERS]
        answer = jsonify(
            jobs.of(carer_id, offers) | {"me": me, "seq": dispatcher.log.head(), "csrf_token": generate_csrf()}
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return api


def _candidate(one: Candidate) -> Row:
    shown = one._asdict()
    del shown["way"]
    return shown | {
        "languages": sorted(one.languages),
        "skills": sorted(one.skills),
        "reasons": [reason_text(reason) for reason in one.reasons],
    }
