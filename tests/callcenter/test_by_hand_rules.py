"""Which times of a paper can be true: in order, not in the future, and outside of an outage only with a reason."""

from hypothesis import given
from hypothesis import strategies as st

from callcenter.rules.by_hand import AHEAD_SECONDS, TIMES, why_not
from callcenter.rules.times import later

NOW = "2026-11-23T10:00:00.000Z"
AWAY = (later(NOW, -7200), later(NOW, -3600))
moments = st.one_of(st.none(), st.integers(-20_000, 200).map(lambda seconds: later(NOW, seconds)))
papers = st.fixed_dictionaries({name: moments for name in TIMES if name != "opened_at"}).flatmap(
    lambda rest: st.integers(-20_000, 200).map(lambda seconds: {**rest, "opened_at": later(NOW, seconds)})
)


@given(papers, st.sampled_from(["", "断电"]), st.sampled_from([None, AWAY]))
def test_what_is_taken_can_be_true_and_a_reason_mends_only_the_outage(
    times: dict[str, str | None], reason: str, known: tuple[str, str] | None
) -> None:
    refused = why_not(times, NOW, known, reason)
    said = [at for name in TIMES if (at := times[name])]
    possible = said == sorted(said) and max(said) <= later(NOW, AHEAD_SECONDS)
    assert (refused in ("future", "out_of_order")) == (not possible)
    if not possible:
        return
    begun = times["opened_at"] or ""
    away = known is not None and known[0] <= begun <= known[1]
    assert (refused == "") == (bool(reason) or away)


def test_the_edges_of_the_outage_belong_to_it() -> None:
    for at in AWAY:
        assert why_not({"opened_at": at}, NOW, AWAY, "") == ""
    assert why_not({"opened_at": later(AWAY[1], 0.001)}, NOW, AWAY, "") == "not_the_outage"
