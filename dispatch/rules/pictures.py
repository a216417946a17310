"""The pictures of booked services, in one place for whoever composes a log."""

from callcenter.rules.callbacks import CallbackPicture
from dispatch.rules.booking import BookingPicture
from dispatch.rules.service_terms import Services


def booked_pictures(rules: Services) -> tuple[BookingPicture, CallbackPicture]:
    return BookingPicture(rules), CallbackPicture()
