"""The times of booked services and call-backs; ``[services]`` of config.toml."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from callcenter.rules.call_hours import Minutes

Seconds = Annotated[float, Ge(0), Le(7 * 86400)]


@dataclass(frozen=True)
class Services:
    """Our estimates, but for the call-back times (24 h after an alarm, 48 h after a service) and the hours at noon."""

    open_before_seconds: Seconds = 1500.0  # the carer is asked so long before the visit begins
    arrival_grace_seconds: Seconds = 900.0  # slot ± 15 min; then the case is late
    tell_carer_seconds: Seconds = 3600.0  # the carer is reminded so long before
    busy_again_seconds: Seconds = 120.0  # the planned carer is still at work: look again
    plan_at_minute: Minutes = 16 * 60  # of the day before: plans are made, residents reminded
    move_from_minute: Minutes = 8 * 60  # a visit that was broken off is put between these
    move_until_minute: Minutes = 20 * 60
    moved_window_seconds: Seconds = 3600.0  # and may begin so much later than it is planned then
    after_alarm_seconds: Seconds = 2700.0  # an interrupted carer is counted on again
    rate_alarm_seconds: Seconds = 86400.0
    rate_service_seconds: Seconds = 172800.0
    ring_again_seconds: Seconds = 7200.0  # after nobody picked up
    tell_moved_seconds: Seconds = 3600.0  # a resident is told within so long that a visit was moved
    tell_late_seconds: Seconds = 300.0  # and that the carer is late
    call_begin_minute: Minutes = 8 * 60 + 30
    call_end_minute: Minutes = 20 * 60 + 30
    rest_begin_minute: Minutes = 12 * 60 + 30
    rest_end_minute: Minutes = 14 * 60 + 30
