"""A month is typed, judged, refused, mended and published; then life happens to it: swaps, sick calls, stand-ins."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import later, stamp
from callcenter.store.rosters import Rosters
from dispatch.duty import Duty
from dispatch.in_force import OFFICERS, Cells, Grid
from dispatch.roster_changes import Cell, Changes
from dispatch.rostering import Rostering
from dispatch.rules.months import Month
from dispatch.rules.roster_rules import Finding, RosterTerms
from tests.conftest import ZONE, Rehearsal

DECEMBER, SEPTEMBER = "2026-12", "2026-09"


class Office:
    """Who makes the roster, at the rehearsal's clock."""

    def __init__(self, rehearsal: Rehearsal, zone: ZoneInfo = ZONE, text: str = DECEMBER):
        self.rehearsal, rosters = rehearsal, Rosters(rehearsal.database)
        self.rostering = Rostering(rehearsal.log, rosters, RosterTerms(), zone, lambda: rehearsal.now)
        self.duty = Duty(rosters, RosterTerms())
        self.changes = Changes(self.rostering, self.duty)
        self.month: Month = self.rostering.month(text)

    def grids(self) -> list[Grid]:
        with self.rehearsal.database.read() as conn:
            return self.rostering.grids(conn, self.month)

    def grid(self, sheet: str) -> Grid:
        return next(one for one in self.grids() if one.sheet == sheet)

    def judge(self) -> list[Finding]:
        with self.rehearsal.database.read() as conn:
            return self.rostering.judge(conn, self.month, self.rostering.grids(conn, self.month))

    def save(self, sheet: str, cells: Cells) -> Row:
        with self.rehearsal.writing() as w:
            grid = self.rostering.grid(w.conn, self.month, sheet)
            return self.rostering.save(w, self.month, sheet, cells, grid.version, self.rehearsal.supervisor)

    def publish(self) -> Row:
        with self.rehearsal.writing() as w:
            return self.rostering.publish(w, self.month, self.rehearsal.supervisor)

    def change(self, verb: str, *values: Any) -> Row:
        with self.rehearsal.writing() as w:
            found: Row = getattr(self.changes, verb)(w, *values, self.rehearsal.supervisor)
        return found

    def kinds(self) -> list[str]:
        return [event.kind for event in self.rehearsal.log.stream(f"roster:{self.month.text}")]

    def refused(self) -> set[str]:
        with pytest.raises(NotNow) as refused:
            self.publish()
        assert refused.value.code == "roster_refused"
        return {one.code for one in refused.value.values["findings"]}


@pytest.fixture
def office(rehearsal: Rehearsal) -> Office:
    return Office(rehearsal)


def test_the_demo_districts_roster_is_clean_and_can_be_published_as_it_is(office: Office) -> None:
    assert office.judge() == []
    before = office.grids()
    said = office.publish()
    assert said["shifts"] == 37 * 31
    assert [grid.cells for grid in office.grids()] == [grid.cells for grid in before]
    assert office.judge() == []
    assert office.kinds() == ["RosterPublished"]
    assert office.rehearsal.verify().faults == []


def test_a_roster_with_nobody_is_refused_and_the_draft_is_kept(office: Office) -> None:
    office.save("ST1", {})
    assert {"gap", "both_off"} <= office.refused()
    assert office.grid("ST1").draft
    assert office.grid("ST1").cells["C01"] == {}
    assert office.grid("ST2").cells["C08"], "nobody touched it"
    assert not office.kinds(), "nothing was published"
    with office.rehearsal.database.read() as conn:
        assert any(row["carer_id"] == 1 for row in Rosters.during(conn, "shifts", office.month.start, office.month.end))


def test_a_roster_in_which_both_names_of_a_post_are_off_is_refused(office: Office) -> None:
    """C01 and C04 are A and B of the first post; others cover the station, and still it is refused."""
    grid, cells = office.grid("ST1"), {}
    codes = [row["code"] for row in grid.rows]
    for code in codes:
        cells[code] = dict(grid.cells[code])
    day, before = "2026-12-10", "2026-12-09"
    others = [code for code in codes if code not in ("C01", "C04")]
    for pair in ("C01", "C04"):
        for when in (before, day):
            if text := cells[pair].pop(when, ""):
                free = next(code for code in others if when not in cells[code])
                cells[free][when] = text
    office.save("ST1", cells)
    assert "both_off" in office.refused()
    assert "gap" not in office.refused()


