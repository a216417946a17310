"""Who may do what: role to rights, as a table."""

CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT = "console", "handle", "people_read", "people_edit"
REPORTS, EXPORT, PHONE, ADMIN, EVENTS, SIGNALS = "reports", "export", "phone", "admin", "events", "signals"
PROMISES = "promises"

RIGHTS: dict[str, frozenset[str]] = {
    "operator": frozenset({CONSOLE, HANDLE, PEOPLE_READ, EVENTS}),
    "carer": frozenset({PHONE}),
    "head": frozenset({CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EVENTS}),
    "supervisor": frozenset({CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EXPORT, EVENTS, PROMISES}),
    "admin": frozenset({CONSOLE, HANDLE, PEOPLE_READ, PEOPLE_EDIT, REPORTS, EXPORT, EVENTS, PROMISES, ADMIN}),
    "device": frozenset({SIGNALS}),  # tokens of sources that post signals
    "system": frozenset({CONSOLE, HANDLE, EVENTS, REPORTS}),  # tokens of other systems
}
ROLES = ("operator", "carer", "head", "supervisor", "admin")
TOKEN_ROLES = ("device", "system")
START = {"carer": "/phone", "supervisor": "/supervisor", "head": "/supervisor"}  # everyone else starts at the console


def may(role: str, right: str) -> bool:
    return right in RIGHTS.get(role, frozenset())
