"""Every picture of the house, in one place for whoever composes a log."""

from typing import Any

from callcenter.rules.call_clock import CallPicture
from callcenter.rules.callbacks import CallbackPicture
from callcenter.rules.contact_numbers import NumberPicture
from callcenter.rules.pictures import SUPERVISED
from callcenter.rules.promises import Book
from callcenter.rules.telephony import TalkPicture
from dispatch.rules.booking import BookingPicture
from dispatch.rules.journey import JourneyPicture
from dispatch.rules.service_terms import Services
from dispatch.rules.visit import VisitPicture


def pictures(targets: Book, services: Services) -> tuple[Any, ...]:
    """Calls, visits, what their journeys taught, booked visits, call-backs, numbers, telephone calls, supervision."""
    sent = (CallPicture(targets), VisitPicture(targets), JourneyPicture())
    rung = (CallbackPicture(), NumberPicture(), TalkPicture())
    return (*sent, BookingPicture(services), *rung, *SUPERVISED)
