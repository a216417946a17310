"""The pages of welfare as people use them: a round released, rung, reported; somebody away; a tier decided."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from callcenter.rules.pagers import MOVE, REPLACE, SET, TEACH, worst
from callcenter.rules.times import stamp
from callcenter.store.tables import calls, residents
from tests.callcenter.whole_site import WholeSite


def send(site: WholeSite, who: str, path: str, fields: dict[str, str]) -> TestResponse:
    """A form as a page sends it."""
    return site.client(who).post(path, data=fields, headers=site.headers(who))


def told(answer: TestResponse) -> Any:
    assert answer.json is not None, answer.text
    return answer.json


def form(**fields: str) -> dict[str, str]:
    return {"key": str(uuid4()), **fields}


def elder(site: WholeSite) -> dict[str, object]:
    with site.house.database.read() as conn:
        return dict(conn.execute(select(residents).where(residents.c.lives_alone).limit(1)).mappings().one())


def test_a_round_is_released_rung_over_http_and_reported(site: WholeSite) -> None:
    welfare = site.house.parts.welfare
    released = send(site, "supervisor", "/rounds/plans/cold/release", form())
    assert released.status_code == 302
    welfare.tick(stamp(site.house.clock()))
    (run,) = told(site.ask("operator", "/api/v1/rounds"))["rounds"]
    assert (run["kind"], run["done"], run["stage"]) == ("cold", 0, "open")
    entry = told(site.say("operator", "/api/v1/rounds/next", {}))["entry"]
    assert entry["script"]
    shown = told(site.ask("supervisor", "/api/v1/rounds/calls"))
    assert (shown["ready"][0]["holder_name"], shown["counts"]["ready"], shown["resting"]) == (
        "operator", run["total"], False)  # fmt: skip
    stolen = site.say("supervisor", f"/api/v1/rounds/calls/{entry['id']}/take", {})
    assert (stolen.status_code, told(stolen)["error"]) == (409, "taken")
    said = {"key": str(uuid4()), "result": "needs", "words": "暖气不热"}
    answer = site.say("operator", f"/api/v1/rounds/calls/{entry['id']}/say", said)
    assert answer.status_code == 200, answer.text
    assert told(answer)["entry"]["case_id"]
    assert site.say("operator", f"/api/v1/rounds/calls/{entry['id']}/say", said).json == answer.json  # once
    again = site.say("operator", f"/api/v1/rounds/calls/{entry['id']}/say", said | {"key": str(uuid4())})
    assert (again.status_code, told(again)["error"]) == (409, "moved_on")
    report = site.ask("supervisor", f"/rounds/runs/{run['id']}").text
    assert "暖气不热" in report
    assert told(answer)["entry"]["case_id"] in report
    assert "寒潮关爱" in site.ask("supervisor", "/rounds/runs").text


def test_bad_results_are_refused_by_name(site: WholeSite) -> None:
    path = "/api/v1/rounds/calls/cold-20261123.1/say"
    for body, field in (({"result": "dead"}, "result"), ({"result": "later"}, "at"), ({"result": "well", "x": 1}, "x")):
        answer = site.say("operator", path, {"key": str(uuid4()), **body})
        assert (answer.status_code, told(answer)["field"]) == (422, field)
    answer = site.say("operator", path, {"key": str(uuid4()), "result": "well"})
    assert answer.status_code == 404


def test_a_plan_is_laid_down_and_switched_off(site: WholeSite) -> None:
    fields = {"kind": "own", "name": "藏语关爱", "every": "weekly", "step": "2", "at": "10:00", "min_age": "75",
              "tier_A": "1", "script": "问好", "tries": "3", "days": "3", "whom": "1"}  # fmt: skip
    assert send(site, "supervisor", "/rounds/plans", form(**fields)).status_code == 302
    (plan,) = site.house.parts.welfare.rounds.plans()
    assert (plan["whom"], plan["tries"], plan["minute"]) == ({"min_age": 75, "tiers": ["A"]}, 3, 600)
    assert plan["next_due_at"]
    assert send(site, "supervisor", "/rounds/plans", form(**fields, plan=plan["id"], active="0")).status_code == 302
    (plan,) = site.house.parts.welfare.rounds.plans()
    assert plan["next_due_at"] is None
    for wrong in ({"every": "hourly"}, {"step": "9"}, {"at": "25:00"}, {"every": "once", "day": "soon"}):
        assert send(site, "supervisor", "/rounds/plans", form(**{**fields, **wrong})).status_code == 422


def test_somebody_goes_to_hospital_and_the_card_of_a_press_says_so(site: WholeSite) -> None:
    who = elder(site)
    until = (site.house.clock() + timedelta(days=9)).date().isoformat()
    care = f"/rounds/care/{who['code']}"
    answer = send(site, "operator", f"{care}/away", form(kind="hospital", until=until, told_by="女儿", words="骨折"))
    assert answer.status_code == 302
    assert "骨折" in site.ask("operator", "/rounds/away").text
    assert "骨折" in site.ask("operator", care).text
    far = (site.house.clock() + timedelta(days=90)).date().isoformat()
    assert send(site, "operator", f"{care}/away", form(kind="hospital", until=far)).status_code == 302
    assert "60" in site.ask("operator", care).text  # refused above the form
    report = {"key": str(uuid4()), "source": "phone", "text": "有人按铃", "home_id": who["home_id"]}
    call = told(site.say("operator", "/api/v1/calls", report))["call"]
    card = told(site.ask("operator", f"/api/v1/calls/{call['id']}"))
    found = next(one for one in card["residents"] if one["id"] == who["id"])
    assert found["absence"]["kind"] == "hospital"


def test_the_daily_sign_a_reminder_and_a_tier_are_kept(site: WholeSite) -> None:
    who = elder(site)
    care = f"/rounds/care/{who['code']}"
    for what, fields in (
        ("ok", {"from": "06:00", "until": "10:00"}),
        ("remind", {"kind": "medicine", "words": "吃药", "times": "08:00，20:00"}),
    ):
        assert send(site, "operator", f"{care}/{what}", form(**fields)).status_code == 302
    page = site.ask("operator", care).text
    assert "06:00–10:00" in page
    assert "08:00 20:00" in page
    assert (
        send(site, "operator", f"{care}/remind", form(kind="medicine", words="x", times="8 o'clock")).status_code == 422
    )
    assert send(site, "supervisor", f"/rounds/tiers/{who['id']}", form(tier="A", words="刚做完手术")).status_code == 302
    assert "刚做完手术" in site.ask("operator", "/rounds/tiers").text
    with site.house.database.read() as conn:
        assert conn.execute(select(residents.c.tier).where(residents.c.id == who["id"])).scalar() == "A"


def test_bad_actors_are_named_with_their_cure() -> None:
    def call(account: str, outcome: str = "false_alarm", kind: str = "sos", presses: int = 1) -> dict[str, object]:
        return {"account": account, "home_id": 1, "kind": kind, "presses": presses, "outcome": outcome}

    ended = [call("1001")] * 6 + [call("1002", kind="fall")] * 3 + [call("1003", presses=5)] * 2 + [call("1004")]
    ended += [call("1001", "helped"), call("", "false_alarm")]
    found, all_ = worst(ended, frozenset({"1004"}))
    assert all_ == 12
    assert [(one.account, one.false, one.action) for one in found] == [
        ("1001", 6, MOVE), ("1002", 3, SET), ("1003", 2, TEACH), ("1004", 1, REPLACE)]  # fmt: skip
    assert (found[0].share, found[0].real) == (0.5, 1)


def test_the_page_of_bad_actors_counts_what_was_closed_as_pressed_by_mistake(site: WholeSite) -> None:
    call = site.call(1)
    with site.house.log.writing() as w:
        w.conn.execute(update(calls).where(calls.c.id == call["id"]).values(
            stage="closed", outcome="false_alarm", source="pager", account="1001"))  # fmt: skip
    page = site.ask("supervisor", "/supervisor/pagers?days=90").text
    assert "1001" in page
    assert "100 %" in page
