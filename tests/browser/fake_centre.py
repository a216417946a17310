"""A centre small enough to be stopped at will: the real phone page, and jobs and verbs kept in one file.

Run as ``python fake_centre.py PORT STATE.json [TRANSLATIONS]``. The test sets the state over ``POST /control``; the
file outlives the process, as a database would.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_babel import Babel

HOUSE = Path(__file__).parents[2]
sys.path.insert(0, str(HOUSE))

from callcenter.rules.times import later, stamp  # noqa: E402
from dispatch.pages.phone import phone  # noqa: E402
from dispatch.settings import PhonePage  # noqa: E402

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
AFTER = {
    "accept": "accepted",
    "depart": "on_the_way",
    "arrive": "arrived",
    "finish": "finished",
    "decline": "requested",
    "help": "",
    "fine": "",
}
UNDONE = {"depart": "accepted", "arrive": "on_the_way"}
EMPTY: dict[str, Any] = {
    "jobs": [],
    "on_shift": True,
    "done_today": 3,
    "received": [],
    "refuse": {},
    "gone": [],
    "hold": [],
    "plan": None,
    "push_key": "",
    "push": [],
}
lock = threading.Lock()


def anyone(_right: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return lambda view: view


def build(state_file: Path, translations: str) -> Flask:
    app = Flask("fake", static_folder=str(HOUSE / "static"), template_folder=str(HOUSE / "templates"))
    app.config.update(BABEL_DEFAULT_LOCALE="zh_CN", BABEL_TRANSLATION_DIRECTORIES=translations)
    Babel(app)
    app.jinja_env.globals.update(centre_zone="Asia/Shanghai")  # as callcenter/pages/site.py does
    app.register_blueprint(
        phone(anyone, PhonePage(centre_phone="0971-0000000", poll_seconds=0.4, stale_seconds=3, here_seconds=1))
    )
    _routes(app, state_file)

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


def _routes(app: Flask, state_file: Path) -> None:
    def load() -> dict[str, Any]:
        return EMPTY | json.loads(state_file.read_text("utf-8")) if state_file.exists() else dict(EMPTY)

    def save(state: dict[str, Any]) -> None:
        part = state_file.with_suffix(".part")  # a reader must never meet half a file
        part.write_text(json.dumps(state), "utf-8")
        part.replace(state_file)

    @app.post("/control")
    def control() -> Response:
        with lock:
            save(load() | (request.get_json() or {}))
        return jsonify(ok=True)

    @app.get("/api/v1/phone/jobs")
    def jobs() -> Response:
        state = load()
        now = stamp(datetime.now(UTC))
        return jsonify(
            server_time=now, seq=1, me={"id": 7, "name": "马玉兰"}, on_shift=state["on_shift"], csrf_token="t",
            shift_ends_at=later(now, 4 * 3600) if state["on_shift"] else None, done_today=state["done_today"],
            jobs=state["jobs"], centre_phone="0971-0000000", gone=state["gone"],
        )  # fmt: skip

    @app.get("/api/v1/phone/plan")
    def plan() -> tuple[Response, int]:
        visits = load()["plan"]
        return (jsonify(visits=visits), 200) if visits is not None else (jsonify(error="not_found"), 404)

    def note(**said: Any) -> None:
        with lock:
            state = load()
            save(state | {"received": [*state["received"], said]})

    @app.post("/api/v1/phone/sos")
    def sos() -> Response:
        note(verb="sos", **request.get_json())
        return jsonify(call="20261121-0150", seq=3)

    @app.post("/api/v1/phone/here")
    def here() -> Response:
        note(verb="here", **request.get_json())
        return jsonify(server_time=stamp(datetime.now(UTC)))

    @app.post("/phone/visits/<visit>/photos")
    def photo(visit: str) -> Response:
        picture = request.get_data()
        note(verb="photo", visit=visit, key=request.headers["X-Key"], bytes=len(picture), head=picture[:3].hex())
        while "photo" in load()["hold"]:  # a thin line
            time.sleep(0.05)
        return jsonify(photo=1, seq=4)

    @app.get("/api/v1/phone/push")
    def push_key() -> Response:
        return jsonify(key=load()["push_key"])

    @app.post("/api/v1/phone/push")
    def subscribe() -> tuple[Response, int]:
        with lock:
            state = load()
            save(state | {"push": [*state["push"], request.get_json()]})
        return jsonify(status="subscribed"), 201

    @app.post("/api/v1/visits/<visit>/<verb>")
    def verb(visit: str, verb: str) -> tuple[Response, int]:
        with lock:
            state, body = load(), request.get_json()
            state["received"].append({"visit": visit, "verb": verb, **body})
            if verb in state["refuse"]:
                save(state | {"jobs": []})
                return jsonify(state["refuse"][verb]), 409
            (job,) = [one for one in state["jobs"] if one["visit"]["id"] == visit]
            after = UNDONE[body["step"]] if verb == "undo" else AFTER[verb]
            job["visit"]["stage"] = after or job["visit"]["stage"]
            if verb == "accept" and job.get("leaves"):
                state["jobs"] = [one for one in state["jobs"] if one["visit"]["id"] != job["leaves"]]
            if verb == "fine":
                job["visit"] |= {"stay_step": "reminder", "stay_due_at": later(stamp(datetime.now(UTC)), 1440)}
            if after in ("finished", "requested"):
                state["jobs"].remove(job)
            save(state)
            return jsonify(visit=job["visit"], seq=2), 200


if __name__ == "__main__":
    port, state_file, *translations = sys.argv[1:]
    app = build(Path(state_file), translations[0] if translations else str(HOUSE / "templates/translations"))
    app.run("127.0.0.1", int(port), threaded=True)
