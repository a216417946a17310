"""What is wrong in the demo district on purpose: six devices that the watch has to find by itself.

They are of a model that speaks every minute, so that `make run` shows them found within minutes; the pretend homes
leave those alone that are to be silent. Everything else works, is signed for and was tested lately.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from callcenter.rules.register import Record
from callcenter.rules.times import stamp
from callcenter.store.cases import Cases
from callcenter.store.database import Database

MODEL = "AX-110 (DC-09, 60 s)"
SILENT, HIGHEST_RISK, LOST_PAGER, FLAT_BATTERY, NO_MAINS, NEVER_TESTED = (
    "1897", "1898", "1895", "1896", "1899", "1900",
)  # fmt: skip
ACCOUNTS = (SILENT, HIGHEST_RISK, LOST_PAGER, FLAT_BATTERY, NO_MAINS, NEVER_TESTED)
QUIET = frozenset({SILENT, HIGHEST_RISK, NO_MAINS})  # these say nothing


def sign(database: Database, sheets: dict[str, list[Record]], midnight: datetime, seed: int, dead: bool) -> None:
    """Everyone's device signed for and tested within its month; ``dead``: then those that are not as they should be.
    ``midnight`` begins today."""
    dice = Random(seed)
    marks: dict[str, dict[str, Any]] = {}
    for device in sheets["devices"]:
        tested = stamp(midnight - timedelta(days=dice.randint(0, 24), hours=dice.randint(4, 14)))
        marks[device["account"]] = {
            "accepted_at": device["installed_at"], "accepted_by": "安装队", "last_full_test_at": tested,
            "last_test_at": tested, "battery_percent": dice.randint(60, 100),
        }  # fmt: skip
    for account, wrong in _wrong(stamp(midnight - timedelta(days=2))).items() if dead else ():
        marks[account].update(wrong)
    with database.write() as conn:
        Cases.mark_devices(conn, marks)


def _wrong(long_ago: str) -> dict[str, dict[str, Any]]:
    return {
        SILENT: {"last_heard_at": long_ago},
        HIGHEST_RISK: {"last_heard_at": long_ago},
        LOST_PAGER: {"pager_lost": True, "pager_heard_at": long_ago},
        FLAT_BATTERY: {"battery_low": True, "battery_percent": 9},
        NO_MAINS: {"mains_lost": True, "mains_lost_at": long_ago, "last_heard_at": long_ago},
        NEVER_TESTED: {"last_full_test_at": None, "last_test_at": None},
    }
