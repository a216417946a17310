"""The pictures of this storey, in one place for whoever composes a log."""

from callcenter.rules.callbacks import CallbackPicture
from callcenter.rules.promises import Book
from dispatch.rules.booking import BookingPicture
from dispatch.rules.journey import JourneyPicture
from dispatch.rules.service_terms import Services
from dispatch.rules.visit import VisitPicture

Pictures = tuple[VisitPicture, JourneyPicture, BookingPicture, CallbackPicture]


def sent(targets: Book, services: Services) -> Pictures:
    """Visits, what their journeys taught, booked visits and call-backs."""
    return VisitPicture(targets), JourneyPicture(), BookingPicture(services), CallbackPicture()
