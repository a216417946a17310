"""The district over HTTP: its picture for the console, positions for a map where one is set up, who is out of reach."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from callcenter.pages.assets import import_map, only
from callcenter.rules.access import CONSOLE, REPORTS
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.rules.tiles import SUBDOMAINS, layers
from callcenter.settings import Map
from devices.codecs.datum import wgs84_to_bd09, wgs84_to_gcj02
from dispatch.district import District
from dispatch.rules.reach import SHARE

View = Callable[..., ResponseReturnValue]
Need = Callable[[str], Callable[[View], View]]
FROM_WGS84: dict[str, Callable[[float, float], tuple[float, float]]] = {
    "wgs84": lambda latitude, longitude: (latitude, longitude),
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
}
LIBRARY = ("leaflet", "leaflet.css")
HOURS = {"now": None, "day": 10, "night": 3}


def district(need: Need, service: District, tiles: Map) -> Blueprint:
    """``need(right)`` guards a view."""
    pages = Blueprint("district", __name__)

    @pages.get("/api/v1/district")
    @need(CONSOLE)
    def picture() -> ResponseReturnValue:
        return jsonify({**service.picture(), "map": tiles.kind != "none"})

    @pages.get("/api/v1/district/map")
    @need(CONSOLE)
    def positions() -> ResponseReturnValue:
        """Everything in the datum of the tiles; the key travels only to whoever opens the map."""
        if tiles.kind == "none":
            raise NotThere("there is no map: the schematic shows the district")
        moved = {what: list(_turned(rows, tiles.datum)) for what, rows in service.positions().items()}
        said = {name: getattr(tiles, name) for name in ("kind", "attribution", "approval", "max_zoom", "datum")}
        sources = {"layers": layers(tiles.kind, tiles.url, tiles.key), "subdomains": SUBDOMAINS, "files": files()}
        return jsonify({**said, **sources, **moved})

    def files() -> dict[str, str]:
        return only(import_map(Path(current_app.static_folder or "static")), *LIBRARY)["imports"]

    @pages.get("/supervisor/reach")
    @need(REPORTS)
    def audit() -> ResponseReturnValue:
        """Who is out of reach, told before the accident."""
        when = request.args.get("when", "now")
        found, out, nowhere = service.audit(HOURS.get(when))
        return render_template(
            "supervisor/reach.html", found=found, out=out, nowhere=nowhere, share=SHARE, when=when,
            minutes=round(found.limit / 60), stations={row["id"]: row["name"] for row in service.people.stations.all()},
        )  # fmt: skip

    return pages


def _turned(rows: Iterable[Row], datum: str) -> Iterable[dict[str, Any]]:
    for row in rows:
        yield {**row, "at": [round(degrees, 6) for degrees in FROM_WGS84[datum](*row["at"])]}
