"""What arrivals teach, what they do not, and that the same log always teaches the same."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.events import Row
from callcenter.store.journeys import Journeys
from dispatch.dispatcher import Dispatcher
from dispatch.rules.journey import JourneyPicture
from dispatch.rules.learning import BANDS, FEWEST, LEAST, MOST, ODD, School, band, odd
from dispatch.settings import Sending
from tests.callcenter.whole_site import WholeSite
from tests.conftest import ZONE, Rehearsal


def row(seq: int, travel: float | None = 300.0, road: float = 200.0, **more: Any) -> dict[str, Any]:
    told = {"seq": seq, "station_id": 1, "month": "2026-11", "hour": 10, "means": "e_bike", "by": "detour",
            "road": road, "turnout_expected": 90.0, "turnout_seconds": 90.0, "travel_seconds": travel, "skew": 0.0,
            "proof": "gps",
            "odd": ""}  # fmt: skip
    return told | more


def taught(rows: list[dict[str, Any]]) -> School:
    school = School()
    for one in rows:
        school.add(one)
    return school


# --- the rules -----------------------------------------------------------------------------------------------------


def test_nothing_is_learnt_from_too_few_and_then_it_is() -> None:
    few = taught([row(n) for n in range(FEWEST - 1)])
    assert (few.factor("detour", "e_bike", 1, 10), few.lessons()) == (1.0, [])
    enough = taught([row(n) for n in range(FEWEST)])
    assert enough.factor("detour", "e_bike", 1, 10) == 1.5
    assert enough.turnout(1, 10) == 1.0


def test_a_thin_cell_asks_the_next_wider_one() -> None:
    school = taught([row(n) for n in range(FEWEST)])
    assert school.factor("detour", "e_bike", 2, 10) == 1.5, "another station, the same hours"
    assert school.factor("detour", "e_bike", 2, 3) == 1.5, "at night nobody has ridden yet"
    assert school.factor("detour", "walk", 1, 10) == 1.0, "who walks is another matter"
    assert school.factor("osrm", "e_bike", 1, 10) == 1.0, "and so is another engine"


def test_old_journeys_fade() -> None:
    school = taught([row(n, travel=200.0) for n in range(50)] + [row(n, travel=400.0) for n in range(50, 100)])
    assert 1.9 < school.factor("detour", "e_bike", 1, 10) < 2.0


@pytest.mark.parametrize(
    ("change", "why"),
    [({}, ""), ({"proof": "manual"}, "manual"), ({"skew": 61.0}, "clock"), ({"skew": 60.0}, ""),
     ({"travel_seconds": None}, "not_departed"), ({"road": 59.0}, "short"), ({"travel_seconds": 39.0}, "outlier"),
     ({"travel_seconds": 1001.0}, "outlier"), ({"turnout_seconds": 2000.0}, "outlier"),
     ({"turnout_seconds": -1.0}, "outlier")],
)  # fmt: skip
def test_odd_arrivals_are_named(change: dict[str, Any], why: str) -> None:
    assert odd(row(1) | change) == why
    assert why in ("", *ODD)


def test_odd_arrivals_are_counted_and_teach_nothing() -> None:
    school = taught([row(n, odd="clock") for n in range(20)] + [row(20, odd="manual")])
    assert dict(school.odd) == {("2026-11", "clock"): 20, ("2026-11", "manual"): 1}
    assert (school.cells, school.errors) == ({}, {})


def test_the_error_is_what_was_said_before_the_arrival_and_not_after() -> None:
    school = taught([row(n) for n in range(FEWEST + 10)])
    error = school.errors["2026-11", "all", ""]
    assert error.n == FEWEST + 10
    assert error.means()["mae_before"] == pytest.approx(100)
    assert error.means()["mae_after"] == pytest.approx(100 * FEWEST / (FEWEST + 10), abs=0.1)
    assert error.means()["bias_before"] == pytest.approx(100)


def test_every_hour_has_one_band() -> None:
    assert {band(hour) for hour in range(24)} == set(BANDS)
    assert [band(hour) for hour in (5, 6, 9, 10, 16, 17, 21, 22)] == [
        "night", "morning", "morning", "day", "day", "evening", "evening", "night"]  # fmt: skip


drawn = st.builds(
    row,
    st.just(0),
    travel=st.floats(41, 999),
    station_id=st.sampled_from([None, 1, 2]),
    hour=st.integers(0, 23),
    means=st.sampled_from(["walk", "e_bike", "car"]),
    by=st.sampled_from(["detour", "osrm"]),
    turnout_seconds=st.floats(0, 1800),
    odd=st.sampled_from(["", "", "", "clock"]),
)


@given(st.lists(drawn, max_size=80), st.integers(0, 80), st.integers(0, 23))
def test_the_same_journeys_teach_the_same_whenever_they_are_read(
    rows: list[dict[str, Any]], cut: int, hour: int
) -> None:
    rows = [one | {"seq": number} for number, one in enumerate(rows)]
    at_once, in_two = taught(rows), taught(rows[:cut])
    for one in rows[cut:]:
        in_two.add(one)
    assert at_once == in_two
    for means in ("walk", "e_bike", "car"):
        assert LEAST <= at_once.factor("detour", means, 1, hour) <= MOST
    assert LEAST <= at_once.turnout(None, hour) <= MOST


# --- the story -----------------------------------------------------------------------------------------------------


def one_visit(r: Rehearsal, account: str, slower: float = 1.5, phone_late: float = 0.0, **arrive: Any) -> Row:
    """A visit whose carer leaves after the expected time and needs ``slower`` times the estimate on the road."""
    visit = r.send(r.press(account))
    way = visit["asked"][-1]["way"]
    visit = r.carer("accept", visit)
    r.now += timedelta(seconds=way["turnout"])
    r.carer("depart", visit)
    r.now += timedelta(seconds=way["road"] * slower)
    home = r.people.need(visit["home_id"])
    place = {"latitude": home["latitude"], "longitude": home["longitude"]}
    phone_at = (r.now - timedelta(seconds=phone_late)).isoformat() if phone_late else ""
    visit = r.carer("arrive", visit, **({"position": place, "phone_at": phone_at} | arrive))
    r.now += timedelta(seconds=60)
    r.carer("finish", visit, report={"did": "helped"})
    return visit


def test_a_dozen_slow_arrivals_make_the_next_estimate_longer_and_the_log_proves_it(rehearsal: Rehearsal) -> None:
    r = rehearsal
    before = one_visit(r, "1400")
    for account in range(1401, 1415):
        one_visit(r, str(account))
    r.now += timedelta(minutes=2)
    (best, *_) = [c for c in r.dispatcher.candidates(r.press("1400")["id"]) if c.suitable]
    offered = r.send(r.press("1400"))
    body = next(e.body for e in reversed(r.log.stream(f"call:{offered['call_id']}")) if e.kind == "VisitOffered")
    assert (best.eta_source, body["eta_source"], body["way"]["by"]) == ("learnt", "learnt", "detour")
    assert ["eta_by", "learnt"] in offered["reasons"]
    assert body["way"]["factor"] == pytest.approx(1.5, abs=0.02)
    assert offered["eta_seconds"] > before["eta_seconds"]
    school = r.dispatcher.choosing.ways.school(r.now)
    told = school.errors["2026-11", "all", ""].means()
    assert told["mae_after"] < told["mae_before"]
    assert r.verify().faults == []
    again = taught(Journeys(r.database).after(0))
    assert again == school
    fresh = Dispatcher(r.log, r.cases, r.people, Sending(), r.targets, ZONE, lambda: r.now)  # after a restart
    assert fresh.choosing.ways.school(r.now) == school


def test_a_tap_without_proof_and_a_phone_that_told_late_teach_nothing(rehearsal: Rehearsal) -> None:
    r = rehearsal
    one_visit(r, "1400", position=None)
    one_visit(r, "1401", phone_late=90)
    one_visit(r, "1402", slower=9.0)
    one_visit(r, "1403", phone_late=20)
    school = r.dispatcher.choosing.ways.school(r.now)
    assert {why: n for (_, why), n in school.odd.items()} == {"manual": 1, "clock": 1, "outlier": 1}
    assert school.errors["2026-11", "all", ""].n == 1
    assert r.verify().faults == []


def test_the_supervisor_reads_how_far_off_it_was(rehearsal: Rehearsal, tmp_path: Path) -> None:
    for account in range(1400, 1417):
        one_visit(rehearsal, str(account))
    one_visit(rehearsal, "1417", position=None)
    judged = rehearsal.dispatcher.choosing.ways.school(rehearsal.now).errors["2026-11", "all", ""].n
    assert judged > FEWEST
    site = WholeSite(rehearsal.database.url.render_as_string(hide_password=False), tmp_path, lambda: rehearsal.now)
    page = site.ask("supervisor", "/supervisor/eta").text
    assert "2026-11" in page
    assert "arrival not proved 1" in page
    assert '<td class="number figure">1.50</td>' in page
    assert site.ask("operator", "/supervisor/eta").status_code == 403
    metrics = site.ask("system", "/metrics").text
    assert f"anxin_eta_arrivals {judged:.1f}" in metrics
    figures = dict(line.split(" ") for line in metrics.splitlines() if line.startswith("anxin_eta"))
    assert float(figures["anxin_eta_mae_seconds"]) < float(figures["anxin_eta_mae_unlearnt_seconds"])
    site.house.database.close()


def test_an_arrival_of_before_this_was_kept_is_no_journey() -> None:
    class Old:
        kind, body, seq, at, stream = "CarerArrived", {"visit": "x.1"}, 1, "", "call:x"

    assert JourneyPicture().key(Old()) is None  # type: ignore[arg-type]
