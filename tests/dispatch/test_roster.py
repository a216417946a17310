"""Who is on shift at a moment."""

from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.times import later
from dispatch.rules.roster import Duty, Shift, on_shift

DAY = "2026-11-21T{}:00.000Z"


def at(clock: str) -> str:
    return DAY.format(clock)


MORNING = Shift(1, at("00:00"), at("08:00"))


def test_a_shift_holds_from_its_start_until_just_before_its_end() -> None:
    assert 1 in on_shift([MORNING], at("00:00"))
    assert 1 in on_shift([MORNING], at("07:59"))
    assert on_shift([MORNING], at("08:00")) == {}
    assert on_shift([MORNING], "2026-11-20T23:59:59.999Z") == {}


def test_the_last_half_hour_ends_soon() -> None:
    assert on_shift([MORNING], at("07:29"))[1] == Duty(at("08:00"), False, "A")
    assert on_shift([MORNING], at("07:30"))[1].ends_soon


def test_shifts_that_touch_or_overlap_count_as_one() -> None:
    evening = Shift(1, at("08:00"), at("12:00"), "B")
    doubled = Shift(1, at("07:00"), at("09:00"))
    assert on_shift([evening, doubled, MORNING], at("07:50"))[1] == Duty(at("12:00"), False, "A")


def test_a_gap_ends_the_duty() -> None:
    later_today = Shift(1, at("10:00"), at("12:00"))
    assert on_shift([later_today, MORNING], at("07:50"))[1].ends_at == at("08:00")


def test_each_carer_has_an_own_roster() -> None:
    assert set(on_shift([MORNING, Shift(2, at("00:00"), at("01:00"))], at("02:00"))) == {1}


starts = st.integers(0, 600).map(lambda minutes: later(at("00:00"), minutes * 60))
shifts = st.builds(
    lambda carer, start, hours: Shift(carer, start, later(start, hours * 3600)),
    st.integers(1, 3),
    starts,
    st.integers(1, 8),
)


@given(st.lists(shifts, max_size=12), starts, st.randoms())
def test_on_shift_is_exactly_who_has_a_running_shift(roster: list[Shift], now: str, chance: object) -> None:
    duties = on_shift(roster, now)
    assert set(duties) == {shift.carer_id for shift in roster if shift.starts_at <= now < shift.ends_at}
    assert all(duty.ends_at > now for duty in duties.values())
    chance.shuffle(roster)  # type: ignore[attr-defined]
    assert on_shift(roster, now) == duties
