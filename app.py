"""Which parts make the house: settings, processes and the command line. Everything is composed here; nothing is decided."""

import sys

from callcenter import runtime

if __name__ == "__main__" and "web" in sys.argv[1:]:
    runtime.patch(runtime.mode_wanted(sys.argv))  # before anything below opens a socket or makes a lock

import asyncio
import contextlib
import logging
import os
import secrets
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import click
import structlog
from annotated_types import Ge, Le
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from callcenter import settings
from callcenter.accounts import Accounts, BadAccount
from callcenter.commands import Commands
from callcenter.demo import district as demo
from callcenter.desk import Desk
from callcenter.exchange import Exchange, Rejected
from callcenter.gateway import Gateway
from callcenter.intake import Intake
from callcenter.keyring import Keyring
from callcenter.live import Live
from callcenter.pages import guard, site
from callcenter.pages.api import api
from callcenter.pages.console import console
from callcenter.pages.health import health
from callcenter.pages.login import login
from callcenter.pages.people import people
from callcenter.pages.supervisor import supervisor
from callcenter.pages.words import event_text, reason_text
from callcenter.report import Report
from callcenter.rules.call import CallPicture
from callcenter.rules.times import stamp
from callcenter.store.cases import Cases
from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.figures import Figures
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.phones import Phones
from callcenter.store.register import Register
from callcenter.store.upgrade import WrongDatabase, check, upgrade
from callcenter.store.users import Users
from callcenter.store.vault import Vault
from callcenter.store.verify import verify
from callcenter.supervision import Supervision
from callcenter.wall import Wall
from devices.lines import open_lines
from devices.settings import LineList, Simulation
from devices.simulator import simulate as play
from devices.simulator import units_for
from dispatch.channels import journal, screen
from dispatch.dispatcher import Dispatcher
from dispatch.jobs import Jobs
from dispatch.notifier import Notifier
from dispatch.pages.phone import phone
from dispatch.pages.sending import sending
from dispatch.rules.eta import Travel
from dispatch.rules.ranking import Weights
from dispatch.rules.visit import VisitPicture
from dispatch.settings import PhonePage, Sending

log = structlog.get_logger("anxin")
HERE = Path(__file__).resolve().parent
TICK_SECONDS = 0.25


# --- settings ----------------------------------------------------------------------------------------------------


