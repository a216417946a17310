"""The webhook: pagers and platforms that speak HTTP post their signals here. Kept before the answer, like any wire."""

import hashlib
import json
from typing import Annotated, Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, StringConstraints

from callcenter.commands import KEY, BadCommand, Commands
from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.pages import forms
from callcenter.pages.guard import need
from callcenter.rules.access import SIGNALS
from callcenter.rules.times import Clock, moment
from callcenter.store.log import Writing
from devices.signal import Garbled, Kind, Message, Position, Signal

KINDS = tuple(str(kind) for kind in Kind)
LINE = 40  # what the journal has room for


class Posted(forms.Form):
    """One signal. The same ``key`` may be sent again until an answer comes; a new press needs a new one."""

    account: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
    kind: str
    key: str
    restore: Annotated[bool, Field(strict=True)] = False
    zone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    at: forms.Moment | None = None
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    position: forms.Place | None = None


def signals(commands: Commands, intake: Intake, clock: Clock) -> Blueprint:
    routes = Blueprint("signals", __name__)

    @routes.post("/signals")
    @need(SIGNALS)
    def post() -> ResponseReturnValue:
        try:
            posted = _posted()
        except BadCommand as error:
            intake.receive([received(Garbled(_raw(), error.message))])  # somebody may have pressed
            raise
        signal = _signal(posted)
        heard = Message(_raw(), signal.account, (signal,), posted.key, _same(posted).encode())

        def keep(w: Writing) -> dict[str, Any]:
            return {"call": intake.receive_one(w, received(heard))}

        done = commands.once(f"signal {_digest(_same(posted))}", _own(posted.key), current_user, keep)
        return jsonify(call=done.result["call"], seq=done.result["seq"]), 202

    def received(heard: Message | Garbled) -> Received:
        line, now = f"webhook:{current_user.name}"[:LINE], clock()
        return Received(line, "webhook", (request.remote_addr or "")[:80], now, heard, "webhook")

    return routes


def _posted() -> Posted:
    posted = forms.read(Posted)
    if posted.kind not in KINDS:
        raise BadCommand("kind", "there is no such kind", f"choose one of {', '.join(KINDS)}")
    if not KEY.fullmatch(posted.key):
        raise BadCommand("key", "needs an idempotency key", "send a new uuid as key with each press")
    return posted


def _signal(posted: Posted) -> Signal:
    place = Position(posted.position.latitude, posted.position.longitude) if posted.position else None
    return Signal(
        posted.account, Kind(posted.kind), f"webhook {posted.kind}", posted.restore,
        at=moment(posted.at) if posted.at else None, zone=posted.zone or None, text=posted.text, position=place,
    )  # fmt: skip


def _raw() -> bytes:
    return request.get_data()[: forms.LONGEST_BODY]


def _same(posted: Posted) -> str:
    """What a second try repeats. A used key with other content is another press, and is refused, never swallowed."""
    return json.dumps([posted.account, posted.kind, posted.zone, posted.restore])


def _own(key: str) -> str:
    """Two sources that count alike must not answer for each other."""
    return _digest(f"{current_user.name}\n{key}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
