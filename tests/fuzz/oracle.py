"""What must hold of every codec, whatever the bytes: the judgement that fuzzer and tests share.

``judge`` raises ``Finding`` (or lets through whatever a codec raised) and otherwise says nothing: the same is heard
whole and cut; nothing vanishes; every account is one the bytes say; what is heard can be stored; answers can be made,
are short and hold no key. ``flood`` asks what is costly: an input over and over is held in bounded memory and read in
linear time. The fuzzer asks it only of what it has kept: it would take the loops of a flood for news.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime, timedelta, timezone

from devices.codecs.registry import CODECS
from devices.signal import Asking, Codec, Commanding, Garbled, Heard, Heartbeat, Kind, Message, Order, Position, Signal
from tests.devices.wire import NOON
from tests.fuzz.subject import Subject, ascii_text, subject
from tests.fuzz.trial import Trial, read
from tests.fuzz.weight import weight

BYTEWISE = 600  # bytes of the wire that are also fed one at a time
ORDERS = (Order("locate"), Order("call", "13800000001"), Order("find"))
FURTHEST = [timezone(timedelta(hours=hours)) for hours in (-12, 14)]


class Finding(AssertionError):
    """A promise that a codec broke, in words."""


def judge(name: str, data: bytes) -> None:
    """Judge the codec of this name on one input."""
    known, trial = subject(name), read(data)
    wire = _wire(known, trial)
    heard = _heard(_made(name, known, trial), [wire], trial.ends)
    _same_for_any_split(name, known, trial, wire, heard)
    places = _nothing_vanishes(known, wire, heard, trial.ends)
    for one, (start, stop) in zip(heard, places, strict=True):
        _fit_to_store(one)
        _said_by_the_bytes(known, wire[0 if known.remembers else start : stop], one)
        _tells_no_secret(known, wire, one.raw, repr(one).encode("utf-8", "replace"))
    if trial.answered:
        _answers(name, known, trial, wire)


def flood(name: str, data: bytes) -> None:
    """The wire over and over: what is kept meanwhile is bounded, and 8 times as much takes 8 times as long."""
    known, trial = subject(name), read(data)
    wire = _wire(known, trial) or b"\0"
    much = wire * (known.flood // len(wire) + 1)
    codec = _made(name, known, trial)
    for at in range(0, len(much), 3001):
        codec.feed(much[at : at + 3001], NOON)
        if (kept := weight(codec)) > known.kept:
            raise Finding(f"keeps {kept} bytes of a flood, more than {known.kept}")
    for longest in (len(much), 61):
        _takes_its_time(name, known, trial, much, longest)


def _wire(known: Subject, trial: Trial) -> bytes:
    return known.mend(trial.wire) if trial.mended and known.mend else trial.wire


def _made(name: str, known: Subject, trial: Trial) -> Codec:
    return CODECS[name](known.setups[trial.setup % len(known.setups)])


def _heard(codec: Codec, pieces: Iterable[bytes], ends: bool) -> list[Heard]:
    """What is heard without any answer in between: an answer tells some codecs that a thing is on disk."""
    heard = [one for piece in pieces for one in codec.feed(piece, NOON)]
    return heard + codec.end() if ends else heard


def _same_for_any_split(name: str, known: Subject, trial: Trial, wire: bytes, whole: list[Heard]) -> None:
    cuts = [list(trial.pieces(wire))]
    if trial.bytewise and len(wire) <= BYTEWISE:
        cuts.append([wire[at : at + 1] for at in range(len(wire))])
    for pieces in cuts:
        cut = _heard(_made(name, known, trial), pieces, trial.ends)
        if cut != whole:
            raise Finding(f"cut into {[len(piece) for piece in pieces]} it is heard otherwise: {cut} and not {whole}")


def _nothing_vanishes(known: Subject, wire: bytes, heard: list[Heard], ended: bool) -> list[tuple[int, int]]:
    """Every ``raw`` stands in the wire, in order; what lies between is only what may be dropped. Gives the places.

    Several things heard in one frame have the same ``raw``.
    """
    at, before, places = 0, b"", list[tuple[int, int]]()
    for one in heard:
        if not one.raw:
            raise Finding(f"heard in no bytes: {one}")
        if one.raw is before and len(before) > 1:  # Python has each single byte only once
            places.append(places[-1])
            continue
        start, stop = _place(known, wire, one.raw, at)
        at, before = stop, one.raw
        places.append((start, stop))
    if ended and not known.dropped.fullmatch(wire, at):
        raise Finding(f"heard of nowhere: {wire[at:]!r}")
    return places


def _place(known: Subject, wire: bytes, raw: bytes, at: int) -> tuple[int, int]:
    """The first place before which nothing is missing: a short ``raw`` may stand inside an echo that was dropped."""
    first = -1
    for place in _places(known, wire, raw, at):
        if known.dropped.fullmatch(wire, at, place):
            return place, place + len(raw)
        first = place if first < 0 else first
    if first < 0:
        raise Finding(f"{raw!r} does not stand in the rest of the wire, {wire[at:]!r}")
    raise Finding(f"heard of nowhere: {wire[at:first]!r}")


def _places(known: Subject, wire: bytes, raw: bytes, at: int) -> Iterator[int]:
    """Every place of ``raw`` in the wire from ``at``; where keys are struck out a star stands for any byte."""
    exact = at
    while (exact := wire.find(raw, exact)) >= 0:
        yield exact
        exact += 1
    if not known.strikes or b"*" not in raw:
        return
    stars = re.sub(rb"(?:\\\*)+", lambda run: b"[\x00-\xff]{%d}" % (len(run[0]) // 2), re.escape(raw))
    for found in re.compile(b"(?=%b)" % stars).finditer(wire, at):
        yield found.start()


# --- what is heard ----------------------------------------------------------------------------------------------------


def _fit_to_store(one: Heard) -> None:
    """Texts without half characters, accounts without NUL, times with a zone, places on the globe, true kinds."""
    signals = one.signals if isinstance(one, Message) else ()
    if isinstance(one, Message) and not signals:
        raise Finding(f"a message that says nothing: {one}")
    for said in (one, *signals):
        for field in fields(said):
            value = getattr(said, field.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    text.encode()
        if "\0" in said.account:
            raise Finding(f"an account with NUL: {said.account!r}")
        _on_earth(getattr(said, "position", None))
        _in_time(getattr(said, "at", None))
    if not all(isinstance(signal.kind, Kind) for signal in signals):
        raise Finding(f"a signal without a kind: {signals}")
    battery = one.battery if isinstance(one, Heartbeat) else None
    if battery is not None and not 0 <= battery <= 100:
        raise Finding(f"a battery of {battery} per cent")


def _on_earth(position: Position | None) -> None:
    if position and not (abs(position.latitude) <= 90 and abs(position.longitude) <= 180):
        raise Finding(f"on no globe: {position}")


def _in_time(at: datetime | None) -> None:
    """A time that every zone can show."""
    if at and at.tzinfo is None:
        raise Finding(f"a time without a zone: {at}")
    for zone in FURTHEST if at else ():
        at.astimezone(zone)  # type: ignore[union-attr]


def _said_by_the_bytes(known: Subject, said: bytes, one: Heard) -> None:
    signals: tuple[Signal, ...] = one.signals if isinstance(one, Message) else ()
    accounts = {each.account.casefold() for each in (one, *signals)} - {""}
    spelt: list[str] = []
    for form in (ascii_text, *known.forms) if accounts else ():
        spelt.append(form(said).replace("\0", "\u2400").casefold())
        accounts = {account for account in accounts if account not in spelt[-1]}
        if not accounts:
            return
    if accounts:
        raise Finding(f"the accounts {accounts} stand nowhere in {spelt}")


def _tells_no_secret(known: Subject, wire: bytes, told_by: bytes, told: bytes) -> None:
    for secret in known.secrets:
        if secret in told and secret not in wire:
            raise Finding(f"the secret {secret!r} in {told!r}, told by {told_by!r}")


# --- what is answered -------------------------------------------------------------------------------------------------


def _answers(name: str, known: Subject, trial: Trial, wire: bytes) -> None:
    codec = _made(name, known, trial)
    heard: list[Heard] = []
    for piece in trial.pieces(wire):
        now_heard = codec.feed(piece, NOON)
        heard += now_heard
        for one in now_heard:
            _answer(known, codec, wire, one)
    for one in codec.end() if trial.ends else ():
        _answer(known, codec, wire, one)
    _nothing_vanishes(known, wire, heard, False)


def _answer(known: Subject, codec: Codec, wire: bytes, one: Heard) -> None:
    sent = [one.answer] if isinstance(one, Garbled) else []
    if not isinstance(one, Garbled):
        reply = codec.reply(one, NOON)
        sent += [reply] if isinstance(reply, bytes) else list(reply)
        if isinstance(codec, Commanding):
            codec.obeyed(one)
            sent += [codec.order(one.account, order, NOON) for order in ORDERS]
    if isinstance(codec, Asking):
        codec.answered(one.raw)
        asked = [codec.question(answer) for answer in sent]
        if any(codec.answered(answer) for answer, question in zip(sent, asked, strict=True) if question):
            raise Finding(f"a question of ours that answers one: {sent}")
    for answer in sent:
        if not isinstance(answer, bytes) or len(answer) > 1024 + 4 * len(one.raw):
            raise Finding(f"no answer to {one.raw!r}: {answer!r}")
        _tells_no_secret(known, wire, one.raw, answer)


# --- the costly question ----------------------------------------------------------------------------------------------


def _takes_its_time(name: str, known: Subject, trial: Trial, much: bytes, longest: int) -> None:
    """Generous, so that a busy machine is no finding: only what is slow three times over, and out of proportion."""
    for _ in range(3):
        took = _seconds(_made(name, known, trial), much, longest)
        if took < 0.5:
            return
        part = _seconds(_made(name, known, trial), much[: len(much) // 8], longest)
        if took < 2.0 and took < 4 * 8 * part:
            return
    raise Finding(f"{len(much)} bytes by {longest} take {took:.1f} s, an eighth of them {part:.2f} s")


def _seconds(codec: Codec, much: bytes, longest: int) -> float:
    began = time.process_time()
    for at in range(0, len(much), longest):
        codec.feed(much[at : at + longest], NOON)
    codec.end()
    return time.process_time() - began
