"""Intake: whose pager, new call or same call, how urgent. A group of frames goes in, the log and the journal come out.

Everything a frame causes is written in the transaction that keeps its bytes, so ``verify`` can count them both ways.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from callcenter import clocks
from callcenter.journal import RETRANSMISSION_SECONDS, Journal, Received
from callcenter.memory import Memory, whose
from callcenter.ring_again import ring_again
from callcenter.rules import drill, triage
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY, REOPEN_SECONDS
from callcenter.rules.events import Event, Row, call_of, call_stream, device_stream
from callcenter.rules.learned import learned
from callcenter.rules.times import later, moment, seconds_between, stamp
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import CONDITION, People
from callcenter.store.users import Users
from devices.signal import Kind, Message, Signal

PLUMBING = "line"  # the actor of everything a wire said
NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class _Scene:
    """What one transaction knows: the devices and calls around the frames it brings in."""

    w: Writing
    memory: Memory
    devices: dict[str, dict[str, Any]]
    day: str
    number: int | None = None
    ringing: dict[str, str] = field(default_factory=dict)  # whose -> open call of a person
    working: dict[str, str] = field(default_factory=dict)  # whose -> open device item
    ended: dict[str, str] = field(default_factory=dict)  # whose -> call closed a moment ago
    states: dict[str, Row] = field(default_factory=dict)  # account -> how its device is now
    supervisors: list[Row | None] = field(default_factory=list)  # who owns what machines open, once it was asked


@dataclass(frozen=True, slots=True)
class _Heard:
    """One signal and everything that belongs to it: whose it is, what is written of it, and who says so."""

    signal: Signal
    device: Row | None
    whose: str
    said: Row
    source: str
    words: str
    actor: str


class Intake:
    def __init__(
        self,
        log: Log,
        cases: Cases,
        people: People,
        zone: ZoneInfo,
        drill_account: str = "",
        *,
        retransmission_seconds: float = RETRANSMISSION_SECONDS,
    ):
        self.log, self.cases, self.people, self.zone = log, cases, people, zone
        self.retransmission_seconds, self.drill_account = retransmission_seconds, drill_account

    def receive(self, group: Sequence[Received], memory: Memory | None = None) -> list[Event]:
        """Keep the frames and what they cause, in one commit. When this returns, they may be acknowledged.

        ``memory`` is what the calling thread remembers from one group to the next; whoever hands one in also writes its
        ``moments`` down.
        """
        with self.log.writing() as w:
            if memory is None:
                self._bring_in_alone(w, group)
                return w.appended
            journal = self._bring_in(w, memory, group)
        memory.learn(w, journal.last, journal.raised, journal.since)
        return w.appended

    def receive_one(self, w: Writing, received: Received) -> str | None:
        """Keep one frame in the caller's transaction. Returns the call it belongs to, if it belongs to one."""
        self._bring_in_alone(w, [received])
        return next((call for event in reversed(w.appended) if (call := call_of(event))), None)

    def report(
        self, w: Writing, signal: Signal, source: str, words: str, actor: str, owner: Row | None = None,
        said: Row | None = None,
    ) -> str:  # fmt: skip
        """A case by another door (telephone, walk-in, grid worker): the same rules, no frame. Returns the call's id.

        ``owner`` is whose the account is when no device says so; ``said`` is more of what was said.
        """
        memory = Memory(self.cases, self.people)
        memory.catch_up(w)
        scene = self._scene(w, memory, [signal.account], {signal.account: owner} if owner else {})
        return self._act(scene, signal, None, source, words, actor, said or {})

    # --- one transaction ------------------------------------------------------------------------------------

    def _bring_in_alone(self, w: Writing, group: Sequence[Received]) -> None:
        memory = Memory(self.cases, self.people)
        self._bring_in(w, memory, group)
        self.cases.mark_devices(w.conn, memory.moments)

    def _bring_in(self, w: Writing, memory: Memory, group: Sequence[Received]) -> Journal:
        journal = Journal(w, self.cases, memory, group, self.retransmission_seconds)
        accounts = {s.account for r in group if isinstance(r.heard, Message) for s in r.heard.signals}
        scene = self._scene(w, memory, sorted(accounts))
        for received in group:
            frame = journal.enter(received)
            if frame is not None and isinstance(received.heard, Message):
                for number, signal in enumerate(received.heard.signals):
                    self._act(scene, signal, (frame, number, received.line), received.source, "", PLUMBING)
        journal.keep()
        if scene.states:
            self.cases.mark_devices(w.conn, scene.states)
        return journal

    def _scene(
        self, w: Writing, memory: Memory, accounts: Sequence[str], owners: Mapping[str, Row] = NOTHING
    ) -> _Scene:
        devices = {**memory.owners(w, accounts), **owners}
        scene = _Scene(w, memory, devices, moment(w.at).astimezone(self.zone).strftime("%Y%m%d"))
        lately = later(w.at, -REOPEN_SECONDS)
        homes = sorted({d["home_id"] for d in devices.values() if d["home_id"] is not None})
        strangers = [a for a in accounts if a not in devices or devices[a]["home_id"] is None]
        found = memory.around(w, homes, strangers, lately)
        w.know("calls", found)
        memory.heads(w, [call_stream(r["id"]) for r in found if r["stage"] != CLOSED])
        for row in found:
            _remember(scene, row)
        return scene

    # --- one signal -----------------------------------------------------------------------------------------

    def _act(
        self, scene: _Scene, signal: Signal, frame: tuple[int, int, str] | None, source: str, words: str, actor: str,
        said: Mapping[str, Any] = NOTHING,
    ) -> str:  # fmt: skip
        device = scene.devices.get(signal.account)
        if signal.account == self.drill_account and device is None and self._is_the_drill(scene, frame):
            scene.w.append(drill.STREAM, drill.HEARD, _said(signal, frame), actor)
            return ""
        if source == "pager":  # a webhook says itself what it means
            signal = triage.meant_by(signal, (device or {}).get("keys") or {})
        if signal.kind is Kind.OK:
            lately = later(scene.w.at, -triage.INSISTS_SECONDS)
            reported = self.log.count(scene.w.conn, device_stream(signal.account), "DeviceReported", lately)
            signal = triage.insists(signal, reported)
        verdict = triage.judge(signal, device is not None, (device or {}).get("tier") or "")
        if frame is not None:  # what is told by telephone proves nothing of the device
            self._mark(scene, signal, device)
        key = whose(device["home_id"] if device else None, signal.account)
        heard = _Heard(signal, device, key, {**_said(signal, frame), **said}, source, words, actor)
        if verdict.rings:
            return self._ring(scene, heard, verdict.priority)
        return self._work(scene, heard) if verdict.works else self._note(scene, heard)

    def _is_the_drill(self, scene: _Scene, frame: tuple[int, int, str] | None) -> bool:
        """Announced in the log a moment ago, and not heard yet; else it is somebody's press."""
        if frame is None:
            return False
        return drill.is_expected(self.log.newest(scene.w.conn, drill.STREAM, drill.KINDS), scene.w.at)

    def _ring(self, scene: _Scene, heard: _Heard, priority: int) -> str:
        open_id = scene.ringing.get(heard.whose)
        if open_id is None:
            linked = scene.ended.get(heard.whose)
            return self._open(scene, heard, triage.after_an_end(priority, linked), linked=linked)
        row = scene.w.row("calls", open_id)
        assert row is not None
        apart = seconds_between(row["last_press_at"] or row["opened_at"], scene.w.at)
        body = {**heard.said, "priority": triage.raised(row["priority"], priority, row["presses"] + 1, apart)}
        scene.w.append(call_stream(open_id), "PressRepeated", body, heard.actor)
        if row["pauses"]:  # somebody presses: nothing is waited for any more
            clocks.resume(scene.w, self.cases, row, heard.actor)
        ring_again(scene.w, row, body["priority"], heard.actor)
        return open_id

    def _work(self, scene: _Scene, heard: _Heard) -> str:
        open_id = scene.working.get(heard.whose)
        if open_id is None:
            return self._open(scene, heard, DEVICE_PRIORITY)
        scene.w.append(call_stream(open_id), "SignalJoined", heard.said, heard.actor)
        return open_id

    def _note(self, scene: _Scene, heard: _Heard) -> str:
        """Joins what is open, or is only recorded. A restore ends a device item; it never ends a person's call."""
        signal, working = heard.signal, scene.working.get(heard.whose)
        if signal.kind is not Kind.TEST:
            if working and signal.restore and self._ends(scene, working, heard):
                scene.working.pop(heard.whose)
                return working
            of_device = triage.CLASSES[signal.kind] is triage.Class.DEVICE
            joined = working if of_device else scene.ringing.get(heard.whose)
            if joined:
                scene.w.append(call_stream(joined), "SignalJoined", heard.said, heard.actor)
                return joined
        kind = "DeviceTested" if signal.kind is Kind.TEST else "DeviceReported"
        scene.w.append(f"device:{signal.account}", kind, heard.said, heard.actor)
        return ""

    def _ends(self, scene: _Scene, call_id: str, heard: _Heard) -> bool:
        row = scene.w.row("calls", call_id)
        if row is None or row["stage"] != "waiting" or row["requested_at"] or row["kinds"] != [heard.said["kind"]]:
            return False
        scene.w.append(call_stream(call_id), "SignalJoined", heard.said, heard.actor)
        ended = {"outcome": "restored", "evidence": "device_answers"}
        scene.w.append(call_stream(call_id), "CallClosed", ended, heard.actor)
        return True

    def _open(self, scene: _Scene, heard: _Heard, priority: int, **more: Any) -> str:
        if scene.number is None:
            scene.number = scene.memory.last_number(scene.w, scene.day)
        scene.number += 1
        call_id, at_home = f"{scene.day}-{scene.number:04d}", heard.device or {}
        body = {
            **heard.said, **more, "call": call_id, "day": scene.day, "number": scene.number, "priority": priority,
            "source": heard.source, "reason": heard.words or heard.said["code"],
            "community": at_home.get("community") or "", "tier": at_home.get("tier") or "",
            **{column: at_home.get(column) for column in ("home_id", "resident_id", "station_id")},
        }  # fmt: skip
        if priority == DEVICE_PRIORITY and (owner := self._owner(scene)):
            body |= {"owner_id": owner["id"], "owner_name": owner["name"]}
        scene.w.begin(call_stream(call_id), "calls", call_id)
        scene.w.append(call_stream(call_id), "CallOpened", body, heard.actor)
        (scene.ringing if priority < DEVICE_PRIORITY else scene.working)[heard.whose] = call_id
        return call_id

    def _owner(self, scene: _Scene) -> Row | None:
        """Asked once for all the items of one storm."""
        if not scene.supervisors:
            scene.supervisors.append(Users.supervisor(scene.w.conn))
        return scene.supervisors[0]

    def _mark(self, scene: _Scene, signal: Signal, device: Row | None) -> None:
        if device is None:
            return
        found = learned(signal, scene.w.at, device["mains_lost_at"])
        scene.memory.moments.setdefault(signal.account, {}).update(found)
        if states := {name: found[name] for name in CONDITION if name in found and found[name] != device[name]}:
            scene.states.setdefault(signal.account, {}).update(states)
            device.update(states)


def _remember(scene: _Scene, row: Row) -> None:
    key = whose(row["home_id"], row["account"])
    if row["stage"] == CLOSED:
        if row["priority"] < DEVICE_PRIORITY:
            scene.ended[key] = row["id"]
    else:
        (scene.ringing if row["priority"] < DEVICE_PRIORITY else scene.working)[key] = row["id"]


def _said(signal: Signal, frame: tuple[int, int, str] | None) -> Row:
    said: Row = {"account": signal.account, "kind": str(signal.kind), "code": signal.code, "restore": signal.restore}
    if frame:
        said |= {"frame": frame[0], "part": frame[1], "line": frame[2]}
    if signal.zone:
        said["zone"] = signal.zone
    if signal.text:
        said["text"] = signal.text[:500]
    if signal.at:
        said["device_at"] = stamp(signal.at)
    if signal.voice:
        said["voice"] = signal.voice[:200]
    if signal.position:
        said["position"] = [signal.position.latitude, signal.position.longitude]
    return said
