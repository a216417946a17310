"""Life happens to a roster: swaps, overrides, sick calls, stand-ins, breaks, and whom the ladder rings."""

from datetime import datetime, timedelta

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.times import later, stamp
from dispatch.in_force import OFFICERS
from dispatch.roster_changes import Cell
from tests.conftest import ZONE, Rehearsal
from tests.stories.roster_office import Office, cell, who_has


@pytest.fixture
def office(rehearsal: Rehearsal) -> Office:
    return Office(rehearsal)


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
