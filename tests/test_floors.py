"""The house keeps its storeys, floors, doors and names (README, "Map of files"), and the check that says so bites."""

from pathlib import Path

import pytest

from tests.floors import House, problems

HOUSE = Path(__file__).resolve().parent.parent


def build(root: Path, files: dict[str, str]) -> Path:
    """A made-up house: ``files`` maps paths to sources; every folder gets an ``__init__.py`` with a paragraph."""
    for path, source in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        folder = file.parent
        while folder != root:
            opening = folder / "__init__.py"
            if not opening.exists():
                opening.write_text('"""What lives here."""\n', encoding="utf-8")
            folder = folder.parent
    return root


def test_the_house_keeps_its_rules() -> None:
    assert House(HOUSE).modules, "no module was found: the check looked in the wrong place"
    broken = problems(HOUSE)
    assert not broken, "\n".join(["", *broken])


def test_every_folder_of_tests_says_what_lives_there() -> None:
    unsaid = [p for p in (HOUSE / "tests").rglob("__init__.py") if not p.read_text(encoding="utf-8").startswith('"""')]
    assert not unsaid


GOOD = {
    "app.py": "import flask\nfrom apscheduler.schedulers.background import BackgroundScheduler\n"
    "from callcenter import intake\nfrom dispatch.pages import phone\nfrom devices.lines import Line\n",
    "devices/signal.py": "from datetime import datetime\nBORN = datetime(2026, 1, 1)\n",
    "devices/settings.py": "from pydantic import BaseModel\n",
    "devices/codecs/dc09.py": "import random\nfrom pathlib import Path\nfrom devices.signal import BORN\n"
    "TABLE = Path(__file__).with_name('codes.json').read_text()\nDICE = random.Random(7)\n",
    "devices/codecs/__init__.py": '"""Codecs by name."""\nfrom devices.codecs import dc09\nALL = {"dc09": dc09}\n',
    "devices/lines/port.py": "import serial\nimport socket\nfrom devices.codecs import ALL\n",
    "devices/simulator/receiver.py": "import os\nfrom . import lines\nMASTER, SLAVE = os.openpty()\n",
    "callcenter/rules/triage.py": "from devices.signal import BORN\n",
    "callcenter/store/log.py": "import sqlalchemy\nfrom ..rules import triage\n",
    "callcenter/store/migrations/env.py": "from alembic import context\n" + "# a step\n" * 400,
    "callcenter/store/tables.py": "import sqlalchemy\n" + "# a column\n" * 400,
    "callcenter/rules/codes.py": "CODES = {\n" + "".join(f"    {n}: 'x',\n" for n in range(400)) + "}\n",
    "callcenter/runtime.py": "import eventlet\nimport gevent\n",
    "callcenter/intake.py": "import os, time\nfrom callcenter.store.log import triage\nNOW = time.time()\n",
    "callcenter/live.py": "import flask_socketio\nfrom callcenter.intake import NOW\n",
    "dispatch/channels/sms.py": "import httpx, urllib.request\nimport apprise\n",
    "dispatch/dispatcher.py": "from callcenter.intake import NOW\nfrom dispatch.channels import sms\n",
    "dispatch/pages/phone.py": "from flask import Blueprint\nfrom flask_login import current_user\n"
    "from dispatch import dispatcher\nimport urllib.parse\n"
    "def pages():\n" + "    def page():\n        return 1\n" * 40,
}

