"""A month proposed: each station turns one wheel, and everybody moves one place on each day, so nights are shared.

A supervisor starts from something valid and changes what life asks for. With six carers: early, day, evening, free,
night, free; with more there are more free days; with fewer than five no wheel turns, and the month is made by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import date

OPENING, NIGHT = ("E", "D", "L"), "N"
LEAST = 5  # carers without whom no wheel turns: three day shifts, a night, and the day after it


def wheel(size: int) -> list[str]:
    """The letters of one turn; the night stands before the last place, which is free after it."""
    if size < LEAST:
        return []
    places = [*OPENING, *[""] * (size - len(OPENING))]
    places[size - 2] = NIGHT
    return places


def propose(
    carers: Sequence[str], days: Sequence[date], before: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """``{carer: {day: letter}}``. ``before`` are the cells of the days before, so that the turn goes on where it is."""
    places = wheel(len(carers))
    if not places:
        return {code: {} for code in carers}
    turn = max(range(len(places)), key=lambda one: (_agrees(carers, places, one, before), -one))
    return {
        code: {d.isoformat(): letter for d in days if (letter := _letter(places, number, d, turn))}
        for number, code in enumerate(carers)
    }


def _letter(places: Sequence[str], number: int, day: date, turn: int) -> str:
    return places[(number + day.toordinal() + turn) % len(places)]


def _agrees(carers: Sequence[str], places: Sequence[str], turn: int, before: Mapping[str, Mapping[str, str]]) -> int:
    return sum(
        _letter(places, number, date.fromisoformat(day), turn) == text
        for number, code in enumerate(carers)
        for day, text in before.get(code, {}).items()
        if text
    )
