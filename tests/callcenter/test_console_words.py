"""Everything the console may have to say has words: every kind of event, signal, step, outcome and proof."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import get_args

import pytest
from flask import Flask
from flask_babel import Babel

from callcenter.pages import booking_words, front_words, round_words, terms, watch_words
from callcenter.pages.words import event_text, reason_text
from callcenter.rules import (
    absences,
    call,
    callbacks,
    devices,
    events,
    four_orders,
    incidents,
    recalls,
    register,
    reminders,
    risk,
    round_plans,
    rounds,
    watch,
)
from devices.signal import Kind
from dispatch.bookings import SOURCES
from dispatch.rules import booking, ladder


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.app_context():
        yield


def told(kind: str, actor: str = "user:12 李敏", **body: object) -> str:
    return event_text(SimpleNamespace(kind=kind, actor=actor, body=body))


def test_no_event_is_shown_by_its_bare_name() -> None:
    assert [kind for kind in sorted(events.KINDS) if told(kind) in ("", kind)] == []


def test_every_code_of_the_life_of_a_call_has_a_word() -> None:
    assert set(Kind) <= set(terms.KINDS)
    assert set(call.STAGES) == set(terms.STAGES)
    assert {*call.OUTCOMES, call.FOLDED, call.MOVED} == set(terms.OUTCOMES)
    assert {*call.DEVICE_EVIDENCE, call.REBOOKED} == set(terms.EVIDENCE)


def test_every_code_of_booked_services_has_a_word() -> None:
    assert set(booking.STAGES) == set(booking_words.STAGES)
    assert set(four_orders.ORDERS) == set(booking_words.ORDERS)
    assert set(callbacks.PURPOSES) == set(booking_words.PURPOSES)
    assert set(SOURCES) == set(booking_words.SOURCES)
    assert set(register.SKILLS) == set(booking_words.SKILLS)
    assert set(register.OUTCOMES) == set(booking_words.SERVICE_OUTCOMES) <= set(call.OUTCOMES)


def test_every_code_of_supervision_has_a_word() -> None:
    assert {name for name, _, _ in devices.REASONS} == set(watch_words.REASONS)
    assert set(devices.STATUSES) == set(watch_words.STATUSES)
    assert set(devices.STATES) == set(watch_words.STATES)
    assert set(incidents.SCOPES) == set(watch_words.SCOPES)
    assert set(incidents.CAUSES) == set(watch_words.CAUSES)
    assert set(recalls.HOW) == set(watch_words.WAYS)
    assert {watch.ITEM_KIND, watch.WELFARE_KIND, *call.PLUMBING_KINDS} <= set(terms.KINDS)


def test_every_code_of_welfare_has_a_word() -> None:
    assert {code for said in rounds.SAYS.values() for code in said} <= set(round_words.RESULTS)
    assert {rounds.RING, rounds.CONTACT} == set(round_words.STEPS)
    assert set(round_plans.EVERY) == set(round_words.EVERY)
    assert set(round_plans.READY) == set(round_words.READY)
    assert set(absences.KINDS) == set(round_words.AWAY)
    assert set(reminders.KINDS) == set(round_words.REMINDERS)
    assert {name for name, _, _ in risk.REASONS} == set(round_words.REASONS)


def test_a_line_names_the_person_and_not_the_address_of_the_account() -> None:
    assert told("CallAnswered") == "李敏 answered"
    assert told("VisitOffered", actor="clock", carer_name="马强", eta_seconds=380) == "马强 is asked to go, about 6 min"
    assert (
        told("VisitCancelled", carer_name="马强", reason="not needed") == "李敏 cancelled the visit of 马强：not needed"
    )


def test_a_missed_deadline_says_which_step_and_its_target() -> None:
    assert told("DeadlineMissed", actor="clock", step="answer", target=15.0) == "Overdue: Answering (target 15 s)"


def test_a_reason_is_spoken_with_its_value_and_an_unknown_one_passes_through() -> None:
    assert reason_text(["language", "qinghai"]) == "speaks Qinghai dialect"
    assert reason_text(["nearest", ""]) == "nearest"
    assert reason_text(["brand_new", 7]) == "brand_new 7"


def test_everybody_the_ladder_asks_for_help_has_a_name_on_the_card() -> None:
    """A first night showed the operator the word ``duty_manager``."""
    asked = set(get_args(ladder.Who)) - ladder.CARERS
    assert asked <= set(front_words.GROUPS)