BAD = {
    "a lower storey imports an upper one": (
        {"devices/lines/port.py": "from callcenter.store import log\n"},
        "devices/lines/port.py:1: devices.lines.port may not import callcenter.store.log, whose storey is above",
    ),
    "the call centre imports dispatch": (
        {"callcenter/intake.py": "import dispatch.dispatcher\n"},
        "whose storey is above its own",
    ),
    "somebody imports app": ({"dispatch/dispatcher.py": "import app\n"}, "may not import app, whose storey"),
    "a rule imports the store": (
        {"callcenter/rules/triage.py": "from callcenter.store import log\n"},
        "callcenter.rules.triage (floor 0) may not import callcenter.store.log (floor 1)",
    ),
    "the store imports a service": ({"callcenter/store/log.py": "from callcenter import intake\n"}, "(floor 2)"),
    "a service imports a page": ({"dispatch/dispatcher.py": "from dispatch.pages import phone\n"}, "(floor 3)"),
    "an upper rule imports a lower service": (
        {"dispatch/rules/visit.py": "from callcenter.intake import NOW\n"},
        "dispatch.rules.visit (floor 0) may not import callcenter.intake (floor 2)",
    ),
    "settings import a service": ({"devices/settings.py": "from devices import simulator\n"}, "(floor 2)"),
    "a storey's opening imports": ({"devices/__init__.py": '"""Devices."""\nfrom . import lines\n'}, "(floor 1)"),
    "an import hides in a function": (
        {"devices/signal.py": "def f():\n    from devices import lines\n"},
        "devices/signal.py:2",
    ),
    "an import hides under TYPE_CHECKING": (
        {"devices/signal.py": "import typing\nif typing.TYPE_CHECKING:\n    from devices.lines import Line\n"},
        "devices/signal.py:3",
    ),
    "an import hides in a string": (
        {"devices/signal.py": "import importlib\nimportlib.import_module('devices.lines')\n"},
        "devices/signal.py:2",
    ),
    "an import hides behind dots": (
        {"callcenter/rules/triage.py": "from ...callcenter.store import log\nfrom ..store.log import triage\n"},
        "callcenter/rules/triage.py:2",
    ),
    "two modules import each other": (
        {"dispatch/dispatcher.py": "import dispatch.notifier\n", "dispatch/notifier.py": "from . import dispatcher\n"},
        "in a circle: ",
    ),
    "two modules import each other late": (
        {
            "callcenter/desk.py": "def f():\n    import callcenter.exchange\n",
            "callcenter/exchange.py": "import callcenter.desk\n",
        },
        "in a circle: ",
    ),
    "the house imports its tests": ({"callcenter/desk.py": "from tests import conftest\n"}, "which is outside it"),
    "SQLAlchemy by the window": ({"callcenter/desk.py": "from sqlalchemy import select\n"}, "has one door"),
    "Alembic by the window": ({"app.py": "import alembic.command\n"}, "has one door"),
    "psycopg by the window": ({"dispatch/notifier.py": "import psycopg\n"}, "has one door"),
    "Flask by the window": ({"callcenter/desk.py": "from flask import request\n"}, "has one door"),
    "a Flask extension by the window": ({"callcenter/desk.py": "import flask_login\n"}, "has one door"),
    "Werkzeug by the window": ({"callcenter/commands.py": "import werkzeug.exceptions\n"}, "has one door"),
    "APScheduler by the window": ({"dispatch/dispatcher.py": "import apscheduler\n"}, "has one door, app.py"),
    "pyserial by the window": ({"devices/simulator/receiver.py": "import serial\n"}, "has one door, devices/lines/"),
    "a pretend terminal by the window": (
        {"devices/lines/port.py": "import os\nos.openpty()\n"},
        "os.openpty has one door",
    ),
    "eventlet by the window": ({"app.py": "import eventlet\n"}, "has one door, callcenter/runtime.py"),
    "gevent by the window": ({"callcenter/live.py": "def f():\n    import gevent.monkey\n"}, "has one door"),
    "requests by the window": ({"callcenter/desk.py": "import requests\n"}, "has one door, dispatch/channels/"),
    "urllib by the window": ({"app.py": "from urllib import request\n"}, "urllib.request has one door"),
    "http.client by the window": ({"app.py": "import http.client\n"}, "http.client has one door"),
    "apprise by the window": ({"dispatch/notifier.py": "import apprise\n"}, "has one door"),
    "a rule opens a socket": ({"callcenter/rules/triage.py": "import socket\n"}, "may not import socket"),
    "a codec asks the clock": (
        {"devices/codecs/dc09.py": "import time\ndef f():\n    return time.time()\n"},
        "devices/codecs/dc09.py:3: a pure module may not use time.time",
    ),
    "a rule asks the clock by another name": (
        {"dispatch/rules/sla.py": "from time import monotonic as tick\n"},
        "may not import time.monotonic",
    ),
    "a signal asks the date": (
        {"devices/signal.py": "import datetime as dt\nNOW = dt.datetime.now(dt.UTC)\n"},
        "may not use datetime.datetime.now",
    ),
    "a rule asks the date": (
        {"callcenter/rules/triage.py": "from datetime import datetime\nNOW = datetime.utcnow\n"},
        "may not use datetime.datetime.utcnow",
    ),
    "a rule throws dice": ({"dispatch/rules/ranking.py": "import random\nrandom.choice([1])\n"}, "random.choice"),
    "a rule throws dice without a seed": (
        {"dispatch/rules/ranking.py": "from random import Random\nRandom()\n"},
        "without a seed",
    ),
    "a codec draws secrets": ({"devices/codecs/dc09.py": "import secrets\n"}, "may not import secrets"),
    "a rule asks the system": ({"callcenter/rules/triage.py": "import os.path\n"}, "may not import os.path"),
    "a rule reads a file": (
        {"callcenter/rules/triage.py": "from pathlib import Path\nX = Path('x').read_text()\n"},
        "may not use .read_text()",
    ),
    "a codec writes a file": (
        {"devices/codecs/dc09.py": "from pathlib import Path\nPath('x').write_bytes(b'')\n"},
        "may not use .write_bytes()",
    ),
    "a rule opens a file": ({"callcenter/rules/triage.py": "open('x')\n"}, "may not use builtins.open"),
    "a vague name": ({"callcenter/utils.py": "X = 1\n"}, "no module is named utils"),
    "a vague folder": ({"dispatch/common/x.py": "X = 1\n"}, "no module is named common"),
    "an opening without words": ({"dispatch/rules/__init__.py": ""}, "has no docstring"),
    "a long function": ({"callcenter/desk.py": "def f():\n" + "    x = 1\n" * 60}, "f() has 61 lines of its own"),
    "a long method": (
        {"callcenter/desk.py": "class A:\n    async def f(self):\n" + "        x = 1\n" * 60},
        "f() has 61 lines of its own",
    ),
    "a long file": ({"callcenter/desk.py": "x = 1\n" * 301}, "301 lines (tables not counted), at most 300"),
    "a file that is no Python": ({"callcenter/desk.py": "def :\n"}, "cannot be read as Python"),
}


def test_a_house_that_keeps_its_rules_is_left_alone(tmp_path: Path) -> None:
    assert problems(build(tmp_path, GOOD)) == []


@pytest.mark.parametrize(("changed", "expected"), BAD.values(), ids=BAD.keys())
def test_the_check_bites_when(changed: dict[str, str], expected: str, tmp_path: Path) -> None:
    found = problems(build(tmp_path, {**GOOD, **changed}))
    assert any(expected in said for said in found), f"expected {expected!r} in {found}"
