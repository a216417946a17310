"""The simulator's fence: a demo may be pressed in; a centre with one real person only by whoever says it twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from app import cli
from callcenter.accounts import Accounts
from callcenter.pretence import PretendStaff, strangers
from callcenter.rules.events import Row
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.people import People
from callcenter.store.register import Register
from callcenter.store.tables import carers, homes, residents
from callcenter.store.upgrade import upgrade
from callcenter.store.users import Users

TWICE = ("--i-know-there-are-real-people", "--really")
Simulate = Callable[..., Result]


@pytest.fixture
def centre(tmp_path: Path, sqlite_district: Path) -> Path:
    (tmp_path / "anxin.db").write_bytes(sqlite_district.read_bytes())
    return tmp_path


@pytest.fixture
def simulate(centre: Path) -> Simulate:
    """``simulate("--staffed", "2", host="10.0.0.1")``: nothing listens, and nothing is sent in no seconds."""

    def run(*words: str, host: str = "127.0.0.1", database: str = "anxin.db", more: str = "") -> Result:
        config = centre / "config.toml"
        config.write_text(
            f'[server]\nport = 9\n[database]\nurl = "sqlite:///{centre}/{database}"\n{more}'
            f'[[lines]]\nname = "a"\nprotocol = "dc09"\nhost = "{host}"\nport = 9\n',
            "utf-8",
        )
        return CliRunner().invoke(cli, ["--config", str(config), "simulate", "--seconds", "0", *words])

    return run


def add(centre: Path, table: object, **row: object) -> None:
    database = Database(f"sqlite:///{centre}/anxin.db")
    with database.write() as conn:
        conn.execute(insert(table).values(**row))  # type: ignore[arg-type]
    database.close()


def test_in_a_demo_and_where_nobody_lives_the_district_plays(simulate: Simulate, centre: Path) -> None:
    empty = Database(f"sqlite:///{centre}/empty.db")
    upgrade(empty)
    empty.close()
    for done in (simulate(), simulate(database="empty.db")):
        assert done.exit_code == 0, done.output
        assert done.output.splitlines()[-1].startswith("truth: presses 0 sent")
        assert done.output.endswith("lost = 0\n")


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        (homes, {"code": "H1", "address": "x"}, "homes: 1"),
        (residents, {"code": "R9999", "home_id": 1, "name": "王"}, "residents: 1"),
        (carers, {"code": "X1", "station_id": 1, "name": "李", "skills": [], "languages": []}, "carers: 1"),
    ],
)
def test_one_real_person_among_the_invented_ones_is_enough_to_refuse(
    simulate: Simulate, centre: Path, table: object, row: dict[str, object], said: str
) -> None:
    add(centre, table, **row)
    for words in ((), TWICE[:1], TWICE[1:]):
        done = simulate(*words)
        assert done.exit_code == 2
        assert said in done.output
        assert all(word in done.output for word in TWICE), "the way on is told"
        assert "run --demo" in done.output
    assert simulate(*TWICE).exit_code == 0


def test_people_of_an_import_are_real_even_when_there_are_as_few_as_in_a_demo(centre: Path) -> None:
    database = Database(f"sqlite:///{centre}/real.db")
    upgrade(database)
    log = Log(database, lambda: datetime.now(UTC), ())
    register = Register(database, log)
    assert strangers(register, log) == {}
    with log.writing() as w:
        w.append("people", "PeopleImported", {"file": "demo", "sheets": {"homes": {"added": 5}}}, "user:1 陈主任")
    with database.write() as conn:
        conn.execute(insert(homes).values(code="H0001", address="x"))
    assert strangers(register, log) == {"homes": 1}
    database.close()


@pytest.mark.parametrize(
    ("host", "more", "database", "said"),
    [
        ("192.0.2.17", "", "anxin.db", "192.0.2.17 is not this machine"),
        ("127.0.0.1", '[simulate]\ncentre = "https://anxin.example.invalid"\n', "anxin.db", "is not this machine"),
        ("127.0.0.1", "", "nothing.db", "cannot say whose centre this is"),
    ],
)
def test_a_centre_elsewhere_or_unknown_counts_as_one_with_real_people(
    simulate: Simulate, host: str, more: str, database: str, said: str
) -> None:
    done = simulate(host=host, more=more, database=database)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_pretend_staff_never_work_among_real_people_nor_faster_than_a_centre_can(
    simulate: Simulate, centre: Path
) -> None:
    fast = simulate("--staffed", "1", "--speed", "61")
    assert (fast.exit_code, "lower --speed" in fast.output) == (2, True), fast.output
    away = simulate("--staffed", "1")
    assert (away.exit_code, "http://127.0.0.1:9 cannot be watched" in away.output) == (2, True), away.output
    assert "Traceback" not in away.output
    add(centre, homes, code="H1", address="x")
    real = simulate("--staffed", "1", *TWICE)
    assert (real.exit_code, "in a demo only" in real.output) == (2, True), real.output


@pytest.mark.parametrize("mix", ["dc09", "dc09=x", "=1,dc09", "dc09=0.5;surgard=0.5"])
def test_a_mix_that_cannot_be_read_is_told_with_an_example(simulate: Simulate, mix: str) -> None:
    done = simulate("--mix", mix)
    assert done.exit_code == 2
    assert "dc09=0.7,surgard=0.3" in done.output


def test_a_mix_no_line_speaks_is_told(simulate: Simulate) -> None:
    done = simulate("--mix", "dc09=0.5,surgard=0.5")
    assert (done.exit_code, "some homes speak surgard but no line does" in done.output) == (2, True)
    assert simulate("--mix", "dc09=1").exit_code == 0


def test_the_log_ins_of_pretend_staff_end_with_them(centre: Path) -> None:
    database = Database(f"sqlite:///{centre}/anxin.db")
    clock, users = (lambda: datetime.now(UTC)), Users(database)
    log = Log(database, clock, ())
    accounts, people = Accounts(log, users, lambda work, *values: work(*values)), People(database)
    staff = PretendStaff(accounts, users, log, people, clock)
    carer: Row = people.carers(clock())[0]
    made = [staff.enrol("operator", 1), staff.enrol("carer", carer["id"])]
    known = [accounts.check(*one) for one in made]
    assert [(user["role"], user["carer_id"]) for user in known if user] == [("operator", None), ("carer", carer["id"])]
    staff.dismiss()
    assert [accounts.check(*one) for one in made] == [None, None]
    database.close()
