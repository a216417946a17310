"""Intake: whose pager, new call or same call, how urgent. A group of frames goes in, the log and the journal come out.

Everything a frame causes is written in the transaction that keeps its bytes, so ``verify`` can count them both ways.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.rules import triage
from callcenter.rules.call import CLOSED, DEVICE_PRIORITY, REOPEN_SECONDS
from callcenter.rules.events import Event, Row, call_of, call_stream
from callcenter.rules.times import moment, stamp
from callcenter.store.cases import Cases
from callcenter.store.log import Log, Writing
from callcenter.store.people import People
from devices.signal import Garbled, Kind, Message, Signal

RETRANSMISSION_SECONDS = 60.0  # DC-09 diallers repeat within 5-60 s and count their frames
UNNUMBERED_SECONDS = 20.0  # Sur-Gard repeats within 4 x 4 s and has no number to tell a second press by
PLUMBING = "line"  # the actor of everything a wire said


@dataclass(frozen=True, slots=True)
class Received:
    """One frame as a line heard it. ``line`` names it, ``at`` is the moment in UTC, ``source`` the kind of door."""

    line: str
    protocol: str
    peer: str
    at: datetime
    heard: Message | Garbled
    source: str = "pager"


@dataclass(slots=True)
class _Desk:
    """What one transaction knows: the devices and calls around the frames it brings in."""

    w: Writing
    devices: dict[str, dict[str, Any]]
    frame: int
    digests: list[bytes]  # of the frames, in their order
    seen: dict[bytes, int]
    day: str
    number: int | None = None
    ringing: dict[str, str] = field(default_factory=dict)  # whose -> open call of a person
    working: dict[str, str] = field(default_factory=dict)  # whose -> open device item
    ended: dict[str, str] = field(default_factory=dict)  # whose -> call closed a moment ago
    journal: list[Row] = field(default_factory=list)
    marks: dict[str, Row] = field(default_factory=dict)  # account -> columns of its device to set


class Intake:
    def __init__(
        self,
        log: Log,
        cases: Cases,
        people: People,
        zone: ZoneInfo,
        *,
        retransmission_seconds: float = RETRANSMISSION_SECONDS,
    ):
        self.log, self.cases, self.people, self.zone = log, cases, people, zone
        self.retransmission_seconds = retransmission_seconds

    def receive(self, group: Sequence[Received]) -> list[Event]:
        """Keep the frames and what they cause, in one commit. When this returns, they may be acknowledged."""
        with self.log.writing() as w:
            self._bring_in(w, group)
        return w.appended

    def receive_one(self, w: Writing, received: Received) -> str | None:
        """Keep one frame in the caller's transaction. Returns the call it belongs to, if it belongs to one."""
        self._bring_in(w, [received])
        return next((call for event in reversed(w.appended) if (call := call_of(event))), None)

    def report(self, w: Writing, signal: Signal, source: str, words: str, actor: str) -> str:
        """A case that came by another door (telephone, walk-in, grid worker): the same rules, no frame. Returns the call's id."""
        desk = self._desk(w, [], [signal.account])
        return self._act(desk, signal, None, source, words, actor)

    # --- one transaction ------------------------------------------------------------------------------------

    def _bring_in(self, w: Writing, group: Sequence[Received]) -> None:
        accounts = {s.account for r in group if isinstance(r.heard, Message) for s in r.heard.signals}
        desk = self._desk(w, group, sorted(accounts))
        for received, digest in zip(group, desk.digests, strict=True):
            self._keep(desk, received, digest)
        self.cases.keep_frames(w.conn, desk.journal)
        if desk.marks:
            self.cases.mark_devices(w.conn, desk.marks)

    def _desk(self, w: Writing, group: Sequence[Received], accounts: Sequence[str]) -> _Desk:
        devices = self.people.devices_by_account(w.conn, accounts)
        since = stamp(moment(w.at) - timedelta(seconds=self.retransmission_seconds))
        digests = [_digest(r) for r in group]
        local_day = moment(w.at).astimezone(self.zone).strftime("%Y%m%d")
        desk = _Desk(
            w, devices, self.cases.last_frame(w.conn) if group else 0, digests,
            self.cases.frames_seen(w.conn, digests, since) if digests else {}, local_day,
        )  # fmt: skip
        lately = stamp(moment(w.at) - timedelta(seconds=REOPEN_SECONDS))
        homes = [d["home_id"] for d in devices.values() if d["home_id"] is not None]
        strangers = [a for a in accounts if a not in devices or devices[a]["home_id"] is None]
        found = self.cases.around(w.conn, homes, strangers, lately)
        w.know("calls", found)
        w.heads([call_stream(r["id"]) for r in found if r["stage"] != CLOSED])
        for row in found:
            _remember(desk, row)
        return desk

    def _keep(self, desk: _Desk, received: Received, digest: bytes) -> None:
        heard = received.heard
        desk.frame += 1
        earlier = desk.seen.get(digest)
        if isinstance(heard, Garbled):
            outcome, count, earlier, note = "garbled", 0, None, heard.reason
        elif earlier is not None and self._is_again(received, earlier, desk):
            outcome, count, note = "retransmission", 0, ""
        else:
            outcome, count, earlier, note = "raised", len(heard.signals), None, ", ".join(heard.deviations)
            desk.seen[digest] = desk.frame
        desk.journal.append({
            "id": desk.frame, "line": received.line, "peer": received.peer, "received_at": stamp(received.at),
            "raw": heard.raw, "account": heard.account[:32], "digest": digest, "outcome": outcome, "signals": count,
            "same_as": earlier, "note": note.replace("\x00", "\u2400")[:500],
        })  # fmt: skip
        if outcome == "raised" and isinstance(heard, Message):
            for number, signal in enumerate(heard.signals):
                self._act(desk, signal, (desk.frame, number, received.line), received.source, "", PLUMBING)

    def _is_again(self, received: Received, earlier: int, desk: _Desk) -> bool:
        """A frame without a number is only taken for a repeat within a few seconds: a second press must count."""
        if not isinstance(received.heard, Message) or received.heard.sequence:
            return True
        kept = next((f for f in desk.journal if f["id"] == earlier), None)
        at = kept["received_at"] if kept else self.cases.frame_time(desk.w.conn, earlier)
        return (received.at - moment(at)).total_seconds() <= UNNUMBERED_SECONDS

    # --- one signal -----------------------------------------------------------------------------------------

    def _act(
        self, desk: _Desk, signal: Signal, frame: tuple[int, int, str] | None, source: str, words: str, actor: str
    ) -> str:
        device = desk.devices.get(signal.account)
        if source == "pager":  # a webhook says itself what it means
            signal = _as_the_model_means(signal, device)
        verdict = triage.judge(signal, device is not None, (device or {}).get("tier") or "")
        self._mark(desk, signal, device)
        whose = _whose(signal.account, device)
        said = _said(signal, frame)
        if verdict.rings:
            return self._ring(desk, whose, signal, device, verdict.priority, said, source, words, actor)
        if verdict.works:
            return self._work(desk, whose, signal, device, said, source, words, actor)
        return self._note(desk, whose, signal, device, said, actor)

    def _ring(
        self,
        desk: _Desk,
        whose: str,
        signal: Signal,
        device: Row | None,
        priority: int,
        said: Row,
        source: str,
        words: str,
        actor: str,
    ) -> str:
        open_id = desk.ringing.get(whose)
        if open_id is None:
            linked = desk.ended.get(whose)
            return self._open(
                desk,
                whose,
                device,
                max(1, priority - 1) if linked else priority,
                {**said, "linked": linked},
                source,
                words,
                actor,
            )
        row = desk.w.row("calls", open_id)
        assert row is not None
        body = {**said, "priority": triage.raised(row["priority"], priority, row["presses"] + 1)}
        desk.w.append(call_stream(open_id), "PressRepeated", body, actor)
        return open_id

    def _work(
        self,
        desk: _Desk,
        whose: str,
        signal: Signal,
        device: Row | None,
        said: Row,
        source: str,
        words: str,
        actor: str,
    ) -> str:
        open_id = desk.working.get(whose)
        if open_id is None:
            return self._open(desk, whose, device, DEVICE_PRIORITY, said, source, words, actor)
        desk.w.append(call_stream(open_id), "SignalJoined", said, actor)
        return open_id

    def _note(self, desk: _Desk, whose: str, signal: Signal, device: Row | None, said: Row, actor: str) -> str:
        """Joins what is open, or is only recorded. A restore ends a device item; it never ends a person's call."""
        ringing, working = desk.ringing.get(whose), desk.working.get(whose)
        if signal.kind is not Kind.TEST:
            if working and signal.restore and self._ends(desk, working, said, actor):
                desk.working.pop(whose)
                return working
            joined = ringing if triage.CLASSES[signal.kind] is not triage.Class.DEVICE else working
            if joined:
                desk.w.append(call_stream(joined), "SignalJoined", said, actor)
                return joined
        kind = "DeviceTested" if signal.kind is Kind.TEST else "DeviceReported"
        desk.w.append(f"device:{signal.account}", kind, said, actor)
        return ""

    def _ends(self, desk: _Desk, call_id: str, said: Row, actor: str) -> bool:
        row = desk.w.row("calls", call_id)
        if row is None or row["stage"] != "waiting" or row["requested_at"] or row["kinds"] != [said["kind"]]:
            return False
        desk.w.append(call_stream(call_id), "SignalJoined", said, actor)
        desk.w.append(call_stream(call_id), "CallClosed", {"outcome": "restored", "evidence": "device_answers"}, actor)
        return True

    def _open(
        self, desk: _Desk, whose: str, device: Row | None, priority: int, said: Row, source: str, words: str, actor: str
    ) -> str:
        if desk.number is None:
            desk.number = self.cases.last_number(desk.w.conn, desk.day)
        desk.number += 1
        call_id = f"{desk.day}-{desk.number:04d}"
        at_home = device or {}
        body = {
            **said, "call": call_id, "day": desk.day, "number": desk.number, "priority": priority, "source": source,
            "reason": words or said["code"], "home_id": at_home.get("home_id"), "resident_id": at_home.get("resident_id"),
            "station_id": at_home.get("station_id"), "community": at_home.get("community") or "",
        }  # fmt: skip
        desk.w.append(call_stream(call_id), "CallOpened", body, actor)
        (desk.ringing if priority < DEVICE_PRIORITY else desk.working)[whose] = call_id
        return call_id

    def _mark(self, desk: _Desk, signal: Signal, device: Row | None) -> None:
        if device is None:
            return
        mark = desk.marks.setdefault(signal.account, {"last_heard_at": desk.w.at})
        if signal.kind is Kind.TEST:
            mark["last_test_at"] = desk.w.at
        elif triage.CLASSES[signal.kind] is triage.Class.HUMAN and not signal.restore:
            mark["last_press_at"] = desk.w.at
        elif signal.kind is Kind.LOW_BATTERY:
            mark["battery_low"] = not signal.restore
        elif signal.kind is Kind.MAINS_LOST:
            mark["mains_lost"] = not signal.restore


