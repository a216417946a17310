"""What the API offers, as an OpenAPI 3.1 document at ``/api/v1/openapi.json``: one row of ``TABLE`` an operation."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from callcenter.pages import openapi_mass
from callcenter.pages.openapi_schemas import PLAIN, Schema, schemas

NOBODY = ""  # no right is needed


class Operation(NamedTuple):
    """``right`` is one of ``rules/access.py``; ``refusals`` those beside 401, 403, 503 and, for POST, 400, 413."""

    method: str
    path: str
    right: str
    says: str
    status: int
    answer: str
    body: str = ""
    query: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()


SENT, FOUND = (409, 422), (404, 409, 422)
CALL, VISIT = "/api/v1/calls/{call_id}", "/api/v1/visits/{visit_id}"
DEVICE, INCIDENT = "/api/v1/devices/{account}", "/api/v1/incidents/{incident_id}"
RECALL = "/api/v1/recalls/{recall_id}/{account}"
TASK = "/api/v1/tasks/{task_id}"
TALK = "/api/v1/talks/{talk_id}"
ROUND_CALL = "/api/v1/rounds/calls/{entry_id}"
BOOKING, CALLBACK = "/api/v1/bookings/{booking_id}", "/api/v1/callbacks/{callback_id}"
TABLE = tuple(Operation(*row) for row in (
    ("GET", "/api/v1/snapshot", "console", "Everything a console needs, as of seq", 200, "Snapshot"),
    ("GET", "/api/v1/calls", "console", "Calls, newest first", 200, "CallPage", "",
     ("stages", "priorities", "call", "limit"), (422,)),
    ("POST", "/api/v1/calls", "handle", "A case by telephone, at the counter, from a grid worker or the web", 201,
     "ReportDone", "Report", (), FOUND),
    ("POST", "/api/v1/reports", "report", "Another system tells of somebody; it learns the number of the case", 201,
     "LookedAfter", "Reported", (), SENT),
    ("GET", "/api/v1/people/search", "handle", "Homes by name, pinyin, number or address, each with its open case", 200,
     "Found", "", ("q",), (422,)),
    ("POST", CALL + "/contacts/tried", "handle", "A contact was rung: what came of it", 200, "CallDone", "ContactTried",
     (), FOUND),
    ("POST", CALL + "/contacts/there", "handle", "A contact who said that they come is there", 200, "CallDone",
     "ContactThere", (), FOUND),
    ("GET", CALL, "console", "One call with home, people, device, visits and timeline", 200, "Card", "", (), (404,)),
    ("GET", CALL + "/candidates", "handle", "Who could go, the nearest suitable first, with reasons", 200, "Candidates",
     "", (), (404,)),
    ("POST", CALL + "/answer", "handle", "Take a waiting call: one winner", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/hold", "handle", "Put it aside for a moment", 200, "CallDone", "Hold", (), FOUND),
    ("POST", CALL + "/resume", "handle", "Take a held call back", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/note", "handle", "Write something down", 200, "CallDone", "Note", (), FOUND),
    ("POST", CALL + "/unheard", "handle", "Nobody is heard; the second time somebody is sent", 200, "CallDone", "Act",
     (), FOUND),
    ("POST", CALL + "/heard", "handle", "Somebody was heard after all", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/close", "handle", "End it, with evidence", 200, "CallDone", "Close", (), FOUND),
    ("POST", CALL + "/reopen", "handle", "Within 30 minutes of closing", 200, "CallDone", "Reopen", (), FOUND),
    ("POST", CALL + "/home", "handle", "Whose home an unknown caller's case is; neither takes a mistaken one back", 200,
     "CallDone", "AtHome", (), FOUND),
    ("POST", CALL + "/pause", "handle", "They ask to wait: some deadlines move", 200, "CallDone", "Pause",
     (), FOUND),
    ("POST", CALL + "/resume-clock", "handle", "The clock runs again", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/dispatch", "handle", "Ask the nearest carer, or the one named", 200, "CallDone", "Send", (),
     FOUND),
    ("GET", CALL + "/script", "console", "What is asked in this case, and the cases before it", 200, "Script", "",
     (), (404,)),
    ("POST", CALL + "/script", "handle", "Answers of its steps, kept at once", 200, "CallDone", "Answers", (), FOUND),
    ("GET", "/api/v1/tasks", "console", "One's own tasks, or those of one case", 200, "TaskList", "", ("case",)),
    ("POST", "/api/v1/tasks", "handle", "Make a task: kind, words, time, owner", 201, "TaskChanged", "TaskMake", (),
     FOUND),
    ("POST", TASK + "/done", "handle", "It is done, and what came of it", 200, "TaskChanged", "TaskResult", (), FOUND),
    ("POST", TASK + "/hand-over", "handle", "Somebody else owns it now", 200, "TaskChanged", "TaskTo", (), FOUND),
    ("POST", CALL + "/emergency", "handle", "120, 119 or 110 has been called", 200, "CallDone", "EmergencyCall", (),
     FOUND),
    ("POST", CALL + "/emergency/assess", "handle", "What was heard at triage, by criteria", 200, "CallDone",
     "EmergencyAssess", (), FOUND),
    ("POST", CALL + "/emergency/chase", "handle", "They were asked where the crew is", 200, "CallDone",
     "EmergencyChase", (), FOUND),
    ("POST", CALL + "/emergency/crew-arrived", "handle", "The crew has arrived", 200, "CallDone", "EmergencyCrew", (),
     FOUND),
    ("POST", CALL + "/emergency/stand-down", "handle", "The crew is not needed any more", 200, "CallDone",
     "EmergencyStandDown", (), FOUND),
    ("POST", CALL + "/emergency/refuse", "handle", "Criteria are ticked and nobody is called: why", 200, "CallDone",
     "EmergencyRefuse", (), FOUND),
    ("POST", CALL + "/emergency/meet", "handle", "Who goes to the gate and brings the crew in", 200, "CallDone",
     "CrewMet", (), FOUND),
    ("POST", CALL + "/help", "handle", "Ask the neighbourhood, family and key holders, or everybody", 200, "CallDone",
     "AskHelp", (), FOUND),
    ("POST", CALL + "/owner/offer", "handle", "Offer the case to a colleague", 200, "CallDone", "OwnerOffer", (),
     FOUND),
    ("POST", CALL + "/owner/accept", "handle", "Take over what was offered", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/owner/keep", "handle", "It stays with its owner", 200, "CallDone", "Act", (), FOUND),
    ("POST", "/api/v1/by-hand", "handle", "Afterwards: what was done by hand while the centre was down", 201,
     "CallDone", "Paper", (), FOUND),
    ("GET", "/api/v1/district", "console", "Communities in their fields, stations, carers, what is within reach", 200,
     "District"),
    ("GET", "/api/v1/district/map", "console", "Tiles and positions in their datum, where a map is set up", 200,
     "DistrictMap", "", (), (404,)),
    ("POST", "/api/v1/pack/kept", "paper", "This desk keeps the paper pack, or has erased it", 200, "Kept", "KeepPack",
     (), SENT),
    ("POST", CALL + "/take-over", "handle", "Take it out of somebody's hands; after 20 s with a reason", 200,
     "CallDone", "TakeOver", (), FOUND),
    ("POST", CALL + "/transfer", "handle", "Offer the call in hand to a seat or to a language", 200, "CallDone",
     "Transfer", (), FOUND),
    ("POST", CALL + "/transfer/accept", "handle", "Take what was offered: it is in your hand now", 200, "CallDone",
     "Act", (), FOUND),
    ("POST", CALL + "/transfer/decline", "handle", "Cannot take it", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/transfer/take-back", "handle", "It is offered no more", 200, "CallDone", "Act", (), FOUND),
    ("POST", CALL + "/join", "handle", "A third person is on the line: oneself, or somebody from outside", 200,
     "CallDone", "JoinCall", (), FOUND),
    ("POST", CALL + "/leave", "handle", "This person has left the line", 200, "CallDone", "LeaveCall", (), FOUND),
    ("POST", CALL + "/attend", "handle", "I am on it: the alarm for an idle hand is quiet", 200, "CallDone", "Act", (),
     FOUND),
    ("POST", CALL + "/loss-seen", "handle", "Whoever lost the call knows it", 200, "CallDone", "Act", (), FOUND),
    ("GET", "/api/v1/seats", "console", "Who is on duty, who can be heard, who looks where", 200, "SeatsDone"),
    ("POST", "/api/v1/seat/on", "handle", "On duty from now", 200, "SeatsDone", "SignOn", (), SENT),
    ("POST", "/api/v1/seat/languages", "handle", "What this seat speaks", 200, "SeatsDone", "SeatLanguages", (), SENT),
    ("POST", "/api/v1/seat/break", "handle", "A break; needs somebody else who would hear a call", 200, "SeatsDone",
     "SeatBreak", (), SENT),
    ("POST", "/api/v1/seat/off", "handle", "Off duty; calls in hand ring again", 200, "SeatsDone", "SignOff", (), SENT),
    ("POST", "/api/v1/seat/beat", "handle", "This console lives", 200, "Said", "SeatBeat", (), (422,)),
    ("POST", "/api/v1/seat/leave", "handle", "This console closes", 200, "Said", "SeatLeaves", (), (422,)),
    ("GET", "/api/v1/colleagues", "console", "Who could take a case over", 200, "Colleagues"),
    ("GET", "/api/v1/talks", "console", "Telephone calls that ring or are spoken in, and who rings", 200, "TalkList"),
    ("POST", "/api/v1/talks", "handle", "Ring a number from this seat's telephone", 201, "TalkDone", "TalkDial", (),
     FOUND),
    ("POST", TALK + "/claim", "handle", "Take who rings: the case of that home is opened or joined", 200, "TalkDone",
     "TalkClaim", (), FOUND),
    ("POST", TALK + "/hang_up", "handle", "Hang up", 200, "TalkDone", "TalkAct", (), FOUND),
    ("POST", TALK + "/hold", "handle", "Music for the other party", 200, "TalkDone", "TalkAct", (), FOUND),
    ("POST", TALK + "/resume", "handle", "Speak again", 200, "TalkDone", "TalkAct", (), FOUND),
    ("POST", TALK + "/third", "handle", "Call a third party into it", 200, "TalkDone", "TalkThird", (), FOUND),
    ("POST", "/api/v1/seat/telephone", "handle", "Which telephone stands at my seat", 200, "SeatTelephone", "SitDown",
     (), SENT),
    ("POST", "/api/v1/homes/{home_id}/access", "handle", "Somebody stood there and tried the way in", 200,
     "AccessTried", "TryAccess", (), FOUND),
    ("POST", VISIT + "/accept", "phone", "The carer goes", 200, "JobDone", "Tap", (), FOUND),
    ("POST", VISIT + "/decline", "phone", "The carer cannot; the next is asked", 200, "JobDone", "Decline", (), FOUND),
    ("POST", VISIT + "/depart", "phone", "On the way", 200, "JobDone", "Tap", (), FOUND),
    ("POST", VISIT + "/arrive", "phone", "At the door", 200, "JobDone", "Arrive", (), FOUND),
    ("POST", VISIT + "/finish", "phone", "Done, with a report", 200, "JobDone", "Finish", (), FOUND),
    ("POST", VISIT + "/undo", "phone", "The last step was touched by mistake", 200, "JobDone", "Undo", (), FOUND),
    ("POST", VISIT + "/help", "phone", "A second carer is needed here", 200, "JobDone", "Needed", (), FOUND),
    ("POST", VISIT + "/fine", "phone", "The carer in the home is fine", 200, "JobDone", "Tap", (), FOUND),
    ("POST", VISIT + "/cancel", "handle", "Call a visit off", 200, "VisitDone", "Cancel", (), FOUND),
    ("POST", "/api/v1/devices/{account}/orders", "handle", "Ask a device: locate, call, find", 202,
     "Ordered", "Order", (), FOUND),
    ("GET", "/api/v1/phone/jobs", "phone", "A carer's own open jobs", 200, "Jobs", "", ("offers",), (409, 422)),
    ("POST", "/api/v1/phone/sos", "phone", "A carer is in danger: a P1 call about them", 200, "SosDone", "Sos", (),
     (404, 409, 422)),
    ("POST", "/api/v1/phone/here", "phone", "Where a carer under way is", 200, "HereKept", "Here", (), (409, 422)),
    ("GET", "/api/v1/phone/push", "phone", "The key a browser subscribes to web push with; empty: turned off", 200,
     "PushKey"),
    ("POST", "/api/v1/phone/push", "phone", "This browser takes web push", 201, "Said", "PushSubscription", (), SENT),
    ("DELETE", "/api/v1/phone/push", "phone", "And now no longer", 200, "Said", "PushLeaving", (), (422,)),
    ("GET", "/api/v1/channels", "reports", "How the channels to people do, and who was not reached", 200, "Channels"),
    ("POST", "/api/v1/channels/{name}/report", NOBODY, "A provider's delivery report; needs X-Anxin-Secret", 200,
     "Said", "DeliveryReport", (), (404, 422)),
    ("GET", "/api/v1/events", "events", "The log after seq, in order", 200, "Events", "", ("after", "limit"), (422,)),
    ("GET", "/api/v1/frames", "events", "What the wires said, in hex", 200, "Frames", "", ("after", "limit"), (422,)),
    ("GET", "/api/v1/protection", "console", "How many homes are protected; who is not, why, since when; person-hours",
     200, "ProtectionNow", "", ("status", "month"), (422,)),
    ("GET", DEVICE, "console", "One device: signs, trend, when it did not protect", 200, "DeviceStory", "", (), (404,)),
    ("POST", DEVICE + "/sign", "handle", "The installation is finished: its live test press was seen", 200, "Upkept",
     "UpkeepAct", (), FOUND),
    ("POST", DEVICE + "/remind", "handle", "The resident was asked for a test press", 200, "Upkept", "UpkeepAct", (),
     FOUND),
    ("POST", DEVICE + "/lend", "handle", "A loan unit stands in", 200, "Upkept", "Lend", (), FOUND),
    ("GET", "/api/v1/tests", "console", "Test presses that are due or overdue", 200, "Tests"),
    ("GET", "/api/v1/recalls", "console", "Recalls of models, firmwares and batches", 200, "Recalls"),
    ("POST", "/api/v1/recalls", "reports", "Open a recall", 200, "Upkept", "Recall", (), SENT),
    ("POST", RECALL + "/check", "handle", "A home was checked on while its device cannot be trusted", 200, "Upkept",
     "Check", (), FOUND),
    ("POST", RECALL + "/mended", "handle", "This device is mended", 200, "Upkept", "UpkeepAct", (), FOUND),
    ("GET", "/api/v1/incidents", "console", "Incidents of many homes", 200, "Incidents"),
    ("GET", INCIDENT, "console", "One incident with its homes, the highest risk first", 200, "IncidentStory", "", (),
     (404,)),
    ("POST", INCIDENT + "/safe", "handle", "The people of one home are known to be safe", 200, "Upkept", "SafeHome", (),
     FOUND),
    ("GET", "/api/v1/rounds", "console", "Welfare rounds with their tally, those that go on first", 200, "RoundList"),
    ("GET", "/api/v1/rounds/calls", "console", "Whom to ring now, in order, and who comes later", 200, "RoundCalls",
     "", ("limit",)),
    ("POST", "/api/v1/rounds/next", "handle", "The next person for this seat: one winner", 200, "RoundCallDone", "Once",
     (), FOUND),
    ("POST", ROUND_CALL + "/take", "handle", "Hold this person, or say again that one does", 200, "RoundCallDone",
     "Once", (), FOUND),
    ("POST", ROUND_CALL + "/give_back", "handle", "Let somebody else ring them", 200, "RoundCallDone", "Once", (),
     FOUND),
    ("POST", ROUND_CALL + "/say", "handle", "What came of it", 200, "RoundCallDone", "RoundResult", (), FOUND),
    ("POST", "/api/v1/residents/{resident_id}/away", "handle", "In hospital or travelling, with an end", 200,
     "AwayNoted", "GoneAway", (), FOUND),
    ("POST", "/api/v1/absences/{absence_id}/back", "handle", "At home again", 200, "AwayNoted", "CameBack", (), FOUND),
    ("GET", "/api/v1/services", "console", "The catalogue of what can be booked", 200, "ServiceList"),
    ("POST", "/api/v1/services/{code}", "people_edit", "Add a service or change it", 200, "ServiceKept", "Service", (),
     SENT),
    ("GET", "/api/v1/bookings", "console", "Booked visits from a day to a day", 200, "BookingList", "",
     ("day", "until")),
    ("POST", "/api/v1/bookings", "handle", "Book a visit, once or again and again", 201, "Booked", "Book", (), SENT),
    ("POST", "/api/v1/bookings/look", "handle", "What a booking would come to; nothing is kept", 200, "Looked",
     "BookingWish", (), SENT),
    ("GET", BOOKING, "console", "One booked visit", 200, "BookingOne", "", (), (404,)),
    ("POST", BOOKING + "/cancel", "handle", "Call it off, or all of its series that follow", 200, "Booked",
     "BookingOff", (), FOUND),
    ("POST", BOOKING + "/move", "handle", "To another time the resident agreed to", 200, "Booked", "BookingMove", (),
     FOUND),
    ("GET", "/api/v1/callbacks", "console", "Whom to ring, the most overdue first", 200, "CallbackList"),
    ("POST", CALLBACK + "/rate", "handle", "What the resident said, 1 to 5; 2 or less reopens the case", 200, "Rung",
     "CallbackRated", (), FOUND),
    ("POST", CALLBACK + "/no_reply", "handle", "Nobody picked up", 200, "Rung", "CallbackRung", (), FOUND),
    ("POST", CALLBACK + "/told", "handle", "The resident has been told", 200, "Rung", "CallbackRung", (), FOUND),
    ("GET", "/api/v1/phone/plan", "phone", "A carer's booked visits, today and tomorrow", 200, "CarerPlan", "", (),
     (409,)),
    *openapi_mass.ROUTES,
    ("POST", "/api/v1/signals", "signals", "A device's signal, kept before 202", 202, "Taken", "Signal", (), SENT),
    ("GET", "/api/v1/openapi.json", NOBODY, "This document", 200, "Document"),
    ("GET", "/healthz", NOBODY, "Is this process there?", 200, "Alive"),
    ("GET", "/readyz", NOBODY, "Would a press be taken, shown and acted on? 503 when not", 200, "Ready"),
    ("GET", "/metrics", NOBODY, "Figures for Prometheus", 200, ""),
))  # fmt: skip

NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
STAGES = "^(open|waiting|answered|on_hold|closed)(,(open|waiting|answered|on_hold|closed))*$"
QUERY: dict[str, tuple[str, str, Schema]] = {  # name in the address, what it is, its schema
    "stages": ("stage", "open, or stages, by commas", {"type": "string", "pattern": STAGES}),
    "priorities": ("priority", "1 to 4, by commas", {"type": "string", "pattern": "^[1-4](,[1-4])*$"}),
    "call": ("after", "the id of the last call you saw", {"type": "string", "pattern": "^[0-9]{8}-[0-9]{4,6}$"}),
    "case": ("call", "of this case", {"type": "string", "pattern": "^([0-9]{8}-[0-9]{4,6})?$"}),
    "after": ("after", "the last seq, or frame id, you saw", NUMBER),
    "q": ("q", "name, pinyin, telephone number, address, account or code", {"type": "string", "maxLength": 60}),
    "status": (
        "status",
        "unprotected, doubtful or away",
        {"type": "string", "pattern": "^(unprotected|doubtful|away)?$"},
    ),
    "day": ("day", "from this day, today when left out", {"type": "string", "format": "date"}),
    "until": ("until", "to this day, a week from now when left out", {"type": "string", "format": "date"}),
    "month": ("month", "such as 2026-11", {"type": "string", "pattern": "^(20[0-9][0-9]-(0[1-9]|1[0-2]))?$"}),
    "offers": (
        "offers",
        "visits on the phone's screen, by commas: of those that are gone it is told why",
        {"type": "string", "maxLength": 200},
    ),
    "left": ("left", "1: only homes that are not known", {"type": "string", "pattern": "^1?$"}),
    "mine": ("mine", "1: only homes that no carer has", {"type": "string", "pattern": "^1?$"}),
    "station": ("station", "only homes of this station", NUMBER),
    "limit": ("limit", "how many at most; never more than 500", NUMBER),
}
REFUSALS = {
    400: "No form token came with the cookie, or it has expired. Nothing was changed.",
    401: "Nobody is logged in, or the token is unknown.",
    403: "The role may not do this.",
    404: "There is no such call or visit.",
    409: "Not now: somebody was faster, or the rules of the desk forbid it. Says who and what to do.",
    413: "The body is too large.",
    422: "A field cannot be used; `field` names it.",
    503: "The database cannot be reached. Nothing was changed.",
}
ABOUT = """The public surface of an Anxin centre. Errors are `{error, message, fix}`; commands carry a `key`.
Follow the log with `GET /api/v1/events?after=SEQ`: nothing happens that is not in it."""
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token made with `python app.py add-token`"},
    "cookie": {
        "type": "apiKey", "in": "cookie", "name": "session",
        "description": "The browser's; each POST needs the header X-CSRFToken as well",
    },
}  # fmt: skip


def openapi() -> Blueprint:
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    def described() -> ResponseReturnValue:
        return jsonify(document())

    return routes


@cache
def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for row in TABLE:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Anxin", "version": "1", "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas(), "securitySchemes": SECURITY},
    }


def _operation(row: Operation) -> dict[str, Any]:
    named = row.path.removeprefix("/api/v1/").strip("/").replace("{", "").replace("}", "").replace("/", "_")
    found: dict[str, Any] = {
        "summary": row.says,
        "operationId": f"{row.method.lower()}_{named}",
        "parameters": list(_parameters(row)),
        "responses": dict(_responses(row)),
        "security": [{"bearer": []}, {"cookie": []}] if row.right else [],
    }
    if row.right:
        found["x-right"] = row.right
    if row.body:
        found["requestBody"] = {"required": True, "content": _json(row.body)}
    return found


def _parameters(row: Operation) -> Iterator[dict[str, Any]]:
    for word in row.path.split("/"):
        if word.startswith("{"):
            yield {"name": word.strip("{}"), "in": "path", "required": True, "schema": PLAIN["str"]}
    for name in row.query:
        called, says, schema = QUERY[name]
        yield {"name": called, "in": "query", "description": says, "schema": schema}


def _responses(row: Operation) -> Iterator[tuple[str, Any]]:
    content = _json(row.answer) if row.answer else {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}
    yield str(row.status), {"description": row.says, "content": content}
    if row.status == 201:
        yield "200", {"description": "Done before with this key", "content": content}
    guarded = (401, 403, 503) if row.right else (503,) if row.path in ("/readyz", "/metrics") else ()
    sent = (400, 413) if row.method == "POST" else ()
    for status in sorted({*guarded, *sent, *row.refusals}):
        shape = "Ready" if row.path == "/readyz" else "Error"
        yield str(status), {"description": REFUSALS[status], "content": _json(shape)}


def _json(shape: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
