"""A drill of the whole district: 900 homes, pretend carers with their phones, a report at the end; in seconds."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from callcenter.rules.call import NotNow
from callcenter.rules.events import Row
from callcenter.rules.rollcall import KNOWN
from devices.simulator.roll_call import PATH, work_through
from tests.callcenter.whole_site import WholeSite
from tests.conftest import Rehearsal


class Phone:
    """A carer's phone over the real pages, without a network."""

    def __init__(self, site: WholeSite, who: str = "carer"):
        self.site, self.who = site, who

    async def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.site.ask(self.who, path).json  # type: ignore[assignment]
        return found

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.site.say(self.who, path, body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json  # type: ignore[assignment]
        return found


async def at_once() -> None: ...


def test_the_list_of_900_is_made_and_on_a_carers_phone_and_a_pretend_carer_works_through_it(
    district: str, tmp_path: Path
) -> None:
    site = WholeSite(district, tmp_path)
    began = time.perf_counter()
    body = {"areas": [["district", ""]], "cause": "power", "drill": True, "carers": [c["id"] for c in site.carers]}
    answer = site.say("operator", "/api/v1/rollcalls", body)
    made = time.perf_counter()
    assert answer.status_code == 200, answer.text
    phone = Phone(site)
    (roll,) = site.ask("carer", PATH).json["rollcalls"]  # type: ignore[index]
    there = time.perf_counter()
    store, first, second = district.split(":")[0], (made - began) * 1000, (there - made) * 1000
    print(f"{store}: made in {first:.0f} ms, on the phone {second:.0f} ms later")
    assert there - began < 10.0
    assert roll["drill"] is True

    marked = asyncio.run(work_through(phone, Random(1), at_once))
    assert marked >= len(roll["homes"])
    left = [home for home in site.ask("carer", PATH).json["rollcalls"][0]["homes"] if home["state"] not in KNOWN]  # type: ignore[index]
    assert left == []
    assert site.ask("operator", "/api/v1/calls?stage=open").json["calls"] == [], "a drill opens no case"  # type: ignore[index]
    site.close()


def test_a_drill_of_900_ends_with_a_report_of_what_was_reached_when(rehearsal: Rehearsal) -> None:
    rolls = rehearsal.parts.rollcalls
    carers = [carer["id"] for carer in rehearsal.people.carers(rehearsal.now) if carer["on_shift"]]
    found = rolls.look([("district", "")], True, carers, 900)
    with rehearsal.writing() as w:
        row = rolls.start(w, rehearsal.operator, found, "power", drill=True)
    shares = {home[0]: row["shares"].get(str(home[0])) for home in row["homes"]}
    manned = {home[1] for home in row["homes"] if shares[home[0]]}
    assert all(shares[home[0]] for home in row["homes"] if home[1] in manned)
    began = time.perf_counter()
    order = sorted(row["homes"], key=lambda home: not home[3])  # each carer begins with those at high risk
    for at in range(0, 900, 60):
        rehearsal.wait(600, step=600)
        with rehearsal.writing() as w:
            for home in order[at : at + 60]:
                rolls.mark(w, row["id"], home[0], rehearsal.operator, "safe", "seen")
    took = time.perf_counter() - began
    print(f"900 homes marked in {took:.1f} s")
    assert took < 60
    figures = rolls.overview()[0]
    assert figures["counts"]["left"] == 0
    reached = figures["reached"]
    assert reached["high"] <= reached["half"] <= reached["most"] <= reached["all"]
    assert reached["all"] == 15 * 600
    assert Counter(one["left"] for one in figures["stations"].values()) == {0: len(figures["stations"])}
    with rehearsal.writing() as w:
        rolls.end(w, row["id"], rehearsal.operator)
    assert rehearsal.cases.live() == []
    assert rehearsal.verify().faults == []


def test_what_is_left_of_a_drill_is_dealt_to_those_who_take_part_and_to_nobody_else(rehearsal: Rehearsal) -> None:
    """The others were never told of it: at night their phones would ring for a real roll call."""
    rolls = rehearsal.parts.rollcalls
    taker = next(carer["id"] for carer in rehearsal.people.carers(rehearsal.now) if carer["on_shift"])
    row = begun(rehearsal, [taker], each=3)
    with rehearsal.writing() as w:
        row = rolls.share(w, row["id"], rehearsal.operator, 10)
    assert Counter(row["shares"].values()) == {taker: 10}
    with rehearsal.writing() as w:
        rolls.end(w, row["id"], rehearsal.operator)
    row = begun(rehearsal, [], each=3)
    with rehearsal.writing() as w, pytest.raises(NotNow, match="Nobody on duty can take more homes"):
        rolls.share(w, row["id"], rehearsal.operator)
    assert rehearsal.verify().faults == []


def begun(rehearsal: Rehearsal, carers: list[int], each: int) -> Row:
    rolls = rehearsal.parts.rollcalls
    found = rolls.look([("district", "")], True, carers, each)
    with rehearsal.writing() as w:
        return rolls.start(w, rehearsal.operator, found, "power", drill=True)
