"""Tasks with an owner and a time: made from a case, handed on, done with a result; and the clock that alarms."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from callcenter.deadlines import Deadlines
from callcenter.desk import Who, actor, known_call
from callcenter.rules import tasks as life
from callcenter.rules.access import HANDLE, may
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Body, Row
from callcenter.rules.times import later, moment
from callcenter.steady import Steady
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.tasks import TaskStore

CLOCK = "clock"
PRIORITY = 3  # as urgent as telling somebody of it is


class Tasks:
    """``user`` finds an account by its id."""

    def __init__(self, store: TaskStore, user: Callable[[int], Row | None], zone: ZoneInfo):
        self.store, self.user, self.zone = store, user, zone

    def make(
        self, w: Writing, user: Who, kind: str, words: str, due_at: str, call_id: str = "", owner: int | None = None,
        role: str = "",
    ) -> Row:  # fmt: skip
        """``owner`` is a person, else anybody of ``role``; without either it is the maker's own."""
        call = known_call(w, call_id) if call_id else None
        if due_at > later(w.at, life.MOST_DAYS * 86400):
            raise NotNow("too_late", "A task is due within {days} days", "Book a visit or a round for what comes later",
                         days=life.MOST_DAYS)  # fmt: skip
        day = moment(w.at).astimezone(self.zone).strftime("%Y%m%d")
        made = [row["number"] for row in w.changed("tasks") if row["day"] == day]
        number = max([self.store.last_number(w.conn, day), *made]) + 1
        body = {
            "task": f"{day}-T{number:03d}", "day": day, "number": number, "kind": kind, "words": words,
            "call_id": call_id or None, "home_id": call["home_id"] if call else None, "due_at": max(due_at, w.at),
            **self._owner(owner if owner or role else user.id, role), "name": user.name,
        }  # fmt: skip
        return self._append(w, body["task"], "TaskMade", body, user)

    def hand_over(self, w: Writing, task_id: str, user: Who, owner: int | None = None, role: str = "") -> Row:
        """Nobody becomes an owner without being told: what is due rings for the new one."""
        row = self._open(w, task_id)
        new = self._owner(owner, role)
        if all(row[name] == value for name, value in new.items()):
            raise NotNow("owner_already", "{name} has this task already", "Choose somebody else",
                         name=row["owner_name"] or row["role"])  # fmt: skip
        body = {"task": task_id, **new, "from_name": row["owner_name"] or row["role"], "name": user.name}
        return self._append(w, task_id, "TaskHandedOver", body, user)

    def done(self, w: Writing, task_id: str, user: Who, result: str) -> Row:
        self._open(w, task_id)
        return self._append(w, task_id, "TaskDone", {"task": task_id, "result": result, "name": user.name}, user)

    def _owner(self, owner: int | None, role: str) -> Row:
        if owner is None:
            if role not in life.ROLES:
                raise NotNow("no_taker", "A task needs an owner", "Choose a person, or a role")
            return {"owner_id": None, "owner_name": "", "role": role}
        found = self.user(owner)
        if found is None or not found["active"] or not may(found["role"], HANDLE):
            raise NotNow("no_taker", "This person cannot take a task", "Choose another colleague")
        return {"owner_id": owner, "owner_name": found["name"], "role": ""}

    @staticmethod
    def _open(w: Writing, task_id: str) -> Row:
        row = w.row("tasks", task_id)
        if row is None:
            raise NotThere(f"there is no task {task_id}")
        if row["stage"] != life.OPEN:
            raise NotNow("moved_on", "{name} has done this task", "Look at the list again", name=row["done_by"])
        return row

    @staticmethod
    def _append(w: Writing, task_id: str, kind: str, body: Body, user: Who) -> Row:
        w.append(life.stream(task_id), kind, body, actor(user))
        return w.row("tasks", task_id) or {}


class TaskClock:
    """First the owner is alarmed, on their screen; then the supervisors, by message too: those of ``supervisors``."""

    def __init__(self, log: Log, cases: Cases, supervisors: Callable[[], Sequence[Row]], steady: Steady):
        self.supervisors = supervisors
        self.deadlines = Deadlines(log, cases, "tasks", self._alarm, steady)

    def tick(self, now: str) -> int:
        return self.deadlines.tick(now)

    def _alarm(self, w: Writing, row: Row, _now: str) -> None:
        kind = "TaskDue" if row["next_step"] == life.DUE else "TaskOverdue"
        about = {"task": row["id"], "owner_id": row["owner_id"], "owner_name": row["owner_name"], "role": row["role"]}
        w.append(life.stream(row["id"]), kind, {**about, "due_at": row["due_at"]}, CLOCK)
        to = [dict(one) for one in self.supervisors()] if kind == "TaskOverdue" else []
        if to:
            words = f"待办 {row['id']}（{row['owner_name'] or row['role']}）到期未办，请处理"
            body = {"words": words, "priority": PRIORITY, "who": "supervisor", "to": to}
            w.append(life.stream(row["id"]), "NoticeAsked", body, CLOCK)
