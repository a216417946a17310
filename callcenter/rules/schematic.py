"""The district as a schematic: places on a grid, each in a field of its own, lying to each other as they really do.

A map to scale would put two thirds of the communities on top of each other and leave the rest alone in white space. So
places are spread first (halfway between where they are and their rank from west to east and from north to south) and
then each takes the field of a grid that is nearest to it. Fields are exchanged until no exchange of two would bring
anybody nearer; hence of two places never both directions are turned round: who lies north-east of another is never
drawn to the south-west. The same places give the same picture.
"""

from collections.abc import Sequence
from math import ceil, cos, radians, sqrt
from typing import NamedTuple

SPARE = 1.4  # fields for each place: room to keep directions, without emptiness
TALL = 0.75  # columns to rows of the pane it is drawn in
RANK = 0.5  # how much rank counts beside distance
LEAST = 1e-12  # an exchange must gain more than arithmetic may lose


class Place(NamedTuple):
    """WGS-84 degrees."""

    name: str
    latitude: float
    longitude: float


class Field(NamedTuple):
    """``column`` from the west, ``row`` from the north, from 0."""

    column: int
    row: int


def schematic(places: Sequence[Place]) -> dict[str, Field]:
    """A field for each name. Raises ``ValueError`` when a name stands twice."""
    names = [place.name for place in places]
    if len(set(names)) != len(names):
        raise ValueError("a place stands twice in the list")
    if not places:
        return {}
    ordered = sorted(places)
    columns = max(1, round(sqrt(SPARE * TALL * len(places))))
    rows = ceil(SPARE * len(places) / columns)
    narrow = cos(radians(ordered[0].latitude))
    across = _spread([place.longitude * narrow for place in ordered], columns)
    down = _spread([-place.latitude for place in ordered], rows)
    wanted = list(zip(across, down, strict=True))
    fields = [Field(column, row) for row in range(rows) for column in range(columns)]
    taken = _exchanged(wanted, _first(wanted, fields))
    return dict(zip((place.name for place in ordered), _closed_up(taken[: len(ordered)]), strict=True))


def _spread(along: Sequence[float], fields: int) -> list[float]:
    """From 0 to ``fields`` - 1, in the same order; equal stays equal."""
    values = sorted(set(along))
    width = (values[-1] - values[0]) or 1.0
    steps = max(1, len(values) - 1)
    rank = {value: number / steps for number, value in enumerate(values)}
    return [(fields - 1) * ((1 - RANK) * (at - values[0]) / width + RANK * rank[at]) for at in along]


def _first(wanted: Sequence[tuple[float, float]], fields: Sequence[Field]) -> list[Field]:
    """Everybody in turn takes the nearest field that is free; those left over come behind."""
    free = list(fields)
    taken = []
    for place in wanted:
        nearest = min(free, key=lambda field: (_away(place, field), field))
        free.remove(nearest)
        taken.append(nearest)
    return taken + free


def _exchanged(wanted: Sequence[tuple[float, float]], fields: list[Field]) -> list[Field]:
    """Two change their fields, or one takes a free one, while that brings them nearer together."""
    better = True
    while better:
        better = False
        for one in range(len(wanted)):
            for other in range(one + 1, len(fields)):
                if _gain(wanted, fields, one, other) > LEAST:
                    fields[one], fields[other] = fields[other], fields[one]
                    better = True
    return fields


def _gain(wanted: Sequence[tuple[float, float]], fields: Sequence[Field], one: int, other: int) -> float:
    now = _away(wanted[one], fields[one])
    then = _away(wanted[one], fields[other])
    if other < len(wanted):
        now += _away(wanted[other], fields[other])
        then += _away(wanted[other], fields[one])
    return now - then


def _away(place: tuple[float, float], field: Field) -> float:
    return (place[0] - field.column) ** 2 + (place[1] - field.row) ** 2


def _closed_up(taken: Sequence[Field]) -> list[Field]:
    """Without the columns and rows that nobody is in."""
    columns = {column: number for number, column in enumerate(sorted({field.column for field in taken}))}
    rows = {row: number for number, row in enumerate(sorted({field.row for field in taken}))}
    return [Field(columns[field.column], rows[field.row]) for field in taken]


def nearest(places: Sequence[Place], latitude: float, longitude: float) -> str:
    """The name of the place nearest to a point; at this distance the earth is flat. Empty without places."""
    narrow = cos(radians(latitude))

    def away(place: Place) -> tuple[float, str]:
        return (place.latitude - latitude) ** 2 + ((place.longitude - longitude) * narrow) ** 2, place.name

    return min(places, key=away).name if places else ""
