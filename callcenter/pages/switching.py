"""The command of the process that stays on the line with the telephone exchange."""

import threading
from typing import Protocol
from zoneinfo import ZoneInfo

import click

from callcenter.processes import wait_for_stop
from callcenter.reception import Reception
from callcenter.rules.times import Clock
from callcenter.settings import Telephony
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.talks import Talks
from callcenter.store.upgrade import check
from callcenter.switchboard import Switchboard


class Chosen(Protocol):
    @property
    def telephony(self) -> Telephony: ...


class House(Protocol):
    """The parts of the house that the switchboard is made of."""

    clock: Clock
    zone: ZoneInfo

    @property
    def settings(self) -> Chosen: ...
    @property
    def database(self) -> Database: ...
    @property
    def log(self) -> Log: ...
    @property
    def cases(self) -> Cases: ...


def furnish(cli: click.Group) -> None:
    cli.add_command(telephone)


@click.command()
@click.pass_obj
def telephone(house: House) -> None:
    """Only the switchboard: the line to the telephone exchange."""
    rules = house.settings.telephony
    if rules.kind == "none":
        raise click.ClickException(
            'no exchange is set up: write kind = "asterisk" under [telephony], docs/telephony.md'
        )
    check(house.database)
    talks, stop = Talks(house.database), threading.Event()
    reception = Reception(house.cases, talks, house.zone, rules.missed_seconds)
    board = Switchboard(house.log, house.cases, talks, reception, rules, house.clock)
    thread = threading.Thread(target=board.run, args=(stop,), name="switchboard", daemon=True)
    thread.start()
    wait_for_stop(house.database)
    stop.set()
    thread.join(5)
