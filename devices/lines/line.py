"""What all peers of one line share: its settings, its codec, the door, its state and its figures."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from devices.lines.door import Clock, Door
from devices.lines.turns import Turns
from devices.settings import LineSettings
from devices.signal import Codec, Garbled, Heartbeat, Keys, Message, Setup

NOISE_SECONDS = 60.0  # of what a stranger sends without sense, one piece in this time is handed on
STRANGERS = 4096  # hosts remembered

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
    slow: int = 0  # peers closed, or serial replies dropped, because they would not read


class Line:
    def __init__(
        self, settings: LineSettings, codec: MakeCodec, keys: Keys, door: Door, clock: Clock, turns: Turns,
        loop: asyncio.AbstractEventLoop,
    ):  # fmt: skip
        self.settings, self.door, self.clock, self.turns, self.loop = settings, door, clock, turns, loop
        self.tally = LineTally()
        self.state = "down"
        self._make_codec, self._keys, self._detail = codec, keys, ""
        told = {name: value for name, value in settings.format.items() if name != "passwords"}
        self._setup = Setup(self._key, self._password, settings.clear_text, told, os.urandom(32))
        self._good_at = loop.time()
        self._friends: OrderedDict[str, float] = OrderedDict()  # host -> last good frame
        self._noisy: OrderedDict[str, float] = OrderedDict()  # host -> last noise handed on

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

    def good_frame(self, host: str) -> None:
        self._good_at = self.loop.time()
        _remember(self._friends, host, self._good_at)
        if self.state == "silent":
            self.say("up", "heard again")

    def is_noise(self, garbled: Garbled, host: str) -> bool:
        """Bytes nobody needs to see again: senseless ones of a stranger who has already been recorded lately."""
        if garbled.account or b'"' in garbled.raw or host in self._friends:
            return False
        now = self.loop.time()
        if now - self._noisy.get(host, -NOISE_SECONDS) < NOISE_SECONDS:
            self.tally.noise += 1
            return True
        _remember(self._noisy, host, now)
        return False

    def was_refused(self, host: str) -> None:
        """The door had no room for what was no noise: it is none either when it is offered again."""
        self._noisy.pop(host, None)

    # --- its state ----------------------------------------------------------------------------------------------

    def say(self, state: str, detail: str = "") -> None:
        """Tell the door when something has changed."""
        if (state, detail) == (self.state, self._detail):
            return
        if state == "up" and self.state == "down":
            self._good_at = self.loop.time()
        self.state, self._detail = state, detail
        try:
            self.door.state(self.settings.name, state, detail)
        except Exception:
            log.exception("the door failed on a line's state", line=self.settings.name, state=state)

    def watch(self) -> None:
        """Called now and then: has the whole line fallen silent?"""
        limit = self.settings.silent_seconds
        if limit and self.state == "up" and self.loop.time() - self._good_at > limit:
            self.say("silent", f"no good frame for {limit:g} s: check receiver, cable and the settings of the line")


def _prefixed(heard: Message | Garbled, prefix: str) -> Message | Garbled:
    if not prefix:
        return heard
    if isinstance(heard, Garbled):
        return replace(heard, account=heard.account and prefix + heard.account)
    signals = tuple(replace(s, account=s.account and prefix + s.account) for s in heard.signals)
    return replace(heard, account=heard.account and prefix + heard.account, signals=signals)


def _remember(hosts: OrderedDict[str, float], host: str, now: float) -> None:
    hosts[host] = now
    hosts.move_to_end(host)
    if len(hosts) > STRANGERS:
        hosts.popitem(last=False)
