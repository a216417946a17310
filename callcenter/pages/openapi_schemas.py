"""The shapes of the API as tables: one line a field, ``name type``; ``~name`` may be left out, ``type?`` may be null.

A type is a word of ``PLAIN``, the name of another shape, ``[type]`` for a list, or ``str(least..most)`` for a text.
"""

import re
from typing import Any

from callcenter.rules.call import DEVICE_EVIDENCE, FOLDED, MOVED, OUTCOMES, REBOOKED, STAGES
from callcenter.rules.callbacks import PURPOSES
from callcenter.rules.emergency import CREW_EVIDENCE, SERVICES, TICKED
from callcenter.rules.four_orders import ORDERS
from callcenter.rules.pauses import MINUTES, REASONS
from callcenter.rules.recalls import HOW
from devices.signal import Kind

Schema = dict[str, Any]
NO_DEVICE = (
    "device_silent",
    "welfare",
    "incident",
    "drill_failed",
    "booking",
    "carer_sos",
)  # kinds of calls that no device sends


def _one_of(*choices: Any) -> Schema:
    return {"enum": list(choices)}


def _each(inner: Schema) -> Schema:
    return {"type": "object", "additionalProperties": inner}


KEY = "A new one for each command; the same one again brings the first answer again."
PLAIN: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "id": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "num": {"type": "number"},
    "bool": {"type": "boolean"},
    "stamp": {"type": "string", "format": "date-time", "description": "UTC, such as 2026-11-21T20:49:06.123Z"},
    "object": {"type": "object"},
    "counts": _each({"type": "integer"}),
    "seconds": _each({"type": "number"}),
    "targets": _each(_each({"type": "number"})),
    "key": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$", "description": KEY},
    "priority": _one_of(1, 2, 3, 4),
    "kind": _one_of(*map(str, Kind)),
    "call_kind": _one_of(*map(str, Kind), *NO_DEVICE),
    "stage": _one_of(*STAGES),
    "outcome": _one_of(*OUTCOMES),
    "ended": _one_of(*OUTCOMES, FOLDED, MOVED),
    "ended_with": _one_of(*DEVICE_EVIDENCE, REBOOKED),
    "four_orders": _one_of(*ORDERS),
    "rating": _one_of(1, 2, 3, 4, 5),
    "date": {"type": "string", "pattern": "^20[2-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"},
    "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "code": {"type": "string", "pattern": "^[a-z0-9_-]{1,20}$"},
    "weekday": {"type": "integer", "minimum": 0, "maximum": 6},
    "weeks": {"type": "integer", "minimum": 1, "maximum": 8},
    "booked_by": _one_of("phone", "pager", "walk_in", "family", "grid"),
    "booking_stage": _one_of("booked", "planned", "due", "started", "done", "cancelled", "missed", "interrupted"),
    "purpose": _one_of(*PURPOSES),
    "skill": _one_of("first_aid", "lift", "nursing", "bath", "technician"),
    "service_outcome": _one_of("service_done", "advice", "hospital", "refused", "other"),
    "visit_minutes": {"type": "integer", "minimum": 5, "maximum": 600},
    "one_or_two": {"type": "integer", "minimum": 1, "maximum": 2},
    "yuan": {"type": "integer", "minimum": 0, "maximum": 100_000},
    "within": {"type": "integer", "minimum": 1, "maximum": 720},
    "how": _one_of(*HOW),
    "evidence": _one_of(*DEVICE_EVIDENCE),
    "hold": _one_of(60, 120),
    "pause": _one_of(*REASONS),
    "minutes": _one_of(*MINUTES),
    "door": _one_of("phone", "walk_in", "grid"),
    "order": _one_of("locate", "call", "find"),
    "ordered": _one_of("locate", "call", "find", "tell"),
    "order_state": _one_of("asked", "told", "obeyed", "refused", "cannot", "not_connected", "no_answer", "too_late"),
    "visit_stage": _one_of(
        "requested", "offered", "accepted", "on_the_way", "arrived", "finished", "cancelled", "interrupted"
    ),
    "state": _one_of("free", "busy", "off_shift", "asked", "barred", "inactive"),
    "condition": _one_of("well", "settled", "hurt", "ill", "absent", "refused"),
    "done": _one_of("helped_up", "comforted", "medicine", "rang_family", "rang_120", "device", "test_press"),
    "door_code": _one_of("", "right", "wrong"),
    "next": _one_of("", "nothing", "call_back", "visit_again", "doctor", "family", "repair"),
    "undone": _one_of("depart", "arrive"),
    "help": _one_of("heavy", "worse", "locked_out", "threatened"),
    "service": _one_of(*SERVICES),
    "criterion": _one_of(*TICKED),
    "crew": _one_of(*CREW_EVIDENCE),
    "whom": _one_of("responders", "contacts"),
    "crew_minutes": {"type": "integer", "minimum": 1, "maximum": 600},
    "latitude": {"type": "number", "minimum": -90, "maximum": 90},
    "longitude": {"type": "number", "minimum": -180, "maximum": 180},
    "metres": {"type": "number", "minimum": 0},
}

