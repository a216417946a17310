"""The rules of the desk: how much is on a plate, the busiest ten minutes, whose silence is proved; a day of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.seats import FLOOD_SECONDS, LOST_SECONDS, Beats, load, peak
from callcenter.rules.times import later, seconds_between, stamp
from callcenter.seat_figures import day
from tests.conftest import MORNING, SERVICE, Rehearsal
from tests.desks import Desks

NOW = stamp(MORNING)


def tab(user: int, ago: float, web: str = "web:1", sound: str = "on") -> dict[str, object]:
    return {"user_id": user, "web": web, "sound": sound, "looking": "", "at": later(NOW, -ago), "gone": False}


def web(name: str, ago: float, age: float) -> dict[str, str]:
    return {"name": name, "at": later(NOW, -ago), "since": later(NOW, -age)}


@given(st.floats(0, 3600), st.floats(0, 3600), st.floats(0, 3600))
def test_no_silence_is_longer_than_somebody_has_listened(heard: float, wrote: float, age: float) -> None:
    beats = Beats([tab(1, heard)], [web("web:1", wrote, wrote + age)], NOW)
    silent = beats.silent_for(1, later(NOW, -7200))
    assert silent <= age + 0.002
    assert silent <= max(0.0, heard - wrote) + 0.002
    if wrote > 8.1:
        assert silent == 0  # nobody writes now: nobody can swear to anything


def test_whose_own_web_process_is_dead_gets_longer_to_find_another() -> None:
    living = [web("web:2", 1, 600)]
    assert Beats([tab(1, 45, "web:2")], living, NOW).silent_for(1, "") >= LOST_SECONDS
    assert Beats([tab(1, 45, "web:1")], living, NOW).silent_for(1, "") < LOST_SECONDS
    assert Beats([tab(1, 65, "web:1")], living, NOW).silent_for(1, "") >= LOST_SECONDS


@given(st.lists(st.integers(0, 7200), max_size=60).map(sorted))
def test_the_busiest_ten_minutes_are_the_most_in_any_of_them(seconds: list[int]) -> None:
    moments = [later(NOW, one) for one in seconds]
    most = max((sum(0 <= seconds_between(a, b) < FLOOD_SECONDS for b in moments) for a in moments), default=0)
    assert peak(moments) == most


def test_what_rings_is_shared_by_who_is_there() -> None:
    assert (load(3, 0, 2), load(3, 7, 2), load(0, 7, 0)) == (3, 7, 7)


def test_a_day_at_the_desk_is_counted_from_the_log(rehearsal: Rehearsal) -> None:
    desks, begins = Desks(rehearsal), stamp(rehearsal.now)
    desks.sit(rehearsal.operator)
    for number in range(3):
        call = rehearsal.press(str(1420 + number), SERVICE)
        rehearsal.now += timedelta(seconds=10 * (number + 1))
        rehearsal.act("answer", call)
    rehearsal.now += timedelta(seconds=40)
    desks.do("sign_off", rehearsal.operator, "shift_end", "")
    rehearsal.now += timedelta(seconds=500)
    (line,) = day(rehearsal.book, begins, later(begins, 86400), stamp(rehearsal.now))
    assert (line.name, line.taken, line.longest_wait, line.peak, line.on_duty) == ("李敏", 3, 30.0, 3, 100.0)
