"""The commands of app.py: each explains itself, and what is wrong is told in words with exit code 1 or 2."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import cli, main
from callcenter.store.database import Database
from callcenter.store.verify import verify

Run = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[1]
PASSWORD = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("add-user", "li", ...)`` over a database of the test's own."""
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/anxin.db"\ndata_dir = "{tmp_path}/data"\n', "utf-8")
    return lambda *words: CliRunner().invoke(cli, ["--config", str(config), *words])


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_explains_itself(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.exit_code == 0
    assert len(done.output.splitlines()[2].strip()) > 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fly",), "No such command 'fly'"),
        (("run", "--fast"), "No such option"),
        (("add-user",), "Missing argument 'LOGIN'"),
        (("add-user", "li"), "Missing option '--role'"),
        (("import",), "Missing argument 'FILE'"),
        (("import", "nowhere.xlsx"), "does not exist"),
        (("restore", "nowhere.db"), "does not exist"),
        (("simulate", "--seconds", "x"), "not a valid float"),
        (("simulate", "--speed", "0"), "not in the range"),
        (("demo", "--seed", "x"), "not a valid integer"),
    ],
)
def test_wrong_words_are_told_with_the_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add-user", "li", "--role", "chief"), "there is no role 'chief'; the roles are operator, carer"),
        (("add-user", "李", "--role", "operator"), "a log-in is 2 to 40 of a-z"),
        (("add-user", "x" * 41, "--role", "operator"), "a log-in is 2 to 40 of a-z"),
        (("add-user", "li", "--role", "operator", "--name", "x" * 61), "a name has 1 to 60 characters"),
        (("add-user", "li", "--role", "carer"), "give --carer CODE"),
        (("add-user", "li", "--role", "carer", "--carer", "C999"), "there is no carer 'C999'"),
        (("add-token", "map", "--role", "admin"), "a token's role is one of device, system"),
        (("add-token", ""), "a token's name is 1 to 32"),
        (("add-token", "x" * 33), "a token's name is 1 to 32"),
    ],
)
def test_what_cannot_be_made_is_told_with_the_fix(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert (done.exit_code, said in done.output) == (1, True), done.output
    assert "Traceback" not in done.output


def test_a_user_is_made_and_gets_a_new_password(run: Run, tmp_path: Path) -> None:
    first, second = (
        run("add-user", "Li.Min", "--role", "operator", "--name", "李敏"),
        run("add-user", "li.min", "--role", "head"),
    )
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    passwords = [PASSWORD.search(done.output) for done in (first, second)]
    assert all(passwords)
    assert passwords[0] != passwords[1]
    database = Database(f"sqlite:///{tmp_path}/anxin.db")
    assert not verify(database, []).faults
    database.close()


def test_a_token_is_made_and_renewed(run: Run) -> None:
    first, second = run("add-token", "city platform"), run("add-token", "city platform", "--role", "device")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output.startswith("anxin_")
    assert first.output != second.output


def test_upgrade_may_be_repeated_and_verify_says_that_all_agree(run: Run) -> None:
    assert "was empty" in run("upgrade").output
    assert "was" not in run("upgrade").output
    assert "all agree" in run("verify").output


def test_people_come_in_once(run: Run, tmp_path: Path) -> None:
    assert run("demo").exit_code == 0
    again = run("demo")
    assert again.exit_code == 1
    assert "Traceback" not in again.output
    file = tmp_path / "people.xlsx"
    assert run("export", str(file)).exit_code == 0
    assert run("import", str(file), "--dry-run").exit_code == 0
    (tmp_path / "odd.xlsx").write_bytes(b"no workbook")
    odd = run("import", str(tmp_path / "odd.xlsx"))
    assert odd.exit_code == 1
    assert "nothing was imported" in odd.output


@pytest.mark.parametrize("name", ["verify", "export", "backup", "web", "gateway", "dispatcher"])
def test_a_database_without_tables_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/anxin.db"\ndata_dir = "{tmp_path}/data"\n', "utf-8")
    words = [str(tmp_path / "out")] if name in ("export", "backup") else []
    monkeypatch.setattr("sys.argv", ["app.py", "--config", str(config), name, *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "upgrade" in capsys.readouterr().err


def test_run_says_at_once_that_its_address_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = tmp_path / "config.toml"
        config.write_text(f'[server]\nport = {port}\n[database]\nurl = "sqlite:///{tmp_path}/a.db"\n', "utf-8")
        words = [sys.executable, str(ROOT / "app.py"), "--config", str(config), "run"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "change [server]" in done.stderr
    assert "Traceback" not in done.stderr