def test_a_holiday_without_a_duty_officer_is_refused_until_one_is_named(rehearsal: Rehearsal) -> None:
    rehearsal.now = datetime(2026, 12, 20, 2, 0, tzinfo=ZoneInfo("UTC"))
    office = Office(rehearsal, text="2027-01")
    named = office.grid(OFFICERS).cells[OFFICERS]
    office.save(OFFICERS, {OFFICERS: {day: code for day, code in named.items() if day != "2027-01-01"}})
    assert office.refused() == {"officer"}
    office.save(OFFICERS, {OFFICERS: named})
    assert office.publish()["warnings"] == 0
    new_year = stamp(datetime(2027, 1, 1, 12, 0, tzinfo=ZONE))
    (officer,) = office.duty.duty_manager(new_year)
    assert (officer["role"], bool(officer["phone"])) == ("duty_manager", True)
    assert office.duty.duty_manager(stamp(datetime(2030, 1, 1, tzinfo=ZONE))) == []


def test_what_is_no_shift_and_who_is_no_officer_is_refused_by_name_and_nothing_typed_is_lost(office: Office) -> None:
    cells = office.grid("ST1").cells
    cells["C01"]["2026-12-03"] = "Q7"
    office.save("ST1", cells)
    office.save(OFFICERS, {OFFICERS: office.grid(OFFICERS).cells[OFFICERS] | {"2026-12-04": "Z9"}})
    assert {"cell", "no_officer"} <= office.refused()
    assert office.grid("ST1").cells["C01"]["2026-12-03"] == "Q7"


def test_two_people_at_one_sheet_do_not_overwrite_each_other(office: Office) -> None:
    seen = office.grid("ST1").version
    office.save("ST1", {})
    with pytest.raises(NotNow) as moved, office.rehearsal.writing() as w:
        office.rostering.save(w, office.month, "ST1", {}, seen, office.rehearsal.supervisor)
    assert moved.value.code == "draft_moved"


def test_only_what_has_not_begun_is_replaced(rehearsal: Rehearsal) -> None:
    office = Office(rehearsal, text="2026-11")
    with rehearsal.database.read() as conn:
        was = Rosters.during(conn, "shifts", office.month.start, stamp(rehearsal.now))
    assert was
    office.publish()
    with rehearsal.database.read() as conn:
        assert Rosters.during(conn, "shifts", office.month.start, stamp(rehearsal.now)) == was


@pytest.mark.parametrize("sheet", ["ST1", "ST8", "ST9"])
def test_a_proposed_month_goes_on_from_the_one_before_without_a_fault(office: Office, sheet: str) -> None:
    before = office.grid(sheet).cells
    office.save(sheet, {})
    with office.rehearsal.database.read() as conn:
        proposed = office.rostering.propose(conn, office.month, sheet)
    plain = {code: {d: t for d, t in own.items() if t != "S"} for code, own in before.items()}
    assert proposed == plain
    office.save(sheet, proposed)
    assert office.publish()["warnings"] == 0


# --- life happens --------------------------------------------------------------------------------------------------


def who_has(office: Office, sheet: str, day: str, letter: str) -> Cell:
    grid = office.grid(sheet)
    code = next(code for code, own in grid.cells.items() if own.get(day) == letter)
    return Cell(next(row["id"] for row in grid.rows if row["code"] == code), day)


def cell(office: Office, sheet: str, where: Cell) -> str:
    grid = office.grid(sheet)
    code = next(row["code"] for row in grid.rows if row["id"] == where.carer_id)
    return grid.cells[code].get(where.day, "")