ANSWERS = {
    "Error": """error str, message str, fix str, ~field str, ~call CallRow, ~visit VisitMark""",
    "VisitMark": """id str, stage visit_stage""",
    "CallRow": """id str, version int, stage stage, priority priority, kind call_kind, kinds [call_kind],
        reason str, source str, account str, home_id int?, community str,
        name str, sex str, age int?, place str, station str, tier str,
        known bool, presses int, last_press_at stamp?, opened_at stamp, answered_at stamp?, holder_id int?,
        holder_name str?, held_until stamp?, requested_at stamp?, offered_at stamp?, accepted_at stamp?,
        departed_at stamp?, arrived_at stamp?, finished_at stamp?, idle_since stamp?, closed_at stamp?,
        closed_by str?, outcome ended?, evidence ended_with?, nobody_left bool, restored bool, seen_version int,
        late seconds, service object?, rated str, rating rating?, complaint bool, order_state four_orders,
        complete bool, next_due_at stamp?, next_step str?, overflow int, overflowed_at stamp?, prealerted_id int?,
        unheard int, unheard_at stamp?,
        visit VisitRow?, ~incident IncidentMark?, carer_id int?, at_home_id int?, position [num]?,
        promise str, pauses [Pausing], owed seconds,
        owner_id int?, owner_name str?, owner_offer object?, emergency object, emergency_due_at stamp?,
        responders object""",
    "Pausing": """from stamp, until stamp, to stamp?, reason pause""",
    "VisitRow": """id str, call_id str, stage visit_stage, priority priority, home_id int?, why str, called_at stamp,
        requested_at stamp, carer_id int?, carer_name str?, eta_seconds int?, reasons [str], asked [Asked],
        offered_at stamp?, offer_due_at stamp?, accepted_at stamp?, departed_at stamp?, arrived_at stamp?,
        finished_at stamp?, ended_at stamp?, proof str?, report object?, retry_at stamp?, slot_at stamp?, late seconds,
        next_due_at stamp?, next_step str?, interruptible bool, backs_up str?, round int, rung int, rung_due_at stamp?,
        gaps [str], doubts object, stay_seconds int?, stay_due_at stamp?, stay_step str?, promise str,
        pauses [Pausing]""",
    "Asked": """carer_id int, name str, at stamp, result str, reason str, round int, ~shown_at stamp,
        ~rung int, ~due_at stamp, ~eta_seconds int?, ~metres int?, reasons [str], ~way object""",
    "Event": """seq int, at stamp, stream str, version int, kind str, body object, actor str, text str, ~hash str""",
    "Frame": """id int, line str, peer str, received_at stamp, raw str, account str, digest str, outcome str,
        signals int, same_as int?, note str""",
    "Snapshot": """epoch str, seq int, server_time stamp, zone str, me Me, calls [CallRow], technical Technical,
        carers [Carer], targets targets, health Health""",
    "Me": """id int, name str, ~role str, ~language str""",
    "Technical": """count int, kinds counts, oldest_at stamp?""",
    "Carer": """id int, name str, station_id int, station str, sex str, travel str, on_shift bool, visit_id str?,
        visit_stage visit_stage?, seen_at stamp?""",
    "Health": """database str, dispatcher Sign, gateway Sign, lines [Line], drill Sign""",
    "Sign": """state str, age num?""",
    "Line": """name str, state str, at stamp, detail str""",
    "Colleagues": """colleagues [Colleague]""",
    "Colleague": """id int, name str, role str""",
    "AccessTried": """home int, access_checked_at stamp, seq int""",
    "CallPage": """calls [CallRow], next str?""",
    "CallDone": """call CallRow, seq int""",
    "Card": """call CallRow, home Home?, residents [Resident], device Device?, recent [Recent], timeline [Event],
        visits [VisitRow], orders Orders, where Whereabouts?""",
    "Orders": """can [order], number str, recent [OrderRow]""",
    "OrderRow": """seq int, at stamp, what ordered, number str, who str, state order_state, state_at stamp""",
    "Whereabouts": """latitude latitude, longitude longitude, at stamp, metres metres?""",
    "Ordered": """order int, seq int""",
    "Home": """id int, code str, community str, street str, address str, building str, unit str, door str, floor int?,
        lift bool?, phone str, way_in str, door_code str, key_holder str, key_safe bool, latitude num?, longitude num?,
        access_checked_at stamp?, access_checked_by str, access_fault str, station Station?""",
    "Station": """id int, name str, phone str""",
    "Resident": """id int, name str, sex str, age int?, phone str, language str, tier str, lives_alone bool, diet str,
        carer_sex str, away_until stamp?, notes str, health [HealthNote], contacts [Contact]""",
    "HealthNote": """text str, critical bool""",
    "Contact": """rank int, name str, relation str, phone str, reachable str, reachable_now bool, minutes_away int?,
        has_key bool, wants_notices bool""",
    "Device": """account str, pager str, model str?, last_heard_at stamp?, last_press_at stamp?, last_test_at stamp?,
        battery_low bool, mains_lost bool, battery_percent int?, position_latitude latitude?,
        position_longitude longitude?, position_at stamp?, line str, ~protection Standing?""",
    "Standing": """status str, reason str, reasons [str], since stamp, account str""",
    "ProtectionNow": """counts counts, month str, person_hours PersonHours, homes [Unprotected]""",
    "PersonHours": """by_status seconds, by_station seconds, by_model seconds, by_reason seconds""",
    "Unprotected": """home_id int, account str, model str, persons int, status str, reason str, reasons [str],
        since stamp, name str, place str, station str, tier str, last_heard_at stamp?, call_id str?, holder_name str?,
        next_due_at stamp?, next_step str?""",
    "DeviceStory": """device object, days [object], periods [object]""",
    "Tests": """tests [object]""",
    "Recalls": """recalls [object]""",
    "Incidents": """incidents [IncidentLine]""",
    "IncidentLine": """id str, scope str, place str, cause str, stage str, began_at stamp, over_at stamp?,
        ended_at stamp?, homes int, left int""",
    "IncidentMark": """scope str, place str, cause str, stage str, homes int, left int""",
    "IncidentStory": """incident object""",
    "Upkept": """seq int, ~account str, ~accepted_at stamp, ~loan_account str, ~recall str, ~devices int,
        ~incident str, ~home int""",
    "Recent": """id str, opened_at stamp, kind call_kind, priority priority, outcome ended?, reason str""",
    "Candidates": """candidates [Candidate], shortfall [str]""",
    "Candidate": """carer_id int, name str, station str, sex str, travel str, languages [str], skills [str],
        eta_seconds int?, metres num?, cost num?, suitable bool, state state, reasons [str],
        ~eta_source str""",
    "VisitDone": """visit VisitRow, seq int""",
    "JobDone": """visit JobVisit, seq int""",
    "JobVisit": """id str, stage visit_stage, eta_seconds int?, offered_at stamp?, offer_due_at stamp?,
        accepted_at stamp?, departed_at stamp?, arrived_at stamp?, finished_at stamp?, proof str?, stay_due_at stamp?,
        stay_step str?""",
    "SosDone": """call str, seq int""",
    "HereKept": """server_time stamp""",
    "Jobs": """server_time stamp, seq int, csrf_token str, me Me, on_shift bool, shift_ends_at stamp?, done_today int,
        centre_phone str, jobs [Job], gone [JobGone]""",
    "JobGone": """visit str, why str""",
    "Maps": """amap str, tencent str, baidu str, apple str""",
    "Job": """visit JobVisit, call JobCall, home JobHome?, residents [JobResident], contacts [JobContact],
        unprotected bool,
        centre_phone str, place Maps?, leaves str?""",
    "JobCall": """id str, priority priority, kind call_kind, reason str, opened_at stamp, presses int""",
    "JobHome": """address str, building str, unit str, door str, floor int?, lift bool?, latitude num?, longitude num?,
        maps Maps?, ~phone str, ~way_in str, ~door_code str, ~key_holder str, ~key_safe bool,
        ~access_checked_at stamp?, ~access_fault str""",
    "JobResident": """name str, sex str, age int?, language str, phone str, critical [str]""",
    "JobContact": """name str, relation str, phone str""",
    "ServiceList": """services [ServiceRow]""",
    "ServiceRow": """code str, name str, name_en str, minutes int, skills [str], carers int, interruptible bool,
        price int, subsidy int, within_hours int, outcomes [str], active bool""",
    "ServiceKept": """code str, new bool, seq int""",
    "BookingList": """bookings [BookingRow]""",
    "BookingOne": """booking BookingRow""",
    "BookingRow": """id str, version int, stage booking_stage, series str?, service str, terms object, home_id int,
        resident_id int?, station_id int?, day str, from_at stamp, until_at stamp, notes str, source booked_by,
        from_call str?, owner_id int?, owner_name str, made_at stamp, plan_at stamp?, remind_at stamp?,
        reminded_at stamp?, carer_told_at stamp?, carer_id int?, carer_name str?, planned_at stamp?,
        travel_seconds int?, unplanned str, put_off_until stamp?, call_id str?, late_at stamp?, started_at stamp?,
        ended_at stamp?, ended_why str, moved int""",
    "Booked": """bookings [str], booking BookingRow, seq int, ~left_out [str], ~problems [str]""",
    "Looked": """days [str], left_out [str], place BookingPlace?, problems [Problem]""",
    "BookingPlace": """carer_id int, carer_name str, starts_at stamp, travel_seconds int""",
    "Problem": """error str, message str, fix str""",
    "CallbackList": """callbacks [CallbackRow]""",
    "CallbackRow": """id str, purpose purpose, stage str, call_id str?, booking_id str?, visit_id str?, home_id int?,
        station_id int?, service str, carer_id int?, carer_name str?, owner_id int?, owner_name str, why object,
        asked_at stamp, from_at stamp, due_at stamp, tries [object], result str?, rating rating?, words str,
        done_at stamp?, done_by str?, late bool, complaint str?""",
    "Rung": """callback str, stage str, seq int""",
    "CarerPlan": """visits [PlannedVisit]""",
    "PlannedVisit": """booking str, day str, stage booking_stage, planned_at stamp, minutes int, service str,
        notes str, travel_seconds int?, names [str], home object""",
    "PushKey": """key str""",
    "Said": """status str""",
    "Channels": """channels [object], undelivered [object], waiting int""",
    "Events": """events [Event], seq int, more bool""",
    "Frames": """frames [Frame], more bool""",
    "Taken": """call str?, seq int""",
    "Alive": """status str""",
    "Ready": """ready bool, database str, ~dispatcher Sign, ~gateway Sign, ~lines [Line], ~drill Sign, ~detail str""",
    "Document": """openapi str, info object, paths object, components object, ~servers [object]""",
}

