"""Which parts make the house: settings, processes, the command line. Everything is composed here, nothing decided."""

import sys

from callcenter import runtime

if __name__ == "__main__" and "web" in sys.argv[1:]:
    runtime.patch(runtime.mode_wanted(sys.argv))  # before anything below opens a socket or makes a lock

import os
from datetime import UTC, datetime
from pathlib import Path

import click
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from callcenter import settings
from callcenter.accounts import Accounts, secret_key
from callcenter.commands import Commands
from callcenter.configuration import BadSettings, read_settings
from callcenter.desk import Desk
from callcenter.drill import Drill, Drilled
from callcenter.exchange import Exchange
from callcenter.gateway import Gateway
from callcenter.intake import Intake
from callcenter.keyring import Keyring
from callcenter.live import Live
from callcenter.orders import Orders
from callcenter.pages import exercise, guard, simulating, site, switching, terminal
from callcenter.pages.api import api
from callcenter.pages.console import console
from callcenter.pages.desk_rooms import desk_rooms
from callcenter.pages.health import health
from callcenter.pages.login import login
from callcenter.pages.people import people
from callcenter.pages.promises import promises
from callcenter.pages.supervisor import supervisor
from callcenter.pages.watch import watch
from callcenter.pages.words import event_text, reason_text
from callcenter.processes import Turns, run_all, run_gateway, safely, speak_plainly, wait_for_stop
from callcenter.report import Report
from callcenter.rules.times import Clock, stamp
from callcenter.scripting import Scripting
from callcenter.standing import Standing
from callcenter.store.cases import Cases
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.figures import Figures
from callcenter.store.log import Log
from callcenter.store.notices import NoticeBook
from callcenter.store.orders import OrderBook
from callcenter.store.people import People
from callcenter.store.phones import Phones
from callcenter.store.refold import bring_up
from callcenter.store.register import Register
from callcenter.store.upgrade import WrongDatabase, check
from callcenter.store.users import Users
from callcenter.store.vault import Vault
from callcenter.wall import Wall
from callcenter.watchman import Watchman
from devices.codecs.registry import orders
from devices.lines import BadCertificate, check_certificates, recorded
from devices.settings import LineList, Simulation
from dispatch import outfit
from dispatch.channels.opening import BadChannel, open_channels
from dispatch.jobs import Jobs
from dispatch.pages import comparing, packing, trying
from dispatch.pages.arrivals import arrivals, eta_figures
from dispatch.pages.booked import booked
from dispatch.pages.carers_pages import carers_pages
from dispatch.pages.channels import channels
from dispatch.pages.field_rooms import field_rooms, paper
from dispatch.pages.responder import responder
from dispatch.pages.roster import roster
from dispatch.pages.sending import sending
from dispatch.parts import Parts
from dispatch.rules.eta import Travel
from dispatch.rules.ladder import Ladder
from dispatch.rules.pictures import pictures
from dispatch.rules.ranking import Weights
from dispatch.rules.roster_rules import RosterTerms
from dispatch.rules.service_terms import Services
from dispatch.settings import ChannelList, Dispatch, Notices, PhonePage, Routing, Sending

log, HERE = structlog.get_logger("anxin"), Path(__file__).resolve().parent
TICK_SECONDS, WATCH_SECONDS = 0.25, 2.0


# --- settings ----------------------------------------------------------------------------------------------------


