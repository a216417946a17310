"""When so many call at once that the centre works by other rules: emergencies first, by risk; what can wait, waits.

Source: the district's rule for mass alarms: in five minutes at least eight, or six times what is usual; or three in one
building within ten. A surge is over when the last ten minutes have been quieter than half of that.
"""

from collections import Counter
from collections.abc import Sequence

from callcenter.rules.events import Row
from callcenter.rules.times import later

WINDOW_SECONDS, BUILDING_SECONDS, OVER_SECONDS = 300.0, 600.0, 600.0
LEAST, TIMES_USUAL, IN_BUILDING = 8, 6.0, 3
USUAL_PER_HOME = 0.16 / 900  # presses in five minutes at the busiest hour of a day
POSTPONED_SECONDS = 300.0  # what can wait is looked at again so often


def threshold(homes: int) -> int:
    return max(LEAST, round(TIMES_USUAL * USUAL_PER_HOME * homes))


def began(presses: Sequence[Row], homes: int, now: str) -> str | None:
    """Why a surge begins: ``presses`` (``opened_at``, ``building``) of the last ten minutes; None when it does not."""
    lately = sum(row["opened_at"] >= later(now, -WINDOW_SECONDS) for row in presses)
    if lately >= threshold(homes):
        return "many"
    near = Counter(row["building"] for row in presses if row["opened_at"] >= later(now, -BUILDING_SECONDS))
    return "building" if any(count >= IN_BUILDING for building, count in near.items() if building) else None


def over(presses: Sequence[Row], homes: int, now: str) -> bool:
    """``presses`` of the last ten minutes, after at least as long a surge."""
    lately = sum(row["opened_at"] >= later(now, -OVER_SECONDS) for row in presses)
    return lately < threshold(homes) / 2 and began(presses, homes, now) is None


def order(visit: Row, tier: str) -> tuple[int, str, str, str]:
    """Who is helped first: the graver, of those the home of the higher risk, then whoever has waited longest."""
    return visit["priority"], tier or "Z", visit["called_at"], visit["id"]
