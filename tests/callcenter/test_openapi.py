"""The OpenAPI document says what the API does: every route, every answer, asked by schemathesis as every role."""

import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from callcenter.cases_of_watch import CasesOfWatch
from callcenter.pages.openapi import TABLE, document
from callcenter.pages.openapi_schemas import ANSWERS, BODIES
from callcenter.rules.access import RIGHTS, may
from callcenter.rules.times import later, stamp
from callcenter.store import mass, rollcalls
from tests.callcenter.whole_site import NOBODY, WholeSite
from tests.conftest import MORNING

WATCHED = ("/healthz", "/readyz", "/metrics")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
BRIEF = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def site(sqlite_district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    folder = tmp_path_factory.mktemp("openapi")
    shutil.copy(sqlite_district, folder / "anxin.db")
    made = WholeSite(f"sqlite:///{folder / 'anxin.db'}", folder)
    yield made
    made.close()


def routes(site: WholeSite) -> set[tuple[str, str]]:
    """Method and path of every route of the API, as the document spells them."""
    found = set()
    for rule in site.app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1") or rule.rule in WATCHED:
            choice = re.search(r"<any\(([^)]+)\):\w+>", rule.rule)
            for word in choice[1].split(",") if choice else [""]:
                path = re.sub(r"<any[^>]+>", word.strip(), rule.rule)
                spelled = re.sub(r"<(\w+)>", r"{\1}", path)
                found |= {(method, spelled) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def test_every_route_of_the_api_is_described_and_everything_described_is_there(site: WholeSite) -> None:
    assert routes(site) == {(row.method, row.path) for row in TABLE}


def test_the_document_is_served_to_anybody(site: WholeSite) -> None:
    answer = site.ask(NOBODY, "/api/v1/openapi.json")
    assert (answer.status_code, answer.json) == (200, document())


def test_every_shape_is_used_and_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document())))
    assert named == set(ANSWERS) | set(BODIES)


@pytest.mark.parametrize("role", RIGHTS)
def test_the_right_that_is_written_is_the_right_that_is_asked_for(site: WholeSite, role: str) -> None:
    for row in TABLE:
        path = re.sub(r"{\w+}", "none", row.path)
        answer = site.ask(role, path) if row.method == "GET" else site.say(role, path, {})
        barred = bool(row.right) and not may(role, row.right)
        assert (answer.status_code == 403) == barred, (row.path, answer.text)


@pytest.fixture(scope="module")
def operations(site: WholeSite) -> list[Any]:
    """What schemathesis reads in the document, with no room for a field it does not name: a forgotten one is found."""
    raw = deepcopy(document())
    for name in ANSWERS:
        raw["components"]["schemas"][name]["additionalProperties"] = False
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = site.app
    return [found.ok() for found in schema.get_all_operations()]


def struck(site: WholeSite) -> dict[str, str]:
    """A recall and an incident that exist."""
    made = site.say("admin", "/api/v1/recalls", {"reason": "天线松动", "batch": "2026-03"})
    assert made.status_code == 200, made.text
    with site.house.log.writing() as w:
        opening = CasesOfWatch(w, site.house.cases, site.house.zone)
        call = opening.open("incident", 2, "小桥社区", account="incident/{call}")
        body = {"scope": "community", "place": "小桥社区", "cause": "mains", "homes": [[1, w.at], [2, w.at]]}
        w.append(f"call:{call}", "IncidentBegan", body, "watch")
        lost = {"period": "1.1", "home_id": 1, "station_id": 1, "model": "AX-100", "account": "1001", "persons": 1,
                "status": "unprotected", "reason": "silent", "reasons": ["silent"], "since": w.at}  # fmt: skip
        if w.row("protection", "1.1") is None:
            w.append("home:1", "ProtectionLost", lost, "watch")
    return {"recall_id": made.json["recall"], "incident_id": call}  # type: ignore[index]


