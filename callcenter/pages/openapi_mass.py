"""Mass events and roll calls in the API's description: routes, answers, bodies, words."""

from typing import Any

from callcenter.rules.mass import CAUSES, LEVELS, TECHNICAL
from callcenter.rules.rollcall import HOW, IN_CASE, LEFT, SAID

MASS, ROLL = "/api/v1/mass", "/api/v1/rollcalls"
ONE, HOME = ROLL + "/{rollcall_id}", ROLL + "/{rollcall_id}/homes/{home_id}"
SENT, FOUND = (409, 422), (404, 409, 422)
ROUTES: tuple[tuple[Any, ...], ...] = (
    ("GET", MASS, "console", "Warnings that stand, with their homes; proposals; roll calls that run", 200, "MassNow"),
    ("GET", MASS + "/areas", "console", "Areas to choose from, and who is on duty", 200, "Areas"),
    ("POST", MASS, "handle", "Declare a warning: technical signals fold", 200, "MassDone", "Declare", (), SENT),
    ("POST", MASS + "/{mass_id}/change", "handle", "Its level, end, kinds or words", 200, "MassDone", "MassChange", (),
     FOUND),
    ("POST", MASS + "/{mass_id}/end", "handle", "End it; says what was folded", 200, "MassDone", "Keyed", (), FOUND),
    ("GET", ROLL, "console", "Roll calls that run, with their figures", 200, "RollCalls"),
    ("POST", ROLL, "handle", "Ask after everybody of these areas", 200, "RollCallDone", "RollCallStart", (), SENT),
    ("GET", ONE, "console", "Its homes in the order of risk", 200, "RollCallHomes", "",
     ("left", "mine", "station", "limit"), (404,)),
    ("POST", HOME, "handle", "Somebody says how a home is", 200, "MarkDone", "Mark", (), FOUND),
    ("POST", HOME + "/back", "handle", "A tick too many is taken back", 200, "MarkDone", "Keyed", (), FOUND),
    ("POST", ONE + "/share", "handle", "Who is left goes to the carers on duty now", 200, "RollCallDone", "Share", (),
     FOUND),
    ("POST", ONE + "/end", "handle", "End it; with homes not known, say why", 200, "RollCallDone", "RollCallEnd", (),
     FOUND),
    ("GET", "/api/v1/phone/rollcall", "phone", "A carer's own share of the roll calls that run", 200, "CarersRollCall",
     "", (), (409,)),
    ("POST", "/api/v1/phone/rollcall/{rollcall_id}/{home_id}", "phone", "What a carer found there", 200, "MarkDone",
     "CarersMark", (), FOUND),
    ("POST", "/api/v1/phone/rollcall/{rollcall_id}/{home_id}/back", "phone", "A carer's own tick taken back", 200,
     "MarkDone", "Tap", (), FOUND),
)  # fmt: skip
PLAIN: dict[str, Any] = {
    "mass_level": {"enum": list(LEVELS)},
    "mass_cause": {"enum": list(CAUSES)},
    "area": {"type": "array", "items": {"type": "string", "maxLength": 120}, "minItems": 2, "maxItems": 2,
             "description": "scope (district, station, street, community, building, line) and place"},
    "technical": {"enum": list(TECHNICAL)},
    "mass_minutes": {"type": "integer", "minimum": 15, "maximum": 10080},
    "each": {"type": "integer", "minimum": 1, "maximum": 900},
    "said_state": {"enum": list(SAID)},
    "said_how": {"enum": ["", *HOW]},
    "mark_state": {"enum": [LEFT, IN_CASE, *SAID]},
    "grave": {"enum": [1, 2]},
}  # fmt: skip
ANSWERS = {
    "MassNow": """events [MassEvent], proposals [object], rollcalls [RollCall], server_time stamp""",
    "MassEvent": """id str, level mass_level, cause mass_cause, areas [area], kinds [technical], words str, until stamp,
        begun_at stamp, begun_by str, homes [int], incident_id str, reminded_at stamp?, ended_at stamp?, ended_by str,
        ended_why str, next_due_at stamp?, next_step str?""",
    "Areas": """areas object, stations object, causes [mass_cause], usual object, technical [technical],
        carers [object]""",
    "MassDone": """mass str, seq int, ~folded object""",
    "RollCalls": """rollcalls [RollCall], server_time stamp""",
    "RollCall": """id str, drill bool, cause mass_cause, words str, areas [area], mass_id str, begun_at stamp,
        begun_by str, ended_at stamp?, ended_by str, ended_why str, next_due_at stamp?, next_step str?, counts counts,
        stations object, reached object, targets object, looked object""",
    "RollCallDone": """rollcall str, seq int""",
    "RollCallHomes": """homes [RollCallHome], total int""",
    "RollCallHome": """id str, rollcall_id str, home_id int, number int, tier str, at_risk bool, state mark_state,
        how str, at stamp?, said_at stamp?, said_by str, by_hand bool, tries int, call_id str?, words str,
        station_id int?, carer_id int?, carer_name str, ~station str?, ~people [object], ~contact object?,
        ~community str, ~address str, ~building str, ~unit str, ~door str, ~floor int?, ~phone str, ~way_in str,
        ~key_holder str, ~key_safe bool""",
    "MarkDone": """mark MarkRow, seq int""",
    "MarkRow": """id str, rollcall_id str, home_id int, state mark_state, how str, at stamp?, said_at stamp?,
        said_by str, by_hand bool, tries int, call_id str?, words str""",
    "CarersRollCall": """rollcalls [object], server_time stamp""",
}
BODIES = {
    "Keyed": """key key""",
    "Declare": """key key, areas [area], level mass_level, cause mass_cause, minutes mass_minutes, ~kinds [technical],
        ~words str(0..500), ~incident str(0..20)""",
    "MassChange": """key key, ~level mass_level?, ~minutes mass_minutes?, ~kinds [technical], ~words str(0..500)""",
    "RollCallStart": """key key, areas [area], cause mass_cause, ~words str(0..500), ~drill bool, ~mass str(0..20),
        ~carers [id], ~each each""",
    "Mark": """key key, state said_state, ~how said_how, ~words str(0..500), ~at stamp?, ~by_hand bool,
        ~priority grave""",
    "CarersMark": """key key, state said_state, ~how said_how, ~words str(0..500), ~at stamp?, ~sent stamp?,
        ~priority grave""",
    "Share": """key key, ~each each""",
    "RollCallEnd": """key key, ~why str(0..500)""",
}
