"""Bring a database to this program's tables. Safe to repeat; refuses a database from the future."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from callcenter.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class WrongDatabase(Exception):
    """The database and this program do not fit; the text says which is older and what to do."""


def upgrade(database: Database) -> tuple[str | None, str]:
    """Returns the revision before and after. Raises ``WrongDatabase`` when the database is newer than the program."""
    with database.write() as conn:
        config, newest = _config(conn)
        before = _revision(conn)
        _refuse_newer(before, config)
        if before != newest:
            command.upgrade(config, "head")
    return before, newest


def check(database: Database) -> None:
    """Raises ``WrongDatabase`` unless the tables are exactly this program's."""
    with database.read() as conn:
        config, newest = _config(conn)
        found = _revision(conn)
    _refuse_newer(found, config)
    if found != newest:
        raise WrongDatabase(
            f"the database is at {found or 'nothing'}, the program needs {newest}: run 'python app.py upgrade'"
        )


def _config(conn: Connection) -> tuple[Config, str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    newest = ScriptDirectory.from_config(config).get_current_head()
    assert newest is not None
    return config, newest


def _revision(conn: Connection) -> str | None:
    return MigrationContext.configure(conn).get_current_revision()


def _refuse_newer(found: str | None, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise WrongDatabase(
            f"the database is at revision {found}, which this program does not know: a newer program wrote it. "
            "Install that version or newer, or restore a backup made before the upgrade"
        )
