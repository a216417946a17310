"""Everybody at once: family and key holders, station, committee, neighbours and grid asked together, and nobody twice.

While 120 is on the telephone, the fastest pair of hands may be any of them (Beijing, 2021). What the ladder has done
already counts: whoever was asked in the last minutes, or has answered, is not asked again.
"""

from collections.abc import Callable, Mapping
from datetime import time

from callcenter.rules.answering import ASKED, asked_lately
from callcenter.rules.events import Row
from callcenter.rules.times import later
from callcenter.store.log import Writing
from callcenter.store.neighbours import Neighbours
from dispatch.rules.neighbourhood import DEGREES, MOST, committee, family, nearest

AGAIN_SECONDS = 600.0
Resolver = Callable[[Writing, Row], list[Row]]


def groups(
    w: Writing, call: Row, neighbours: Neighbours, staff: Mapping[str, Resolver], local: time
) -> list[tuple[str, list[Row]]]:
    """``[(group, people)]`` of those who are still to be asked, as ``to`` rows of ``HelpAsked``."""
    since = later(w.at, -AGAIN_SECONDS)
    lately = asked_lately(call, since)
    done = {mine for mine, one in call["responders"].items() if one["state"] != ASKED or one["asked_at"] > since}
    home = neighbours.home(w.conn, call["home_id"]) if call["home_id"] else None
    found: list[tuple[str, list[Row]]] = []
    if home is not None:
        able = neighbours.responders(w.conn, home, DEGREES)
        contacts = neighbours.contacts(w.conn, home["id"])
        found = [
            ("contacts", family(home, contacts, able, local, done)),
            ("station_head", _staff(w, call, staff, "station_head")),
            ("committee", committee(home, able, done)),
            ("responders", nearest(home, able, local, done)[: MOST - len(_asked_lately(call, "responders", since))]),
        ]
    if not any(people for group, people in found if group == "station_head"):
        found.append(("supervisor", _staff(w, call, staff, "supervisor")))
    fresh = [(group, [one for one in people if (one["role"], one["id"]) not in lately]) for group, people in found]
    return [(group, people) for group, people in fresh if people]


def _asked_lately(call: Row, group: str, since: str) -> list[Row]:
    return [one for one in call["help"].get(group, {}).get("to", ()) if one["at"] > since]


def _staff(w: Writing, call: Row, staff: Mapping[str, Resolver], group: str) -> list[Row]:
    resolve = staff.get(group)
    return resolve(w, {"home_id": call["home_id"], "call_id": call["id"]}) if resolve else []
