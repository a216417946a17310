"""Puts the notifier together: what it follows, what it may use, whom it knows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from callcenter.settings import Server, Store
from callcenter.store.log import Log
from callcenter.store.notices import NoticeBook
from callcenter.store.users import Users
from devices.codecs.registry import orders
from devices.settings import LineSettings
from dispatch.channels import journal, screen
from dispatch.channels.channel import Channel
from dispatch.channels.opening import open_channels, with_push
from dispatch.notifier import Notifier, Personal
from dispatch.parts import Parts
from dispatch.settings import ChannelSettings, Notices
from dispatch.telling import Supervisors, Telling
from dispatch.within import Within

ALWAYS = (screen.CHANNEL, journal.CHANNEL)


def notifier(
    log: Log, book: NoticeBook, rules: Notices, zone: ZoneInfo, supervisors: Supervisors,
    lines: Mapping[str, frozenset[str]] | None = None, channels: Sequence[Channel] = (), link: str = "",
    always: Sequence[Channel] = ALWAYS, personal: Personal = lambda _w, _call, _to: "",
) -> Notifier:  # fmt: skip
    """``lines``: name of a line to what its devices can be asked; ``channels`` beside those that are always there."""
    every = (*always, *channels)
    speaking = [name for name, orders in (lines or {}).items() if "tell" in orders]
    telling = Telling(book, rules, supervisors, every)
    return Notifier(log, book, rules, zone, every, telling, Within(book, speaking), link.rstrip("/"), personal)


class Chosen(Protocol):
    """The sections of the settings that this needs."""

    @property
    def channels(self) -> tuple[ChannelSettings, ...]: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def lines(self) -> tuple[LineSettings, ...]: ...
    @property
    def server(self) -> Server: ...
    @property
    def database(self) -> Store: ...


class House(Protocol):
    """The parts of the house that tell people something."""

    zone: ZoneInfo

    @property
    def settings(self) -> Chosen: ...
    @property
    def log(self) -> Log: ...
    @property
    def notices(self) -> NoticeBook: ...
    @property
    def users(self) -> Users: ...
    @property
    def parts(self) -> Parts: ...


def opened(house: House) -> Notifier:
    """The notifier of the process that tells people; its channels are opened with it. Raises ``BadChannel``."""
    chosen = house.settings
    folder, lines = Path(chosen.database.data_dir), {line.name: orders(line.protocol) for line in chosen.lines}
    channels = with_push(open_channels(chosen.channels), house.notices, chosen.notices.push_contact, folder)
    house.parts.welfare.speaks(name for name, can in lines.items() if "tell" in can)
    supervisors = lambda: house.users.on_duty("supervisor")  # noqa: E731
    return notifier(
        house.log, house.notices, chosen.notices, house.zone, supervisors, lines, channels, chosen.server.public_url,
        personal=house.parts.responding.link,
    )  # fmt: skip