class Dispatch(BaseModel):
    """``[dispatch]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    auto: tuple[Annotated[int, Ge(1), Le(4)], ...] = (1,)


class Settings(BaseSettings):
    """config.toml, each key overridable by ``ANXIN_<SECTION>__<KEY>``."""

    model_config = SettingsConfigDict(env_prefix="ANXIN_", env_nested_delimiter="__", extra="forbid", frozen=True)

    centre: settings.Centre = settings.Centre()
    server: settings.Server = settings.Server()
    database: settings.Store = settings.Store()
    intake: settings.IntakeRules = settings.IntakeRules()
    promises: settings.Promises = settings.Promises()
    dispatch: Dispatch = Dispatch()
    travel: Travel = Travel()
    ranking: Weights = Weights()
    phone: PhonePage = PhonePage()
    simulate: Simulation = Simulation()
    lines: LineList = ()

    @classmethod
    def settings_customise_sources(  # the signature is pydantic's
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        toml = TomlConfigSettingsSource(settings_cls, toml_file=cls.model_config.get("toml_file"))
        return init_settings, env_settings, toml


def read_settings(path: Path) -> Settings:
    """Raises ``click.ClickException`` that names each wrong key and the fix."""
    if not path.is_file():
        raise click.ClickException(
            f"there is no configuration {path}: give --config FILE, or copy config.toml from the program"
        )
    made = type("Settings", (Settings,), {"model_config": {**Settings.model_config, "toml_file": path}})
    try:
        found: Settings = made()
        return found
    except ValidationError as error:
        said = [f"  {'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors(include_input=False)]
        raise click.ClickException(f"{path} cannot be used:\n" + "\n".join(said)) from None
    except ValueError as error:  # not TOML at all
        raise click.ClickException(f"{path} cannot be read: {error}") from None


# --- the parts, made once each, when first asked for -------------------------------------------------------------


class House:
    def __init__(self, chosen: Settings, config: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self.settings, self.config, self.clock = chosen, config, clock
        self.zone = ZoneInfo(chosen.centre.zone)
        self.targets = chosen.promises.targets()

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database.url)

    @cached_property
    def log(self) -> Log:
        return Log(self.database, self.clock, (CallPicture(self.targets), VisitPicture(self.targets)))

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.database)

    @cached_property
    def people(self) -> People:
        return People(self.database)

    @cached_property
    def users(self) -> Users:
        return Users(self.database)

    @cached_property
    def register(self) -> Register:
        return Register(self.database, self.log)

    @cached_property
    def exchange(self) -> Exchange:
        return Exchange(self.register, self.zone)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.log, self.users, runtime.offload)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.database)

    @cached_property
    def intake(self) -> Intake:
        seconds = self.settings.intake.retransmission_seconds
        return Intake(self.log, self.cases, self.people, self.zone, retransmission_seconds=seconds)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        how = Sending(travel=self.settings.travel, ranking=self.settings.ranking, phone=self.settings.phone)
        auto = self.settings.dispatch.auto
        return Dispatcher(self.log, self.cases, self.people, how, self.targets, self.zone, self.clock, auto)

    @cached_property
    def supervision(self) -> Supervision:
        return Supervision(self.log, self.cases, self.targets, self.dispatcher.call_missed)

    @cached_property
    def notifier(self) -> Notifier:
        channels = {"screen": screen.send, "log": journal.send}
        return Notifier(
            self.log, channels, lambda: [u for u in self.users.all() if u["role"] == "supervisor" and u["active"]]
        )

    @cached_property
    def wall(self) -> Wall:
        def reasons(found: Any) -> list[str]:
            return [reason_text(r) for r in found]

        return Wall(self.log, self.cases, self.people, self.targets, self.zone, self.clock, reasons)

    @cached_property
    def live(self) -> Live:
        return Live(self.log, self.wall, self.clock, event_text)

    @cached_property
    def data_dir(self) -> Path:
        folder = Path(self.settings.database.data_dir)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def secret_key(self) -> bytes:
        """What signs the cookies: made once, readable by us alone."""
        path = self.data_dir / "secret.key"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(descriptor, "wb") as file:
            key = secrets.token_bytes(32)
            file.write(key)
        return key

    def web(self) -> Flask:
        """The web application of one process, with its live push attached but not started."""
        server = self.settings.server
        app, limiter = site.site(
            self.secret_key(), server.public_url, self.settings.centre.zone, self.users, self.wall.row
        )
        commands = Commands(self.log, Desk(self.cases))
        report = Report(Figures(self.database, self.zone), self.people, self.targets, self.clock, runtime.breathe)
        phones = Phones(self.database)
        centre_phone = self.settings.phone.centre_phone
        jobs = Jobs(self.cases, self.people, phones, self.wall.visit, centre_phone, self.zone, self.clock)
        self.live.attach(app, server.async_mode)
        pages = (
            login(self.accounts, limiter),
            console(guard.need, HERE / "static"),
            api(self.log, self.wall, self.live, commands, self.intake, event_text),
            health(self.wall, self.live),
            people(guard.need, self.people, self.register, self.exchange, self.zone, self.clock),
            supervisor(guard.need, report, self.log, self.zone, self.clock),
            phone(guard.need, self.settings.phone),
            sending(guard.need, commands, self.dispatcher, self.cases, phones, jobs, self.wall.row, self.wall.visit),
        )
        site.furnish(app, pages)
        return app


# --- the processes -----------------------------------------------------------------------------------------------


def run_gateway(house: House) -> None:
    """Bytes to acknowledgements: asyncio lines, serial threads, and the one writer."""
    check(house.database)
    keyring = Keyring(house.cases)
    keyring.refresh()
    gateway = Gateway(house.intake, house.cases, keyring, house.clock)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        gateway.deliver = lambda calls: loop.call_soon_threadsafe(_each, calls)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        gateway.start()
        lines = await open_lines(house.settings.lines, keyring, gateway)
        log.info("gateway is listening", lines=[line.name for line in house.settings.lines])
        await stop.wait()
        await lines.close()

    asyncio.run(serve())
    gateway.stop()


def _each(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()


def run_dispatcher(house: House) -> None:
    """The clock: deadlines, offers, notices and the nightly seal. APScheduler only rings the bell."""
    check(house.database)
    scheduler = BackgroundScheduler(timezone=house.zone)
    ring = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

    def tick() -> None:
        now = stamp(house.clock())
        for part in (lambda: house.supervision.tick(now), lambda: house.dispatcher.tick(now), house.notifier.tick):
            _safely(part)

    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, **ring)
    scheduler.add_job(
        lambda: _safely(lambda: house.cases.show_life("dispatcher", stamp(house.clock()))),
        "interval",
        seconds=1,
        **ring,
    )
    scheduler.add_job(lambda: _safely(house.vault.seal_with(house.log)), "cron", hour=3, minute=17, **ring)
    scheduler.start()
    _wait_for_stop()
    scheduler.shutdown()


def _safely(work: Callable[[], Any]) -> None:
    """One failure of one part must not keep the others from their turn; the next tick tries again."""
    try:
        work()
    except StoreUnavailable as error:
        log.error("store unavailable", error=str(error)[:200])
    except Exception:
        log.exception("a tick failed")


def _wait_for_stop() -> None:
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)


def run_web(house: House) -> None:
    check(house.database)
    app = house.web()
    server = house.settings.server
    listener = runtime.listen(server.host, server.port, shared=server.webs > 1)
    house.live.start()
    log.info("web is listening", address=f"http://{server.host}:{server.port}", mode=server.async_mode)
    runtime.serve(app, listener)


# --- the command line --------------------------------------------------------------------------------------------


def _speak_plainly() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(path_type=Path), default=Path("config.toml"), show_default=True, help="the settings"
)
@click.pass_context
def cli(context: click.Context, config: Path) -> None:
    """安心 Anxin: elder home-care call centre and dispatch."""
    _speak_plainly()
    context.obj = House(read_settings(config), config)


@cli.result_callback()
def _done(*_values: Any, **_named: Any) -> None:
    sys.stdout.flush()


@cli.command()
@click.option(
    "--demo",
    "with_demo",
    is_flag=True,
    help="load the demo district if the database is empty, and start the pager simulator",
)
@click.pass_obj
def run(house: House, with_demo: bool) -> None:
    """Start the centre: gateway, dispatcher and web, each started again when it dies."""
    _prepare(house, with_demo)
    words = runtime.python(str(HERE / "app.py"), "--config", str(house.config))
    server = house.settings.server
    probe = ("127.0.0.1" if server.host == "0.0.0.0" else server.host, server.port) if server.webs == 1 else None
    children = [runtime.Child("gateway", [*words, "gateway"]), runtime.Child("dispatcher", [*words, "dispatcher"])]
    for number in range(server.webs):
        children.append(runtime.Child(f"web:{number + 1}", [*words, "web"], probe, server.frozen_after_seconds))
    if with_demo:
        children.append(runtime.Child("simulator", [*words, "simulate", "--quiet"]))
    runtime.supervise(children, lambda text: log.warning(text))


def _prepare(house: House, with_demo: bool) -> None:
    upgrade(house.database)
    server = house.settings.server
    click.echo(f"\n  安心 Anxin   http://{server.host}:{server.port}\n")
    if with_demo and house.register.is_empty():
        counts = demo.load(house.register, house.clock().astimezone(house.zone).date(), house.zone)
        click.echo("  demo district loaded: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    if house.users.count() == 0:
        _first_accounts(house, with_demo)
    else:
        click.echo("  log-ins exist already; a new password: python app.py add-user LOGIN --role ROLE\n")


def _first_accounts(house: House, with_demo: bool) -> None:
    """One log-in for each role, each password shown once, here."""
    carers = house.people.carers(house.clock())
    on_shift = [c for c in carers if c["on_shift"]] or carers
    wanted: list[tuple[str, str, str, int | None, int | None]] = [
        ("operator", "李敏", "operator", None, None),
        ("operator2", "王强", "operator", None, None),
        ("supervisor", "陈主任", "supervisor", None, None),
        ("admin", "管理员", "admin", None, None),
    ]
    if with_demo and on_shift:
        carer = on_shift[0]
        wanted.append(("head", f"{carer['station']}站长", "head", None, carer["station_id"]))
        wanted += [(c["code"].lower(), c["name"], "carer", c["id"], c["station_id"]) for c in on_shift[:3]]
    click.echo("  log-ins, shown this once (a new password any time: python app.py add-user LOGIN --role ROLE):\n")
    for name, who, role, carer_id, station_id in wanted if with_demo else wanted[3:]:
        password = house.accounts.add(name, who, role, carer_id=carer_id, station_id=station_id, by="setup")
        click.echo(f"    {role:<11} {name:<12} {password}   {who}")
    click.echo("")


@cli.command()
@click.pass_obj
def gateway(house: House) -> None:
    """Only the gateway: lines, intake and acknowledgements."""
    run_gateway(house)


@cli.command()
@click.pass_obj
def dispatcher(house: House) -> None:
    """Only the clock: deadlines, offers and notices."""
    run_dispatcher(house)


@cli.command()
@click.pass_obj
def web(house: House) -> None:
    """Only one web process: pages, commands and live push."""
    run_web(house)


@cli.command("upgrade")
@click.pass_obj
def upgrade_(house: House) -> None:
    """Bring the database to this program's tables; safe to repeat."""
    before, after = upgrade(house.database)
    click.echo(f"database is at {after}" + ("" if before == after else f" (was {before or 'empty'})"))


