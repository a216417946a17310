"""The gateway's one writer: frames are gathered, kept in one commit, and only then acknowledged.

Lines hand frames in from the event loop or from serial threads; a single thread takes whatever has gathered while the
last commit ran (urgent frames first), keeps it, and lets the loop write the acknowledgements. If the store fails,
nothing is acknowledged and the same frames are tried again until it comes back: memory holds them, bounded.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.keyring import Keyring
from callcenter.memory import Memory
from callcenter.rules.events import Row
from callcenter.rules.times import Clock, stamp
from callcenter.rules.triage import URGENT_KINDS
from callcenter.store.cases import Cases
from callcenter.store.database import StoreUnavailable
from callcenter.store.trend import Trend
from callcenter.traffic import Traffic
from devices.signal import Garbled, Kind, Message, Position, Signal

GROUP = 50  # frames in one commit
BESIDE_URGENT = 8  # of which so many may be ordinary ones, when somebody in danger waits for the same commit
CAPACITY = 20_000  # frames waiting for the store; beyond it lines stop reading
GATHER_SECONDS = 0.0006  # after a group of several: whoever was just answered sends on, and ten cost hardly more
RETRY_SECONDS = 0.25
MOST_BEATS = 100_000  # devices whose beats wait to be written
BEATS_SECONDS = 2.0  # heartbeats are written together, this often

Done = Callable[[bool], None]
log = structlog.get_logger("gateway")


@dataclass(slots=True)
class Tally:
    """What the gateway has done since it started, for whoever looks into the process (tests, a debugger)."""

    kept: int = 0
    beats: int = 0
    groups: int = 0
    failures: int = 0
    odd: int = 0


class Gateway:
    """The door of the lines (see ``devices.lines.Door``).

    ``deliver`` runs a list of callbacks on the lines' event loop; it is set before the first frame arrives.
    """

    def __init__(self, intake: Intake, cases: Cases, keyring: Keyring, clock: Clock):
        self.intake, self.cases, self.keyring, self.clock = intake, cases, keyring, clock
        self.tally = Tally()
        self._memory = Memory(intake.cases, intake.people)  # the writer thread's
        self.deliver: Callable[[list[Callable[[], None]]], object] = lambda calls: [call() for call in calls]
        self._urgent: deque[tuple[Received, Done]] = deque()
        self._ordinary: deque[tuple[Received, Done]] = deque()
        self._more = threading.Condition()
        self._beats: dict[str, Row] = {}  # account -> columns of its device, when it was last heard and more
        self._states: dict[str, tuple[str, str, str]] = {}
        self._traffic, self._trend = Traffic(), Trend(cases.database)
        self._stopping = False
        self._stopped = threading.Event()  # apart from ``_more``: its one waiter is the writer, so no ring is ever lost
        self._threads = [threading.Thread(target=t, name=t.__name__, daemon=True) for t in (self._write, self._note)]

    # --- the door ---------------------------------------------------------------------------------------------

    def heard(self, line: str, protocol: str, peer: str, message: Message | Garbled, done: Done) -> bool:
        """Take one frame; False when full. ``done(True)`` follows once it is on disk."""
        received = Received(line, protocol, peer, self.clock(), message)
        urgent = isinstance(message, Message) and any(s.kind in URGENT_KINDS for s in message.signals)
        with self._more:
            if len(self._urgent) + len(self._ordinary) >= CAPACITY or self._stopping:
                return False
            if isinstance(message, Message):
                self._traffic.frame(line, message.account, message.sequence)
            (self._urgent if urgent else self._ordinary).append((received, done))
            self._more.notify()
        return True

    def alive(self, line: str, account: str, position: Position | None = None, battery: int | None = None) -> None:
        """A heartbeat moves the device's last-heard time, and the line's."""
        mark: Row = {"last_heard_at": stamp(self.clock()), "line": line}
        if position is not None:
            mark |= {"position_latitude": position.latitude, "position_longitude": position.longitude,
                     "position_at": mark["last_heard_at"]}  # fmt: skip
        if battery is not None:
            mark["battery_percent"] = battery
        with self._more:
            self.tally.beats += 1
            if account:
                self._beat(account, mark)
                self._traffic.beat(account)

    def _beat(self, account: str, columns: Row) -> None:
        """Newer ones win. Called with ``_more`` held. Forged accounts must not fill memory while the store is away."""
        if account in self._beats or len(self._beats) < MOST_BEATS:
            self._beats[account] = {**self._beats.get(account, {}), **columns}

    def state(self, line: str, state: str, detail: str) -> None:
        with self._more:
            self._states[f"line:{line}"] = (stamp(self.clock()), state, detail)

    # --- life -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Keep what has arrived, then stop."""
        with self._more:
            self._stopping = True
            self._more.notify()
        writer, noter = self._threads
        writer.join(seconds)
        self._stopped.set()  # only now: what the writer's last group moved is still to be noted
        noter.join(seconds)

    # --- the writer -------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while group := self._next_group():
            kept = self._keep(group)
            self._take_moments()
            self.deliver([_call(done, sure) for (_, done), sure in zip(group, kept, strict=True)])
            if len(group) > 1:
                time.sleep(GATHER_SECONDS)

    def _take_moments(self) -> None:
        moments, self._memory.moments = self._memory.moments, {}
        with self._more:
            for account, columns in moments.items():
                self._beat(account, columns)

    def _next_group(self) -> list[tuple[Received, Done]]:
        with self._more:
            while not self._urgent and not self._ordinary:
                if self._stopping:
                    return []
                self._more.wait()
            group: list[tuple[Received, Done]] = []
            while self._urgent and len(group) < GROUP:
                group.append(self._urgent.popleft())
            most = min(GROUP, len(group) + BESIDE_URGENT) if group else GROUP
            while self._ordinary and len(group) < most:
                group.append(self._ordinary.popleft())
            return group

    def _keep(self, group: list[tuple[Received, Done]]) -> list[bool]:
        """For each frame whether it is on disk. Only then may it be acknowledged."""
        frames = [received for received, _ in group]
        while True:
            try:
                self.intake.receive(frames, self._memory)
            except StoreUnavailable as error:
                self.tally.failures += 1
                log.error("store unavailable, nothing acknowledged", frames=len(frames), error=str(error)[:200])
                if self._stopping:
                    return [False] * len(frames)
                time.sleep(RETRY_SECONDS)
            except Exception:
                log.exception("a frame could not be taken in; each is tried alone", frames=len(frames))
                return [self._keep_alone(frame) for frame in frames]
            else:
                self.tally.kept += len(frames)
                self.tally.groups += 1
                return [True] * len(frames)

    def _keep_alone(self, frame: Received) -> bool:
        """One odd frame must never hold up the others, nor be lost: somebody may have pressed."""
        for attempt in (frame, _as_unknown(frame), _as_garbled(frame)):
            try:
                while not self._kept(attempt):
                    if self._stopping:
                        return False
                    time.sleep(RETRY_SECONDS)
                return True
            except Exception:
                self.tally.odd += 1
                log.exception("an odd frame", raw=frame.heard.raw[:200].hex())
        return False  # nowhere on disk, so never acknowledged

    def _kept(self, frame: Received) -> bool:
        try:
            self.intake.receive([frame], self._memory)
        except StoreUnavailable:
            self.tally.failures += 1
            return False
        self.tally.kept += 1
        return True

    # --- beats and states -------------------------------------------------------------------------------------

    def _note(self) -> None:
        while True:
            self._stopped.wait(BEATS_SECONDS)
            with self._more:
                beats, self._beats = self._beats, {}
                traffic = self._traffic.take()
                states, self._states = self._states, {}
                stopping = self._stopped.is_set()
            try:
                self._note_beats(beats)
                self._note_trend(beats, traffic)
                traffic = {}
                self._tell_states(states)
                if not stopping and not self._threads[0].is_alive():
                    raise RuntimeError("the writer has ended: no sign of life, so that this process is started again")
                self.cases.show_life("gateway", stamp(self.clock()), "down" if stopping else "up")
                self.keyring.refresh()
            except Exception as error:  # whatever it was, the next beat comes: this thread must outlive it
                log.error("beats could not be noted", error=str(error)[:200])
                with self._more:  # newer ones win, none are lost
                    self._traffic.put_back(traffic)
                    newer, self._beats = self._beats, beats
                    for account, columns in newer.items():
                        self._beat(account, columns)
                    self._states = {**states, **self._states}
            if stopping:
                return

    def _note_beats(self, beats: dict[str, Row]) -> None:
        """One that the store cannot take must not keep all the others' from being noted for ever."""
        try:
            self.cases.note_beats(beats)
        except StoreUnavailable:
            raise
        except Exception:
            if len(beats) == 1:
                log.exception("a beat that cannot be noted", account=next(iter(beats)))
                return
            for account, columns in beats.items():
                self._note_beats({account: columns})

    def _note_trend(self, beats: dict[str, Row], traffic: dict[str, Row]) -> None:
        batteries = {account: mark["battery_percent"] for account, mark in beats.items() if "battery_percent" in mark}
        self._trend.add(self.clock().astimezone(self.intake.zone).date(), traffic, batteries)

    def _tell_states(self, states: dict[str, tuple[str, str, str]]) -> None:
        """A line that falls silent or comes back is a fact of the log, not only a colour on the wall."""
        before = {row["name"]: row["state"] for row in self.cases.signs_of_life()} if states else {}
        for name, (at, state, detail) in states.items():
            if state != before.get(name, "up"):
                with self.intake.log.writing() as w:
                    body = {"line": name.removeprefix("line:"), "state": state, "detail": detail}
                    w.append(name, "LineCameBack" if state == "up" else "LineWentSilent", body, "gateway")
            self.cases.show_life(name, at, state, detail)


def _call(done: Done, kept: bool) -> Callable[[], None]:
    return lambda: done(kept)


def _as_unknown(frame: Received) -> Received:
    """The same frame with nothing in it that a store could refuse; what it said of a life in danger is still said."""
    account = "".join(c for c in frame.heard.account if c.isascii() and c.isalnum())[:32] or "unknown"
    said = frame.heard.signals if isinstance(frame.heard, Message) else ()
    kind = next((signal.kind for signal in said if signal.kind in URGENT_KINDS), Kind.UNKNOWN)
    signal = Signal(account, kind, "unreadable content")
    return replace(frame, heard=Message(frame.heard.raw, account, (signal,), content=frame.heard.raw))


def _as_garbled(frame: Received) -> Received:
    return replace(frame, heard=Garbled(frame.heard.raw, "could not be taken in; see the gateway's log"))
