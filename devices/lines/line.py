"""What all peers of one line share: its settings, its codec, the door, its state and its figures."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from devices.codecs.registry import orders
from devices.lines.capture import Capture
from devices.lines.door import Clock, Door
from devices.lines.manners import Manners
from devices.lines.speakers import Speakers
from devices.lines.switchboard import Switchboard, Talk
from devices.lines.turns import Turns
from devices.settings import LineSettings
from devices.signal import Codec, Garbled, Heartbeat, Keys, Message, Setup

MARGIN_SECONDS = 5.0  # less than two heartbeats of a receiver: with a second each for us and the screen, 60 s in all

log = structlog.get_logger("lines")

MakeCodec = Callable[[Setup], Codec]


@dataclass(slots=True)
class LineTally:
    """What happened on one line since it was opened."""

    connections: int = 0  # accepted, or port opened
    messages: int = 0
    heartbeats: int = 0
    garbled: int = 0  # handed on
    noise: int = 0  # garbled bytes of strangers, only counted
    replies: int = 0
    withheld: int = 0  # acknowledgements not sent: not kept, or too late to be told from another's
    crowded_out: int = 0  # connections closed or datagrams dropped because there were too many
    idle: int = 0  # peers closed for saying nothing
    refused: int = 0  # connections and datagrams of hosts that may not call, and failed TLS handshakes
    borrowed: int = 0  # frames and heartbeats under another device's account
    slow: int = 0  # peers closed, or serial replies dropped, because they would not read


class Line:
    def __init__(
        self, settings: LineSettings, codec: MakeCodec, keys: Keys, door: Door, clock: Clock, turns: Turns,
        loop: asyncio.AbstractEventLoop, switchboard: Switchboard,
    ):  # fmt: skip
        self.settings, self.door, self.clock, self.turns, self.loop = settings, door, clock, turns, loop
        self.tally = LineTally()
        self.state = "down"
        self._make_codec, self._keys, self._detail = codec, keys, ""
        told = {name: value for name, value in settings.format.items() if name != "passwords"}
        self._setup = Setup(self._key, self._password, settings.clear_text, told, os.urandom(32))
        self.switchboard = switchboard
        self.takes_orders = bool(orders(settings.protocol))
        self._remarks: dict[str, str] = {}  # about what -> what a person should know
        self._good_at = loop.time()
        one = settings.one_account_per_connection
        self.speakers = Speakers() if (getattr(codec, "one_account", False) if one is None else one) else None
        self.capture = self._capture(settings.capture) if settings.capture else None
        self.manners = Manners(loop.time, settings.allow)

    def _capture(self, path: str) -> Capture:
        def say(text: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self.loop.call_soon_threadsafe(self.remark, "capture", text)

        said = self.settings
        head = {"line": said.name, "protocol": said.protocol, "transport": said.transport}
        return Capture(path, head, self.clock, say)

    def codec(self) -> Codec:
        return self._make_codec(self._setup)

    def _key(self, account: str) -> bytes | None:
        return self._keys(self.settings.prefix + account) or self.settings.key

    def _password(self, account: str) -> str | None:
        password: str | None = self.settings.format.get("passwords", {}).get(account)
        return password

    # --- what was heard -----------------------------------------------------------------------------------------

    def hand_on(self, peer: str, heard: Message | Garbled, done: Callable[[bool], None]) -> bool:
        """Offer a frame to the door. A door that fails has no room: the frame is offered again."""
        name, protocol = self.settings.name, self.settings.protocol
        try:
            return self.door.heard(name, protocol, peer, _prefixed(heard, self.settings.prefix), done)
        except Exception:
            log.exception("the door failed; the frame is offered again", line=name, peer=peer)
            return False

    def alive(self, beat: Heartbeat) -> None:
        self.tally.heartbeats += 1
        try:
            account = beat.account and self.settings.prefix + beat.account
            self.door.alive(self.settings.name, account, beat.position, beat.battery)
        except Exception:
            log.exception("the door failed on a heartbeat", line=self.settings.name)

    def met(self, account: str, talk: Talk) -> None:
        """A device that takes orders has spoken: here it can be reached."""
        if account:
            self.switchboard.met(self.settings.prefix + account, talk)

    def obeyed(self, account: str, answer: tuple[str, bool]) -> None:
        self.switchboard.answered(self.settings.prefix + account, *answer)

    def good_frame(self, host: str) -> None:
        self._good_at = self.loop.time()
        self.manners.good_frame(host)
        if self.state == "silent":
            self.say("up", "heard again")

    def is_noise(self, garbled: Garbled, host: str) -> bool:
        noise = self.manners.noise(garbled, host)
        self.tally.noise += noise
        return noise

    def may_call(self, host: str) -> bool:
        allowed = self.manners.may_call(host)
        if not allowed:
            self.refuse(host, "not in lines.allow")
        return allowed

    def borrowed(self, peer: str, own: str, account: str) -> None:
        """A frame came under another device's account (see ``speakers``)."""
        self.tally.borrowed += 1
        if self.manners.news(f"{own} as {account}"):
            log.warning("under another's account", line=self.settings.name, peer=peer, own=own, account=account)

    def refuse(self, host: str, why: str) -> None:
        self.tally.refused += 1
        if self.manners.news(host):
            log.warning("a host is refused", line=self.settings.name, host=host, why=why)

    # --- its state ----------------------------------------------------------------------------------------------

    def say(self, state: str, detail: str = "") -> None:
        """Tell the door when something has changed."""
        if (state, detail) == (self.state, self._detail):
            return
        if state == "up" and self.state == "down":
            self._good_at = self.loop.time()
        self.state, self._detail = state, detail
        self._tell()

    def remark(self, about: str, remark: str) -> None:
        """Something a person should know whatever the state is (a certificate that expires); empty takes it back."""
        if remark != self._remarks.get(about, ""):
            self._remarks[about] = remark
            self._tell()

    def _tell(self) -> None:
        state, detail = self.state, "; ".join(filter(None, (self._detail, *self._remarks.values())))
        try:
            self.door.state(self.settings.name, state, detail)
        except Exception:
            log.exception("the door failed on a line's state", line=self.settings.name, state=state)

    @property
    def silent_seconds(self) -> float:
        """After so long without a good frame the line is silent; 0 never.

        Where nothing is said in the settings, a serial line is silent when two heartbeats of its receiver are missing:
        the cable is all it has, while on TCP a receiver that has gone is seen by its connection.
        """
        said, every = self.settings.silent_seconds, getattr(self._make_codec, "heartbeat_seconds", 0.0)
        if said is not None or self.settings.transport != "serial" or not every:
            return said or 0.0
        return float(2 * every - MARGIN_SECONDS)

    def watch(self) -> None:
        """Called now and then: has the whole line fallen silent?"""
        limit = self.silent_seconds
        if limit and self.state == "up" and self.loop.time() - self._good_at > limit:
            self.say("silent", f"no good frame for {limit:g} s: check receiver, cable and the settings of the line")


def _prefixed(heard: Message | Garbled, prefix: str) -> Message | Garbled:
    if not prefix:
        return heard
    if isinstance(heard, Garbled):
        return replace(heard, account=heard.account and prefix + heard.account)
    signals = tuple(replace(s, account=s.account and prefix + s.account) for s in heard.signals)
    return replace(heard, account=heard.account and prefix + heard.account, signals=signals)