BODIES = {
    "Report": """source door, text str(1..500), key key, ~kind kind, ~account str(0..32), ~home_id id?,
        ~resident_id id?""",
    "Act": """key key, ~expected_version int""",
    "Hold": """key key, seconds hold, ~expected_version int""",
    "Pause": """key key, reason pause, minutes minutes, ~expected_version int""",
    "Note": """key key, text str(1..2000), ~expected_version int""",
    "Close": """key key, expected_version int, outcome outcome, evidence evidence, words str(1..2000)""",
    "EmergencyCall": """key key, service service, ~criteria [criterion], ~reference str(0..60), ~called_at stamp?,
        ~expected_version int?""",
    "EmergencyAssess": """key key, ~criteria [criterion], ~spoke bool, ~expected_version int?""",
    "EmergencyChase": """key key, service service, ~words str(0..200), ~minutes crew_minutes?,
        ~expected_version int?""",
    "EmergencyCrew": """key key, service service, evidence crew, ~expected_version int?""",
    "EmergencyStandDown": """key key, service service, reason str(1..200), ~expected_version int?""",
    "EmergencyRefuse": """key key, reason str(1..200), ~expected_version int?""",
    "AskHelp": """key key, whom whom, ~expected_version int?""",
    "OwnerOffer": """key key, to id, ~words str(0..200), ~expected_version int?""",
    "TryAccess": """key key, works bool, ~words str(0..500)""",
    "Reopen": """key key, reason str(1..500), ~expected_version int""",
    "Send": """key key, ~carer_id id?, ~why str(0..200), ~override_reason str(0..200), ~expected_version int?""",
    "Order": """what order, key key, ~number str(0..20), ~call str(0..20)""",
    "Tap": """key key, ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "Decline": """key key, reason str(1..200), ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "Arrive": """key key, ~position Place?, ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "Finish": """key key, report VisitReport, ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "UpkeepAct": """key key, ~words str(0..500)""",
    "Lend": """key key, loan str(0..32)""",
    "Recall": """key key, reason str(1..500), ~model str(0..60), ~firmware str(0..40), ~batch str(0..40)""",
    "Check": """key key, how how, ~words str(0..500)""",
    "SafeHome": """key key, home id, how how""",
    "Cancel": """key key, reason str(1..200), ~carer_id id?, ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "Service": """key key, name str(1..40), ~name_en str(0..60), ~minutes visit_minutes, ~skills [skill],
        ~carers one_or_two, ~interruptible bool, ~price yuan, ~subsidy yuan, ~within_hours within,
        ~outcomes [service_outcome], ~active bool""",
    "Book": """key key, service code, day date, begin time, end time, ~home_id id?, ~resident_id id?, ~repeat Again,
        ~notes str(0..500), ~source booked_by, ~from_call str(0..20), ~anyway bool""",
    "BookingWish": """~key key, service code, day date, begin time, end time, ~home_id id?, ~resident_id id?,
        ~repeat Again, ~notes str(0..500), ~source booked_by, ~from_call str(0..20), ~anyway bool""",
    "Again": """~weekdays [weekday], ~every weeks, ~until date, ~skip_holidays bool, ~except_on [date]""",
    "BookingOff": """key key, reason str(1..200), ~series bool""",
    "BookingMove": """key key, day date, begin time, end time""",
    "CallbackRated": """key key, rating rating, ~words str(0..500)""",
    "CallbackRung": """key key, ~words str(0..500)""",
    "PushSubscription": """endpoint str(10..1000), keys object""",
    "PushLeaving": """endpoint str(10..1000)""",
    "DeliveryReport": """reference str(8..40), status str, ~error str(0..200)""",
    "Place": """latitude latitude, longitude longitude, ~accuracy metres?""",
    "Undo": """key key, step undone, ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "Needed": """key key, reason help, words str(1..200), ~at stamp?, ~sent stamp?, ~expected_version int?""",
    "Sos": """key key, ~at stamp?, ~sent stamp?, ~position Place?""",
    "Here": """key key, latitude latitude, longitude longitude, ~accuracy metres?, ~at stamp?""",
    "VisitReport": """condition condition, ~done [done], ~door_code door_code, ~next next, ~text str(0..1000)""",
    "Signal": """account str(1..32), kind kind, key key, ~restore bool, ~zone str(0..20), ~at stamp?, ~text str(0..500),
        ~position Place?""",
}


def schemas() -> dict[str, Schema]:
    """Every shape as a JSON Schema. A body may hold no other field; an answer may learn new ones."""
    answers = {name: _shape(text) for name, text in ANSWERS.items()}
    bodies = {name: {**_shape(text), "additionalProperties": False} for name, text in BODIES.items()}
    return {**answers, **bodies}


def _shape(text: str) -> Schema:
    fields = [line.split() for line in text.split(",")]
    properties = {name.lstrip("~"): _type(word) for name, word in fields}
    return {"type": "object", "properties": properties, "required": [n for n, _ in fields if not n.startswith("~")]}


def _type(word: str) -> Schema:
    if word.endswith("?"):
        return {"anyOf": [_type(word[:-1]), {"type": "null"}]}
    if word.startswith("["):
        return {"type": "array", "items": _type(word[1:-1])}
    if bounds := re.fullmatch(r"str\((\d+)\.\.(\d+)\)", word):
        least = {"minLength": int(bounds[1]), "pattern": r"\S"} if int(bounds[1]) else {}
        return {"type": "string", **least, "maxLength": int(bounds[2])}
    return {"$ref": f"#/components/schemas/{word}"} if word[0].isupper() else PLAIN[word]
