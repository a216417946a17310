"""Bad actors: the few pagers behind most false alarms, and what is to be done about each. A cure, never a filter."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from callcenter.rules.events import Row

TOP = 10
FALSE = "false_alarm"
REPLACE, SET, MOVE, TEACH = "replace", "set", "move", "teach"
MANY, BURST = 3, 3  # false alarms of one pager; presses in one call


@dataclass(frozen=True, slots=True)
class Pager:
    """``share`` of all false alarms of the time; ``real`` calls of the same pager, so that nobody takes it away."""

    account: str
    home_id: int | None
    false: int
    share: float
    real: int
    action: str


def worst(calls: Iterable[Row], doubtful: frozenset[str]) -> tuple[list[Pager], int]:
    """The pagers with the most false alarms, and how many there were at all. ``calls``: ended calls of people with
    account, home_id, kind, presses, outcome; ``doubtful``: accounts of devices with a fault or a weak battery."""
    all_ = [row for row in calls if row["account"]]
    wrong = [row for row in all_ if row["outcome"] == FALSE]
    counted = Counter(row["account"] for row in wrong)
    real = Counter(row["account"] for row in all_ if row["outcome"] != FALSE)
    homes = {row["account"]: row["home_id"] for row in wrong}
    top = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:TOP]
    return [
        Pager(account, homes[account], n, n / len(wrong), real[account],
              action([row for row in wrong if row["account"] == account], account in doubtful))
        for account, n in top
    ], len(wrong)  # fmt: skip


def action(wrong: list[Row], doubtful: bool) -> str:
    """What to try first: mend what is broken, set what measures, move what is bumped into, teach the rest."""
    falls = sum(row["kind"] == "fall" for row in wrong)
    if doubtful:
        return REPLACE
    if falls * 2 > len(wrong):
        return SET
    if sum(row["presses"] >= BURST for row in wrong) * 2 > len(wrong) or len(wrong) < MANY:
        return TEACH
    return MOVE
