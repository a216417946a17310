"""The model check of the case life: a machine tries every command, timer and signal in any order."""

from collections import Counter
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from callcenter.rules import call
from callcenter.rules.events import KINDS
from dispatch.rules import visit
from tests.conftest import CANCEL, FALL, SERVICE, SOS
from tests.coroner.night import Night

OF_A_CALL = frozenset(call.LIFE) | frozenset(visit.LIFE)
PLUMBING = "an incident of the watch is nobody's press: test_outages and test_devices_silently_dead play it"
OUTSIDE = "what a provider of messages reports: the stories of messages play it, with channels that fail"
# Kinds of events of a call that no rule of the machine makes, and why not.
NOT_PLAYED = {
    **dict.fromkeys(("IncidentBegan", "IncidentGrew", "HomesReturned", "HomeSafe", "IncidentOver", "IncidentEnded"),
                    PLUMBING),
    **dict.fromkeys(("NoticeDelivered", "NoticeFailed"), OUTSIDE),
    "PhoneClockOff": "a remark of the phone's page about its own clock; it changes no row",
}  # fmt: skip


def test_no_order_of_events_ends_a_case_without_evidence_or_leaves_a_press_to_nobody(sqlite_district: Path) -> None:
    Night.district, Night.made = sqlite_district, Counter()
    Night.examples = Night.steps = 0
    soaking = settings().max_examples > 100
    chosen = settings(
        max_examples=settings().max_examples // 4 if soaking else 12,
        stateful_step_count=60 if soaking else 40,
        deadline=None,
        derandomize=not soaking,
        database=None,
        print_blob=soaking,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, *((Phase.shrink,) if soaking else ())),
    )
    try:
        run_state_machine_as_test(Night, settings=chosen)
    finally:
        played = sum(kind in OF_A_CALL for kind in Night.made)
        print(f"{Night.examples} examples, {Night.steps} steps, {sum(Night.made.values())} events, "
              f"{played} of {len(OF_A_CALL)} kinds of a call")  # fmt: skip


@pytest.fixture
def night(sqlite_district: Path) -> Iterator[Night]:
    Night.district = sqlite_district
    Night.made = Counter()
    one = Night()
    one.begin()
    yield one
    one.teardown()


def test_the_machine_has_a_rule_for_every_kind_of_event_of_a_call(night: Night) -> None:
    """A night in which everything happens, played with the rules of the machine and held to what it holds."""
    assert KINDS >= OF_A_CALL
    assert set(NOT_PLAYED) <= OF_A_CALL
    for rule, said in everything():
        getattr(night, rule)(**said)
        night.it_all_holds()
    made = {kind for kind in night.made if kind in OF_A_CALL}
    played = sorted(made & set(NOT_PLAYED))
    assert not played, f"played after all, they need no reason any more: {played}"
    forgotten = sorted(OF_A_CALL - made - set(NOT_PLAYED))
    assert not forgotten, f"no rule of tests/coroner makes these: {forgotten}"


