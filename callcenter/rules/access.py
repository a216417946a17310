"""Who may do what: role to rights, as a table."""

CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT = "console", "handle", "people_read", "people_edit"
REPORTS, EXPORT, PHONE, ADMIN, EVENTS, SIGNALS = "reports", "export", "phone", "admin", "events", "signals"
PROMISES = "promises"
LISTEN = "listen"  # to recordings of telephone calls; each time is written down
ROSTER = "roster"  # of the whole centre, and putting it into force; a head edits their own station's

RIGHTS: dict[str, frozenset[str]] = {
    "operator": frozenset({CONSOLE, HANDLE, PEOPLE_READ, EVENTS}),
    "carer": frozenset({PHONE}),
    "head": frozenset({CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EVENTS}),
    "supervisor": frozenset(
        {CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EXPORT, EVENTS, PROMISES, ROSTER, LISTEN}
    ),
    "admin": frozenset(
        {CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EXPORT, EVENTS, PROMISES, ADMIN, ROSTER, LISTEN}
    ),
    "device": frozenset({SIGNALS}),  # tokens of sources that post signals
    "system": frozenset({CONSOLE, HANDLE, EVENTS, REPORTS}),  # tokens of other systems
}
ROLES = ("operator", "carer", "head", "supervisor", "admin")
TOKEN_ROLES = ("device", "system")
START = {"carer": "/phone", "supervisor": "/supervisor", "head": "/supervisor"}  # everyone else starts at the console


def may(role: str, right: str) -> bool:
    return right in RIGHTS.get(role, frozenset())
