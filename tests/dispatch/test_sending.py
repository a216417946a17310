"""Sending a carer and the carer's words over HTTP, with the real dispatcher over both stores."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callcenter.pages.guard import need
from callcenter.pages.reasons import reason_text
from callcenter.pages.site import site
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.settings import Centre
from callcenter.store.phones import Phones
from dispatch.jobs import Jobs
from dispatch.pages.sending import sending
from tests.conftest import ZONE, Rehearsal

SECRETS = ("way_in", "door_code", "key_holder", "key_safe", "phone")


class Staff:
    """Users as the guard asks for them: 1 is the operator, 1000 + n the phone of carer n."""

    def by_id(self, user_id: int) -> Row:
        carer = user_id - 1000 if user_id > 1000 else None
        role = "carer" if carer else "operator"
        return {
            "id": user_id,
            "name": f"user {user_id}",
            "role": role,
            "carer_id": carer,
            "active": True,
            "session_epoch": 0,
        }

    def token(self, _digest: str) -> None:
        return None


class Telephone:
    """A client logged in as one user; posts carry the form token that the jobs brought."""

    def __init__(self, app: Flask, user_id: int):
        self.client: FlaskClient = app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"] = f"{user_id}:0"
        self.token = ""

    def jobs(self) -> Row:
        answer: Row = self.client.get("/api/v1/phone/jobs").json or {}
        self.token = answer.get("csrf_token", "")
        return answer

    def post(self, path: str, key: str = "", **body: Any) -> TestResponse:
        headers = {"X-CSRFToken": self.token}
        return self.client.post(f"/api/v1{path}", json={"key": key or str(uuid4()), **body}, headers=headers)


@pytest.fixture
def app(rehearsal: Rehearsal) -> Flask:
    def visit_row(visit: Row) -> Row:
        return visit | {"reasons": [reason_text(reason) for reason in visit["reasons"]]}

    made, _ = site(b"test", "", Centre(), Staff(), lambda row: row)  # type: ignore[arg-type]
    phones = Phones(rehearsal.database)
    jobs = Jobs(rehearsal.cases, rehearsal.people, phones, visit_row, "0971-1", ZONE, lambda: rehearsal.now)
    made.register_blueprint(
        sending(
            need, rehearsal.commands, rehearsal.dispatcher, rehearsal.cases, phones, jobs, lambda row: row, visit_row
        )
    )
    return made


@pytest.fixture
def operator(app: Flask) -> Telephone:
    app.config["WTF_CSRF_METHODS"] = set()
    return Telephone(app, 1)


def asked(rehearsal: Rehearsal, operator: Telephone) -> tuple[Row, Row]:
    """A call that was answered and for which a carer was asked: the call and the visit."""
    call = rehearsal.act("answer", rehearsal.press("1042"))
    answer = operator.post(f"/calls/{call['id']}/dispatch", why="老人起不来")
    assert answer.status_code == 200, answer.json
    return call, rehearsal.cases.visits_of([call["id"]])[0]


def test_candidates_come_nearest_first_with_reasons_in_words(rehearsal: Rehearsal, operator: Telephone) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    found = (operator.client.get(f"/api/v1/calls/{call['id']}/candidates").json or {})["candidates"]
    able = [one for one in found if one["suitable"]]
    assert [one["cost"] for one in able] == sorted(one["cost"] for one in able)
    assert found[: len(able)] == able
    assert all(isinstance(reason, str) for one in found for reason in one["reasons"])
    assert {one["state"] for one in found} <= {"free", "busy", "off_shift", "asked"}


def test_a_visit_from_the_offer_to_the_report(rehearsal: Rehearsal, app: Flask, operator: Telephone) -> None:
    _, visit = asked(rehearsal, operator)
    app.config["WTF_CSRF_METHODS"] = {"POST"}
    phone, path = Telephone(app, 1000 + visit["carer_id"]), f"/visits/{visit['id']}"
    assert phone.post(f"{path}/accept").status_code == 400, "no form token, nothing done"

    (job,) = phone.jobs()["jobs"]
    assert (job["visit"]["stage"], job["call"]["reason"], job["contacts"]) == ("offered", "老人起不来", [])
    assert not set(SECRETS) & set(job["home"])
    assert all(not person["phone"] for person in job["residents"])
    assert "asked" not in job["visit"]

    at = "2026-11-23T02:00:30.000Z"
    assert (phone.post(f"{path}/accept", at=at).json or {})["visit"]["stage"] == "accepted"
    (job,) = phone.jobs()["jobs"]
    assert set(SECRETS) <= set(job["home"])
    phone.post(f"{path}/depart", at=at)
    here = {"latitude": job["home"]["latitude"], "longitude": job["home"]["longitude"], "accuracy": 12.0}
    phone.post(f"{path}/arrive", at=at, position=here)
    report = {"condition": "settled", "done": ["helped_up"], "door_code": "right", "next": "nothing", "text": "能走路"}
    answer = phone.post(f"{path}/finish", at=at, report=report)
    assert answer.status_code == 200, answer.json

    done = rehearsal.visit(visit)
    assert (done["stage"], done["proof"], done["report"]) == ("finished", "gps", report)
    after = phone.jobs()
    assert (after["jobs"], after["done_today"], after["on_shift"]) == ([], 1, True)
    kept = next(row for row in rehearsal.people.carers(rehearsal.now) if row["id"] == visit["carer_id"])
    assert (kept["latitude"], kept["position_at"]) == (here["latitude"], stamp(rehearsal.now)), "never from the future"
    assert kept["seen_at"]
    assert not rehearsal.verify().faults


def test_the_receipt_is_recorded_once_when_the_offer_is_on_the_screen(
    rehearsal: Rehearsal, app: Flask, operator: Telephone
) -> None:
    call, visit = asked(rehearsal, operator)
    phone = Telephone(app, 1000 + visit["carer_id"])
    phone.jobs()
    phone.jobs()
    assert rehearsal.kinds(call).count("NoticeRead") == 1


def test_the_same_tap_twice_is_one_step(rehearsal: Rehearsal, app: Flask, operator: Telephone) -> None:
    call, visit = asked(rehearsal, operator)
    phone, key = Telephone(app, 1000 + visit["carer_id"]), str(uuid4())
    answers = [phone.post(f"/visits/{visit['id']}/accept", key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert rehearsal.kinds(call).count("VisitAccepted") == 1


def test_somebody_elses_visit_is_refused_with_what_to_do(rehearsal: Rehearsal, app: Flask, operator: Telephone) -> None:
    _, visit = asked(rehearsal, operator)
    answer = Telephone(app, 1000 + visit["carer_id"] % 60 + 1).post(f"/visits/{visit['id']}/depart")
    assert answer.status_code == 409
    assert {"error", "message", "fix"} <= set(answer.json or {})


def test_a_cancelled_visit_leaves_the_phone_and_a_late_tap_is_refused(
    rehearsal: Rehearsal, app: Flask, operator: Telephone
) -> None:
    _, visit = asked(rehearsal, operator)
    phone, path = Telephone(app, 1000 + visit["carer_id"]), f"/visits/{visit['id']}"
    phone.post(f"{path}/accept")
    assert operator.post(f"{path}/cancel", reason="家属已到").status_code == 200
    assert phone.jobs()["jobs"] == []
    late = phone.post(f"{path}/arrive")
    assert (late.status_code, (late.json or {})["error"]) == (409, "cancelled")


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("decline", {}, "reason"),
        ("decline", {"reason": "  "}, "reason"),
        ("finish", {"report": {"condition": "splendid"}}, "report.condition"),
        ("arrive", {"position": {"latitude": 360, "longitude": 0}}, "position.latitude"),
        ("accept", {"at": "yesterday"}, "at"),
        ("accept", {"surprise": 1}, "surprise"),
        ("accept", {"key": "x"}, "key"),
    ],
)
def test_a_body_that_cannot_be_used_is_named(
    rehearsal: Rehearsal, app: Flask, operator: Telephone, verb: str, body: Row, field: str
) -> None:
    _, visit = asked(rehearsal, operator)
    answer = Telephone(app, 1000 + visit["carer_id"]).post(f"/visits/{visit['id']}/{verb}", **body)
    assert answer.status_code == 422
    assert (answer.json or {})["field"] == field
    assert (answer.json or {})["fix"]


def test_a_carer_may_not_send_and_an_operator_has_no_jobs(
    rehearsal: Rehearsal, app: Flask, operator: Telephone
) -> None:
    call, visit = asked(rehearsal, operator)
    phone = Telephone(app, 1000 + visit["carer_id"])
    assert phone.post(f"/calls/{call['id']}/dispatch").status_code == 403
    assert phone.client.get(f"/api/v1/calls/{call['id']}/candidates").status_code == 403
    assert phone.post(f"/visits/{visit['id']}/cancel", reason="x").status_code == 403
    assert operator.client.get("/api/v1/phone/jobs").status_code == 403
    assert app.test_client().get("/api/v1/phone/jobs").status_code == 401
