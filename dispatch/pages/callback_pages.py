"""The page of who is to be rung now and what came of it, and the figures of the ratings."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import BadCommand
from callcenter.rules.access import CONSOLE, HANDLE, REPORTS
from callcenter.rules.callbacks import LATE
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, stamp
from callcenter.store.log import Writing
from callcenter.store.people import People
from dispatch.rules.ratings import tally
from dispatch.services import ServiceHouse

Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]
Show = Callable[..., str]
Done = Callable[[str, Callable[[Writing], Row], str], ResponseReturnValue]
SPANS = (7, 30, 90, 365)


def callback_pages(
    need: Need, house: ServiceHouse, people: People, show: Show, done: Done, zone: ZoneInfo, clock: Clock
) -> Blueprint:
    """``show`` and ``done`` are those of the other pages of services."""
    pages = Blueprint("callbacks", __name__)
    diary, callbacks = house.diary, house.callbacks

    def names(rows: list[Row]) -> dict[str, Any]:
        homes = [row["home_id"] for row in rows if row["home_id"]]
        with diary.database.read() as conn:
            lives = people.summaries(conn, homes, clock().astimezone(zone).date())
        return {"homes": lives, "numbers": diary.numbers_of(homes),
                "services": {row["code"]: row["name"] for row in diary.services()}}  # fmt: skip

    @pages.get("/callbacks")
    @need(CONSOLE)
    def to_ring() -> ResponseReturnValue:
        """First who may be rung now, then who comes later."""
        everybody = request.args.get("all") == "1"
        rows = diary.to_ring(None if everybody else current_user.id)
        resting = not callbacks.hours.allowed(clock().astimezone(zone))
        now = stamp(clock())
        ready = [r for r in rows if r["from_at"] <= now and (r["purpose"] == LATE or not resting)]
        known = {row["id"] for row in ready}
        later = sorted((r for r in rows if r["id"] not in known), key=lambda r: (r["from_at"], r["id"]))
        return show("callbacks", ready=ready, later=later, everybody=everybody, resting=resting, **names(rows))

    @pages.post("/callbacks/<callback_id>")
    @need(HANDLE)
    def rung(callback_id: str) -> ResponseReturnValue:
        result, words = request.form.get("result", ""), request.form.get("words", "").strip()[:500]

        def act(w: Writing) -> Row:
            if result in ("1", "2", "3", "4", "5"):
                row = callbacks.rated(w, callback_id, current_user, int(result), words)
            elif result in ("no_reply", "told"):
                verb = {"no_reply": callbacks.not_reached, "told": callbacks.told}[result]
                row = verb(w, callback_id, current_user, words)
            else:
                raise BadCommand("result", "result is not one of the choices", "choose what the resident said")
            return {"callback": row["id"]}

        everybody = "1" if request.form.get("all") == "1" else None
        return done(f"rung {callback_id}", act, url_for("booked.callbacks.to_ring", all=everybody))

    @pages.get("/callbacks/figures")
    @need(REPORTS)
    def figures() -> ResponseReturnValue:
        days = request.args.get("days", 30, type=int)
        days = days if days in SPANS else 30
        day = clock().astimezone(zone).date() - timedelta(days=days - 1)
        since = stamp(datetime.combine(day, time(0), tzinfo=zone))
        until = stamp(clock() + timedelta(seconds=1))
        rows, told = diary.answered(since, until), diary.complaints_told(since, until)
        known, stations = names([*rows, *told]), diary.station_names()
        groups = (
            (gettext("By carer"), tally(rows, lambda r: r["carer_name"] or "—")),
            (gettext("By station"), tally(rows, lambda r: stations.get(r["station_id"], "—"))),
            (gettext("By service"), tally(rows, lambda r: known["services"].get(r["service"], gettext("Alarm")))),
        )
        low = [row for row in reversed(rows) if row["complaint"]][:50]
        return show("figures", groups=groups, whole=tally(rows, lambda _r: "")[:1], low=low, told=told, days=days,
                    spans=SPANS, waiting=len(diary.to_ring()), **known)  # fmt: skip

    return pages
