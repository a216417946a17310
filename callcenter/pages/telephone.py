"""The telephone over HTTP: who rings, taking it, dialling and what follows; and the supervisor's page of a day."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import quote
from uuid import uuid4

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter.commands import BadCommand, Commands
from callcenter.pages.forms import Form, read
from callcenter.pages.guard import need
from callcenter.pages.talk_words import CAUSES, DIRECTIONS, STAGES
from callcenter.pages.terms import word
from callcenter.reception import Reception
from callcenter.rules.access import HANDLE, LISTEN, PEOPLE_READ, REPORTS, may
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.telephone_figures import counted, rung_back
from callcenter.rules.telephony import DIALLED, EXTENSION, IN, RINGING, claimed
from callcenter.rules.times import later, moment, stamp
from callcenter.settings import Telephony
from callcenter.store.log import Writing
from callcenter.store.talks import Talks
from callcenter.wall import Wall

LATELY_SECONDS = 120.0  # so long a talk that has no case can still be given one
TALK_ID = re.compile(r"[\w.-]{1,40}")
Dialled = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)]
WHO = ("kind", "name", "relation", "of", "home_id", "place")


class Act(Form):
    key: str


class Claim(Act):
    """``home_id`` 0: none of the homes this number belongs to."""

    home_id: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | None = None


class Dial(Act):
    number: Dialled
    call: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    unit: bool = False


class Third(Act):
    number: Dialled


class Seat(Act):
    """``extension`` empty: no telephone stands here."""

    extension: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)]


def telephone(commands: Commands, wall: Wall, talks: Talks, reception: Reception, rules: Telephony) -> Blueprint:
    pages = Blueprint("telephone", __name__)

    def shown(rows: list[Row]) -> list[Row]:
        """Who they are only for who may read people's records; for the others the number alone."""
        reads, now = may(current_user.role, PEOPLE_READ), stamp(wall.clock())
        with wall.log.database.read() as conn:
            who = {row["id"]: talks.callers(conn, row["number"]) if reads else [] for row in rows}
        return [{**row, "claimed": claimed(row, now), "who": [{n: one[n] for n in WHO} for one in who[row["id"]]]}
                for row in rows]  # fmt: skip

    def answer(talk_id: str, seq: int, status: int = 200) -> ResponseReturnValue:
        return jsonify(talk=shown([talks.one(talk_id) or {}])[0], seq=seq), status

    def once(name: str, talk_id: str, key: str, act: Callable[[Writing], Row]) -> Row:
        if not TALK_ID.fullmatch(talk_id):
            raise NotThere(f"there is no telephone call {talk_id[:40]}")
        mark = hashlib.blake2b(f"{name} {talk_id}".encode(), digest_size=12).hexdigest()
        return commands.once(f"talk {mark}", key, current_user, lambda w: {"talk": act(w)["id"]}).result

    def reachable() -> None:
        if wall.health()["exchange"]["state"] != "up":
            raise NotNow("exchange_down", "The telephone exchange cannot be reached", "Dial by hand")

    @pages.get("/api/v1/talks")
    @need("console")
    def listed() -> ResponseReturnValue:
        with wall.log.database.read() as conn:
            extension = talks.extension(conn, current_user.id)
        rows = talks.shown(later(stamp(wall.clock()), -LATELY_SECONDS))
        return jsonify(exchange=wall.health()["exchange"], extension=extension, talks=shown(rows))

    @pages.post("/api/v1/talks")
    @need(HANDLE)
    def dial() -> ResponseReturnValue:
        form = read(Dial)
        number, talk_id = _dialled(form.number), f"o-{uuid4().hex[:20]}"
        reachable()
        same = f"{number} {form.call} {form.unit}"
        mark = hashlib.blake2b(same.encode(), digest_size=12).hexdigest()
        purpose = "unit" if form.unit else ""
        done = commands.once(f"dial {mark}", form.key, current_user, lambda w: {"talk": reception.dial(
            w, talk_id, current_user, number, form.call or None, purpose)["id"]})  # fmt: skip
        return answer(done.result["talk"], done.result["seq"], 200 if done.again else 201)

    @pages.post("/api/v1/talks/<talk_id>/claim")
    @need(HANDLE)
    def claim(talk_id: str) -> ResponseReturnValue:
        form = read(Claim)

        def act(w: Writing) -> Row:
            row = reception.claim(w, talk_id, current_user, form.home_id)
            if rules.bring and row["stage"] == RINGING and talks.extension(w.conn, current_user.id):
                reception.ask(w, talk_id, current_user, "bring")
            return row

        return answer(talk_id, once("claim", talk_id, form.key, act)["seq"])

    @pages.post("/api/v1/talks/<talk_id>/<any(hang_up,hold,resume):act>")
    @need(HANDLE)
    def ask(talk_id: str, act: str) -> ResponseReturnValue:
        form = read(Act)
        done = once(act, talk_id, form.key, lambda w: reception.ask(w, talk_id, current_user, act))
        return answer(talk_id, done["seq"])

    @pages.post("/api/v1/talks/<talk_id>/third")
    @need(HANDLE)
    def third(talk_id: str) -> ResponseReturnValue:
        form = read(Third)
        number = _dialled(form.number)
        act = lambda w: reception.ask(w, talk_id, current_user, "third", number)  # noqa: E731
        return answer(talk_id, once(f"third {number}", talk_id, form.key, act)["seq"])

    @pages.post("/api/v1/seat/telephone")
    @need(HANDLE)
    def sit_down() -> ResponseReturnValue:
        form = read(Seat)
        if current_user.id == 0:
            raise BadCommand("key", "a token sits at no seat", "log in as a person")
        if form.extension and not EXTENSION.fullmatch(form.extension):
            raise BadCommand("extension", "this is no extension", "send 2 to 8 digits, or nothing")
        done = commands.once(f"seat telephone {form.extension}", form.key, current_user, lambda w: {
            "extension": form.extension, "before": reception.sit_down(w, current_user, form.extension)})  # fmt: skip
        return jsonify(done.result)

    @pages.post("/talks/<talk_id>/recording")
    @need(LISTEN)
    def recording(talk_id: str) -> ResponseReturnValue:
        """Written down before it is heard; the voices themselves stay with the exchange."""
        if not rules.recording_url or not TALK_ID.fullmatch(talk_id):
            raise NotThere(f"there is no recording of {talk_id[:40]}")
        once("recording", talk_id, uuid4().hex, lambda w: reception.open_recording(w, talk_id, current_user))
        reference = (talks.one(talk_id) or {})["recording"]
        return redirect(rules.recording_url.replace("{reference}", quote(reference, safe="")), 303)

    @pages.get("/supervisor/telephone")
    @need(REPORTS)
    def day() -> ResponseReturnValue:
        begins = _day(request.args.get("day", ""), wall)
        rows = talks.between(stamp(begins), stamp(begins + timedelta(days=1)))
        hours = [(hour, [r for r in rows if moment(r["rang_at"]).astimezone(wall.zone).hour == hour])
                 for hour in range(24)]  # fmt: skip
        listens = bool(rules.recording_url) and may(current_user.role, LISTEN)
        return render_template(
            "supervisor/telephone.html", day=begins, figures=counted(rows), talks=rows[::-1][:500], word=word,
            hours=[(hour, counted(some)) for hour, some in hours if some], CAUSES=CAUSES, STAGES=STAGES,
            DIRECTIONS=DIRECTIONS, IN=IN, local=lambda at: moment(at).astimezone(wall.zone).strftime("%H:%M:%S"),
            rung_back=lambda row: rung_back(row, rows), may_listen=listens,
            before=begins - timedelta(days=1), after=begins + timedelta(days=1), exchange=wall.health()["exchange"],
        )  # fmt: skip

    return pages


def _dialled(number: str) -> str:
    found = re.sub(r"[\s().-]", "", number)
    if not DIALLED.fullmatch(found):
        raise BadCommand("number", "this is no telephone number", "send 2 to 20 digits, with + in front at most")
    return found


def _day(asked: str, wall: Wall) -> datetime:
    """Midnight of that day in the centre's zone; today when it is none."""
    local = wall.clock().astimezone(wall.zone)
    try:
        found = datetime.strptime(asked, "%Y-%m-%d").date() if asked else local.date()
    except ValueError:
        found = local.date()
    return datetime.combine(found, time(), wall.zone)
