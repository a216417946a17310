"""Outages in which nobody knew who was safe (failures 19, 21, 22), and floods that jammed or lost the list (2, 28)."""

import pytest
from sqlalchemy import select

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.tables import incidents, protection
from tests.conftest import MAINS_LOST, SOS, Rehearsal

MINUTE, HOUR = 60.0, 3600.0
HAND_TEST, OWN_TEST = "160100001", "160200000"


@pytest.fixture
def rehearsal(rehearsal: Rehearsal) -> Rehearsal:
    """Everybody is heard, and has been for an hour."""
    rehearsal.beats(300, step=300)
    return rehearsal


def standing(rehearsal: Rehearsal) -> list[Row]:
    with rehearsal.database.read() as conn:
        return [dict(row) for row in conn.execute(select(incidents).where(incidents.c.stage == "open")).mappings()]


def people_waiting(rehearsal: Rehearsal) -> list[Row]:
    return rehearsal.cases.listed(("waiting",), (1, 2, 3), "", 200)


def test_02_a_flood_of_test_alarms_does_not_jam_the_queue(rehearsal: Rehearsal) -> None:
    frames = [rehearsal.frame(str(1001 + n), HAND_TEST if n % 2 else OWN_TEST) for n in range(300)]
    frames.insert(150, rehearsal.frame("1700", SOS))
    rehearsal.receive(*frames)
    [call] = people_waiting(rehearsal)
    assert call["account"] == "1700"


def test_19_gloucestershire_our_own_deafness_is_said_within_a_minute_and_names_everybody(rehearsal: Rehearsal) -> None:
    rehearsal.beats(60, gateway=False, step=10)
    [incident] = standing(rehearsal)
    assert (incident["cause"], len(incident["homes"])) == ("centre", 900)
    [call] = people_waiting(rehearsal)
    assert (call["id"], call["priority"], call["kind"]) == (incident["id"], 2, "incident")
    with rehearsal.database.read() as conn:
        still = select(protection.c.reason).where(protection.c.until.is_(None))
        assert [row[0] for row in conn.execute(still)].count("centre_down") == 900


def test_21_tendring_a_cable_that_fails_is_seen_as_one_place_and_not_as_four_hundred_faults(
    rehearsal: Rehearsal,
) -> None:
    cut = {str(account) for account in range(1001, 1451)}
    rehearsal.beats(20 * MINUTE, silent=cut)
    found = standing(rehearsal)
    assert {one["cause"] for one in found} == {"silent"}
    assert sum(len(one["homes"]) for one in found) >= 350, "but for those that speak more seldom"
    assert len(rehearsal.cases.live()) < 60, "what is left over stands in the list one by one"


def test_22_alfrida_the_hours_of_every_battery_are_counted_down(rehearsal: Rehearsal) -> None:
    rehearsal.receive(rehearsal.frame("1003", MAINS_LOST))
    rehearsal.beats(26 * HOUR, step=HOUR)
    with rehearsal.database.read() as conn:
        now = select(protection.c.status, protection.c.reason).where(protection.c.until.is_(None))
        assert [tuple(row) for row in conn.execute(now)] == [("unprotected", "battery_out")]


def test_28_london_nothing_scrolls_away_twice_told_is_once_and_a_lost_status_is_survived(rehearsal: Rehearsal) -> None:
    pressed = [str(1001 + n) for n in range(120)]
    frames = [rehearsal.frame(account, SOS) for account in pressed]
    rehearsal.receive(*frames, *frames)
    shown = [call for call in rehearsal.cases.live() if call["priority"] < 4]
    assert sorted(call["account"] for call in shown) == pressed, "all of them, and each once"
    assert {call["presses"] for call in shown} == {1}

    call = rehearsal.act("answer", shown[0])
    visit = rehearsal.send(call)
    rehearsal.carer("accept", visit)
    with pytest.raises(NotNow):
        rehearsal.carer("finish", visit, report={})  # "there" was lost on its way: it is asked for, nothing breaks
    rehearsal.carer("arrive", visit)
    rehearsal.carer("finish", visit, report={})
    assert rehearsal.visit(visit)["stage"] == "finished"
    assert not rehearsal.verify().faults
