"""The words of booked services and call-backs: stages, purposes, the four orders, a line of the log for each event."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

STAGES: Words = {
    "booked": lazy_gettext("Booked, no carer yet"),
    "planned": lazy_gettext("Planned"),
    "due": lazy_gettext("Carer asked"),
    "started": lazy_gettext("Carer there"),
    "done": lazy_gettext("Done"),
    "cancelled": lazy_gettext("Called off"),
    "missed": lazy_gettext("Not done"),
    "interrupted": lazy_gettext("Broken off"),
}

ORDERS: Words = {
    "placed": lazy_gettext("Order placed"),
    "sent": lazy_gettext("Order sent"),
    "taken": lazy_gettext("Order taken"),
    "rated": lazy_gettext("Order rated"),
}

RATED: Words = {
    "due": lazy_gettext("not rated yet"),
    "rated": lazy_gettext("rated"),
    "no_reply": lazy_gettext("asked twice, no reply"),
}

PURPOSES: Words = {
    "rate": lazy_gettext("Ask how it was"),
    "moved": lazy_gettext("Say that the visit was moved"),
    "late": lazy_gettext("Say that the carer is late"),
    "remind": lazy_gettext("Remind of the visit"),
}

SOURCES: Words = {
    "phone": lazy_gettext("Telephone"),
    "pager": lazy_gettext("Pager, green key"),
    "walk_in": lazy_gettext("Walk-in"),
    "family": lazy_gettext("Family"),
    "grid": lazy_gettext("Grid worker"),
}

UNPLANNED: Words = {
    "no_roster": lazy_gettext("nobody is on the roster"),
    "no_skill": lazy_gettext("nobody has been trained for it"),
    "no_time": lazy_gettext("nobody has time then"),
}

PUT_OFF: Words = {
    "open_case": lazy_gettext("the home has an open case"),
    "carer_busy": lazy_gettext("the carer is still at work"),
}

SERVICE_OUTCOMES: Words = {
    "service_done": lazy_gettext("Service done"),
    "advice": lazy_gettext("Advice by telephone"),
    "hospital": lazy_gettext("Taken to hospital"),
    "refused": lazy_gettext("Help refused"),
    "other": lazy_gettext("Something else"),
}

SKILLS: Words = {
    "first_aid": lazy_gettext("first aid"),
    "lift": lazy_gettext("lifting"),
    "nursing": lazy_gettext("nursing"),
    "bath": lazy_gettext("bathing"),
    "technician": lazy_gettext("technician"),
}


def stars(rating: int | None) -> str:
    return "★" * rating + "☆" * (5 - rating) if rating else ""


def lists() -> dict[str, dict[str, str]]:
    """What the console's script says of the four orders."""
    return {name: {code: str(text) for code, text in words.items()} for name, words in
            (("orders", ORDERS), ("rated", RATED))}  # fmt: skip


def _named(b: Body) -> str:
    return str((b.get("terms") or {}).get("name") or b.get("service") or "")


def _planned(b: Body, _who: str) -> str:
    # The log does not know the centre's zone: the page of the booking says the hour.
    return _("Planned for %(carer)s", carer=b.get("carer_name") or "—")


def _unplanned(b: Body, _who: str) -> str:
    return _("No carer is planned: %(why)s", why=word(UNPLANNED, str(b.get("why", ""))))


def _reminded(b: Body, _who: str) -> str:
    if b.get("whom") == "carer":
        return _("%(carer)s is reminded of the visit", carer=b.get("carer_name") or "—")
    return _("The resident is to be reminded")


def _because(text: Any) -> Callable[[Body, str], str]:
    def tell(b: Body, who: str) -> str:
        line, why = str(text).replace("%(who)s", who), str(b.get("reason") or "")
        return f"{line}：{why}" if why else line

    return tell


def _rated(b: Body, who: str) -> str:
    text = _("%(who)s rang: %(stars)s", who=who, stars=stars(b.get("rating")))
    return f"{text} {b['words']}" if b.get("words") else text


def _rung(b: Body, who: str) -> str:
    if b.get("result") == "no_reply":
        return _("Nobody was reached twice: the case is complete without a rating")
    return _("%(who)s has told the resident", who=who) if b.get("name") else _("The call-back is no longer needed")


def _complained(b: Body, who: str) -> str:
    if b.get("rating") is None:  # told by another door than the call-back
        return _("Complaint: %(words)s", words=b.get("words", ""))
    return _("Complaint (%(stars)s): %(words)s", stars=stars(b.get("rating")), words=b.get("words", ""))


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "BookingMade": lambda b, who: _("%(who)s booked: %(name)s", who=who, name=_named(b)),
    "BookingPlanned": _planned,
    "BookingUnplanned": _unplanned,
    "BookingReminded": _reminded,
    "BookingPutOff": lambda b, _w: _("Put off for a moment: %(why)s", why=word(PUT_OFF, str(b.get("why", "")))),
    "BookingOpened": lambda b, _w: _("Its time has come: case %(case)s", case=b.get("call", "")),
    "BookingLate": lambda _b, _w: _("Nobody has arrived in time"),
    "BookingStarted": lambda b, _w: _("%(carer)s has begun", carer=b.get("carer_name") or "—"),
    "BookingDone": lambda b, _w: _("The service has been done"),
    "BookingCancelled": _because(lazy_gettext("%(who)s called it off")),
    "BookingMissed": _because(lazy_gettext("The service was not done")),
    "BookingInterrupted": lambda b, _w: _("Broken off for an emergency: %(carer)s", carer=b.get("carer_name") or "—"),
    "BookingMoved": lambda b, _w: _("Moved to %(day)s", day=b.get("day", "")),
    "CallBackDue": lambda b, _w: _("To be rung: %(why)s", why=word(PURPOSES, str(b.get("purpose", "")))),
    "CallBackTried": lambda _b, who: _("%(who)s rang, nobody picked up", who=who),
    "CallBackRated": _rated,
    "CallBackDone": _rung,
    "CallBackMissed": lambda b, _w: _("Overdue: call-back by %(name)s", name=b.get("owner_name") or "—"),
    "ComplaintRaised": _complained,
    "ServiceChanged": lambda b, who: _("%(who)s changed the service %(code)s", who=who, code=b.get("code", "")),
}
