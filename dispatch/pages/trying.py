"""``try-channel``: sends a marked test message by one configured channel and says what became of it."""

import secrets
import time
from typing import Protocol

import click

from dispatch.channels.channel import Message
from dispatch.channels.opening import BadChannel, open_channels
from dispatch.rules.notices import PERSONAL
from dispatch.settings import ChannelSettings

WORDS = "【测试】安心呼叫中心的测试消息，请忽略"


class Settings(Protocol):
    @property
    def channels(self) -> tuple[ChannelSettings, ...]: ...


class Office(Protocol):
    """The parts of the house that this command uses."""

    @property
    def settings(self) -> Settings: ...


def furnish(cli: click.Group) -> None:
    """Put the command into the program's group, whose context object is an ``Office``."""
    cli.add_command(try_channel)


@click.command("try-channel")
@click.argument("name")
@click.option("--to", "phone", default="", help="the number that is to get it, for text messages and calls")
@click.pass_obj
def try_channel(office: Office, name: str, phone: str) -> None:
    """Send a marked test message by the channel NAME. It is a real one: it may ring, and the provider counts it."""
    chosen = next((one for one in office.settings.channels if one.name == name), None)
    if chosen is None:
        known = ", ".join(one.name for one in office.settings.channels) or "none; add a [[channels]] table"
        raise click.ClickException(f"there is no channel {name!r}; the configured channels are: {known}")
    if chosen.kind in PERSONAL and not phone:
        raise click.ClickException(f"channel {name} is of kind {chosen.kind}: say which number with --to")
    reference, began = secrets.token_urlsafe(9), time.monotonic()
    try:
        (channel,) = open_channels([chosen])
        channel.send(Message({"id": "test", "name": "test", "role": "test", "phone": phone}, WORDS, reference))
    except BadChannel as error:
        raise click.ClickException(str(error)) from None
    except Exception as error:  # the outside world
        raise click.ClickException(f"not sent after {time.monotonic() - began:.1f} s: {error}") from None
    click.echo(f"the provider took it after {time.monotonic() - began:.1f} s; reference {reference}")
