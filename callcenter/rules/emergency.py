"""Handing a case to 120, 119 or 110 (``criteria.py``): what the call remembers of it, and when it is chased.

``calls.emergency`` is ``{}`` until something happens, then ``{"criteria": [code], "spoke": bool, "refused": text,
"prompt_at": stamp or None, "services": {"120": {...}}, "meets": {person, phone, where}}``.
``calls.emergency_due_at`` is the earliest moment in it.
"""

from collections.abc import Callable

from callcenter.rules import script, sighting
from callcenter.rules.criteria import CRITERIA, SILENT, wanted
from callcenter.rules.events import Event, Row
from callcenter.rules.risk import HIGHEST
from callcenter.rules.times import later

OUR_OWN = frozenset({"duress"})  # whoever is under threat is not made to speak
SEEN = frozenset({"was_seen", "handed_over"})  # evidence of somebody who was there
CREW_EVIDENCE = ("carer_there", "family_there", "crew_rang", "service_confirms")

PROMPT_SECONDS = 600.0  # of cases from before the centre could set it
MOST_PROMPT_SECONDS = 180.0  # may be set shorter, never longer: docs/scripts.zh-CN.md
CHASE, PROMPT = "chase", "prompt"
KINDS = (
    "EmergencyAssessed", "EmergencyCalled", "EmergencyChased", "CrewArrived", "EmergencyStoodDown", "EmergencyRefused",
    "CrewToBeMet",
)  # fmt: skip


def outstanding(emergency: Row) -> list[str]:
    """Services that were called and have neither arrived nor been stood down."""
    called = emergency.get("services", {})
    return [name for name, one in called.items() if not one["arrived_at"] and not one["stood_down_at"]]


def _handled(row: Row) -> bool:
    """Is a service on its way or there, or has one been called or stood down since the person last asked for us?"""
    services, since = row["emergency"].get("services", {}).values(), sighting.asked_at(row)
    decided = any(max(one["called_at"], one["stood_down_at"] or "") >= since for one in services)
    return decided or bool(outstanding(row["emergency"])) or sighting.crew_came(row)


# --- the fold ----------------------------------------------------------------------------------------------------


def opened(body: Row, at: str) -> Row:
    """The columns of a new call. An emergency without a voice asks for a decision about 120 within three minutes."""
    seconds = body.get("prompt_seconds", 0.0)
    urgent = body["priority"] == 1 and seconds and body["kind"] not in OUR_OWN
    silent = body["source"] in script.LINES and (urgent or (body.get("tier") == HIGHEST and body["priority"] <= 2))
    kept = {"prompt": seconds} if seconds else {}  # of every case: the pager may be pressed in it later
    return _with({"emergency": kept | ({"prompt_at": later(at, seconds or PROMPT_SECONDS)} if silent else {}),
                  "late": {}})  # fmt: skip


def raised(row: Row, at: str) -> Row:
    """A call that has become an emergency, or was opened again, is without a voice from here."""
    emergency = row["emergency"]
    known = emergency.get("prompt_at") or emergency.get("refused") or _handled(row)
    if row["source"] not in script.LINES or sighting.carer_came(row):  # told by others, or seen
        return row
    if row["priority"] != 1 or not emergency.get("prompt") or emergency.get("spoke") or known:
        return row
    return _with(row, prompt_at=later(at, emergency["prompt"]))


def listening(row: Row) -> Row:
    """Whether the person speaks is asked anew."""
    return _with(row, spoke=False) if row["emergency"].get("spoke") else row


def _with(row: Row, **changed: object) -> Row:
    emergency: Row = {**row["emergency"], **changed}
    chases = [emergency["services"][name]["chase_at"] for name in outstanding(emergency)]
    moments = [at for at in chases if at]
    if emergency.get("prompt_at"):
        moments.append(emergency["prompt_at"])
    return {**row, "emergency": emergency, "emergency_due_at": min(moments, default=None)}


def _without(row: Row, *steps: str) -> Row:
    """These steps are late no more: somebody has done what they waited for."""
    return {**row, "late": {step: target for step, target in row["late"].items() if step not in steps}}


def quieted(row: Row) -> Row:
    """Somebody is with the person, or the case is over: nobody has to be prompted any more."""
    return _without(_with(row, prompt_at=None), PROMPT) if row["emergency"].get("prompt_at") else _without(row, PROMPT)


def heard(row: Row) -> Row:
    """The person was heard, whoever wrote it down: the clock's own criterion falls away."""
    criteria = [code for code in row["emergency"].get("criteria", []) if code != SILENT]
    return quieted(_with(row, spoke=True, criteria=criteria))


