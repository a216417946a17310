"""The links into the carer's own map: each in its own coordinates, within 2 m of what another converter says."""

import re
from urllib.parse import parse_qs, unquote, urlparse

import pytest

from dispatch.rules.eta import Position, distance
from dispatch.rules.maps import links

# WGS-84, GCJ-02 and BD-09 of the same places, as gcoord 1.0.7 computes them.
KNOWN = (
    ((36.6171, 101.7782), (36.6170183, 101.7801325), (36.6231744, 101.7865928)),  # Xining
    ((36.65, 101.76), (36.6499497, 101.761954), (36.6562568, 101.7683541)),
    ((39.907375, 116.391349), (39.9087763, 116.3975902), (39.9151198, 116.403963)),  # Beijing
    ((22.5431, 114.0579), (22.5403828, 114.063014), (22.5460416, 114.069564)),  # Shenzhen
    ((43.8256, 87.6168), (43.8268054, 87.6196499), (43.8329498, 87.6260998)),  # Ürümqi
)


def place(link: str) -> Position:
    """Where a link leads, latitude first, in the map's own coordinates."""
    query = parse_qs(urlparse(link).query)
    if "to" in query and "tocoord" not in query:
        east, north, _name = query["to"][0].split(",")
        return Position(float(north), float(east))
    told = (query.get("tocoord") or query.get("daddr") or [unquote(link)])[0]
    found = re.search(r"(-?[\d.]+),(-?[\d.]+)", told.rpartition("latlng:")[2])
    assert found
    return Position(float(found[1]), float(found[2]))


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), KNOWN)
def test_every_map_is_given_the_place_in_its_own_system(
    wgs84: tuple[float, float], gcj02: tuple[float, float], bd09: tuple[float, float]
) -> None:
    found = links(*wgs84, "car")
    assert found
    assert found.keys() == {"amap", "tencent", "baidu", "apple"}
    for name, link in found.items():
        meant = Position(*(bd09 if name == "baidu" else gcj02))
        assert distance(place(link), meant) < 2, name
    assert distance(place(found["amap"]), Position(*wgs84)) > 100, "a whole street away from the uncorrected place"


def test_the_means_of_travel_is_told_and_the_elder_is_not() -> None:
    on_foot, riding = links(36.65, 101.76, "walk"), links(36.65, 101.76, "e_bike")
    assert on_foot
    assert riding
    assert ("mode=walk" in on_foot["amap"], "type=walk" in on_foot["tencent"]) == (True, True)
    assert ("mode=ride" in riding["amap"], "mode=riding" in riding["baidu"]) == (True, True)
    assert "coord_type=bd09ll" in riding["baidu"]
    assert links(None, 101.76, "car") is None