class Settings(BaseSettings):
    """config.toml, each key overridable by ``ANXIN_<SECTION>__<KEY>``."""

    model_config = SettingsConfigDict(env_prefix="ANXIN_", env_nested_delimiter="__", extra="forbid", frozen=True)

    centre: settings.Centre = settings.Centre()
    server: settings.Server = settings.Server()
    database: settings.Store = settings.Store()
    intake: settings.IntakeRules = settings.IntakeRules()
    promises: settings.Promises = settings.Promises()
    watch: settings.Watch = settings.Watch()
    emergency: settings.Emergency = settings.Emergency()
    map: settings.Map = settings.Map()
    telephony: settings.Telephony = settings.Telephony()
    dispatch: Dispatch = Dispatch()
    travel: Travel = Travel()
    ranking: Weights = Weights()
    services: Services = Services()
    routing: Routing = Routing()
    phone: PhonePage = PhonePage()
    roster: RosterTerms = RosterTerms()
    notices: Notices = Notices()
    channels: ChannelList = ()
    simulate: Simulation = Simulation()
    lines: LineList = ()
    ladders: tuple[Ladder, ...] = ()

    @classmethod
    def settings_customise_sources(  # the signature is pydantic's
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        toml = TomlConfigSettingsSource(settings_cls, toml_file=cls.model_config.get("toml_file"))
        return init_settings, env_settings, toml


# --- the parts -----------------------------------------------------------------------------------------------------


class House:
    """Every part, made once. Making them opens nothing: the database is first touched when it is first asked."""

    def __init__(self, chosen: Settings, config: Path, clock: Clock = lambda: datetime.now(UTC)):
        self.settings, self.config, self.clock = chosen, config, clock
        self.zone, self.database = chosen.centre.here(), Database(chosen.database.url)
        self.targets = targets = Standing(self.database, chosen.promises.targets(), self.zone)
        self.scripts = Scripting(self.database, chosen.emergency)
        self.log = Log(self.database, clock, pictures(targets, chosen.services), self.scripts.fills(targets.fills))
        self.vault, self.notices = Vault(self.database), NoticeBook(self.database)
        self.cases, self.people, self.users = Cases(self.database), People(self.database), Users(self.database)
        self.register = Register(self.database, self.log)
        self.exchange = Exchange(self.register, self.zone, runtime.breathe)
        self.accounts, self.keyring = Accounts(self.log, self.users, runtime.offload), Keyring(self.cases)
        wire, seconds = Drilled(chosen.lines, chosen.watch), chosen.intake.retransmission_seconds
        self.intake = Intake(self.log, self.cases, self.people, self.zone, wire.account, retransmission_seconds=seconds)
        self.drill = Drill(self.log, self.cases, chosen.watch, self.zone, clock, wire)
        how = Sending(**{name: getattr(chosen, name) for name in Sending.model_fields})
        auto, at = chosen.dispatch.auto, chosen.server.outside()
        self.parts = Parts(self.log, self.cases, self.people, self.users, how, targets, self.zone, clock, auto, at)
        self.dispatcher = self.parts.dispatcher
        self.watchman = Watchman(self.log, self.cases, chosen.watch, self.zone, self.dispatcher.request)
        reasons = lambda found: [reason_text(reason) for reason in found]  # noqa: E731
        self.wall = Wall(self.log, self.cases, self.people, targets, self.zone, clock, reasons)
        self.live = Live(self.log, self.wall, clock, event_text)

    def web(self) -> Flask:
        """The web application of one process, with its live push attached but not started."""
        server, centre, phones = self.settings.server, self.settings.centre, Phones(self.database)
        key, tiles = secret_key(Path(data := self.settings.database.data_dir)), self.settings.map.policy()
        app, limiter = site.site(key, server.public_url, centre, self.users, self.wall.row, tiles)
        commands = Commands(self.log, Desk(self.cases, self.scripts))
        report = Report(Figures(self.database, self.zone), self.people, self.targets, self.clock, runtime.breathe)
        centre_phone, visit, ways = self.settings.phone.centre_phone, self.wall.visit, self.dispatcher.choosing.ways
        jobs = Jobs(self.cases, self.people, phones, visit, centre_phone, self.zone, self.clock)
        can = {line.name: orders(line.protocol) for line in self.settings.lines}
        ordering = Orders(OrderBook(self.database), can, centre_phone)
        self.live.attach(app, server.async_mode)
        pages = (
            login(self.accounts, limiter, self.cases.left_behind),
            console(guard.need, HERE / "static"),
            api(self.log, self.wall, self.live, commands, self.intake, ordering, event_text),
            *desk_rooms(self, commands, report, self.dispatcher.request, centre_phone, limiter),
            health(self.wall, self.live, eta_figures(ways, self.zone, self.clock)),
            arrivals(guard.need, ways, report.figures.stations, self.clock),
            people(guard.need, self.people, self.register, self.exchange, self.zone, self.clock),
            supervisor(guard.need, report, self.log, self.zone, self.clock),
            promises(guard.need, commands, self.targets, report),
            watch(guard.need, self.people, self.log, self.watchman.watching, commands, self.zone, self.clock),
            *carers_pages(guard.need, commands, self.parts, phones, jobs, server.public_url, data),
            *field_rooms(guard.need, self, commands),
            roster(guard.need, self.parts.rostering, self.parts.duty, commands),
            booked(guard.need, self.parts.services, commands, self.people, self.zone, self.clock),
            responder(guard.need, limiter, commands, self.parts.responding, self.wall.row),
            channels(self.log, self.notices, self.settings, self.zone, self.clock),
            sending(guard.need, commands, self.dispatcher, self.cases, phones, jobs, self.wall.row, visit),
        )
        site.furnish(app, pages)
        return app


# --- the processes -----------------------------------------------------------------------------------------------


def run_dispatcher(house: House) -> None:
    """The clock: deadlines, offers, notices and the nightly seal. APScheduler only rings the bell."""
    scheduler, notifier = BackgroundScheduler(timezone=house.zone), outfit.opened(house)
    ring = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    turns = Turns(*house.parts.turns(), house.parts.on_the_dot)
    alive = safely(lambda: house.cases.show_life("dispatcher", stamp(house.clock()), turns.state))
    scheduler.add_job(turns, "interval", seconds=TICK_SECONDS, **ring)
    scheduler.add_job(alive, "interval", seconds=1, **ring)
    # Its own turn: a slow channel must not keep the deadlines waiting.
    scheduler.add_job(safely(notifier.tick), "interval", seconds=TICK_SECONDS, **ring)
    watching = safely(lambda: house.watchman.tick(stamp(house.clock())))
    scheduler.add_job(watching, "interval", seconds=WATCH_SECONDS, **ring)
    scheduler.add_job(Turns(house.drill.tick, paper(house).tick), "interval", seconds=30, **ring)
    scheduler.add_job(safely(house.vault.seal_with(house.log)), "cron", hour=3, minute=17, **ring)
    scheduler.start()
    wait_for_stop(house.database)
    scheduler.shutdown()


def run_web(house: House) -> None:
    app, server = house.web(), house.settings.server
    listener = runtime.listen(server.host, server.port, shared=server.webs > 1)
    house.live.start()
    log.info("web is listening", address=f"http://{server.host}:{server.port}", mode=server.async_mode)
    runtime.serve(app, listener)


# --- the command line --------------------------------------------------------------------------------------------


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), default="config.toml", show_default=True, help="settings")
@click.pass_context
def cli(context: click.Context, config: Path) -> None:
    """安心 Anxin: elder home-care call centre and dispatch."""
    speak_plainly()
    context.obj = House(read_settings(Settings, config), config)


