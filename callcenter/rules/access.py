"""Who may do what: role to rights, as a table."""

CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT = "console", "handle", "people_read", "people_edit"
REPORTS, EXPORT, PHONE, ADMIN, EVENTS, SIGNALS = "reports", "export", "phone", "admin", "events", "signals"
PROMISES = "promises"
PAPER = "paper"  # the paper pack: everybody at once, without door codes; a head's own station
DOOR_CODES = "door_codes"  # and the sheet of all door codes
REPORT = "report"  # of others: a case is opened, and nothing of the home is shown
LISTEN = "listen"  # to recordings of telephone calls; each time is written down
ROSTER = "roster"  # of the whole centre, and putting it into force; a head edits their own station's

LEADING = frozenset(
    {CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EXPORT, EVENTS, PROMISES, ROSTER, PAPER, DOOR_CODES, LISTEN}
)
RIGHTS: dict[str, frozenset[str]] = {
    "operator": frozenset({CONSOLE, HANDLE, PEOPLE_READ, EVENTS, PAPER}),
    "carer": frozenset({PHONE}),
    "head": frozenset({CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EVENTS, PAPER}),
    "supervisor": LEADING,
    "admin": LEADING | {ADMIN},
    "device": frozenset({SIGNALS}),  # tokens of sources that post signals
    "system": frozenset({CONSOLE, HANDLE, EVENTS, REPORTS, REPORT}),  # tokens of other systems
    "reporter": frozenset({REPORT}),  # tokens of grid platforms and web forms
}
ROLES = ("operator", "carer", "head", "supervisor", "admin")
TOKEN_ROLES = ("device", "system", "reporter")
START = {"carer": "/phone", "supervisor": "/supervisor", "head": "/supervisor"}  # everyone else starts at the console


def may(role: str, right: str) -> bool:
    return right in RIGHTS.get(role, frozenset())
