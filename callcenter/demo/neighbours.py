"""The demo's neighbourhood: a leader for every grid, party members, volunteers, keepers of keys, committees."""

from collections.abc import Iterator
from random import Random
from typing import Any

from callcenter.demo.names import younger
from callcenter.rules.register import Record

VOLUNTEERS, PARTY_MEMBERS, KEYS = 3, 1, 4  # of each community
WINDOWS = ("", "07:00-22:00", "07:00-22:00", "08:00-12:00,14:00-21:00")


def neighbours(seed: int, homes: list[Record]) -> list[Record]:
    """Its own dice, so that who lives in the district does not change with who looks after it."""
    dice = Random(f"{seed} neighbours")
    found: list[Record] = []
    for community in dict.fromkeys(home["community"] for home in homes):
        theirs = [home for home in homes if home["community"] == community]
        found += [_beside(dice, kind, at, **more) for kind, at, more in _wanted(dice, theirs)]
    for community in dict.fromkeys(home["community"] for home in homes):  # after the others, who keep their numbers
        office = next(home for home in homes if home["community"] == community)
        found.append(_beside(dice, "committee", office, name=f"{community}居委会值班", reachable="", consent=True))
    for number, one in enumerate(found, start=1):
        one |= {"code": f"N{number:03d}", "phone": f"000-56{number:05d}"}
    return found


def _wanted(dice: Random, homes: list[Record]) -> Iterator[tuple[str, Record, dict[str, Any]]]:
    for grid in sorted({home["grid"] for home in homes}):
        yield "grid_leader", dice.choice([home for home in homes if home["grid"] == grid]), {"reachable": ""}
    for kind, count in (("party_member", PARTY_MEMBERS), ("volunteer", VOLUNTEERS)):
        for home in dice.sample(homes, min(count, len(homes))):
            yield kind, home, {"reachable": dice.choice(WINDOWS)}
    kept = [home for home in homes if home["key_holder"] == "邻居保管"]
    for home in kept[:KEYS]:
        yield "key_holder", home, {"reachable": "", "home": home["code"]}


def _beside(dice: Random, kind: str, at: Record, **more: Any) -> Record:
    languages = ["zh"] + (["qinghai"] if dice.random() < 0.7 else [])
    return {
        "kind": kind, "name": younger(dice, "Han", dice.choice("FM")), "station": at["station"],
        "community": at["community"], "grid": at["grid"], "languages": languages,
        "latitude": round(at["latitude"] + dice.uniform(-0.002, 0.002), 6),
        "longitude": round(at["longitude"] + dice.uniform(-0.002, 0.002), 6),
        "consent": dice.random() < 0.95, **more,
    }  # fmt: skip