def everything() -> Iterator[tuple[str, dict[str, Any]]]:
    first, second = 0, 1

    def at(rule: str, **said: Any) -> tuple[str, dict[str, Any]]:
        """On the newest case; by whoever has it in hand, unless it is said who."""
        usual = {"which": 0, "user": -1}
        return rule, {name: usual[name] for name in signature(getattr(Night, rule)).parameters if name in usual} | said

    # A case that goes well, is opened again, is left to lie by a hand that does nothing; a visit, and how it was.
    yield "paper_is_entered", {"user": first, "home": 107, "over": True, "minutes": 50}
    yield "somebody_presses", {"account": "1107", "code": SERVICE}
    yield at("an_operator_goes_on")
    yield at("an_operator_asks_the_script", steps=1, choice=0)
    yield from [at("an_operator_goes_on")] * 2
    yield at("an_operator_does", user=first, verb="reopen")
    yield from [("time_passes", {"seconds": 1900.0})] * 5  # it is noon: nobody is sent for what can wait
    yield at("somebody_is_sent", carer=0)
    yield from [("time_passes", {"seconds": 1900.0})] * 4
    # Her carer is called away to somebody at the highest risk, and another comes to her; she is asked how it was.
    yield "a_visit_goes_on", {"visit": 0, "hurries": 0}
    yield "somebody_presses", {"account": "1007", "code": FALL}
    yield "time_passes", {"seconds": 1.0}
    yield at("somebody_is_sent", carer=1)
    for verb in ("shown", "accept", "arrive", "finish"):
        yield at("a_carer_says", visit=-1, asked=0, verb=verb)
    yield from [("a_visit_goes_on", {"visit": 0, "hurries": 1})] * 2
    yield "time_passes", {"seconds": 1.0}
    yield from [at("an_operator_rings_who_was_visited", user=first, rating=0)] * 2
    # The desk: taken, held, transferred, taken over, given back, joined, handed on.
    yield "somebody_presses", {"account": "1042", "code": SERVICE}
    yield "somebody_sits_down", {"user": first, "skill": ()}
    yield "somebody_sits_down", {"user": second, "skill": ("zh", "bo")}
    yield at("an_operator_does", user=first, verb="answer")
    yield at("an_operator_does", verb="note")
    yield at("an_operator_hears", anybody=False)
    yield at("an_operator_stops_the_clock", reason="resident_asked", minutes=10)
    yield at("an_operator_does", verb="resume_clock")
    yield at("an_operator_holds", seconds=60)
    yield at("an_operator_does", verb="resume")
    yield at("a_call_is_offered", to=second, skill="")
    yield at("an_offer_is_answered", user=second, verb="decline")
    yield at("a_call_is_offered", user=first, to=second, skill="")
    yield "time_passes", {"seconds": 61.0}
    yield at("a_call_is_offered", user=first, to=second, skill="")
    yield at("an_offer_is_answered", verb="accept")
    yield at("an_owner_hands_on", user=first, to=second, verb="offer")
    yield at("an_owner_hands_on", user=second, to=first, verb="keep")
    yield at("an_owner_hands_on", user=first, to=second, verb="offer")
    yield at("an_owner_hands_on", user=second, to=first, verb="accept")
    yield at("somebody_takes_over", user=first, why="asked", behind=0)
    yield at("an_offer_is_answered", user=second, verb="loss_seen")
    yield at("an_offer_is_answered", user=first, verb="attend")
    yield at("a_third_comes_onto_the_line", user=second, kind="operator", leaves=True)
    yield "somebody_gets_up", {"user": first, "how": "off", "seconds": 45.0}
    # 120, the family, the neighbourhood.
    yield at("an_operator_goes_on")
    for act in ("assess", "refuse", "call", "chase", "meet", "crew_arrived", "call", "stand_down"):
        yield at("the_emergency_services", service="110", criteria=set(), act=act, spoke=True, evidence="crew_rang")
    yield at("the_family_is_rung", user=first, result="comes", contact=0, there=False, minutes=2)
    yield at("the_neighbourhood_is_asked", user=first, whom="responders", says=3, seen="no_answer")
    yield at("the_telephone_rings", account="1042", user=first, answered=True, known=True, claimed=True)
    # It rings again, a carer goes, takes a touch back, is alone, needs help, is done; she says how it was.
    yield "somebody_presses", {"account": "1042", "code": SERVICE}
    yield at("an_operator_holds", seconds=60)
    yield "somebody_presses", {"account": "1042", "code": SOS}
    yield at("an_operator_goes_on")
    yield at("somebody_is_sent", carer=0)
    yield at("a_carer_says", visit=0, asked=0, verb="decline")
    yield "a_visit_goes_on", {"visit": 0, "hurries": 1}
    yield at("a_carer_on_the_scene", visit=0, verb="depart", reason="heavy")
    yield "time_passes", {"seconds": 400.0}
    yield "a_visit_goes_on", {"visit": 0, "hurries": 1}
    yield at("a_carer_on_the_scene", visit=0, verb="arrive", reason="heavy")
    yield "a_visit_goes_on", {"visit": 0, "hurries": 0}
    yield "somebody_presses", {"account": "1042", "code": SOS}
    yield "time_passes", {"seconds": 1.0}
    yield at("a_carer_on_the_scene", visit=0, verb="check_in", reason="heavy")
    yield at("a_carer_on_the_scene", visit=0, verb="photo", reason="heavy")
    yield at("a_carer_on_the_scene", visit=0, verb="need_help", reason="heavy")
    yield "a_device_speaks", {"account": "1042", "code": CANCEL}
    yield from [("time_passes", {"seconds": 1900.0})] * 2
    yield "a_visit_goes_on", {"visit": 0, "hurries": 0}
    yield "time_passes", {"seconds": 1.0}
    yield at("an_operator_rings_who_was_visited", user=first, rating=2)
    # Paper about a case that is open; and two days go by.
    yield "paper_is_entered", {"user": first, "home": 7, "over": False, "minutes": 9}
    # Somebody nobody knows, to whom a carer goes; then it is found where they live.
    yield "somebody_reports", {"user": first, "home": None, "source": "phone", "kind": "sos", "take": True}
    yield at("somebody_is_sent", carer=0)
    yield "whose_home_it_is", {"user": first, "home": 300}
    yield from [("a_day_goes_by", {})] * 2
