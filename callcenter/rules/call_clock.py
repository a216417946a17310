"""The clock of a Call: which of its deadlines comes next, and how the row carries it. A row is the timer."""

from dataclasses import dataclass

from callcenter.rules import emergency, in_hand, pauses, ring_round, script, unheard
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY, LIFE, PLUMBING_KINDS, WAITING, after
from callcenter.rules.events import Event, Row, call_of
from callcenter.rules.promises import Book
from callcenter.rules.times import later, moment

# A call nobody answers goes beyond the seats: seconds since it rang, and who is told; then all of them again and again.
OVERFLOW = ((40.0, "supervisor"), (60.0, "station_phone"), (120.0, "duty_manager"))
PLUMBING_SECONDS = 3600.0  # so long a case about our own plumbing may lie untouched in somebody's hands
RAISED_SECONDS = 60.0  # and is then taken for graver than its key said


def due(row: Row, targets: Book) -> tuple[str, str] | None:
    """The next deadline of a call as ``(stamp, step)``, or None. Steps already missed are not due again."""
    if row["stage"] == CLOSED:
        return None
    mine = targets.of(row)
    waiting = []

    def moved(start: str, step: str) -> str:
        return pauses.moved(start, mine[step], step, row["priority"], row["pauses"])

    if row["stage"] == WAITING and "answer" in mine and "answer" not in row["late"]:
        waiting.append((later(in_hand.rang_at(row), mine["answer"]), "answer"))
    if row["stage"] == WAITING and row["priority"] < DEVICE_PRIORITY:
        waiting.append((_beyond_the_seats(row), "overflow"))
    if row["requested_at"] is None and "decide" in mine and "decide" not in row["late"] and _needs_somebody(row):
        waiting.append((moved(row["opened_at"], "decide"), "decide"))
    if "repair" in mine and "repair" not in row["late"]:
        waiting.append((moved(row["opened_at"], "repair"), "repair"))
    if row["idle_since"] and "decide" in mine:  # nobody goes any more, and nobody has closed
        waiting.append((moved(row["idle_since"], "decide"), "conclude"))
    waiting += [silence for silence in (unheard.due(row), script.due(row)) if silence]
    if row["held_until"]:
        waiting.append((row["held_until"], "hold"))
    waiting += in_hand.due(row, targets.idle.get(row["priority"]) if _needs_somebody(row) else PLUMBING_SECONDS)
    waiting += [found for found in (emergency.due(row), ring_round.due(row)) if found]
    return min(waiting, default=None)


def armed(before: Row | None, folded: Row, found: tuple[str, str] | None, event: Event) -> Row:
    """The row with its next deadline, and when that was set: by which clock, should somebody set the clock back."""
    next_due_at, next_step = found or (None, None)
    same = before is not None and before["next_due_at"] == next_due_at and before["next_step"] == next_step
    at = before["armed_at"] if same and before else event.at
    return {**folded, "next_due_at": next_due_at, "next_step": next_step, "armed_at": at}


def _beyond_the_seats(row: Row) -> str:
    """When others than the seats are told next. It never ends by itself."""
    rounds, rang = row["overflow"] - len(OVERFLOW), in_hand.rang_at(row)
    if rounds < 0:
        return later(rang, OVERFLOW[row["overflow"]][0])
    return later(row["overflowed_at"] or rang, in_hand.again(rounds))


def _needs_somebody(row: Row) -> bool:
    return row["kind"] not in PLUMBING_KINDS


@dataclass(frozen=True, slots=True)
class CallPicture:
    """How the table ``calls`` follows the log."""

    targets: Book
    table: str = "calls"

    def key(self, event: Event) -> str | None:
        return call_of(event) if event.kind in LIFE else None

    def after(self, row: Row | None, event: Event) -> Row:
        folded = after(row, event)
        return armed(row, folded, due(folded, self.targets), event)


def miss(row: Row, targets: Book, now: str) -> Row:
    """What is recorded of the deadline a row (of a call or a visit) has missed: the body of ``DeadlineMissed``."""
    step, due_at = row["next_step"], row["next_due_at"]
    target = targets.of(row).get(step, 0)
    return {"step": step, "due_at": due_at, "target": target, "late_by": round(seconds_late(due_at, now), 3)}


def seconds_late(due_at: str, now: str) -> float:
    return max(0.0, (moment(now) - moment(due_at)).total_seconds())
