"""Pretending in a centre: whether pretend homes may press here, and the log-ins of pretend staff."""

from callcenter.accounts import Accounts
from callcenter.rules.times import Clock
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.users import Users

SHEETS = ("homes", "residents", "carers")  # who would be disturbed
LOGIN = {"operator": "sim-operator-{}", "carer": "sim-{}"}
ACTOR = "simulator"


def strangers(register: Register, log: Log) -> dict[str, int]:
    """How many homes, residents and carers there are that the demo did not bring: ``{}`` in a demo, and where nobody
    is. Loading the demo leaves its mark in the log; whoever came otherwise counts as real."""
    brought = dict.fromkeys(SHEETS, 0)
    for event in log.stream("people"):
        if event.kind == "PeopleImported" and event.actor == "demo":
            for sheet in SHEETS:
                brought[sheet] += event.body["sheets"].get(sheet, {}).get("added", 0)
    present = register.counts()
    return {sheet: present[sheet] - brought[sheet] for sheet in SHEETS if present[sheet] > brought[sheet]}


class PretendStaff:
    """Log-ins that last as long as a simulation. Nobody sees their passwords, and they are closed at the end."""

    def __init__(self, accounts: Accounts, users: Users, log: Log, people: People, clock: Clock):
        self.accounts, self.users, self.log, self.people, self.clock = accounts, users, log, people, clock
        self._made: list[str] = []

    def enrol(self, role: str, number: int) -> tuple[str, str]:
        """A log-in for the operator of that number, or the carer with that id: ``(log-in, password)``."""
        carer = next((c for c in self.people.carers(self.clock()) if role == "carer" and c["id"] == number), {})
        login = LOGIN[role].format(carer["code"].lower() if carer else number)
        password = self.accounts.add(
            login,
            carer.get("name", login),
            role,
            carer_id=carer.get("id"),
            station_id=carer.get("station_id"),
            by=ACTOR,
        )
        self._made.append(login)
        return login, password

    def dismiss(self) -> None:
        """Close every log-in that was made; their sessions end with it."""
        for login in dict.fromkeys(self._made):
            user = self.users.by_login(login)
            if user:
                with self.log.writing() as w:
                    self.users.change(w.conn, user["id"], active=False)
                    w.append("users", "UserChanged", {"login": login, "role": user["role"], "active": False}, ACTOR)
