"""A seat whose tab closes or whose network is gone gives its calls back loudly; nobody loses one to a dead process."""

from datetime import timedelta

import pytest

from callcenter.rules.call import NotNow
from callcenter.store.users import Users
from tests.conftest import MAINS_LOST, Rehearsal
from tests.desks import Desks


def test_a_closed_tab_gives_its_calls_back_after_thirty_seconds_and_they_ring_everywhere(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.wait(5)
    desks.close("tab-of-1")
    desks.wait(24)
    assert rehearsal.call(call)["holder_id"] == 1
    desks.wait(12)
    row = rehearsal.call(call)
    assert (row["stage"], row["holder_id"], row["loss"]["how"], row["loss"]["from_name"]) == (
        "waiting", None, "given_back", "李敏")  # fmt: skip
    assert desks.seat(rehearsal.operator)["stage"] == "lost"
    assert desks.said("seat:1") == ["SeatSignedOn", "SeatLost"]
    lost = rehearsal.log.stream("seat:1")[-1].body
    assert lost["calls"] == [call["id"]]
    taken = rehearsal.act("answer", row, rehearsal.other)
    assert (taken["holder_name"], taken["owner_name"]) == ("王强", "李敏")
    assert not rehearsal.verify().faults


def test_a_seat_that_returns_within_thirty_seconds_keeps_everything(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.close("tab-of-1")
    desks.wait(25)
    desks.sit(rehearsal.operator, "loaded-again", sign_on=False)
    desks.wait(60)
    assert rehearsal.call(call)["holder_id"] == 1
    assert desks.said("seat:1") == ["SeatSignedOn"]


def test_with_two_tabs_the_other_one_keeps_the_seat(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.operator, "second", sound="elsewhere")
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.close("tab-of-1")
    desks.wait(60)
    assert rehearsal.call(call)["holder_id"] == 1


def test_who_comes_back_later_is_on_duty_again_and_is_told_what_was_lost(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.close("tab-of-1")
    desks.wait(40)
    desks.sit(rehearsal.operator, "back", sign_on=False)
    desks.wait(3)
    assert desks.seat(rehearsal.operator)["stage"] == "on"
    loss = rehearsal.call(call)["loss"]
    assert (loss["from_id"], loss["seen"]) == (1, False)
    desks.hand("loss_seen", call, rehearsal.operator)
    assert rehearsal.call(call)["loss"]["seen"]


@pytest.mark.parametrize("away", [10, 300])
def test_a_killed_web_process_takes_nobodys_calls(rehearsal: Rehearsal, away: int) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.kill("web:1")
    desks.wait(away)
    assert rehearsal.call(call)["holder_id"] == 1
    desks.start("web:9")
    desks.wait(60)
    assert rehearsal.call(call)["holder_id"] == 1
    assert "SeatLost" not in desks.said("seat:1")


@pytest.mark.parametrize("before", ["never sat down", "lost before"])
def test_a_console_that_dies_before_the_clock_looks_keeps_no_call(rehearsal: Rehearsal, before: str) -> None:
    """Found by the model check: taken while the clock's process was away, by somebody who was not on duty."""
    with rehearsal.database.write() as conn:
        Users.add(conn, {"login": "li", "name": "李敏", "role": "operator", "password_hash": "", "phone": ""})
    desks = Desks(rehearsal)
    desks.sit(rehearsal.other)
    desks.sit(rehearsal.operator, sign_on=before == "lost before")
    desks.wait(40)
    if before == "lost before":
        desks.close("tab-of-1")
        desks.wait(40)
    call = rehearsal.press("1417")
    desks.sit(rehearsal.operator, "back", sign_on=False)
    rehearsal.act("answer", call)
    desks.tabs = {name: tab for name, tab in desks.tabs.items() if tab["user"].id != 1}
    for _ in range(15):  # the web goes on, the clock does not
        rehearsal.now += timedelta(seconds=2)
        desks.says("tab-of-2")
        desks.webs["web:1"].write()
    desks.wait(70)
    row = rehearsal.call(call)
    assert (row["stage"], row["holder_id"], row["loss"]["how"]) == ("waiting", None, "given_back")
    assert desks.seat(rehearsal.operator)["stage"] == "lost"
    desks.wait(70)
    assert desks.said("seat:1").count("SeatLost") == (2 if before == "lost before" else 1), "and once is enough"
    assert not rehearsal.verify().faults


def test_of_two_web_processes_one_is_killed_and_its_tabs_go_to_the_other(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal, webs=2)
    desks.sit(rehearsal.operator, web="web:1")
    desks.sit(rehearsal.other, web="web:2")
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.kill("web:1")
    desks.wait(40)  # somebody else hears all the time, but their own process is dead: they get longer
    assert rehearsal.call(call)["holder_id"] == 1
    for tab in desks.tabs.values():
        tab["web"] = "web:2"
    desks.wait(60)
    assert rehearsal.call(call)["holder_id"] == 1


def test_nobody_is_lost_while_the_database_stands_still(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.store_away = True
    desks.wait(300)
    desks.store_away = False
    rehearsal.tick()  # the clock is the first to come back, before any console could say that it lives
    desks.wait(60)
    assert rehearsal.call(call)["holder_id"] == 1


@pytest.mark.parametrize("step", [-3600, 3600])
def test_a_clock_that_is_set_takes_nobodys_calls_and_hides_no_lost_seat(rehearsal: Rehearsal, step: int) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    rehearsal.now += timedelta(seconds=step)
    desks.wait(20)
    assert rehearsal.call(call)["holder_id"] == 1
    desks.close("tab-of-1")
    desks.wait(80)
    assert rehearsal.call(call)["stage"] == "waiting"


def test_a_seat_lost_at_the_very_moment_the_clock_is_set_back_is_still_found(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.close("tab-of-1")
    rehearsal.now -= timedelta(hours=1)
    desks.wait(90)
    assert rehearsal.call(call)["stage"] == "waiting"


def test_who_signs_off_gives_back_and_the_supervisor_hears_of_it(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    call, item = rehearsal.press("1417"), rehearsal.press("1418", MAINS_LOST)
    rehearsal.act("answer", call)
    rehearsal.act("answer", item)
    desks.do("sign_off", rehearsal.operator, "shift_end", "")
    assert [rehearsal.call(one)["stage"] for one in (call, item)] == ["waiting", "waiting"]
    assert rehearsal.kinds(call)[-1] == "CallGivenBack"
    rehearsal.wait(41)
    assert "CallOverflowed" in rehearsal.kinds(call)  # as any call that nobody answers
    assert not rehearsal.verify().faults


def test_whoever_is_on_the_line_already_gets_the_call_of_a_lost_seat(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    desks.sit(rehearsal.other)
    desks.wait(40)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.hand("join", call, rehearsal.other, kind="operator", name="", phone="", why="language")
    desks.close("tab-of-1")
    desks.wait(40)
    row = rehearsal.call(call)
    assert (row["stage"], row["holder_name"], row["loss"]["how"], row["joined"]) == (
        "answered", "王强", "passed_on", {})  # fmt: skip


def test_a_call_in_hand_at_an_open_console_makes_a_seat_of_it(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    database_users(rehearsal)
    desks.sit(rehearsal.operator, sign_on=False)
    call = rehearsal.act("answer", rehearsal.press("1417"))
    desks.wait(40)
    assert desks.seat(rehearsal.operator)["stage"] == "on"
    desks.close("tab-of-1")
    desks.wait(40)
    assert rehearsal.call(call)["stage"] == "waiting"


def test_a_break_needs_somebody_else_who_would_hear_a_call(rehearsal: Rehearsal) -> None:
    desks = Desks(rehearsal)
    desks.sit(rehearsal.operator)
    about = {"why": "meal", "minutes": 30, "words": ""}
    with pytest.raises(NotNow, match="Nobody else"):
        desks.do("take_break", rehearsal.operator, **about, anyway=False)
    desks.sit(rehearsal.other, sound="blocked")
    with pytest.raises(NotNow, match="Nobody else"):
        desks.do("take_break", rehearsal.operator, **about, anyway=False)
    desks.says("tab-of-2", sound="on")
    assert desks.do("take_break", rehearsal.operator, **about, anyway=False)["stage"] == "break"
    desks.wait(10)
    assert desks.said("seats") in ([], ["SomebodyListens"])


def database_users(rehearsal: Rehearsal) -> None:
    """The accounts behind the seats of the rehearsal."""
    users = Users(rehearsal.database)
    with rehearsal.database.write() as conn:
        for user in (rehearsal.operator, rehearsal.other):
            users.add(conn, {"id": user.id, "login": f"u{user.id}", "name": user.name, "role": user.role,
                             "password_hash": "-"})  # fmt: skip