@cli.command()
@click.option("--demo", "with_demo", is_flag=True, help="load the demo district if empty, and start pretend pagers")
@click.pass_obj
def run(house: House, with_demo: bool) -> None:
    """Start the centre: gateway, dispatcher and web, each started again when it dies."""
    check_certificates(house.settings.lines)
    open_channels(house.settings.channels)
    bring_up(house.database, house.log.pictures)
    server = house.settings.server
    runtime.listen(server.host, server.port, server.webs > 1).close()  # better said now than by a child again and again
    click.echo(f"\n  安心 Anxin   http://{server.host}:{server.port}\n")
    if with_demo and house.register.is_empty():
        click.echo(f"  demo district loaded: {terminal.load_demo(house)}")
    terminal.show_first_accounts(house, with_demo)
    fence = simulating.why_not(house) if with_demo else ""
    if fence:
        click.echo(f"  no pretend homes: {fence}\n")
    words = runtime.python(str(HERE / "app.py"), "--config", str(house.config))
    run_all(words, server, house.cases, with_demo and not fence, house.settings.telephony.kind != "none")


@cli.command()
@click.option("--capture", type=click.Path(path_type=Path, file_okay=False), help="record every line into this folder")
@click.pass_obj
def gateway(house: House, capture: Path | None) -> None:
    """Only the gateway: lines, intake and acknowledgements."""
    check(house.database)
    house.keyring.refresh()
    lines = recorded(house.settings.lines, capture)
    run_gateway(Gateway(house.intake, house.cases, house.keyring, house.clock), lines)


@cli.command()
@click.pass_obj
def dispatcher(house: House) -> None:
    """Only the clock: deadlines, offers and notices."""
    check(house.database)
    run_dispatcher(house)


@cli.command()
@click.pass_obj
def web(house: House) -> None:
    """Only one web process: pages, commands and live push."""
    check(house.database)
    run_web(house)


for commands in (terminal, simulating, exercise, comparing, packing, trying, switching):
    commands.furnish(cli)


def main() -> None:
    os.umask(0o077)  # the database, its copies and exports hold health notes and keys: ours alone
    try:
        cli()
    except (BadSettings, BadCertificate, BadChannel, WrongDatabase, StoreUnavailable, runtime.AddressTaken) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
