"""``try-line``: what the codec of a configured line makes of captured bytes, shown for people; nothing is stored."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import click

from callcenter.keyring import Keyring
from callcenter.rules import triage
from callcenter.rules.times import Clock
from callcenter.settings import Store
from callcenter.store.database import StoreUnavailable
from devices.codecs.registry import CODECS
from devices.settings import LineSettings
from devices.signal import Codec, Garbled, Heard, Heartbeat, Message, Setup, Signal

LONGEST = 16 * 1024 * 1024  # bytes of a capture
SHOWN = 64  # bytes of one thing
SQLITE = "sqlite:///"


class Settings(Protocol):
    @property
    def lines(self) -> tuple[LineSettings, ...]: ...
    @property
    def database(self) -> Store: ...


class Desk(Protocol):
    """The parts of the house that this command uses."""

    clock: Clock

    @property
    def settings(self) -> Settings: ...
    @property
    def keyring(self) -> Keyring: ...


@click.command("try-line")
@click.argument("file", type=click.File("rb"))
@click.option("--line", "name", required=True, help="which of the configured lines is to read it")
@click.option("--hex", "as_hex", is_flag=True, help="FILE holds hexadecimal digits instead of the bytes themselves")
@click.option("--chunk", type=click.IntRange(min=1), help="feed so many bytes at a time, as a slow wire would")
@click.pass_obj
def try_line(desk: Desk, file: BinaryIO, name: str, as_hex: bool, chunk: int | None) -> None:
    """Show what a line makes of the bytes in FILE (- is standard input)."""
    line = next((one for one in desk.settings.lines if one.name == name), None)
    if line is None:
        known = ", ".join(one.name for one in desk.settings.lines) or "none; add a [[lines]] table"
        raise click.ClickException(f"there is no line {name!r}; the configured lines are: {known}")
    data = _captured(file.read(LONGEST + 1), as_hex)
    pieces = [data[at : at + chunk] for at in range(0, len(data), chunk)] if chunk else [data]
    click.echo(f"line {line.name}: {line.protocol}, {len(data)} bytes in {len(pieces)} piece{'s'[: len(pieces) > 1]}\n")
    for row in _told(CODECS[line.protocol](_setup(desk, line)), line, data, pieces, desk.clock()):
        click.echo(row)


def _captured(content: bytes, as_hex: bool) -> bytes:
    if len(content) > LONGEST:
        raise click.ClickException(f"more than {LONGEST} bytes: cut a piece out of it")
    if as_hex:
        digits = re.sub(rb"0x|[\s:,-]", b"", content)
        try:
            content = bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            fault = "not hexadecimal digits in pairs; without --hex the bytes are taken as they are"
            raise click.ClickException(fault) from None
    if not content:
        raise click.ClickException("there is nothing in it")
    return content


def _setup(desk: Desk, line: LineSettings) -> Setup:
    looked: list[bool] = []

    def key(account: str) -> bytes | None:
        if not looked and _is_there(desk.settings.database.url):
            looked.append(True)
            with suppress(StoreUnavailable):
                desk.keyring.refresh()
        return desk.keyring(line.prefix + account) or line.key

    return Setup(key, clear_text=line.clear_text, format=line.format)


def _is_there(url: str) -> bool:
    """SQLite would make an empty file of what is not there, and this command leaves nothing behind."""
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()


def _told(codec: Codec, line: LineSettings, data: bytes, pieces: Sequence[bytes], now: datetime) -> Iterator[str]:
    heard: list[Heard] = []
    for piece in pieces:
        heard += codec.feed(piece, now)
    stream = line.transport not in ("udp", "mqtt")  # else the end of the bytes is the end of a datagram
    finished = len(heard) if stream else None
    heard += codec.end()
    at, before, passed_over = 0, b"", 0
    for number, one in enumerate(heard):
        if one.raw is not before:  # of several that one message told of, each has the whole of it
            found = data.find(one.raw, at)
            passed_over += max(0, found - at)
            start, at, before = found, max(at, found + len(one.raw)), one.raw
        place = f"at {start}" if start >= 0 else "somewhere"
        left_over = finished is not None and number >= finished
        yield from _shown(codec, line, one, f"{place}, {len(one.raw)} bytes", left_over, now)
    passed_over += len(data) - at
    kinds = ((Message, "messages"), (Heartbeat, "heartbeats"), (Garbled, "not understood"))
    yield ", ".join(f"{sum(isinstance(one, kind) for one in heard)} {words}" for kind, words in kinds) + (
        f"; {passed_over} bytes between them passed over; nothing was stored"
    )


def _shown(codec: Codec, line: LineSettings, one: Heard, place: str, left_over: bool, now: datetime) -> Iterator[str]:
    account = line.prefix + one.account if one.account else "no account"
    if isinstance(one, Garbled):
        what = f"left over at the end: {one.reason}" if left_over else f"not understood: {one.reason}"
        what += f" ({account})" if one.account else ""
    else:
        what = f"{'message' if isinstance(one, Message) else 'heartbeat'} from {account}"
    yield f"{place}: {what}"
    yield f"  bytes    {_hex(one.raw)}"
    yield f"  text     {_text(one.raw)}"
    if isinstance(one, Message):
        numbered = f"number {one.sequence}" if one.sequence else "no number"
        yield f"  frame    {numbered}{', encrypted' if one.encrypted else ''}"
        yield from (f"  signal   {_signal(signal)}" for signal in one.signals)
        yield from (f"  odd      {deviation}" for deviation in one.deviations)
    elif isinstance(one, Heartbeat):
        told = [f"battery {one.battery} %"] if one.battery is not None else []
        told += [f"at {one.position.latitude}, {one.position.longitude}"] if one.position else []
        yield f"  alive    {', '.join(told) or 'nothing else said'}"
    reply = one.answer if isinstance(one, Garbled) else codec.reply(one, now)
    for answer in (reply,) if isinstance(reply, bytes) else reply:
        yield f"  reply    {_hex(answer)}  {_text(answer)}" if answer else "  reply    none"
    yield ""


def _signal(signal: Signal) -> str:
    parts = [f"{signal.kind}{' ended' if signal.restore else ''} ({signal.code})"]
    parts += [f"zone {signal.zone}"] if signal.zone else []
    parts += [f"partition {signal.partition}"] if signal.partition else []
    parts += [f"text {signal.text!r}"] if signal.text else []
    parts += [f"voice {signal.voice}"] if signal.voice else []
    parts += [f"at {signal.position.latitude}, {signal.position.longitude}"] if signal.position else []
    parts += [f"device's clock {signal.at.isoformat()}"] if signal.at else []
    verdict = triage.judge(signal, known=True)
    becomes = "rings as" if verdict.rings else "a device item," if verdict.works else "only noted,"
    return ", ".join(parts) + f": {becomes} P{verdict.priority}".replace("noted, P4", "noted")


def _hex(raw: bytes) -> str:
    return raw[:SHOWN].hex(" ").upper() + (f" … {len(raw) - SHOWN} more" if len(raw) > SHOWN else "")


def _text(raw: bytes) -> str:
    """As text, with what cannot be seen written as Python writes it."""
    shown = raw[: 3 * SHOWN].decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown) + ("…" if len(raw) > 3 * SHOWN else "")