def _digest(received: Received) -> bytes:
    """What makes two frames the same frame: protocol, account, sequence and content (``devices.signal.Message``)."""
    heard = received.heard
    parts = (heard.account, heard.sequence) if isinstance(heard, Message) else (heard.account, "")
    content = heard.content if isinstance(heard, Message) else heard.raw
    joined = "\n".join((received.protocol, *parts)).encode() + b"\n" + content
    return hashlib.blake2b(joined, digest_size=16).digest()


def _as_the_model_means(signal: Signal, device: Row | None) -> Signal:
    """Coloured keys differ per model: the model's table says what zone 2 of an SOS code means."""
    if signal.kind is not Kind.SOS or not device or not signal.zone:
        return signal
    meant = device["keys"].get(signal.zone.lstrip("0") or "0")
    if meant is None or meant == signal.kind:
        return signal
    return Signal(
        signal.account,
        Kind(meant),
        signal.code,
        signal.restore,
        signal.at,
        signal.partition,
        signal.zone,
        signal.text,
        signal.position,
    )


def _whose(account: str, device: Row | None) -> str:
    home = device["home_id"] if device else None
    return f"home:{home}" if home is not None else f"account:{account}"


def _remember(desk: _Desk, row: Row) -> None:
    whose = f"home:{row['home_id']}" if row["home_id"] is not None else f"account:{row['account']}"
    if row["stage"] == CLOSED:
        if row["priority"] < DEVICE_PRIORITY:
            desk.ended[whose] = row["id"]
    else:
        (desk.ringing if row["priority"] < DEVICE_PRIORITY else desk.working)[whose] = row["id"]


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
    if signal.position:
        said["position"] = [signal.position.latitude, signal.position.longitude]
    return said