def ordered(site: WholeSite) -> dict[str, str]:
    """A service, a booking and a call-back that exist."""
    wish = {"service": "company", "home_id": 300, "day": "2026-11-24", "begin": "10:00", "end": "11:00"}
    made = site.say("admin", "/api/v1/bookings", {**wish, "anyway": True})
    assert made.status_code == 201, made.text
    services = site.house.parts.services
    row = services.diary.booking(made.json["bookings"][0])  # type: ignore[index]
    assert row is not None
    with site.house.log.writing() as w:
        services.callbacks.about(w, "late", row, {}, 60)
        callback = w.changed("callbacks")[-1]["id"]
    return {"code": "company", "booking_id": row["id"], "callback_id": callback}


def asked_after(site: WholeSite) -> dict[str, str]:
    """A warning and a roll call that exist: a drill, because made-up marks must send nobody."""
    for path, fields in (("mass", {"level": "watch", "minutes": 60}), ("rollcalls", {"drill": True})):
        site.say("admin", f"/api/v1/{path}", {"areas": [["district", ""]], "cause": "power", **fields})
    with site.house.database.read() as conn:
        return {"mass_id": mass.listed(conn)[0]["id"], "rollcall_id": rollcalls.listed(conn)[0]["id"]}


def rung(site: WholeSite, role: str) -> dict[str, str]:
    """A telephone call that exists, from a number that belongs to somebody; the exchange is there."""
    site.house.cases.show_life("exchange", stamp(MORNING))
    talk, card = f"1795334327.{len(role)}", site.house.people.card({"home_id": 1}, MORNING, site.house.zone)
    body = {"talk": talk, "at": stamp(MORNING), "number": card["home"]["phone"] or card["residents"][0]["phone"]}
    with site.house.log.writing() as w:
        if w.row("talks", talk) is None:
            w.append(f"talk:{talk}", "TalkRang", body, "exchange")
    return {"talk_id": talk}


def cared_for(site: WholeSite) -> dict[str, str]:
    """A task, somebody of a round and somebody who is away, that exist."""
    until = later(stamp(MORNING), 86_400)
    ours = {"kind": "tell_family", "words": "告诉女儿", "due_at": until}
    task = site.say("admin", "/api/v1/tasks", ours)
    away = site.say("admin", "/api/v1/residents/9/away", {"kind": "family", "until": until})
    assert (task.status_code, away.status_code) == (201, 200), (task.text, away.text)
    with site.house.log.writing() as w:
        entry = site.house.parts.welfare.rounding.add(w, "reminder", 8)
    assert entry
    made = {"task_id": task.json["task"], "absence_id": away.json["absence"]}  # type: ignore[index]
    return made | {"entry_id": entry, "resident_id": "9"}


@pytest.mark.parametrize("role", [*RIGHTS, NOBODY])
def test_no_answer_is_a_surprise(site: WholeSite, operations: list[Any], role: str) -> None:
    """Every operation with made-up input as every role, on made-up cases and on ones that exist."""
    visit = site.visit(0, [*RIGHTS, NOBODY].index(role) + 1)
    known = {"call_id": visit["call_id"], "visit_id": visit["id"], "account": "1003", "home_id": "1", **struck(site),
             **ordered(site), **asked_after(site), **rung(site, role), **cared_for(site)}  # fmt: skip
    for row, operation in zip(TABLE, operations, strict=True):
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE][: 1 + bool(row.body or row.query)]
        for mode in modes if not row.right or may(role, row.right) else modes[:1]:

            @given(case=operation.as_strategy(generation_mode=mode), exists=booleans())
            @settings(BRIEF, max_examples=5 if may(role, row.right) else 1)
            @seed(1)
            def ask(case: schemathesis.Case, exists: bool) -> None:
                if exists:
                    case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
                case.headers = {**(case.headers or {}), **site.headers(role)}
                case.cookies = {**(case.cookies or {}), **site.cookie(role)}
                case.call_and_validate(checks=CHECKS)

            ask()
