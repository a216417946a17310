"""The paper pack (纸质应急包): who, where, how in, whom to ring, who is on duty; written every hour, so that a centre
without its machine goes on with telephone and paper.

A pack is a folder of pages, put in place whole; the one before stays until the next is there. It stands where the
machine's owner finds it when nothing runs any more, and on a stick by ``python app.py pack``.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules.events import Row
from callcenter.rules.people import age
from callcenter.rules.risk import highest_tier
from callcenter.rules.times import Clock, later, moment, seconds_between, stamp
from callcenter.store.cases import Cases
from callcenter.store.paper import everybody
from callcenter.store.people import People
from dispatch.duty import Duty

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 300.0  # after a failure
KEPT = 2
SIGN = "pack"  # the sign of life
FOLDER = "pack"
WHOLE, BLANK, CODES = "all", "blank", "door-codes"
NOBODYS = "none"  # the sheet of homes that no station answers for
PARTIAL = ".part-"


@dataclass(frozen=True)
class Sheet:
    """One page of the pack: its name in addresses and files, its title, and what stands on it."""

    name: str
    title: str
    content: Row


Render = Callable[[Sheet, bool], str]
"""A sheet as HTML; with True it carries its style along, because a file on a stick has no server behind it."""


class Paper:
    """``folder`` is the centre's data folder. ``centre``: its name and its telephone."""

    def __init__(
        self, people: People, duty: Duty, cases: Cases, zone: ZoneInfo, clock: Clock, render: Render, folder: Path,
        centre: tuple[str, str],
    ):  # fmt: skip
        self.people, self.duty, self.cases, self.zone, self.clock = people, duty, cases, zone, clock
        self.render, self.folder, self.centre = render, folder / FOLDER, centre
        self._next_at = ""

    # --- what stands in it ----------------------------------------------------------------------------------------

    def stations(self) -> list[Row]:
        return self.people.stations.all()

    def sheets(self, wanted: Callable[[str], bool] = lambda _name: True) -> Iterator[Sheet]:
        """All sheets whose name is ``wanted``; door codes stand in one of their own and in no other."""
        at = self.clock()
        made = at.astimezone(self.zone)
        local = made.strftime("%Y-%m-%d %H:%M")
        today = made.date()
        with self.people.database.read() as conn:
            homes = [_home(row, today) for row in everybody(conn)]
        now = self.duty.now(stamp(at))
        phones = {one["id"]: one["phone"] for one in self.people.carers(at)}
        stations = [_station(row, now, phones, self.zone) for row in self.stations()]
        shared: Row = {"made_at": local, "centre": self.centre[0], "centre_phone": self.centre[1],
                       "officers": now["officers"], "stand_by": now["stand_by"], "stations": stations}  # fmt: skip
        without = [{**home, "door_code": ""} for home in homes]
        orphans = [home for home in without if home["station_id"] is None]
        parts = [{**one, "homes": [h for h in without if h["station_id"] == one["id"]]} for one in stations]
        if orphans:
            parts.append({"id": None, "code": NOBODYS, "name": "", "phone": "", "carers": [], "homes": orphans})
        every = [
            Sheet(WHOLE, "", {**shared, "parts": parts, "index": _index(without, stations)}),
            *(Sheet(part["code"], part["name"], {**shared, "parts": [part], "index": []}) for part in parts),
            Sheet(BLANK, "", {**shared, "parts": [], "index": []}),
            Sheet(CODES, "", {**shared, "parts": [], "index": [], "coded": [h for h in homes if h["door_code"]]}),
        ]
        return (sheet for sheet in every if wanted(sheet.name))

    def sheet(self, name: str) -> Sheet | None:
        return next(self.sheets(lambda known: known == name), None)

    # --- every hour -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Writes the pack when it is due; a failure is told by the sign of life, and raised."""
        now = stamp(self.clock())
        if not self._next_at:
            newest = self.newest()
            self._next_at = later(newest, EVERY_SECONDS) if newest and newest <= now else now
        if now < self._next_at and seconds_between(now, self._next_at) <= EVERY_SECONDS:
            return
        self._next_at = later(now, AGAIN_SECONDS)
        try:
            self.write(self.folder / _name(now))
        except Exception as error:  # a full disk, a store away, whatever it is: it must be said
            self.cases.show_life(SIGN, now, "failed", f"{type(error).__name__}: {error}"[:200])
            raise
        self._next_at = later(now, EVERY_SECONDS)
        self.cases.show_life(SIGN, now)
        self._tidy()

    def newest(self) -> str | None:
        """When the newest pack in the folder was made."""
        return max((at for at in map(_made_at, self._packs()) if at), default=None)

    def write(self, folder: Path, with_codes: bool = True) -> int:
        """All sheets into ``folder``, which is there whole or not at all. Returns how many. Raises ``OSError``."""
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder.with_name(f"{PARTIAL}{os.getpid()}-{folder.name}")
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(mode=0o700)
            written = 0
            for sheet in self.sheets(lambda name: with_codes or name != CODES):
                _keep(part / file_name(sheet.name), self.render(sheet, True))
                written += 1
            if folder.exists():
                shutil.rmtree(folder)
            part.rename(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        return written

    def _packs(self) -> list[str]:
        with contextlib.suppress(OSError):
            return sorted(path.name for path in self.folder.iterdir() if path.is_dir())
        return []

    def _tidy(self) -> None:
        """Personal data is kept no longer than it is needed: the newest, and the one before should that be damaged."""
        packs = self._packs()
        whole = [name for name in packs if _made_at(name)]
        for name in (*whole[:-KEPT], *(name for name in packs if name.startswith(PARTIAL))):
            shutil.rmtree(self.folder / name, ignore_errors=True)


def file_name(sheet: str) -> str:
    """As it stands in a folder: the whole district is what a browser opens first."""
    return "index.html" if sheet == WHOLE else f"{sheet}.html"


def _keep(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _name(at: str) -> str:
    return at[:19].replace(":", "").replace("-", "") + "Z"  # 20261122T080000Z


def _made_at(name: str) -> str | None:
    """The stamp in a pack's name; None of any other folder."""
    with contextlib.suppress(ValueError):
        return stamp(moment(name))
    return None


def _home(row: Row, today: Any) -> Row:
    people = [{**one, "age": age(one["born"], today)} for one in row["residents"]]
    place = " ".join(part for part in (row["community"], row["building"], row["unit"], row["door"]) if part)
    return {**row, "residents": people, "place": place, "tier": highest_tier(one["tier"] for one in people)}


def _station(row: Row, now: Row, phones: Mapping[int, str], zone: ZoneInfo) -> Row:
    there: list[Row] = next((one["carers"] for one in now["stations"] if one["id"] == row["id"]), [])
    carers = [
        {"name": one["name"], "phone": phones.get(one["id"], ""), "post": one["post"],
         "until": moment(one["ends_at"]).astimezone(zone).strftime("%H:%M") if one.get("ends_at") else ""}
        for one in there
    ]  # fmt: skip
    return {**{name: row[name] for name in ("id", "code", "name", "phone", "community")}, "carers": carers}


def _index(homes: list[Row], stations: list[Row]) -> list[Row]:
    """Everybody by name as it sounds: the paper's search."""
    named = {station["id"]: station["name"] for station in stations}
    found = [
        {"name": one["name"], "pinyin": one["pinyin"], "code": home["code"], "place": home["place"],
         "station": named.get(home["station_id"], ""), "phone": one["phone"] or home["phone"]}
        for home in homes for one in home["residents"]
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one["pinyin"], one["name"], one["code"]))
