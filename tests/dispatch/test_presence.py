"""A phone is fresh for a minute, stale until three, then lost."""

import pytest

from callcenter.rules.times import later
from dispatch.rules.presence import presence

NOW = "2026-11-23T02:00:00.000Z"


@pytest.mark.parametrize(
    ("silent", "state"), [(0, "fresh"), (59.9, "fresh"), (60, "stale"), (179.9, "stale"), (180, "lost"), (-5, "fresh")]
)
def test_a_phone_is_as_present_as_it_last_spoke(silent: float, state: str) -> None:
    assert presence(later(NOW, -silent), NOW) == state


def test_a_phone_that_never_spoke_is_lost() -> None:
    assert presence(None, NOW) == presence("", NOW) == "lost"