def test_two_carers_swap_and_a_draft_that_is_open_learns_of_it(office: Office) -> None:
    office.save("ST1", office.grid("ST1").cells)
    early, day = (who_has(office, "ST1", "2026-12-10", letter) for letter in "ED")
    office.change("swap", early, day, "孩子看病")
    assert (cell(office, "ST1", early), cell(office, "ST1", day)) == ("D", "E")
    assert office.grid("ST1").draft
    event = office.rehearsal.log.stream("roster:2026-12")[-1]
    assert (event.kind, event.body["reason"], event.actor) == ("ShiftsSwapped", "孩子看病", "user:3 陈主任")
    office.publish()
    assert (cell(office, "ST1", early), cell(office, "ST1", day)) == ("D", "E")


def test_a_swap_that_would_break_what_refuses_a_roster_is_refused_and_an_override_says_what_it_broke(
    office: Office,
) -> None:
    evening = who_has(office, "ST1", "2026-12-10", "L")
    tomorrow = who_has(office, "ST1", "2026-12-11", "E")
    with pytest.raises(NotNow) as refused:
        office.change("swap", evening, tomorrow, "换一下")
    assert refused.value.code == "roster_refused"
    assert cell(office, "ST1", evening) == "L", "nothing was changed"
    office.change("override", evening, "", "停电，站点关门")
    event = office.rehearsal.log.stream("roster:2026-12")[-1]
    assert (event.body["had"], event.body["has"], event.body["broken"]) == ("L", "", ["gap"])


def test_a_sick_call_shows_what_is_uncovered_and_who_could_stand_in(office: Office) -> None:
    now = stamp(office.rehearsal.now)
    november = Office(office.rehearsal, text="2026-11")
    sleeper = who_has(november, "ST1", "2026-11-23", "L")
    said = november.change("fall_out", sleeper.carer_id, 1, "发烧")
    assert (said["lost"], said["uncovered"]) == (1, 1)
    (hole,) = november.duty.now(now)["uncovered"]
    assert (hole["station"], hole["starts_at"]) == (november.grid("ST1").name, "2026-11-23T09:00:00.000Z")
    best = hole["proposed"][0]
    assert best["rested"]
    assert best["id"] != sleeper.carer_id
    where = (hole["station_id"], hole["starts_at"], hole["ends_at"])
    november.change("stand_in", best["id"], *where, "顶班")
    assert november.duty.now(now)["uncovered"] == []
    assert november.kinds() == ["CarerFellOut", "StandInNamed"]
    with pytest.raises(NotNow):
        november.change("stand_in", best["id"], *where, "再来一次")


def test_somebody_of_another_station_stands_in_and_stands_in_its_grid_with_the_stations_code(office: Office) -> None:
    november = Office(office.rehearsal, text="2026-11")
    now, day = stamp(office.rehearsal.now), "2026-11-23"
    november.change("fall_out", who_has(november, "ST1", day, "L").carer_id, 1, "发烧")
    (hole,) = november.duty.now(now)["uncovered"]
    helper = Cell(next(one["id"] for one in hole["proposed"] if one["station_id"] != hole["station_id"]), day)
    november.change("stand_in", helper.carer_id, hole["station_id"], hole["starts_at"], hole["ends_at"], "支援")
    assert november.duty.now(now)["uncovered"] == []
    own = next(g.sheet for g in november.grids() if helper.carer_id in [row["id"] for row in g.rows] and g.station_id)
    assert cell(november, own, helper) == "S+17:00-23:30B@ST1"
    november.publish()
    later_on = later(hole["starts_at"], 60)
    (station,) = [s for s in november.duty.now(later_on)["stations"] if s["id"] == hole["station_id"]]
    assert [one["id"] for one in station["carers"]] == [helper.carer_id]
    assert november.duty.now(later_on)["uncovered"] == []


def test_a_carer_who_falls_out_during_a_shift_is_off_from_now_on(office: Office) -> None:
    now = stamp(office.rehearsal.now)
    november = Office(office.rehearsal, text="2026-11")
    early = who_has(november, "ST1", "2026-11-23", "E")
    november.change("fall_out", early.carer_id, 2, "摔伤")
    on = {c["id"] for c in office.rehearsal.people.carers(office.rehearsal.now) if c["on_shift"]}
    assert early.carer_id not in on
    assert all(c["id"] != early.carer_id for s in november.duty.now(now)["stations"] for c in s["carers"])


