"""The tier that a person's facts speak for: with reasons, and never lower for more of them."""

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.risk import HIGHEST, LOWEST, MIDDLE, Facts, highest_tier, propose, watched_closely

HOUSE = Path(__file__).resolve().parents[2]
FACTS = st.builds(
    Facts, age=st.none() | st.integers(50, 110), alone=st.booleans(), critical=st.booleans(), falls=st.integers(0, 4),
    calls=st.integers(0, 9), untrusted=st.booleans(), unreached=st.integers(0, 3),
)  # fmt: skip


def test_the_tiers_people_stand_in_are_explained() -> None:
    assert propose(Facts(age=70)).tier == LOWEST
    lone = propose(Facts(age=84, alone=True, critical=True))
    assert (lone.tier, lone.reasons) == (MIDDLE, ("critical", "old", "alone"))
    assert propose(Facts(age=91, alone=True, falls=1)).tier == HIGHEST


@given(FACTS)
def test_one_more_reason_never_lowers_the_tier(facts: Facts) -> None:
    now = propose(facts)
    for worse in (replace(facts, critical=True), replace(facts, falls=facts.falls + 1), replace(facts, alone=True)):
        assert propose(worse).tier <= now.tier
        assert set(now.reasons) <= set(propose(worse).reasons)
    assert (now.points == 0) == (not now.reasons)


def test_whose_silence_sends_somebody() -> None:
    assert watched_closely(HIGHEST, 60, alone=False)
    assert watched_closely(LOWEST, 80, alone=True)
    assert not watched_closely(LOWEST, 80, alone=False)
    assert not watched_closely(MIDDLE, None, alone=True)
    assert highest_tier(["C", "", "B"]) == MIDDLE
    assert highest_tier([]) == LOWEST


def test_the_highest_tier_has_one_name() -> None:
    """Written out elsewhere it would one day be another."""
    literal = re.compile(r"""tier[\]"')\w ]*(==|!=) *["'][ABC]["']|["'][ABC]["'] *(in|not in) .*tier""")
    found = [f"{path.name}:{n}" for storey in ("callcenter", "dispatch") for path in (HOUSE / storey).rglob("*.py")
             for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if literal.search(line)]  # fmt: skip
    assert not found