@cli.command("demo")
@click.option("--seed", default=1, show_default=True)
@click.pass_obj
def demo_(house: House, seed: int) -> None:
    """Load the demo district into an empty database."""
    upgrade(house.database)
    try:
        counts = demo.load(house.register, house.clock().astimezone(house.zone).date(), house.zone, seed)
    except demo.AlreadyPeopled as error:
        raise click.ClickException(str(error)) from None
    click.echo(", ".join(f"{n} {what}" for what, n in counts.items()))


@cli.command()
@click.option("--storm", is_flag=True, help="every home loses mains at once, with 20 presses among them")
@click.option("--seconds", type=float, help="end after so many seconds")
@click.option("--speed", type=float, help="how much faster than life presses come")
@click.option("--quiet", is_flag=True, help="say nothing but the last line")
@click.pass_obj
def simulate(house: House, storm: bool, seconds: float | None, speed: float | None, quiet: bool) -> None:
    """Pretend homes on the configured lines, over real sockets."""
    how = house.settings.simulate
    keyring = Keyring(house.cases)
    with contextlib.suppress(StoreUnavailable):  # a centre elsewhere: its keys are not ours to read
        keyring.refresh()
    try:
        units = units_for(house.settings.lines, how.homes, how.first_account)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    tally = play(
        units, house.settings.lines, seed=how.seed, speed=speed or how.speed, seconds=seconds, storm=storm, keys=keyring,
        heartbeat_seconds=how.heartbeat_seconds, first_press_seconds=None if storm else how.first_press_seconds,
        start_hour=house.clock().astimezone(house.zone).hour,
    )  # fmt: skip
    if not quiet or tally.lost:
        click.echo(str(tally))
    if tally.lost:
        sys.exit(1)


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="only show what would change")
@click.pass_obj
def import_(house: House, file: Path, dry_run: bool) -> None:
    """Bring in homes, people and devices from FILE (.xlsx or .csv): all of it or nothing."""
    upgrade(house.database)
    plan = house.exchange.look(file.name, file.read_bytes())
    for fault in plan.faults:
        click.echo(str(fault), err=True)
    if plan.faults:
        raise click.ClickException(f"{len(plan.faults)} faults; nothing was imported")
    if not dry_run:
        try:
            house.exchange.bring_in(file.name, file.read_bytes(), "command line", plan.digest)
        except Rejected as error:
            raise click.ClickException(str(error)) from None
    for sheet, counts in plan.counts.items():
        click.echo(f"{sheet}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(house: House, file: Path) -> None:
    """Write all people to FILE (.xlsx), in the form that import reads."""
    file.write_bytes(house.exchange.export())
    click.echo(f"written: {file}")


@cli.command("add-user")
@click.argument("login_name")
@click.option("--role", required=True)
@click.option("--name", default="")
@click.option("--carer", default="", help="the carer's code, for role carer")
@click.pass_obj
def add_user(house: House, login_name: str, role: str, name: str, carer: str) -> None:
    """Make an account, or give an existing one a new password; it is shown once."""
    upgrade(house.database)
    found = (
        next((c for c in house.people.carers(house.clock()) if c["code"].lower() == carer.lower()), None)
        if carer
        else None
    )
    if carer and found is None:
        raise click.ClickException(f"there is no carer {carer!r}; see /people/carers")
    known = house.users.by_login(login_name.lower())
    carer_id = found["id"] if found else known["carer_id"] if known else None
    name = name or (found["name"] if found else known["name"] if known else login_name)
    try:
        password = house.accounts.add(
            login_name, name, role, carer_id=carer_id, station_id=found["station_id"] if found else None
        )
    except BadAccount as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{login_name}  {password}")


@cli.command("add-token")
@click.argument("name")
@click.option("--role", default="system", show_default=True)
@click.pass_obj
def add_token(house: House, name: str, role: str) -> None:
    """Make a bearer token for another system; it is shown once."""
    upgrade(house.database)
    try:
        click.echo(house.accounts.add_token(name, role))
    except BadAccount as error:
        raise click.ClickException(str(error)) from None


@cli.command("verify")
@click.pass_obj
def verify_(house: House) -> None:
    """Replay the log and prove that pictures, hashes and frames agree."""
    found = verify(house.database, house.log.pictures)
    for fault in found.faults:
        click.echo(fault, err=True)
    click.echo(str(found))
    if found.faults:
        sys.exit(1)


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(house: House, file: Path) -> None:
    """Write a copy of the running database to FILE."""
    house.vault.backup(file)
    click.echo(f"written: {file}")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="replace a database that is not empty")
@click.pass_obj
def restore(house: House, file: Path, yes: bool) -> None:
    """Put a backup back; the centre must be stopped."""
    house.vault.restore(file, yes)
    click.echo("restored; run 'python app.py verify'")


def main() -> None:
    try:
        cli()
    except (WrongDatabase, StoreUnavailable) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
