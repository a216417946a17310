"""A cell of the grid read into shifts and written back; the nights on which the clocks change."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.cells import Unreadable
from callcenter.rules.times import seconds_between
from dispatch.rules.shift_letters import OFF, TEMPLATES, day_of, pieces, tidy, written

XINING, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
DAY = date(2026, 12, 1)
CLOCK = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02d}:{t[1]:02d}")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("e", "E"), (" Ｎ ", "N"), ("早", "E"), ("小晚", "P"), ("休", ""), ("r", ""), ("-", ""), ("年假", "V"),
     ("e、8:00—9:00b", "E+8:00-9:00B"), ("10:00～14:00", "10:00-14:00")],
)  # fmt: skip
def test_what_people_type_is_tidied(typed: str, kept: str) -> None:
    assert tidy(typed, TEMPLATES) == kept


def test_a_night_ends_on_the_next_day_and_belongs_to_the_day_it_begins() -> None:
    (night,) = pieces("N", DAY, TEMPLATES, XINING)
    assert (night.starts_at, night.ends_at) == ("2026-12-01T15:30:00.000Z", "2026-12-02T00:00:00.000Z")
    assert day_of(night.starts_at, XINING) == "2026-12-01"
    (evening,) = pieces("L", DAY, TEMPLATES, XINING)
    assert evening.ends_at == "2026-12-01T16:00:00.000Z"


@pytest.mark.parametrize("text", ["Q", "25:00-26:00", "9", "E+Q", "10:70-11:00", "24:30-25:00"])
def test_what_is_no_shift_is_refused_with_the_letters_there_are(text: str) -> None:
    with pytest.raises(Unreadable):
        pieces(text, DAY, TEMPLATES, XINING)


def test_a_shift_at_another_station_carries_its_code() -> None:
    found = pieces("E@st2+17:00-20:00b@ST3", DAY, TEMPLATES, XINING)
    assert [(piece.station, piece.post) for piece in found] == [("ST2", "A"), ("ST3", "B")]
    assert written(found, TEMPLATES, XINING) == "E@ST2+17:00-20:00B@ST3"


@pytest.mark.parametrize("letter", OFF)
def test_a_reason_to_be_off_is_no_shift(letter: str) -> None:
    assert pieces(letter, DAY, TEMPLATES, XINING) == []


@given(
    st.lists(st.sampled_from([t.letter for t in TEMPLATES]), unique=True, max_size=2),
    CLOCK,
    CLOCK,
    st.sampled_from(["", "B"]),
    st.integers(0, 365),
    st.sampled_from([XINING, BERLIN]),
)
def test_a_cell_written_back_is_the_same_shifts(
    letters: list[str], start: str, end: str, post: str, offset: int, zone: ZoneInfo
) -> None:
    day = date(2026, 1, 1) + timedelta(days=offset)
    found = pieces("+".join([*letters, f"{start}-{end}{post}"]), day, TEMPLATES, zone)
    if any(day_of(piece.starts_at, zone) != day.isoformat() for piece in found):
        return  # an hour that this day does not have
    again = pieces(written(found, TEMPLATES, zone), day, TEMPLATES, zone)
    plain = [piece._replace(rest_minutes=0) for piece in sorted(found)]
    assert [piece._replace(rest_minutes=0) for piece in sorted(again)] == plain or (
        zone is BERLIN and day.month in (3, 10)
    )


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7.5), (date(2026, 10, 24), 9.5), (DAY, 8.5)])
def test_the_night_the_clocks_change_is_an_hour_shorter_or_longer(day: date, hours: float) -> None:
    (night,) = pieces("N", day, TEMPLATES, BERLIN)
    assert seconds_between(night.starts_at, night.ends_at) == hours * 3600


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_shifts_that_meet_on_the_wall_meet_in_time_even_in_the_hour_that_is_missing_or_twice(day: date) -> None:
    for clock in ("01:30", "02:00", "02:30", "03:00"):
        first, second = (pieces(text, day, TEMPLATES, BERLIN)[0] for text in (f"00:00-{clock}", f"{clock}-08:00"))
        assert first.ends_at == second.starts_at
    around = [p for n in (-1, 0, 1) for text in ("00:00-12:00", "12:00-24:00")
              for p in pieces(text, day + timedelta(days=n), TEMPLATES, BERLIN)]  # fmt: skip
    assert all(one.ends_at == other.starts_at for one, other in pairwise(around))
