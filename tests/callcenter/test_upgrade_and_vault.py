"""Upgrading is safe to repeat and refuses the future; a copy made while the centre works comes back whole."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text, update

from callcenter.store.database import Database, StoreUnavailable
from callcenter.store.refold import refold
from callcenter.store.tables import metadata, signs_of_life
from callcenter.store.upgrade import MIGRATIONS, WrongDatabase, check, upgrade
from callcenter.store.vault import Vault
from callcenter.store.verify import verify
from tests.conftest import Rehearsal


def test_the_migrated_tables_are_exactly_those_of_the_program(database: Database) -> None:
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing_and_check_is_content(database: Database) -> None:
    before, after = upgrade(database)
    assert before == after
    check(database)


def test_devices_that_already_worked_are_taken_as_installed(url: str) -> None:
    database, config = Database(url), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        heard = "2026-11-20T02:00:00.000Z"
        for account, installed, last in (("1001", "2026-01-15", None), ("1002", None, heard), ("1003", None, None)):
            values = {"account": account, "installed": installed, "last": last}
            conn.execute(
                text("INSERT INTO devices (account, installed_at, last_heard_at) VALUES (:account, :installed, :last)"),
                values,
            )
    upgrade(database)
    with database.read() as conn:
        rows = conn.execute(text("SELECT account, accepted_at, accepted_by FROM devices ORDER BY account")).all()
    assert [tuple(row) for row in rows] == [
        ("1001", "2026-01-15", "upgrade"),
        ("1002", heard, "upgrade"),
        ("1003", None, ""),
    ]
    database.close()


def test_four_processes_that_upgrade_at_once_all_succeed(url: str) -> None:
    def run(_number: int) -> str:
        database = Database(url, patience_seconds=20)
        try:
            return upgrade(database)[1]
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(run, range(4)))) == 1


def test_an_empty_database_is_refused_with_the_command_that_mends_it(url: str) -> None:
    database = Database(url)
    with pytest.raises(WrongDatabase, match=r"python app\.py upgrade"):
        check(database)
    database.close()


def test_a_database_of_a_newer_program_is_refused_by_name_and_left_alone(database: Database) -> None:
    with database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))
    for refuse in (upgrade, check):
        with pytest.raises(WrongDatabase, match=r"9999_from_the_future.*newer program"):
            refuse(database)
    with database.read() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999_from_the_future"


def test_a_backup_made_while_presses_come_in_is_restored_and_verified(rehearsal: Rehearsal, tmp_path: Path) -> None:
    vault, copy, over = Vault(rehearsal.database), tmp_path / "copy", threading.Event()

    def go_on_pressing() -> int:
        for number in range(300):
            rehearsal.press(str(1001 + number))
            if over.is_set():
                return number
        return 300

    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(go_on_pressing)
        rehearsal.database.patience_seconds = 20
        vault.backup(copy)
        over.set()
        pressed = pressing.result()
    assert pressed > 0
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreUnavailable, match="exists already"):
        vault.backup(copy)
    with pytest.raises(StoreUnavailable, match="--yes"):
        vault.restore(copy, replace=False)
    vault.restore(copy, replace=True)
    restored = Database(str(rehearsal.database.url.render_as_string(hide_password=False)))
    found = verify(restored, rehearsal.log.pictures)
    restored.close()
    assert found.faults == []
    assert found.rows["calls"] <= pressed + 1


def test_a_restore_under_a_running_centre_is_refused(rehearsal: Rehearsal, tmp_path: Path) -> None:
    vault, copy = Vault(rehearsal.database), tmp_path / "copy"
    vault.backup(copy)
    rehearsal.cases.show_life("gateway", "2099-01-01T00:00:00.000Z")
    with pytest.raises(StoreUnavailable, match="stop it first"):
        vault.restore(copy, replace=True)
    with rehearsal.database.write() as conn:
        conn.execute(update(signs_of_life).values(at="2020-01-01T00:00:00.000Z"))
    vault.restore(copy, replace=True)


def test_a_copy_that_is_no_database_is_refused_and_nothing_is_lost(rehearsal: Rehearsal, tmp_path: Path) -> None:
    rehearsal.press("1042")
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    with pytest.raises(StoreUnavailable) as refusal:
        Vault(rehearsal.database).restore(rubbish, replace=True)
    assert re.search("no sound SQLite|pg_restore failed", str(refusal.value))
    assert rehearsal.verify().rows["calls"] == 1


def test_after_an_upgrade_rows_are_folded_from_the_log_again(rehearsal: Rehearsal) -> None:
    visit = rehearsal.send(rehearsal.act("answer", rehearsal.press("1042")))
    rehearsal.wait(65, step=5)
    with rehearsal.database.write() as conn:  # as a migration leaves rows of an older program
        conn.execute(text("UPDATE visits SET rung = -1, ladder = '[]', asked = '[]', rung_due_at = NULL"))
        conn.execute(text("UPDATE calls SET overflow = 9"))
    assert rehearsal.verify().faults
    assert refold(rehearsal.database, rehearsal.log.pictures) == 2
    assert not rehearsal.verify().faults
    assert rehearsal.visit(visit)["rung"] > 0
    assert refold(rehearsal.database, rehearsal.log.pictures) == 0
