"""What the outside tells of messages (reports of providers, short links, phones that take push), and their page."""

import hmac
import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import StringConstraints

from callcenter.commands import BadCommand
from callcenter.desk import actor
from callcenter.pages.forms import Form, read
from callcenter.pages.guard import need, refused
from callcenter.rules.access import PHONE, REPORTS, START, may
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, moment, stamp
from callcenter.settings import Store
from callcenter.store.log import Log
from callcenter.store.notices import NoticeBook
from dispatch.attempts import Attempts
from dispatch.channels.vapid import public_key
from dispatch.overview import Overview
from dispatch.pages.channel_words import kind_text, reason_text, role_text, state_text
from dispatch.rules.notices import DELIVERED, READ
from dispatch.settings import ChannelSettings, Notices

SECRET = "X-Anxin-Secret"
LEVELS = {"delivered": DELIVERED, "read": READ}
PHONES = 5  # browsers of one user that take push


class Report(Form):
    """What became of a message by the provider's own word."""

    reference: Annotated[str, StringConstraints(min_length=8, max_length=40)]
    status: Literal["delivered", "read", "failed"]
    error: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class Keys(Form):
    p256dh: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{80,120}=*$")]
    auth: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,40}=*$")]


class Subscription(Form):
    """What ``PushManager.subscribe`` gives a page."""

    endpoint: Annotated[str, StringConstraints(max_length=1000)]
    keys: Keys


class Leaving(Form):
    endpoint: Annotated[str, StringConstraints(max_length=1000)]


class Chosen(Protocol):
    """The sections of the settings that this page needs."""

    @property
    def channels(self) -> tuple[ChannelSettings, ...]: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def database(self) -> Store: ...


def channels(log: Log, book: NoticeBook, chosen: Chosen, zone: ZoneInfo, clock: Clock) -> Blueprint:
    pages = Blueprint("channels", __name__)
    attempts, pushing = Attempts(book), bool(chosen.notices.push_contact)
    overview = Overview(book, chosen.channels, pushing, zone, clock)
    secrets = {one.name: one.report_secret for one in chosen.channels}

    def push_key() -> str:
        """What a browser subscribes with; empty while web push is off."""
        return public_key(Path(chosen.database.data_dir)) if pushing else ""

    @pages.post("/api/v1/channels/<name>/report")
    def report(name: str) -> ResponseReturnValue:
        """No log-in: a provider has none. The channel's secret opens the door, and a reference nobody can guess."""
        secret = secrets.get(name, "")
        if not secret or not hmac.compare_digest(secret.encode(), request.headers.get(SECRET, "").encode()):
            raise NotThere(f"no channel of this name takes reports with such a secret in {SECRET}")
        form = read(Report)
        with log.writing() as w:
            one = book.by_reference(w.conn, name, form.reference)
            if one is None:
                raise NotThere("there is no such message")
            if form.status == "failed":
                attempts.failed(w, one, "refused", form.error, ("sent", "sending"))
            else:
                attempts.arrived(w, one, LEVELS[form.status])
        return jsonify(status="taken")

    @pages.get("/n/<code>")
    def link(code: str) -> ResponseReturnValue:
        """The short link of a text message. Only whoever it was for has read it: previews and others have not."""
        notice = book.by_code(code)
        if notice is None:
            return refused(404, "not_found", "There is nothing here", "Open the page you usually work with")
        if not current_user.is_authenticated:
            return redirect(url_for("login.login", next=request.path))
        if _is_for(notice, current_user):
            with log.writing() as w:
                attempts.read(w, book.notice(w.conn, notice["id"]), "link", actor(current_user))
        call_id = notice["stream"].removeprefix("call:")
        if call_id != notice["stream"] and may(current_user.role, REPORTS):
            return redirect(url_for("supervisor.call", call_id=call_id))
        return redirect(START.get(current_user.role, "/console"))

    @pages.get("/api/v1/phone/push")
    @need(PHONE)
    def key() -> ResponseReturnValue:
        return jsonify(key=push_key())

    @pages.post("/api/v1/phone/push")
    @need(PHONE)
    def subscribe() -> ResponseReturnValue:
        form = read(Subscription)
        if not push_key():
            raise NotNow("no_push", "Web push is turned off here", "Wait for a text message or a call")
        if not _public(form.endpoint):
            raise BadCommand("endpoint", "This is no address of a push service", "Subscribe again in the browser")
        keys = form.keys.p256dh, form.keys.auth
        book.subscribe(current_user.id, form.endpoint, keys, stamp(clock()), PHONES)
        return jsonify(status="subscribed"), 201

    @pages.delete("/api/v1/phone/push")
    @need(PHONE)
    def leave() -> ResponseReturnValue:
        book.unsubscribe(read(Leaving).endpoint, current_user.id)
        return jsonify(status="gone")

    @pages.get("/api/v1/channels")
    @need(REPORTS)
    def listed() -> ResponseReturnValue:
        found = overview.now()
        return jsonify(found | {"undelivered": [_undelivered(row) for row in found["undelivered"]]})

    @pages.get("/supervisor/channels")
    @need(REPORTS)
    def page() -> ResponseReturnValue:
        def local(at: str | None) -> str:
            return moment(at).astimezone(zone).strftime("%m-%d %H:%M:%S") if at else ""

        words: dict[str, Any] = {"kind_text": kind_text, "state_text": state_text, "reason_text": reason_text,
                                 "role_text": role_text, "local": local}  # fmt: skip
        return render_template("supervisor/channels.html", **overview.now(), **words)

    return pages


def _undelivered(row: Row) -> Row:
    names = ("kind", "stream", "role", "to_id", "made_at", "state")
    tried = [{name: one[name] for name in ("channel", "reason", "error", "done_at")} for one in row["attempts"]]
    return {name: row[name] for name in names} | {"attempts": tried}


def _is_for(notice: Row, user: Any) -> bool:
    mine = user.carer_id if notice["role"] == "carer" else user.id
    return notice["role"] in ("carer", "supervisor") and str(mine) == notice["to_id"]


def _public(address: str) -> bool:
    """The dispatcher will knock there: only at a name out on the internet, never at a machine of our own."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return parts.scheme == "https" and "." in host.strip(".") and parts.port in (None, 443)
    return False
