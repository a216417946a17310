"""Areas: which homes a warning or a roll call is about: pairs of scope and place, as ("community", "小桥社区")."""

from collections.abc import Iterable, Sequence

from callcenter.rules.events import Row
from callcenter.rules.incidents import BUILDING, COMMUNITY, DISTRICT, GATEWAY, LINE, places_of

STATION, STREET = "station", "street"
SCOPES = (DISTRICT, STATION, STREET, COMMUNITY, BUILDING, LINE)  # what may be chosen; the district is the whole centre
Area = tuple[str, str]
WHOLE: Area = (DISTRICT, "")


def areas_of(home: Row) -> frozenset[Area]:
    """Every area a home is in: ``station_id``, ``street``, ``community``, ``address``, ``building``, ``lines``."""
    found = {*places_of(home).items(), (STATION, str(home["station_id"] or "")), (STREET, home["street"])}
    found |= {(LINE, line) for line in home.get("lines", ())}
    return frozenset(area for area in found if area[1] or area == WHOLE)


def inside(home: Row, areas: Iterable[Area]) -> bool:
    return not areas_of(home).isdisjoint(areas)


def area_of_incident(scope: str, place: str) -> Area:
    """Where the homes of an incident are; a gateway that hears nobody is everybody's matter."""
    return WHOLE if scope == GATEWAY else (scope, place)


def told(areas: Iterable[Sequence[str]]) -> list[Area]:
    """Areas as JSON has kept them."""
    return [(scope, place) for scope, place in areas]
