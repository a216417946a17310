"""For machines that watch us: is the process there, is the centre ready, and its figures for Prometheus."""

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from callcenter.live import Live
from callcenter.rules.times import seconds_between, stamp
from callcenter.store.database import StoreUnavailable
from callcenter.wall import Wall

More = Callable[[], Iterable[tuple[str, str, float]]]  # name, what it is, value


def health(wall: Wall, live: Live, more: More) -> Blueprint:
    """``more``: figures of the upper storey."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def process() -> ResponseReturnValue:
        return jsonify({"status": "up"})

    @pages.get("/readyz")
    def ready() -> ResponseReturnValue:
        """200 only when a press would be taken, shown and acted on."""
        try:
            found = wall.health()
        except StoreUnavailable as error:
            return jsonify({"ready": False, "database": "down", "detail": str(error)[:200]}), 503
        up = (
            found["database"] == "up"
            and found["dispatcher"]["state"] == "up"
            and found["gateway"]["state"] == "up"
            and all(x["state"] == "up" for x in found["lines"])
            and found["drill"]["state"] in ("up", "none")
        )
        return jsonify({"ready": up, **found}), 200 if up else 503

    @pages.get("/metrics")
    def metrics() -> ResponseReturnValue:
        registry = CollectorRegistry()
        _figures(registry, wall, live, more)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return pages


def _figures(registry: CollectorRegistry, wall: Wall, live: Live, more: More) -> None:
    now = stamp(wall.clock())
    calls = [c for c in wall.cases.live() if c["priority"] < 4]
    waiting = [c for c in calls if c["stage"] == "waiting"]
    by_stage = Gauge("anxin_calls", "Open calls of people by stage", ["stage"], registry=registry)
    for stage in ("waiting", "answered", "on_hold"):
        by_stage.labels(stage).set(sum(c["stage"] == stage for c in calls))
    oldest = max((seconds_between(c["opened_at"], now) for c in waiting), default=0.0)
    Gauge("anxin_oldest_waiting_seconds", "Age of the oldest waiting call", registry=registry).set(oldest)
    Gauge("anxin_device_items", "Open device items", registry=registry).set(wall.cases.technical()["count"])
    Gauge("anxin_calls_nobody_left", "Open calls with nobody left to send", registry=registry).set(
        sum(c["nobody_left"] for c in calls)
    )
    Gauge("anxin_screens", "Consoles connected to this process", registry=registry).set(len(live.seats))
    Gauge("anxin_web_lag_seconds", "How late this process woke from its last nap", registry=registry).set(
        live.lag_seconds
    )
    Gauge("anxin_log_seq", "Newest event in the log", registry=registry).set(wall.log.head())
    found = wall.health()
    ages = Gauge("anxin_sign_of_life_age_seconds", "Since a process last said it lives", ["process"], registry=registry)
    for process in ("dispatcher", "gateway"):
        if found[process]["age"] is not None:
            ages.labels(process).set(found[process]["age"])
    lines = Gauge("anxin_line_up", "1 when a line is up", ["line"], registry=registry)
    for line in found["lines"]:
        lines.labels(line["name"]).set(line["state"] == "up")
    for name, what, value in more():
        Gauge(name, what, registry=registry).set(value)