def missed(row: Row, step: str) -> Row:
    """The clock has rung: for a chase it stays rung until somebody chases; silence becomes a criterion of its own."""
    if step == PROMPT:
        return _with(row, prompt_at=None, criteria=_ordered([*row["emergency"].get("criteria", []), SILENT]))
    due_at, services = row["emergency_due_at"], dict(row["emergency"].get("services", {}))
    for name, one in services.items():
        if one["chase_at"] and due_at and one["chase_at"] <= due_at:
            services[name] = {**one, "chase_at": None}
    return _with(row, services=services)


def _assessed(row: Row, e: Event) -> Row:
    kept = [SILENT] if SILENT in row["emergency"].get("criteria", []) and not e.body["spoke"] else []
    row = _with(row, criteria=_ordered([*e.body["criteria"], *kept]), spoke=e.body["spoke"])
    return quieted(row) if e.body["spoke"] else row


def _called(row: Row, e: Event) -> Row:
    b = e.body
    services = dict(row["emergency"].get("services", {}))
    services[b["service"]] = {
        "called_at": b["called_at"], "reference": b["reference"], "by": b["name"], "chase_at": b["chase_at"],
        "chases": 0, "arrived_at": None, "evidence": "", "stood_down_at": None, "reason": "",
    }  # fmt: skip
    criteria = _ordered([*row["emergency"].get("criteria", []), *b["criteria"]])
    return _without(_with(row, services=services, criteria=criteria, prompt_at=None), PROMPT, CHASE)


def _of_service(change: Callable[[Row, Event], Row]) -> Callable[[Row, Event], Row]:
    def fold(row: Row, e: Event) -> Row:
        services, name = dict(row["emergency"].get("services", {})), e.body["service"]
        if name in services:
            services[name] = {**services[name], **change(services[name], e)}
        return _without(_with(row, services=services), CHASE)

    return fold


def _refused(row: Row, e: Event) -> Row:
    return quieted(_with(row, refused=e.body["reason"]))


def _ordered(criteria: list[str]) -> list[str]:
    return [code for code in CRITERIA if code in criteria]


_arrived = _of_service(lambda _, e: {"arrived_at": e.at, "evidence": e.body["evidence"], "chase_at": None})

AFTER: dict[str, Callable[[Row, Event], Row]] = {
    "EmergencyAssessed": _assessed,
    "EmergencyCalled": _called,
    "EmergencyChased": _of_service(lambda one, e: {"chase_at": e.body["chase_at"], "chases": one["chases"] + 1}),
    "CrewArrived": lambda row, e: {**_arrived(row, e), "seen_version": e.version},
    "EmergencyStoodDown": _of_service(
        lambda _, e: {"stood_down_at": e.at, "reason": e.body["reason"], "chase_at": None}
    ),
    "EmergencyRefused": _refused,
    "CrewToBeMet": lambda row, e: _with(row, meets={part: e.body[part] for part in ("person", "phone", "where")}),
}


def due(row: Row) -> tuple[str, str] | None:
    """The moment at which 120 must be chased, or the operator prompted to call it, as ``(stamp, step)``."""
    if not row["emergency_due_at"]:
        return None
    return row["emergency_due_at"], CHASE if outstanding(row["emergency"]) else PROMPT


# --- the gate ----------------------------------------------------------------------------------------------------


def why_not_close(row: Row, evidence: str) -> tuple[str, str, str] | None:
    """Why the case of a person may not be closed, as ``(code, message, fix)`` msgids; None when nothing forbids it.

    A case ends only with a carer or a crew on the scene, or with the person's own clear words. What a neighbour, a
    volunteer or the family saw is worth a note, not a closing. Nor has a carer who had gone when the person pressed
    again seen what is now.
    """
    emergency = row["emergency"]
    there = sighting.somebody_came(row) or row["source"] == "walk_in"
    if evidence in SEEN and sighting.is_old(row):
        said = "Nobody of ours has been there since the last press"
        return "not_seen", said, "Hear the person clearly (F12), or send a carer again (F4)"
    if evidence == "handed_over" and not sighting.crew_came(row):
        return "no_crew", "No crew has arrived", "Record that the crew has arrived (F8), then close"
    if evidence == "was_seen" and not there:
        return (
            "not_seen",
            "Nobody of ours has been there",
            "Send a carer, or wait for the crew; a neighbour is no proof",
        )
    if outstanding(emergency):
        return "crew_awaited", "{services} was called and has not arrived", "Record the arrival, or stand it down (F8)"
    ticked = [code for code in emergency.get("criteria", []) if code != SILENT or not there]
    called = emergency.get("services", {})
    if not emergency.get("refused") and any(CRITERIA[code] not in called for code in ticked):
        return "uncalled", "Criteria for {services} are ticked, and nobody called", "Call (F8), or record the refusal"
    return None


def concerned(row: Row) -> str:
    """The services a refusal to close speaks of."""
    emergency = row["emergency"]
    return "、".join(outstanding(emergency) or wanted(emergency.get("criteria", [])))
