"""A carer's jobs as their phone shows them: only what is needed, and only while it is needed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.times import Clock, stamp
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.people import People
from callcenter.store.phones import Phones
from dispatch.rules import visit as life
from dispatch.rules.maps import links
from dispatch.rules.roster import Shift, on_shift

Row = dict[str, Any]
CALL = ("id", "priority", "kind", "reason", "opened_at", "presses")
VISIT = (
    *("id", "stage", "eta_seconds", "offered_at", "offer_due_at", "accepted_at", "departed_at"),
    *("arrived_at", "finished_at", "proof", "stay_due_at", "stay_step"),
)  # not who else was asked, and what they said
ADDRESS = ("address", "building", "unit", "door", "floor", "lift", "latitude", "longitude")
DOOR = (
    "phone",
    "way_in",
    "door_code",
    "key_holder",
    "key_safe",
    "access_checked_at",
    "access_fault",
)  # told from accepting until the end
SHOWN = life.GOING | {life.OFFERED}


class Jobs:
    """``visit_row`` turns a row of ``visits`` into what the API shows."""

    def __init__(
        self, cases: Cases, people: People, phones: Phones, visit_row: Callable[[Row], Row], centre_phone: str,
        zone: ZoneInfo, clock: Clock,
    ):  # fmt: skip
        self.cases, self.people, self.phones, self.visit_row = cases, people, phones, visit_row
        self.centre_phone, self.zone, self.clock = centre_phone, zone, clock

    def of(self, carer_id: int, offers: Sequence[str] = ()) -> Row:
        """Open jobs, the duty, and how many were done since midnight; also notes that the phone is alive.

        ``offers`` are those the phone shows: of those that are gone it is told why.
        """
        now = self.clock()
        at = stamp(now)
        with suppress(StoreUnavailable):  # the job must be readable even while the store takes no writes
            self.phones.seen(carer_id, at)
        midnight = now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        visits = self.cases.visits_of_carer(carer_id, stamp(midnight))
        duty = on_shift([Shift(**row) for row in self.phones.shifts(carer_id, at)], at).get(carer_id)
        return {
            "server_time": at,
            "on_shift": duty is not None,
            "shift_ends_at": duty.ends_at if duty else None,
            "done_today": sum(visit["stage"] == life.FINISHED for visit in visits),
            "centre_phone": self.centre_phone,
            "jobs": self._jobs(sorted((v for v in visits if v["stage"] in SHOWN), key=_first), carer_id, now),
            "gone": [word for visit_id in offers if (word := self._gone(visit_id, carer_id))],
        }

    def _jobs(self, visits: Sequence[Row], carer_id: int, now: datetime) -> list[Row]:
        """The present job beside an offer is what the offer would interrupt, when it may."""
        going = next((visit for visit in visits if visit["stage"] in life.GOING), None)
        rows = []
        for visit in visits:
            job = self._job(_as_asked(visit, carer_id), carer_id, now)
            leaves = going if going and visit["stage"] == life.OFFERED and life.may_interrupt(visit, going) else None
            rows.append(job | {"leaves": leaves["id"] if leaves else None})
        return rows

    def _gone(self, visit_id: str, carer_id: int) -> Row | None:
        """What became of an offer that this phone had on its screen and that is not this carer's any more."""
        visit = self.cases.visit(visit_id)
        mine = [one for one in visit["asked"] if one["carer_id"] == carer_id] if visit else []
        if visit is None or not mine or life.offer_of(visit, carer_id) or visit["carer_id"] == carer_id:
            return None
        why = "cancelled" if visit["stage"] == life.CANCELLED else mine[-1]["reason"] or mine[-1]["result"]
        return {"visit": visit_id, "why": why}

    def visit(self, row: Row) -> Row:
        """A visit as its carer may see it."""
        shown = self.visit_row(row)
        return {name: shown[name] for name in VISIT}

    def unseen(self, carer_id: int) -> list[str]:
        """Offers this carer's phone has not had on its screen before."""
        mine = self.cases.visits_of_carer(carer_id, stamp(self.clock()))
        return [visit["id"] for visit in mine if visit["stage"] == life.OFFERED and not _shown(visit, carer_id)]

    def _job(self, visit: Row, carer_id: int, now: datetime) -> Row:
        call = self.cases.call(visit["call_id"]) or {}
        # A carer who asks for help is in a home that the call itself is not about.
        card = self.people.card(call | {"home_id": visit["home_id"]}, now, self.zone)
        going = visit["stage"] in life.GOING
        north, east = call.get("position") or (None, None)  # of a carer who asks for help in the street
        return {
            "visit": self.visit(visit),
            "call": {name: call.get(name) for name in CALL} | {"reason": _words(visit, call)},
            "home": _home(card["home"], going, self.phones.travel(carer_id)),
            "place": links(north, east, self.phones.travel(carer_id)),
            "residents": [_resident(person, going) for person in card["residents"]],
            "contacts": _contacts(card["residents"]) if going else [],
            "unprotected": going and bool(card["device"] and card["device"]["protection"]),
            "centre_phone": self.centre_phone,
        }


def _first(visit: Row) -> tuple[int, int, str]:
    """What is asked comes before what is being done, the most urgent first; then what is furthest."""
    offered = visit["stage"] == life.OFFERED
    return (0 if offered else 1), visit["priority"], visit["offered_at"] or ""


def _as_asked(visit: Row, carer_id: int) -> Row:
    """Of several who are asked, each sees the own clock and the own way; not that others are asked too."""
    mine = life.offer_of(visit, carer_id)
    if mine is None:
        return visit
    return visit | {"offered_at": mine["at"], "offer_due_at": mine["due_at"], "eta_seconds": mine["eta_seconds"]}


def _shown(visit: Row, carer_id: int) -> bool:
    asked = [one for one in visit["asked"] if one["carer_id"] == carer_id]
    return bool(asked and asked[-1].get("shown_at"))


def _words(visit: Row, call: Row) -> str:
    """What a person said of it; a pager says only a code, which the page has put into words already."""
    coded = call.get("source") == "pager" and visit["why"] == call.get("reason")
    return "" if coded else str(visit["why"] or "")


def _home(home: Row | None, going: bool, means: str) -> Row | None:
    if home is None:
        return None
    told = {name: home[name] for name in (ADDRESS + DOOR if going else ADDRESS)}
    return told | {"maps": links(home["latitude"], home["longitude"], means)}


def _resident(person: Row, going: bool) -> Row:
    told = {name: person[name] for name in ("name", "sex", "age", "language")}
    return told | {
        "phone": person["phone"] if going else "",
        "critical": [note["text"] for note in person["health"] if note["critical"]],
    }


def _contacts(residents: list[Row]) -> list[Row]:
    return [
        {name: one[name] for name in ("name", "relation", "phone")}
        for person in residents
        for one in person["contacts"]
    ]
