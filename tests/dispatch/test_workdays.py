"""Holidays and the weekends worked instead: by the library, and by the official table, which wins."""

from datetime import date

from dispatch.rules.workdays import HOLIDAY, WEEKEND, WORKDAY, Day, calendar


def one(day: str, official: tuple[dict[str, str], ...] = ()) -> Day:
    (found,) = calendar(date.fromisoformat(day), date.fromisoformat(day), official)
    return found


def test_a_sunday_worked_for_national_day_is_a_workday() -> None:
    assert one("2026-09-20") == Day(date(2026, 9, 20), WORKDAY, "调休上班", True)
    assert one("2026-10-10").exchanged
    assert one("2026-09-13").kind == WEEKEND


def test_the_whole_of_a_holiday_is_one_the_weekend_in_it_and_the_day_exchanged_for_it_too() -> None:
    october = calendar(date(2026, 10, 1), date(2026, 10, 8))
    assert [day.kind for day in october] == [HOLIDAY] * 7 + [WORKDAY]
    assert [day.kind for day in calendar(date(2026, 6, 18), date(2026, 6, 22))] == [WORKDAY, *[HOLIDAY] * 3, WORKDAY]
    assert october[3].name
    assert {day.kind for day in calendar(date(2025, 12, 29), date(2025, 12, 31))} == {WORKDAY}


def test_a_run_of_free_days_across_new_year_is_one_holiday() -> None:
    assert [day.kind for day in calendar(date(2027, 1, 1), date(2027, 1, 4))] == [HOLIDAY] * 3 + [WORKDAY]


def test_the_official_table_wins_for_its_whole_year_and_for_no_other() -> None:
    table = (
        {"day": "2026-10-08", "kind": HOLIDAY, "name": "国庆节"},
        {"day": "2026-10-11", "kind": WORKDAY, "name": ""},
    )
    assert one("2026-10-08", table).kind == HOLIDAY
    assert one("2026-10-01", table).kind == WORKDAY, "the table does not name it"
    assert one("2026-10-11", table).exchanged
    assert one("2026-10-10", table).kind == WEEKEND
    assert one("2025-10-01", table).kind == HOLIDAY
