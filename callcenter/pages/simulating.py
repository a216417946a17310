"""The shell's command that plays the pretend district, and the fence that keeps it away from the living."""

import contextlib
import socket
import sys
import time
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click

from callcenter.accounts import Accounts
from callcenter.demo.planted import QUIET
from callcenter.keyring import Keyring
from callcenter.pretence import PretendStaff, strangers
from callcenter.rules.times import Clock
from callcenter.settings import Server
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.upgrade import WrongDatabase, check
from callcenter.store.users import Users
from devices.settings import LineSettings, Simulation
from devices.simulator import Manner, Outlook, Refused, Staffing, elsewhere, reachable, units_for
from devices.simulator import simulate as play

FASTEST_STAFF = 60.0  # the centre's own clocks go as in life: faster, its promises mean nothing
OPENS_SECONDS = 5.0
TWICE = "If you mean it, say it twice: --i-know-there-are-real-people --really"
OWN = "A centre for pretending is one command: python app.py --config FILE run --demo, with a database of its own."


class Chosen(Protocol):
    """The sections of config.toml that this command uses."""

    @property
    def simulate(self) -> Simulation: ...
    @property
    def server(self) -> Server: ...
    @property
    def lines(self) -> tuple[LineSettings, ...]: ...


class Stage(Protocol):
    """The parts of the house that this command uses."""

    clock: Clock
    zone: ZoneInfo

    @property
    def settings(self) -> Chosen: ...
    @property
    def database(self) -> Database: ...
    @property
    def log(self) -> Log: ...
    @property
    def people(self) -> People: ...
    @property
    def register(self) -> Register: ...
    @property
    def users(self) -> Users: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def keyring(self) -> Keyring: ...


class Fenced(click.ClickException):
    """Said with the fix; nothing was sent."""

    exit_code = 2


class Mix(click.ParamType[dict[str, float]]):
    """``dc09=0.7,watch=0.3``: each protocol with its share."""

    name = "mix"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> dict[str, float]:
        if isinstance(value, dict):
            return value
        try:
            return {name.strip(): float(share) for name, share in (part.split("=") for part in value.split(","))}
        except ValueError:
            return self.fail(f"{value!r} is no mix; write protocols with their shares: dc09=0.7,surgard=0.3", param)


def why_not(stage: Stage) -> str:
    """Why pretend homes may not press here without being told twice; empty when they may."""
    chosen = stage.settings
    api = urlsplit(chosen.simulate.centre).hostname or ""
    if hosts := elsewhere(dict.fromkeys([*(line.host for line in chosen.lines if not line.device), api])):
        return f"{', '.join(hosts)} is not this machine: a centre elsewhere counts as one with real people."
    try:
        check(stage.database)
        found = strangers(stage.register, stage.log)
    except (WrongDatabase, StoreUnavailable) as error:
        return f"the database cannot say whose centre this is ({error}), so it counts as one with real people."
    if not found:
        return ""
    who = ", ".join(f"{what}: {count}" for what, count in found.items())
    return f"this centre holds what no demo brought ({who}), and real carers would be sent for nothing. {OWN}"


@click.command()
@click.option("--storm", is_flag=True, help="every home loses mains at once, with 20 presses among them")
@click.option("--seconds", type=click.FloatRange(min=0), help="end after so many seconds")
@click.option("--speed", type=click.FloatRange(min=0.01), help="how much faster than life time goes")
@click.option("--busy", type=click.FloatRange(min=0.01), help="how much more often than in life things happen")
@click.option("--seed", type=int, help="another seed, another day")
@click.option("--mix", type=Mix(), help="share of each protocol: dc09=0.7,surgard=0.3")
@click.option("--staffed", type=click.IntRange(0, 50), help="pretend carers, and so many operators, work the centre")
@click.option("--settle", type=click.FloatRange(min=0), help="seconds the staff may go on after the end")
@click.option("--i-know-there-are-real-people", "known", is_flag=True, help="first word to press in a real centre")
@click.option("--really", is_flag=True, help="second word")
@click.option("--quiet", is_flag=True, help="say nothing unless something was lost")
@click.pass_obj
def simulate(
    stage: Stage, /, known: bool, really: bool, quiet: bool, mix: dict[str, float] | None, **said: Any
) -> None:  # fmt: skip
    """A pretend district on the configured lines, over real sockets; the last line is the truth of it."""
    how, lines, wall = stage.settings.simulate, stage.settings.lines, why_not(stage)
    if wall and not (known and really):
        raise Fenced(f"{wall} {TWICE}")
    speed = said["speed"] or how.speed
    staff = PretendStaff(stage.accounts, stage.users, stage.log, stage.people, stage.clock)
    operators = how.staffed if said["staffed"] is None else said["staffed"]
    outlook = _outlook(stage, staff, operators, said["settle"], bool(wall), speed)
    with contextlib.suppress(StoreUnavailable):  # a centre elsewhere: its keys are not ours to read
        stage.keyring.refresh()
    manner = Manner(
        seed=how.seed if said["seed"] is None else said["seed"], speed=speed, busy=said["busy"] or how.busy,
        seconds=said["seconds"], storm=said["storm"], heartbeat_seconds=how.heartbeat_seconds,
        first_press_seconds=how.first_press_seconds, start_hour=stage.clock().astimezone(stage.zone).hour,
    )  # fmt: skip
    if outlook.staffing:
        _wait_until_open(outlook.address)
    try:
        units = units_for(lines, how.homes, how.first_account, mix or how.mix)
        if not manner.storm:  # the demo's dead devices stay dead, for the watch to find; a storm strikes every home
            units = [unit for unit in units if unit[0] not in QUIET]
        truth = play(units, lines, manner, keys=stage.keyring, outlook=outlook)
    except ValueError as error:
        raise Fenced(str(error)) from None
    except (Refused, OSError) as error:
        raise Fenced(f"{outlook.address} cannot be watched: {error}. Start it: python app.py run") from None
    finally:
        staff.dismiss()
    if not quiet or not truth.whole:
        click.echo(str(truth))
    if not truth.whole:
        sys.exit(1)


def _wait_until_open(address: str) -> None:
    """Both may be started by one command: the centre has a moment to open its pages."""
    place, until = urlsplit(address), time.monotonic() + OPENS_SECONDS
    door = place.hostname, place.port or (443 if place.scheme == "https" else 80)
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(door, timeout=1):
            return
        time.sleep(0.2)


def _outlook(
    stage: Stage, staff: PretendStaff, operators: int | None, settle: float | None, live: bool, speed: float
) -> Outlook:
    how, server = stage.settings.simulate, stage.settings.server
    host = reachable(server.host)
    address = how.centre or f"http://{f'[{host}]' if ':' in host else host}:{server.port}"
    if operators is None:
        return Outlook(address, how.token)
    if live:
        raise Fenced("pretend staff answer whoever calls, so they work in a demo only: leave --staffed out.")
    if speed > FASTEST_STAFF:
        raise Fenced(f"pretend staff cannot follow faster than {FASTEST_STAFF:.0f} times life: lower --speed.")
    return Outlook(address, how.token, Staffing(address, operators, staff.enrol), settle)


def furnish(cli: click.Group) -> None:
    cli.add_command(simulate)