def test_whoever_is_on_stand_by_is_not_on_shift_until_called_in(office: Office) -> None:
    now = stamp(office.rehearsal.now)
    first = office.duty.stand_by(now)[0]
    on = lambda: {c["id"] for c in office.rehearsal.people.carers(office.rehearsal.now) if c["on_shift"]}  # noqa: E731
    assert first["id"] not in on()
    office.change("call_in", first["id"], "人手不够")
    assert first["id"] in on()
    assert first["id"] not in {row["id"] for row in office.duty.stand_by(now)}
    with pytest.raises(NotNow):
        office.change("call_in", first["id"], "再叫一次")


def test_a_break_is_seen_while_it_lasts(office: Office) -> None:
    now = stamp(office.rehearsal.now)
    carer = next(c for s in office.duty.now(now)["stations"] for c in s["carers"])
    office.change("take_break", carer["id"])
    assert office.duty.on_break(now) == {carer["id"]: later(now, 1800)}
    assert office.duty.on_break(later(now, 1800)) == {}
    with pytest.raises(NotNow):
        office.change("take_break", carer["id"])
    office.rehearsal.now += timedelta(minutes=5)
    office.change("end_break", carer["id"])
    assert office.duty.on_break(stamp(office.rehearsal.now)) == {}


def test_the_duty_officer_of_a_day_is_changed_with_a_reason(office: Office) -> None:
    noon = stamp(datetime(2026, 12, 10, 12, 0, tzinfo=ZONE))
    before = office.duty.duty_manager(noon)[0]
    other = next(o for o in office.grid(OFFICERS).rows if o["id"] != before["id"])
    office.change("officer", "2026-12-10", other["code"], "出差")
    assert office.duty.duty_manager(noon)[0]["id"] == other["id"]
    assert office.kinds() == ["DutyOfficerChanged"]


def test_consent_is_recorded_and_withdrawing_it_forgets_the_position(office: Office) -> None:
    office.change("consent", 1, False)
    row = next(c for c in office.rehearsal.people.carers(office.rehearsal.now) if c["id"] == 1)
    assert (row["position_consent"], row["latitude"]) == (None, None)
    office.change("consent", 1, True)
    row = next(c for c in office.rehearsal.people.carers(office.rehearsal.now) if c["id"] == 1)
    assert row["position_consent"] == stamp(office.rehearsal.now)
    assert [e.kind for e in office.rehearsal.log.stream("carer:C01")] == [
        "PositionConsentWithdrawn", "PositionConsentGiven"]  # fmt: skip


@pytest.mark.parametrize("text", ["2026-03", "2026-10"])
def test_the_night_the_clocks_change_has_no_gap_and_no_double(rehearsal: Rehearsal, text: str) -> None:
    """Europe/Berlin: a month of nights and days that meet on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    rehearsal.now = datetime(2026, 2, 20, 12, 0, tzinfo=berlin)
    office = Office(rehearsal, berlin, text)
    first = office.month.days[0]
    for grid in office.grids():
        if grid.station_id is None:
            codes = [row["code"] for row in grid.rows]
            office.save(OFFICERS, {OFFICERS: {d.isoformat(): codes[0] for d in office.month.days}})
            continue
        with rehearsal.database.read() as conn:
            cells = office.rostering.propose(conn, office.month, grid.sheet)
        spare = next(code for code, own in cells.items() if first.isoformat() not in own)
        cells[spare][first.isoformat()] = "00:00-08:00"  # the night before belongs to a month that nobody made
        office.save(grid.sheet, cells)
    found = [one for one in office.judge() if one.code in ("gap", "double", "hand_over")]
    assert [one for one in found if not one.starts_at.startswith(first.isoformat())] == []


def test_the_last_rung_rings_who_leads_today_and_those_on_stand_by_the_homes_own_first(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    visit = rehearsal.send(call)
    with rehearsal.writing() as w:
        asked = {
            who: rehearsal.parts.dispatcher.asking.resolvers[who](w, visit) for who in ("duty_manager", "stand_by")
        }
    own = rehearsal.people.need(visit["home_id"])["station_id"]
    assert [(one["role"], bool(one["phone"])) for one in asked["duty_manager"]] == [("duty_manager", True)]
    assert asked["stand_by"][0]["station_id"] == own
    assert len(asked["stand_by"]) == 6
