"""What an administrator types: the commands of the shell that look after the database, the people and the accounts."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import click

from callcenter.accounts import Accounts, BadAccount
from callcenter.demo import district
from callcenter.exchange import Exchange, Rejected
from callcenter.opening import first_accounts
from callcenter.pages.replaying import replay
from callcenter.pages.trial import try_line
from callcenter.rules.times import Clock
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.refold import bring_up
from callcenter.store.register import Register
from callcenter.store.upgrade import check
from callcenter.store.users import Users
from callcenter.store.vault import Vault
from callcenter.store.verify import verify


class Office(Protocol):
    """The parts of the house that these commands use."""

    clock: Clock
    zone: ZoneInfo

    @property
    def database(self) -> Database: ...
    @property
    def log(self) -> Log: ...
    @property
    def people(self) -> People: ...
    @property
    def register(self) -> Register: ...
    @property
    def exchange(self) -> Exchange: ...
    @property
    def users(self) -> Users: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def vault(self) -> Vault: ...


def furnish(cli: click.Group) -> None:
    """Put the commands into the program's group, whose context object is an ``Office``."""
    for command in (upgrade_, demo, import_, export, add_user, add_token, verify_, backup, restore, try_line, replay):
        cli.add_command(command)


@click.command("upgrade")
@click.pass_obj
def upgrade_(office: Office) -> None:
    """Bring the database to this program's tables; safe to repeat."""
    before, after, refolded = bring_up(office.database, office.log.pictures)
    click.echo(f"database is at {after}" + ("" if before == after else f" (was {before or 'empty'})"))
    if refolded:
        click.echo(f"{refolded} rows folded from the log again")


@click.command()
@click.option("--seed", default=1, show_default=True, help="another seed, another district")
@click.pass_obj
def demo(office: Office, seed: int) -> None:
    """Load the demo district into an empty database."""
    bring_up(office.database, office.log.pictures)
    click.echo(load_demo(office, seed))


def load_demo(office: Office, seed: int = 1) -> str:
    """Load the demo district; says what it holds."""
    today = office.clock().astimezone(office.zone).date()
    try:
        counts = district.load(office.register, today, office.zone, seed, dead=True)
    except district.AlreadyPeopled as error:
        raise click.ClickException(str(error)) from None
    return ", ".join(f"{n} {what}" for what, n in counts.items())


def show_first_accounts(office: Office, with_demo: bool) -> None:
    """On the first start: one log-in for each role, each password printed this once."""
    again = "a new password any time: python app.py add-user LOGIN --role ROLE"
    if office.users.count():
        click.echo(f"  log-ins exist already; {again}\n")
        return
    carers = sorted(office.people.carers(office.clock()), key=lambda carer: not carer["on_shift"])
    click.echo(f"  log-ins, shown this once ({again}):\n")
    for role, login, password, name in first_accounts(office.accounts, carers, with_demo):
        click.echo(f"    {role:<11} {login:<12} {password}   {name}")
    click.echo("")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="only show what would change")
@click.pass_obj
def import_(office: Office, file: Path, dry_run: bool) -> None:
    """Bring in homes, people and devices from FILE (.xlsx or .csv): all of it or nothing."""
    bring_up(office.database, office.log.pictures)
    content = file.read_bytes()
    plan = office.exchange.look(file.name, content)
    for fault in plan.faults:
        click.echo(str(fault), err=True)
    if plan.faults:
        raise click.ClickException(f"{len(plan.faults)} faults; nothing was imported")
    if not dry_run:
        try:
            office.exchange.bring_in(file.name, content, "command line", plan.digest)
        except Rejected as error:
            raise click.ClickException(str(error)) from None
    for sheet, counts in plan.counts.items():
        click.echo(f"{sheet}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(office: Office, file: Path) -> None:
    """Write all people to FILE (.xlsx), in the form that import reads."""
    check(office.database)
    file.write_bytes(office.exchange.export())
    file.chmod(0o600)
    click.echo(f"written: {file}")


@click.command("add-user")
@click.argument("login")
@click.option("--role", required=True, help="operator, carer, head, supervisor or admin")
@click.option("--name", default="", help="the name others see")
@click.option("--carer", default="", help="the carer's code, for role carer")
@click.option("--station", default="", help="the station's code, for role head")
@click.option("--phone", default="", help="the number that is rung when nobody else answers")
@click.pass_obj
def add_user(office: Office, login: str, role: str, name: str, carer: str, station: str, phone: str) -> None:
    """Make an account, or give an existing one a new password; it is shown once."""
    bring_up(office.database, office.log.pictures)
    known = office.users.by_login(login.strip().lower()) or {}
    theirs = _carer(office, carer) if carer else {}
    who = (
        {**known, "carer_id": theirs["id"], "station_id": theirs["station_id"], "name": theirs["name"]}
        if theirs
        else known
    )
    password = _made(lambda: office.accounts.add(
        login, name or who.get("name") or login, role, by="command line", phone=phone or who.get("phone", ""),
        carer_id=who.get("carer_id"), station_id=_station(office, station) if station else who.get("station_id"),
    ))  # fmt: skip
    click.echo(f"{login}  {password}")


def _station(office: Office, code: str) -> int:
    found = next((one for one in office.people.stations.all() if one["code"].lower() == code.lower()), None)
    if found is None:
        raise click.ClickException(f"there is no station {code!r}; their codes are in the sheet stations")
    return int(found["id"])


def _carer(office: Office, code: str) -> dict[str, Any]:
    found = next((c for c in office.people.carers(office.clock()) if c["code"].lower() == code.lower()), None)
    if found is None:
        raise click.ClickException(f"there is no carer {code!r}; their codes are on the page /people/carers")
    return found


@click.command("add-token")
@click.argument("name")
@click.option("--role", default="system", show_default=True, help="system reads the log, device posts signals")
@click.pass_obj
def add_token(office: Office, name: str, role: str) -> None:
    """Make a bearer token for another system; it is shown once."""
    bring_up(office.database, office.log.pictures)
    click.echo(_made(lambda: office.accounts.add_token(name, role, by="command line")))


def _made(make: Callable[[], str]) -> str:
    try:
        return make()
    except BadAccount as error:
        raise click.ClickException(str(error)) from None


@click.command("verify")
@click.pass_obj
def verify_(office: Office) -> None:
    """Replay the log and prove that pictures, hashes and frames agree."""
    check(office.database)
    found = verify(office.database, office.log.pictures)
    for fault in found.faults:
        click.echo(fault, err=True)
    click.echo(str(found))
    if found.faults:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(office: Office, file: Path) -> None:
    """Write a copy of the running database to FILE."""
    check(office.database)
    office.vault.backup(file)
    click.echo(f"written: {file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="replace a database that is not empty")
@click.pass_obj
def restore(office: Office, file: Path, yes: bool) -> None:
    """Put a backup back; the centre must be stopped."""
    office.vault.restore(file, yes)
    click.echo("restored; run 'python app.py verify'")
