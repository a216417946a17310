"""The roster's pages as browsers ask for them: who may see, who may change, and the workbook the whole way."""

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from callcenter.store.database import Database
from callcenter.store.tables import users
from callcenter.store.upgrade import upgrade
from tests.callcenter.whole_site import WholeSite

MONTH = "/roster/2026-12"
PAGES = ("/roster", MONTH, f"{MONTH}/ST1", f"{MONTH}/officers", f"{MONTH}/print", "/roster/posts")


def form(site: WholeSite, who: str, path: str, **values: Any) -> TestResponse:
    """A form as a page sends it, with a fresh key."""
    page = site.client(who).get("/roster").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    told = {"csrf_token": site.form_token(site.client(who)), "key": key[1] if key else "", **values}
    return site.client(who).post(path, data=told)


def told(site: WholeSite, who: str, path: str = "/roster") -> list[str]:
    """What the next page says above itself."""
    return re.findall(r'<p class="flash[^"]*"[^>]*>([^<]+)</p>', site.client(who).get(path).text)


def test_everybody_who_sees_people_sees_the_roster_and_a_carer_does_not(site: WholeSite) -> None:
    for page in PAGES:
        for who in ("operator", "head", "supervisor", "admin"):
            assert site.ask(who, page).status_code == 200, (who, page)
        assert site.ask("carer", page).status_code == 403
    for page in ("/roster/2026-13", "/roster/26-12", f"{MONTH}/ST99"):
        assert site.ask("operator", page).status_code == 404


def test_an_operator_changes_nothing(site: WholeSite) -> None:
    before = site.head()
    assert site.say("operator", f"{MONTH}/ST1", {"cells": {}, "version": 0}).status_code == 403
    for path in (f"{MONTH}/publish", "/roster/change/sick", f"{MONTH}/ST1/discard", f"{MONTH}/workbook"):
        assert form(site, "operator", path).status_code == 403
    assert site.ask("operator", f"{MONTH}/ST1/propose").status_code == 403
    assert site.head() == before


def test_a_head_edits_only_their_own_station_and_does_not_publish(site: WholeSite) -> None:
    with site.house.database.write() as conn:
        conn.execute(update(users).where(users.c.role == "head").values(station_id=1))
    head = site.browser("head")
    site.clients["head"] = head
    cells = {"cells": {"C01": {"2026-12-01": "E"}}, "version": 0}
    assert site.say("head", f"{MONTH}/ST1", cells).status_code == 200
    assert site.say("head", f"{MONTH}/ST2", cells).status_code == 403
    assert site.say("head", f"{MONTH}/officers", cells).status_code == 403
    assert form(site, "head", f"{MONTH}/publish").status_code == 403
    assert form(site, "head", "/roster/change/officer", day="2026-12-01", code="Z1", reason="x").status_code == 403
    for carer, status in ((1, 302), (8, 403)):
        said = form(site, "head", "/roster/change/sick", carer_id=carer, days=1, reason="发烧")
        assert said.status_code == status
    page = head.get("/roster").text
    assert 'value="1">C01' in page
    assert 'value="8">C08' not in page


def test_a_head_without_a_station_edits_none(site: WholeSite) -> None:
    assert site.say("head", f"{MONTH}/ST1", {"cells": {}, "version": 0}).status_code == 403


