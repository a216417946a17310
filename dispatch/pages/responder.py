"""The short page of a neighbour, by a link of their own: no log-in, no script, no cookie; plain forms, big buttons."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.desk import actor
from callcenter.pages import terms
from callcenter.pages.forms import cleaned, read
from callcenter.rules.answering import SEEN
from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.store.log import Writing
from dispatch.pages.forms import AskHelp
from dispatch.responding import Responding

Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]
LONGEST = 60  # of a token; ours has 24 characters


def responder(
    need: Need, limiter: Limiter, commands: Commands, responding: Responding, call_row: Callable[[Row], Row]
) -> Blueprint:
    pages = Blueprint("responder", __name__)
    # A whole street may stand behind one address of a mobile network: wrong links are counted by address, taps by link.
    guessing = limiter.limit("20 per minute; 100 per hour", deduct_when=lambda answer: answer.status_code == 404)
    tapping = limiter.limit("30 per minute", key_func=lambda: request.path.split("/")[2][:LONGEST])

    @pages.get("/r/<token>")
    @guessing
    def page(token: str) -> ResponseReturnValue:
        found = responding.page(token) if len(token) <= LONGEST else None
        shown = render_template("responder/page.html", page=found, token=token, key=str(uuid4()), terms=terms)
        return _private(current_app.make_response((shown, 200 if found else 404)))

    @pages.post("/r/<token>/<any(go,cannot,arrived,seen):step>")
    @guessing
    @tapping
    def tapped(token: str, step: str) -> ResponseReturnValue:
        if len(token) > LONGEST:
            abort(404)
        form = cleaned(request.form.to_dict())
        seen, words = form.get("seen", ""), form.get("words", "").strip()[:200]
        if step == "seen" and seen not in SEEN:
            return _private(redirect(f"/r/{token}", 303))
        steps: dict[str, Callable[[Writing], Row]] = {
            "go": lambda w: responding.answer(w, token, True),
            "cannot": lambda w: responding.answer(w, token, False),
            "arrived": lambda w: responding.arrive(w, token),
            "seen": lambda w: responding.report(w, token, seen, words),
        }
        who = responding.behind(token)
        try:
            key = form.get("key") or str(uuid4())
            commands.once(f"{step} {who.role}", key, who, lambda w: {"call": steps[step](w)["id"]})
        except NotNow:  # over meanwhile: the page says so
            pass
        return _private(redirect(f"/r/{token}", 303))

    @pages.post("/api/v1/calls/<call_id>/help")
    @need("handle")
    def ask(call_id: str) -> ResponseReturnValue:
        form = read(AskHelp)
        done = commands.once(f"help {form.whom} {call_id}", form.key, current_user, lambda w: {
            "call": responding.ask(w, call_id, actor(current_user), form.whom)["id"]})  # fmt: skip
        return jsonify(call=call_row(responding.cases.call(call_id) or {}), seq=done.result["seq"])

    return pages


def _private(answer: Any) -> Response:
    """The address is the secret: it goes to no search engine, no cache, and no other site."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[no-any-return]
