"""What could have been reached by somebody who knew every alarm of a shift beforehand: a nearly lower bound.

One assignment for each shift of eight hours: every alarm is answered by a carer who waited at the best station, or by
one who has just finished at an earlier alarm and is already there. Ways taken before a job ends count nothing, ends
are reckoned with the shortest possible way, and the mean wait of P1 is what is made small. Nearly and not strictly a
bound, for a carer met half-way home could be nearer still. Booked visits are left out, so it stands beside the tables
without them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from dispatch.rules.eta import distance
from dispatch.rules.matching import assign
from dispatch.simulation.play import Arrival, Played, way_seconds
from dispatch.simulation.world import ASSUMED, SHIFT, Alarm, Story, is_night

WEIGHTS = {1: 1000.0, 2: 1.0, 3: 0.1, 4: 0.1}


def hindsight(story: Story) -> Played:
    played = Played(story.scene.days)
    shifts: dict[int, list[Alarm]] = defaultdict(list)
    for alarm in story.alarms:
        shifts[int(alarm.decided // SHIFT)].append(alarm)
    for number, alarms in shifts.items():
        crew = [duty for duty in story.duties if duty.starts == number * SHIFT]
        played.arrivals += _shift(story, alarms, len(crew))
    played.unserved = len(story.alarms) - len(played.arrivals)
    return played


def _shift(story: Story, alarms: Sequence[Alarm], crew: int) -> Iterator[Arrival]:
    ready = [alarm.decided + _before_the_way(alarm) for alarm in alarms]
    nearest = [_from_station(story, alarm) for alarm in alarms]
    ends = [at + way + _access() + alarm.seconds for at, way, alarm in zip(ready, nearest, alarms, strict=True)]
    costs: list[list[float | None]] = []
    for alarm, at, way in zip(alarms, ready, nearest, strict=True):
        waits = [at + way - alarm.rang] * crew
        after = [_after(earlier, end, alarm, at) for earlier, end in zip(alarms, ends, strict=True)]
        costs.append([*waits, *after])
    chosen = assign(costs, [WEIGHTS[alarm.priority] for alarm in alarms])
    for row, column in enumerate(chosen):
        seconds = None if column is None else costs[row][column]
        if seconds is not None:
            yield Arrival(alarms[row], seconds + _access())


def _after(earlier: Alarm, end: float, alarm: Alarm, ready: float) -> float | None:
    """Seconds from the ring until somebody who did ``earlier`` first is at the gate; they may set out beforehand."""
    if earlier.decided >= alarm.decided:
        return None
    way = way_seconds(distance(earlier.home.position, alarm.home.position), "e_bike", ready)
    return max(ready, end) + way - alarm.rang


def _before_the_way(alarm: Alarm) -> float:
    """Accepting and getting going, drawn as in the play."""
    dice = Random(alarm.luck + int(alarm.decided))
    accept = dice.expovariate(1 / ASSUMED["accept_seconds"])
    return accept + float(ASSUMED["mobilise_seconds"]["night" if is_night(alarm.decided) else "day"])


def _from_station(story: Story, alarm: Alarm) -> float:
    best = np.min([distance(one.position, alarm.home.position) for one in story.district.stations])
    return way_seconds(float(best), "e_bike", alarm.decided)


def _access() -> float:
    return float(ASSUMED["access_seconds"])
