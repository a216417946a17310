"""What a home needs, read from its row."""

import pytest

from dispatch.choosing import need


@pytest.mark.parametrize(
    ("holder", "at_station"),
    [("站点保管", True), ("朝阳社区日间照料中心", True), ("仅家属有", False), ("对门邻居", False), ("", False)],
)
def test_only_a_key_the_station_holds_makes_its_own_carers_quicker(holder: str, at_station: bool) -> None:
    home = {"station": "朝阳社区日间照料中心", "key_holder": holder}
    assert need(home, 1).key_at_station is at_station


def test_a_home_nobody_registered_still_has_a_need() -> None:
    assert need({}, 1).priority == 1
    assert not need({}, 1).key_at_station