def test_what_is_typed_is_judged_and_not_kept_until_it_is_saved(site: WholeSite) -> None:
    answer = site.client("supervisor").post(
        f"{MONTH}/ST1/check", json={"cells": {"C01": {"2026-12-01": "早", "2026-12-99": "E"}, "C99": {}}},
        headers=site.headers("supervisor"),
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    found = answer.json or {}
    assert found["cells"]["C01"] == {"2026-12-01": "E"}
    assert "C99" not in found["cells"]
    assert {"gap", "both_off"} <= {one["code"] for one in found["found"]}
    assert all(one["text"] and one["fix"] and "{" not in one["text"] for one in found["found"])
    assert "draft of" not in site.ask("supervisor", f"{MONTH}/ST1").text
    kept = site.say("supervisor", f"{MONTH}/ST1", {"cells": found["cells"], "version": 0})
    assert (kept.json or {})["version"] == 1
    again = site.say("supervisor", f"{MONTH}/ST1", {"cells": {}, "version": 0})
    assert (again.status_code, (again.json or {})["error"]) == (409, "draft_moved")
    assert "draft of supervisor" in site.ask("supervisor", f"{MONTH}/ST1").text
    assert form(site, "supervisor", f"{MONTH}/ST1/discard").status_code == 302
    assert "draft of" not in site.ask("supervisor", f"{MONTH}/ST1").text


@pytest.mark.parametrize("body", [{"cells": []}, {"cells": {"C01": 3}}, {"cells": {"C01": {"2026-12-01": 3}}}, {}])
def test_a_body_that_is_no_sheet_is_refused(site: WholeSite, body: dict[str, Any]) -> None:
    assert site.say("supervisor", f"{MONTH}/ST1", body).status_code == 422


def test_a_month_goes_out_as_a_workbook_comes_back_as_drafts_and_is_published(either_site: WholeSite) -> None:
    site = either_site
    data = site.ask("supervisor", f"{MONTH}/workbook.xlsx").data
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    sheet = workbook.worksheets[0]
    row = next(r for r in sheet.iter_rows(min_row=2) if r[3].value == "E")
    row[3].value = "07:15-16:00"
    out = io.BytesIO()
    workbook.save(out)
    assert form(site, "supervisor", f"{MONTH}/workbook", file=(io.BytesIO(out.getvalue()), "a.xlsx")).status_code == 302
    assert "10 sheets were read into drafts" in told(site, "supervisor", MONTH)[0]
    assert form(site, "supervisor", f"{MONTH}/publish").status_code == 302
    assert "in force" in told(site, "supervisor", MONTH)[0]
    again = openpyxl.load_workbook(io.BytesIO(site.ask("supervisor", f"{MONTH}/workbook.xlsx").data)).worksheets[0]
    assert [[c.value for c in r] for r in again.rows] == [[c.value for c in r] for r in sheet.rows]
    refused = form(site, "supervisor", f"{MONTH}/workbook", file=(io.BytesIO(b"x"), "a.txt"))
    assert refused.status_code == 302
    assert "neither .xlsx nor .csv" in told(site, "supervisor", MONTH)[0]


def test_every_change_is_done_from_its_form_with_a_reason_or_says_why_not(site: WholeSite) -> None:
    month = site.house.parts.rostering.month("2026-12")
    with site.house.database.read() as conn:
        grid = site.house.parts.rostering.grid(conn, month, "ST1")
    ids = {row["code"]: row["id"] for row in grid.rows}
    day = "2026-12-10"
    early, later = (next(ids[c] for c, own in grid.cells.items() if own.get(day) == letter) for letter in "ED")
    swap = {"carer_id": early, "day": day, "other_id": later, "other_day": day}
    for verb, values, said in (
        ("swap", swap, "Say why"),
        ("swap", swap | {"reason": "x", "day": "soon"}, "this is no day"),
        ("swap", swap | {"reason": "x"}, "Saved"),
        ("override", {"carer_id": early, "day": day, "text": "Q", "reason": "x"}, "is no shift"),
        ("override", {"carer_id": early, "day": day, "text": "V", "reason": "x"}, "Saved"),
        ("officer", {"day": day, "code": "Z3", "reason": "x"}, "Saved"),
        ("break", {"carer_id": 9999}, "there is no such carer"),
        ("call-in", {"carer_id": early, "reason": "x"}, "not on stand-by"),
        ("agrees-no-more", {"carer_id": early}, "Saved"),
        ("agrees", {"carer_id": early}, "Saved"),
    ):
        assert form(site, "supervisor", f"/roster/change/{verb}", **values).status_code == 302, verb
        assert said in " ".join(told(site, "supervisor")), (verb, values)
    assert form(site, "supervisor", "/roster/change/nothing").status_code == 404
    assert [e.kind for e in site.house.log.stream("roster:2026-12")] == [
        "ShiftsSwapped", "ShiftOverridden", "DutyOfficerChanged"]  # fmt: skip


def test_a_centre_without_anything_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    database = Database(url)
    upgrade(database)
    database.close()
    empty = WholeSite(url, tmp_path)
    for page in ("/roster", MONTH, f"{MONTH}/officers", f"{MONTH}/print", "/roster/posts"):
        assert empty.ask("supervisor", page).status_code == 200, page
    assert "Nobody is named as duty officer" in empty.ask("supervisor", "/roster").text
    empty.close()
