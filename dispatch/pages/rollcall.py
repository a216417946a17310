"""A carer's share of the roll calls that run, on their phone, and what they found at each home.

Way in and telephone are told while the roll call runs; door codes are not, because forty of them on a phone are too
many: whoever needs one says "needs help" or "not reached", and the visit that follows brings it. What a carer found is
taken even when the list has been dealt anew meanwhile: a phone may have been without a network.
"""

import re
from typing import Literal

from flask import Blueprint, Response, jsonify
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.pages.forms import Short, read
from callcenter.rollcalls import RollCalls
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.rules.rollcall import HOW
from callcenter.rules.times import stamp
from callcenter.store.log import Writing
from dispatch.pages.carer import Need, own_carer
from dispatch.pages.forms import Tap

SHOWN = ("home_id", "number", "tier", "at_risk", "state", "how", "at", "tries", "community", "address", "building",
         "unit", "door", "floor", "phone", "way_in", "key_holder", "key_safe", "people", "contact")  # fmt: skip


class Found(Tap):
    state: Literal["safe", "not_reached", "help"]
    how: Literal["", "seen", "spoke", "elsewhere"] = ""
    words: Short = ""
    priority: Literal[1, 2] = 1


def rollcall(need: Need, commands: Commands, rollcalls: RollCalls) -> Blueprint:
    api = Blueprint("rollcall", __name__, url_prefix="/api/v1/phone/rollcall")

    @api.get("")
    @need("phone")
    def mine() -> Response:
        carer_id, found = own_carer(), []
        for roll in rollcalls.overview():
            homes = rollcalls.homes(roll["id"], only=lambda line: line["carer_id"] == carer_id)
            if homes:
                shown = [{name: line.get(name) for name in SHOWN} for line in homes]
                head = {name: roll[name] for name in ("id", "drill", "cause", "words", "begun_at", "targets")}
                found.append({**head, "homes": shown})
        answer = jsonify(rollcalls=found, server_time=stamp(rollcalls.clock()))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @api.post("/<rollcall_id>/<home_id>")
    @need("phone")
    def mark(rollcall_id: str, home_id: str) -> Response:
        tap, home, _ = read(Found), _home(home_id), own_carer()
        if tap.state == "safe" and tap.how not in HOW:
            raise BadCommand("how", "how is it known that they are safe?", f"send how as one of {', '.join(HOW)}")

        def run(w: Writing) -> Row:
            said = rollcalls.mark(w, rollcall_id, home, current_user, tap.state, tap.how, tap.words, tap.at,
                                  priority=tap.priority)  # fmt: skip
            return {"mark": said}

        return jsonify(commands.once(f"mark {rollcall_id} {home}", tap.key, current_user, run).result)

    @api.post("/<rollcall_id>/<home_id>/back")
    @need("phone")
    def back(rollcall_id: str, home_id: str) -> Response:
        form, home, _ = read(Tap), _home(home_id), own_carer()

        def run(w: Writing) -> Row:
            return {"mark": rollcalls.take_back(w, rollcall_id, home, current_user)}

        return jsonify(commands.once(f"back {rollcall_id} {home}", form.key, current_user, run).result)

    return api


def _home(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise NotThere(f"there is no home {text}")
    return int(text)
