"""The paper pack over HTTP: to print at the start of a shift, and to be kept by a desk that has asked for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import Commands
from callcenter.desk import actor
from callcenter.pages.forms import Form, read
from callcenter.rules.access import DOOR_CODES, PAPER, may
from callcenter.rules.events import Row
from callcenter.store.log import Writing
from callcenter.wall import Wall
from dispatch.paper import BLANK, CODES, WHOLE, Paper, Sheet

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
STREAM = "pack"
# What a desk that keeps the pack must have to open it without us, beside the page itself.
SHELL = ("css/base.css", "css/pack.css", "css/sheet.css", "js/pack/keep.js", "js/pack/desk.js")


class Kept(Form):
    key: str
    kept: bool


def paper(need: Need, commands: Commands, pack: Paper, wall: Wall) -> Blueprint:
    """``need(right)`` guards a view. Every sheet that leaves with somebody's name on it leaves a line in the log."""
    pages = Blueprint("paper", __name__)

    def mine() -> list[Row]:
        """A head's own station; everybody else's are all."""
        stations = pack.stations()
        return [one for one in stations if current_user.role != "head" or one["id"] == current_user.station_id]

    def handed_out(sheet: Sheet | None) -> Response:
        if sheet is None:
            abort(404)
        if sheet.name != BLANK:
            body = {"what": sheet.title or sheet.name, "sheet": sheet.name, "codes": sheet.name == CODES,
                    "desk": "desk" in request.args, "name": current_user.name}  # fmt: skip
            with commands.log.writing() as w:
                w.append(STREAM, "PackTaken", body, actor(current_user))
        download = "download" in request.args
        answer = Response(pack.render(sheet, download), mimetype="text/html")
        if download:
            made = sheet.content["made_at"].replace(" ", "-").replace(":", "")
            answer.headers.set("Content-Disposition", "attachment", filename=f"anxin-pack-{sheet.name}-{made}.html")
        return answer

    @pages.get("/pack")
    @need(PAPER)
    def index() -> ResponseReturnValue:
        return render_template(
            "paper/index.html", stations=mine(), state=wall.health()["pack"], whole=current_user.role != "head",
            may_codes=may(current_user.role, DOOR_CODES), WHOLE=WHOLE, BLANK=BLANK,
        )  # fmt: skip

    @pages.get("/pack/sheet/<sheet>")
    @need(PAPER)
    def sheet(sheet: str) -> ResponseReturnValue:
        allowed = {BLANK, *(one["code"] for one in mine())} | (
            {WHOLE, "none"} if current_user.role != "head" else set()
        )
        return handed_out(pack.sheet(sheet) if sheet in allowed else None)

    @pages.get("/pack/codes")
    @need(DOOR_CODES)
    def codes() -> ResponseReturnValue:
        return handed_out(pack.sheet(CODES))

    # --- a desk that keeps it -------------------------------------------------------------------------------------

    @pages.get("/pack/desk")
    @need(PAPER)
    def desk() -> ResponseReturnValue:
        """A shell without a name in it: what is kept is opened by the desk itself."""
        answer = current_app.make_response(render_template("paper/desk.html"))
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    @pages.get("/pack/sw.js")
    def worker() -> ResponseReturnValue:
        static = Path(current_app.static_folder or "static")
        shell = [f"/static/{name}" for name in SHELL]
        text = f"const SHELL = {current_app.json.dumps(shell)}\n{(static / 'js/pack/sw.js').read_text('utf-8')}"
        return Response(text, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})

    @pages.post("/api/v1/pack/kept")
    @need(PAPER)
    def kept() -> ResponseReturnValue:
        form = read(Kept)

        def act(w: Writing) -> dict[str, Any]:
            w.append(
                STREAM, "PackKept" if form.kept else "PackErased", {"name": current_user.name}, actor(current_user)
            )
            return {"kept": form.kept}

        if form.kept and current_user.role == "head":
            abort(403, gettext("Your role may not do this"))
        return jsonify(commands.once("keep pack", form.key, current_user, act).result)

    return pages
