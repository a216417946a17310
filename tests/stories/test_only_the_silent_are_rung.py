"""平安打卡, absences, reminders: a sign of life is enough, silence is not; a press rings whoever is away."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.times import later, stamp
from callcenter.rules.triage import meant_by
from callcenter.store.tables import device_models, devices, ok_checks, protection, residents
from devices.signal import Kind, Signal
from tests.conftest import SERVICE, SOS, Rehearsal

DAY = 86400.0
OK_KEY = "161601004"  # a service code of zone 4, which the model says is the key for 平安


def lone_elder(rehearsal: Rehearsal, number: int = 0) -> Row:
    """Somebody who lives alone, with ``account``."""
    with rehearsal.database.read() as conn:
        query = select(residents, devices.c.account).join(devices, devices.c.home_id == residents.c.home_id)
        found = conn.execute(query.where(residents.c.lives_alone, residents.c.tier == "C").order_by(residents.c.id))
        return dict(found.mappings().all()[number])


def with_an_ok_key(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        keys = {"1": "sos", "2": "service", "3": "family", "4": "ok"}
        conn.execute(update(device_models).values(keys=keys))
    rehearsal.memory.forget()


def enrol(rehearsal: Rehearsal, who: Row, until: int = 11 * 60) -> None:
    with rehearsal.writing() as w:
        rehearsal.welfare.ok_checks.enrol(w, rehearsal.operator, who["id"], 6 * 60, until)


def pass_time(rehearsal: Rehearsal, seconds: float) -> None:
    rehearsal.now += timedelta(seconds=seconds)
    rehearsal.welfare.tick(stamp(rehearsal.now))


def listed(rehearsal: Rehearsal, kind: str) -> list[Row]:
    with rehearsal.database.read() as conn:
        return [row for row in rehearsal.welfare.rounds.open_entries(conn) if row["kind"] == kind]


def checked(rehearsal: Rehearsal, who: Row) -> Row:
    with rehearsal.database.read() as conn:
        return dict(conn.execute(select(ok_checks).where(ok_checks.c.id == str(who["id"]))).mappings().one())


def go_away(rehearsal: Rehearsal, who: Row, days: float, kind: str = "hospital") -> Row:
    with rehearsal.writing() as w:
        until = later(stamp(rehearsal.now), days * DAY)
        return rehearsal.welfare.absences.begin(w, rehearsal.operator, who["id"], kind, until, "女儿")


# --- 平安打卡 ---------------------------------------------------------------------------------------------------


def test_the_ok_key_is_a_sign_and_opens_nothing_but_sos_always_rings(rehearsal: Rehearsal) -> None:
    with_an_ok_key(rehearsal)
    who = lone_elder(rehearsal)
    enrol(rehearsal, who)
    rehearsal.receive(rehearsal.frame(who["account"], OK_KEY))
    assert rehearsal.cases.live() == []
    told = rehearsal.log.stream(f"device:{who['account']}")
    assert [(e.kind, e.body["kind"]) for e in told] == [("DeviceReported", "ok")]  # kept, not hidden
    pass_time(rehearsal, 3601)  # eleven o'clock
    assert listed(rehearsal, "ok") == []
    assert (checked(rehearsal, who)["heard_how"], checked(rehearsal, who)["silent_at"]) == ("press", None)

    assert rehearsal.press(who["account"], SOS)["priority"] == 1
    assert rehearsal.press(lone_elder(rehearsal, 1)["account"], SERVICE)["kind"] == "service"
    assert rehearsal.verify().faults == []


def test_an_ok_key_pressed_again_and_again_rings(rehearsal: Rehearsal) -> None:
    with_an_ok_key(rehearsal)
    who = lone_elder(rehearsal)
    for _ in range(3):
        rehearsal.receive(rehearsal.frame(who["account"], OK_KEY))
    (call,) = rehearsal.cases.live()
    assert (call["kind"], call["home_id"]) == ("service", who["home_id"])


@given(st.sampled_from(["1", "01", "001", "0", "000", ""]), st.sampled_from([str(kind) for kind in Kind]))
def test_no_table_makes_the_red_key_say_that_all_is_well(zone: str, meant: str) -> None:
    keys = {"0": meant, "1": meant, "": meant}
    assert meant_by(Signal("1001", Kind.SOS, "CID 101", zone=zone), keys).kind is not Kind.OK
    assert meant_by(Signal("1001", Kind.FALL, "CID 103", zone="4"), {"4": meant}).kind is Kind.FALL


def test_only_the_silent_are_rung_and_who_is_not_reached_is_visited(rehearsal: Rehearsal) -> None:
    silent, well = lone_elder(rehearsal), lone_elder(rehearsal, 1)
    enrol(rehearsal, silent)
    enrol(rehearsal, well)
    call = rehearsal.press(well["account"], SERVICE)
    rehearsal.act("answer", call)
    rehearsal.act("close", rehearsal.call(call), seen_version=rehearsal.call(call)["version"], outcome="advice",
                  evidence="spoke_clearly", words="要水")  # fmt: skip
    pass_time(rehearsal, 3601)
    (entry,) = listed(rehearsal, "ok")
    assert (entry["resident_id"], entry["urgent"]) == (silent["id"], True)
    pass_time(rehearsal, 1801)  # nobody at the desk got round to it
    case = next(call for call in rehearsal.cases.live() if call["home_id"] == silent["home_id"])
    assert (case["kind"], case["priority"], bool(case["requested_at"])) == ("welfare", 2, True)
    pass_time(rehearsal, DAY)  # the next morning both are looked at again
    assert checked(rehearsal, well)["silent_at"]
    assert rehearsal.verify().faults == []


def test_a_press_after_the_window_takes_a_name_off_the_list_unless_they_are_being_rung(rehearsal: Rehearsal) -> None:
    late, rung = lone_elder(rehearsal), lone_elder(rehearsal, 1)
    enrol(rehearsal, late)
    enrol(rehearsal, rung)
    pass_time(rehearsal, 3601)
    mine = next(row for row in listed(rehearsal, "ok") if row["resident_id"] == rung["id"])
    with rehearsal.writing() as w:
        rehearsal.welfare.ringing.take(w, mine["id"], rehearsal.operator)
    for who in (late, rung):
        rehearsal.press(who["account"], SERVICE)
    pass_time(rehearsal, 11)
    assert [row["id"] for row in listed(rehearsal, "ok")] == [mine["id"]]


# --- 外出、住院 -------------------------------------------------------------------------------------------------


def test_in_hospital_the_watch_is_quiet_and_a_press_rings(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)
    enrol(rehearsal, who)
    rehearsal.beats(60)
    absence = go_away(rehearsal, who, 10)
    assert (absence["kind"], absence["told_by"], absence["set_by"]) == ("hospital", "女儿", "李敏")
    rehearsal.beats(5 * 3600, silent={who["account"]}, step=300)  # past the welfare call of a silent home
    with rehearsal.database.read() as conn:
        mine = select(protection).where(protection.c.home_id == who["home_id"], protection.c.until.is_(None))
        period = conn.execute(mine).mappings().one()
    assert (period["status"], period["reason"], period["persons"]) == ("away", "away", 0)  # a state of its own
    assert [call for call in rehearsal.cases.live() if call["home_id"] == who["home_id"]] == []
    pass_time(rehearsal, 1)
    assert listed(rehearsal, "ok") == []

    call = rehearsal.press(who["account"])
    assert (call["priority"], call["stage"]) == (1, "waiting")
    (row,) = [row for row in rehearsal.welfare.away.listed(True) if row["id"] == absence["id"]]
    assert row["pressed_at"]  # and the list says that somebody is there
    assert rehearsal.verify().faults == []


def test_an_absence_ends_by_itself_and_somebody_asks_whether_they_are_back(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)
    go_away(rehearsal, who, 3, "travel")
    pass_time(rehearsal, 2 * DAY + 1)
    (entry,) = listed(rehearsal, "absence")
    assert not entry["urgent"]  # the day before: does she come back?
    with rehearsal.writing() as w:
        taken = rehearsal.welfare.ringing.next(w, rehearsal.operator)
        rehearsal.welfare.ringing.say(w, taken["id"], rehearsal.operator, "well", "明天回来")
    pass_time(rehearsal, DAY)
    with rehearsal.database.read() as conn:
        assert conn.execute(select(residents.c.away_until).where(residents.c.id == who["id"])).scalar() is None
    (entry,) = listed(rehearsal, "absence")
    assert entry["urgent"]  # is she back?
    assert rehearsal.welfare.away.listed(True) == []
    pass_time(rehearsal, 4 * 3600 + 1)  # nobody asked: somebody looks
    (case,) = [call for call in rehearsal.cases.live() if call["home_id"] == who["home_id"]]
    assert (case["kind"], case["priority"]) == ("welfare", 2)
    assert rehearsal.verify().faults == []


def test_still_in_hospital_is_a_new_day_and_never_without_an_end(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)
    for days in (0, -1, 61):
        with pytest.raises(NotNow):
            go_away(rehearsal, who, days)
    first = go_away(rehearsal, who, 2)
    pass_time(rehearsal, 2 * DAY + 1)
    entry = listed(rehearsal, "absence")[0]
    until = later(stamp(rehearsal.now), 14 * DAY)
    with rehearsal.writing() as w:
        rehearsal.welfare.ringing.take(w, entry["id"], rehearsal.operator)
        rehearsal.welfare.ringing.say(w, entry["id"], rehearsal.operator, "away", "还要两周", until)
    (row,) = rehearsal.welfare.away.listed(True)
    assert (row["kind"], row["until_at"]) == ("hospital", until)
    assert row["id"] != first["id"]
    with rehearsal.writing() as w:
        rehearsal.welfare.absences.back(w, rehearsal.operator, row["id"])
    with rehearsal.writing() as w, pytest.raises(NotNow, match="has ended"):
        rehearsal.welfare.absences.back(w, rehearsal.operator, row["id"])
    assert rehearsal.verify().faults == []


def test_what_the_register_says_is_followed(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)

    def register(until: str | None) -> list[Row]:
        with rehearsal.database.write() as conn:
            conn.execute(update(residents).where(residents.c.id == who["id"]).values(away_until=until))
        pass_time(rehearsal, 61)
        return rehearsal.welfare.away.listed(True)

    now = stamp(rehearsal.now)
    assert register(later(now, 400 * DAY))[0]["until_at"] < later(now, 61 * DAY)  # imported without an end in sight
    assert register(later(now, 5 * DAY))[0]["until_at"] == later(now, 5 * DAY)
    assert register(None) == []
    assert rehearsal.welfare.away.listed(False)[0]["ended_why"] == "changed"
    assert rehearsal.verify().faults == []


# --- reminders ---------------------------------------------------------------------------------------------------


def test_a_medicine_twice_unconfirmed_is_an_operators_task(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)
    rehearsal.welfare.speaks(["panels"])
    with rehearsal.database.write() as conn:
        conn.execute(update(devices).where(devices.c.account == who["account"]).values(line="panels"))
    with rehearsal.writing() as w:
        made = rehearsal.welfare.reminding.set(
            w, rehearsal.operator, who["id"], "medicine", "吃降压药", [660, 720, 780]
        )
    pass_time(rehearsal, 3601)  # eleven: said
    orders = [e.body for e in rehearsal.log.stream(f"device:{who['account']}") if e.kind == "DeviceOrdered"]
    assert [(body["what"], body["text"]) for body in orders] == [("tell", "吃降压药")]
    rehearsal.press(who["account"], SERVICE)
    pass_time(rehearsal, 1801)
    kinds = [e.kind for e in rehearsal.log.stream(f"reminder:{who['id']}")]
    assert kinds == ["ReminderSet", "ReminderTold", "ReminderConfirmed"]
    for _ in range(4):
        pass_time(rehearsal, 1801)
    assert [row["why"]["words"] for row in listed(rehearsal, "reminder")] == ["吃降压药"]
    with rehearsal.writing() as w:
        rehearsal.welfare.reminding.stop(w, rehearsal.operator, made["id"])
    assert rehearsal.verify().faults == []


def test_who_has_nothing_that_speaks_is_reminded_by_an_operator(rehearsal: Rehearsal) -> None:
    who = lone_elder(rehearsal)
    with rehearsal.writing() as w:
        rehearsal.welfare.reminding.set(w, rehearsal.operator, who["id"], "appointment", "下午去医院", [660])
    pass_time(rehearsal, 3601)
    assert [row["resident_id"] for row in listed(rehearsal, "reminder")] == [who["id"]]


# --- tiers -------------------------------------------------------------------------------------------------------


def test_a_person_decides_about_a_tier_and_it_is_kept(rehearsal: Rehearsal) -> None:
    tiers, today = rehearsal.welfare.tiers, rehearsal.now.date()
    with rehearsal.database.read() as conn:
        proposed = tiers.proposals(conn, today, stamp(rehearsal.now))
    up = next(row for row in proposed if row["proposed"] < row["tier"])
    assert up["reasons"]
    with rehearsal.writing() as w, pytest.raises(NotNow, match="needs words"):
        tiers.decide(w, rehearsal.supervisor, up["id"], up["tier"], "", today)
    with rehearsal.writing() as w:
        tiers.decide(w, rehearsal.supervisor, up["id"], up["proposed"], "", today)
    other = next(row for row in proposed if row["id"] != up["id"])
    with rehearsal.writing() as w:
        tiers.decide(w, rehearsal.supervisor, other["id"], other["tier"], "女儿同住", today)
    with rehearsal.database.read() as conn:
        left = {row["id"] for row in tiers.proposals(conn, today, stamp(rehearsal.now))}
        assert conn.execute(select(residents.c.tier).where(residents.c.id == up["id"])).scalar() == up["proposed"]
    assert left == {row["id"] for row in proposed} - {up["id"], other["id"]}
    assert rehearsal.verify().faults == []
