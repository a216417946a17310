"""One story played with one policy: simpy moves the clock, ``rank`` and ``match`` choose, what came of it is counted.

Who is chosen is decided by the centre's own rules with the centre's own estimate of the way (``rules/eta.py``); how
long the way then takes is the district's business (``assumptions.json``). Nobody comes back to a visit that was broken
off; an alarm whose carer was taken off the road waits for somebody else, a booked visit for the same carer.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import NamedTuple

import simpy

from callcenter.rules.times import stamp
from dispatch.rules.eta import Position, Travel, distance
from dispatch.rules.matching import Waiting, match
from dispatch.rules.ranking import Candidate, Carer, Need, rank
from dispatch.simulation.policies import Policy
from dispatch.simulation.world import ASSUMED, DAY, Alarm, Booked, Duty, Place, Story, is_night

MIDNIGHT = datetime(2026, 11, 23, tzinfo=timezone(timedelta(hours=8)))
CENTRE = Travel()
NOBODY_LEFT_SECONDS = 60.0  # everyone was asked and nobody said yes: asked again after this
Steps = Generator[simpy.Event, None, None]
IDLE, GOING, THERE = "idle", "going", "there"
Job = Alarm | Booked


class Arrival(NamedTuple):
    alarm: Alarm
    seconds: float  # from the ring to the door
    carer: int = 0  # whose shift; 0 in hindsight


@dataclass
class Played:
    """What came of one story. ``spoilt``: booked visits dropped or begun more than an hour late."""

    days: int
    arrivals: list[Arrival] = field(default_factory=list)
    unserved: int = 0
    interruptions: int = 0
    booked: int = 0
    spoilt: int = 0


class Agent:
    """One carer on one shift."""

    def __init__(self, duty: Duty, station: Place) -> None:
        self.duty, self.station = duty, station
        self.state, self.jobs_done = IDLE, 0
        self.job: Job | None = None
        self.process: simpy.Process | None = None
        self.way = (station.position, station.position, 0.0, 0.0)  # from, to, set out, there
        self.due: list[Booked] = []

    def position(self, now: float) -> Position:
        """On a straight line from where they set out to where they go."""
        origin, destination, began, ends = self.way
        share = 1.0 if now >= ends else max(0.0, (now - began) / (ends - began))
        return Position(*(a + (b - a) * share for a, b in zip(origin, destination, strict=True)))

    def goes(self, to: Position, now: float) -> float:
        """Set out for ``to``; the seconds the way takes."""
        here = self.position(now)
        seconds = way_seconds(distance(here, to), self.duty.travel, now)
        self.way = (here, to, now, now + seconds)
        return seconds


def way_seconds(metres: float, means: str, now: float) -> float:
    """How long a way really takes in this district."""
    kmh = ASSUMED["kmh"][means]["night" if is_night(now) else "day"]
    return metres * float(ASSUMED["detour"]) * 3.6 / float(kmh)


class Play:
    """``run`` it once."""

    def __init__(self, story: Story, policy: Policy) -> None:
        self.story, self.policy, self.district = story, policy, story.district
        self.env = simpy.Environment()
        self.agents: dict[int, Agent] = {}
        self.waiting: list[Alarm] = []
        self.not_before: dict[int, float] = {}  # alarms whose round came to nothing rest until then
        self.played = Played(story.scene.days)
        self.shares = ASSUMED["accept_share"] if policy.accept_share is None else policy.accept_share

    def run(self) -> Played:
        self.env.process(self._shifts())
        self.env.process(self._rings())
        self.env.run(until=(self.story.scene.days + 1) * DAY)
        self.played.unserved = len(self.story.alarms) - len(self.played.arrivals)
        return self.played

    # --- what happens by itself ---------------------------------------------------------------------------------

    def _shifts(self) -> Steps:
        for duty in self.story.duties:
            yield self.env.timeout(max(0.0, duty.starts - self.env.now))
            agent = self.agents[duty.number] = Agent(duty, self.district.stations[duty.station])
            self.env.process(self._plan(agent))
            self.env.process(self._end(agent))
            self._serve()

    def _end(self, agent: Agent) -> Steps:
        yield self.env.timeout(agent.duty.ends - self.env.now)
        if agent.state == IDLE:
            self._leave(agent)

    def _leave(self, agent: Agent) -> None:
        self.agents.pop(agent.duty.number, None)
        self.played.spoilt += len(agent.due)
        agent.due.clear()

    def _plan(self, agent: Agent) -> Steps:
        for visit in agent.duty.visits:
            yield self.env.timeout(visit.at - self.env.now)
            self.played.booked += 1
            agent.due.append(visit)
            self._next_visit(agent)

    def _rings(self) -> Steps:
        for alarm in sorted(self.story.alarms, key=lambda one: one.decided):
            yield self.env.timeout(max(0.0, alarm.decided - self.env.now))
            self.waiting.append(alarm)
            self._serve()

    # --- choosing -----------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Send somebody to whoever waits, as far as there is anybody: the most urgent first, then the longest."""
        now = self.env.now
        ready = [one for one in self.waiting if self.not_before.get(one.number, 0.0) <= now]
        ready.sort(key=lambda one: (one.priority, one.rang))
        first = self._matched(ready) if self.policy.batch and len(ready) > 1 else {}
        for alarm in ready:
            if not first or alarm.number in first:
                self._send(alarm, self._ranked(alarm, first.get(alarm.number, 0)))

    def _ranked(self, alarm: Alarm, first: int) -> list[Candidate]:
        """Who may go, the best first; ``first``: the number of one who was matched and goes before all others."""
        found = rank(need(alarm), self._carers(alarm.priority), clock(self.env.now), CENTRE, self.policy.weights)
        return sorted((one for one in found if one.suitable), key=lambda one: one.carer_id != first)

    def _matched(self, ready: Sequence[Alarm]) -> dict[int, int]:
        """The carer of each alarm that gets one; an alarm that must wait is not in it."""
        homes = [Waiting(str(one.number), need(one), self.env.now - one.rang) for one in ready]
        carers = self._carers(min(one.priority for one in ready))
        found = match(homes, carers, clock(self.env.now), CENTRE, self.policy.weights)
        return {int(number): one.carer_id for number, one in found.items()}

    def _carers(self, priority: int) -> list[Carer]:
        """The carers who come into question, as the centre's rules see them. Who is certainly busy is left out."""
        now, at = self.env.now, stamp(clock(self.env.now))
        found = []
        for number, agent in self.agents.items():
            job = agent.job
            if job is not None and not (self.policy.interrupt and priority <= 2):
                continue
            latitude, longitude = agent.position(now)
            found.append(Carer(
                number, "", agent.duty.station, "", travel=agent.duty.travel, latitude=latitude, longitude=longitude,
                position_at=at, jobs_done=agent.jobs_done, shift_ends_at=stamp(clock(agent.duty.ends)),
                busy_visit=None if job is None else "job", busy_priority=job.priority if isinstance(job, Alarm) else 3,
                interruptible=job is not None and job.interruptible, travelling=agent.state == GOING,
            ))  # fmt: skip
        return found

    # --- sending ------------------------------------------------------------------------------------------------

    def _send(self, alarm: Alarm, able: Sequence[Candidate]) -> None:
        """Ask the able one rung after the other, until one says yes; that one is kept from now on."""
        if not able:
            return
        now, delay = self.env.now, 0.0
        dice = Random(alarm.luck + int(now))
        at_once = self.policy.parallel if alarm.priority == 1 else 1
        for rung in self._rungs(able, at_once):
            yes = [
                (dice.expovariate(1 / ASSUMED["accept_seconds"]), one.carer_id)
                for one in rung
                if dice.random() < self.shares
            ]
            if yes:
                wait, chosen = min(yes)
                self.waiting.remove(alarm)
                self._start(self.agents[chosen], alarm, delay + wait)
                return
            delay += ASSUMED["rung_seconds"][str(alarm.priority)]
        self.not_before[alarm.number] = now + delay + NOBODY_LEFT_SECONDS
        self.env.process(self._again(delay + NOBODY_LEFT_SECONDS))

    def _rungs(self, able: Sequence[Candidate], at_once: int) -> Iterator[Sequence[Candidate]]:
        """Who is asked together: at most so many, and only who would hardly be later than the first of them."""
        while able:
            within = able[0].cost + self.policy.within_seconds
            rung = [one for one in able[:at_once] if one.cost <= within]
            yield rung
            able = able[len(rung) :]

    def _again(self, seconds: float) -> Steps:
        yield self.env.timeout(seconds)
        self._serve()

    def _start(self, agent: Agent, alarm: Alarm, delay: float) -> None:
        left, was = agent.job, agent.state
        if agent.process is not None and left is not None:
            self.played.interruptions += 1
            agent.process.interrupt()
            if was == GOING and isinstance(left, Alarm):
                self.waiting.append(left)  # served at the next occasion, with everybody's chances
                self.env.process(self._again(0.0))
            elif was == GOING and isinstance(left, Booked):
                agent.due.insert(0, left)
        agent.job, agent.state = alarm, GOING
        hour = "night" if is_night(self.env.now) else "day"
        ready = ASSUMED["handover_seconds"] if was == THERE else ASSUMED["mobilise_seconds"][hour]
        agent.process = self.env.process(self._answer(agent, alarm, delay + ready))

    def _answer(self, agent: Agent, alarm: Alarm, ready: float) -> Steps:
        try:
            yield self.env.timeout(ready)
            yield self.env.timeout(agent.goes(alarm.home.position, self.env.now) + ASSUMED["access_seconds"])
            self.played.arrivals.append(Arrival(alarm, self.env.now - alarm.rang, agent.duty.number))
            agent.state = THERE
            yield self.env.timeout(alarm.seconds)
        except simpy.Interrupt:
            return
        self._free(agent)

    def _visit(self, agent: Agent, visit: Booked) -> Steps:
        try:
            yield self.env.timeout(agent.goes(visit.home.position, self.env.now) + ASSUMED["access_seconds"])
            agent.state = THERE
            yield self.env.timeout(visit.seconds)
        except simpy.Interrupt:
            return
        self._free(agent)

    def _free(self, agent: Agent) -> None:
        agent.job, agent.process, agent.state = None, None, IDLE
        agent.jobs_done += 1
        if self.env.now >= agent.duty.ends:
            self._leave(agent)
            return
        agent.goes(agent.station.position, self.env.now)
        self._serve()
        self._next_visit(agent)

    def _next_visit(self, agent: Agent) -> None:
        """The next booked visit that is due, if they are still free; one that is too late by now is given up."""
        while agent.state == IDLE and agent.due:
            visit = agent.due.pop(0)
            if self.env.now > visit.at + ASSUMED["late_visit_seconds"]:
                self.played.spoilt += 1
                continue
            agent.job, agent.state = visit, GOING
            agent.process = self.env.process(self._visit(agent, visit))


def need(alarm: Alarm) -> Need:
    position = alarm.home.position
    return Need(alarm.priority, position.latitude, position.longitude, station_id=alarm.home.station)


def clock(now: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=now)
