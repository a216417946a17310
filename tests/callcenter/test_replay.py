"""The proof before an upgrade: what one centre heard is played to another, and what it decides otherwise is shown."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import cli
from callcenter.store.database import Database
from callcenter.store.upgrade import upgrade
from devices.codecs import contact_id, surgard
from devices.codecs.dc09 import write
from devices.replay import differences, read
from tests.house import House, free_port, house, until

KEY = "0123456789ABCDEF"
SECRET_LINE = """
[[lines]]
name = "secret"
protocol = "dc09"
host = "127.0.0.1"
port = {port}
{key}
"""


class Place:
    """A centre's gateway over a database of its own; ``secret`` is the port of the line with a key."""

    def __init__(self, made: House, secret: int):
        self.house, self.secret = made, secret

    def start(self, *words: str) -> None:
        upgrade(Database(self.house.url))
        said = (self.house.folder / "gateway.log").open("ab")
        self.house.processes["gateway"] = subprocess.Popen(
            self.house.command("gateway", *words), cwd=self.house.folder, stdout=said, stderr=said
        )
        until(lambda: self.house.dial(b"", 0.01) == b"", 60)

    def replay(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["--config", str(self.house.config), "replay", *words])
        return done.exit_code, done.output


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    """The old one, and the new one, which is not started yet; their config.toml differ in ports only."""
    with ExitStack() as stack:
        made = []
        for name in ("old", "new"):
            folder = tmp_path / name
            folder.mkdir()
            port = free_port()
            more = SECRET_LINE.format(port=port, key=f'key = "text:{KEY}"')
            made.append(Place(stack.enter_context(house(folder, f"sqlite:///{folder}/anxin.db", more=more)), port))
        yield made[0], made[1]


def press(sequence: int, account: str = "1001", code: str = "101") -> bytes:
    return write("ADM-CID", sequence, account, contact_id.write_data(account, code))


def a_night(place: Place) -> list[Path]:
    """What happened: presses, a repeat, a code nobody knows, a damaged frame, a receiver, an encrypted press."""
    where, now = place.house, datetime.now(UTC)
    for frame in (press(1), press(2, "1002", "301"), press(2, "1002", "301"), press(3, "1003", "999")):
        assert where.dial(frame, 20)
    where.dial(press(4)[:-4] + b"99]\r", 0.2)
    assert where.dial(surgard.write_contact_id("1004", "101"), 20, port=where.surgard_port) == b"\x06"
    secret = write("ADM-CID", 5, "1005", "#1005|1101 00 000", KEY.encode(), at=now)
    assert b"*ACK" in where.dial(secret, 20, port=place.secret)
    where.processes["gateway"].terminate()
    where.processes["gateway"].wait(30)
    return sorted((where.folder / "tape").iterdir())


def test_the_same_program_decides_the_same_and_another_decision_is_shown(two: tuple[Place, Place]) -> None:
    old, new = two
    old.start("--capture", str(old.house.folder / "tape"))
    new.start()  # before the night: its encrypted press is to be replayed within its window
    tape = [str(path) for path in a_night(old)]
    both = ["--against", old.house.url, new.house.url]

    code, said = new.replay(*tape, "--yes", "--speed", "5", *both)
    assert code == 0, said
    assert "0 answers differ, 0 decisions differ" in said
    assert "clock 0" in said, "it is still within the window"

    # the same frames once more: now they are retransmissions, which is another decision
    code, said = new.replay(*tape, "--yes", "--speed", "50", *both)
    assert code == 1
    assert "raised 1001 sos CID 101" in said
    assert "retransmission" in said

    code, said = new.replay(*tape, "--yes", "--to", f"127.0.0.1:{free_port()}")
    assert code == 1
    assert "could not be played: Connect call failed" in said or "refused" in said.lower()
    assert "no TCP or UDP line 'nowhere'" in new.replay(*tape, "--yes", "--line", "nowhere")[1]
    assert "HOST:PORT" in new.replay(*tape, "--yes", "--to", "here")[1]
    assert "there is no database" in new.replay(*tape, "--yes", "--against", "sqlite:///nowhere.db", new.house.url)[1]
    assert "is no capture" in new.replay(str(new.house.config), "--yes")[1]


def test_an_encrypted_frame_of_another_time_is_counted_apart_and_an_unknown_key_is_a_difference(
    two: tuple[Place, Place],
) -> None:
    old, new = two
    old.start("--capture", str(old.house.folder / "tape"))
    tape = [path for path in a_night(old) if path.name == "secret.capture"]
    aged = old.house.folder / "aged.capture"
    # As if it had been recorded an hour ago: another timestamp inside means other bytes, so it is encrypted anew.
    before = write("ADM-CID", 5, "1005", "#1005|1101 00 000", KEY.encode(), at=datetime.now(UTC) - timedelta(hours=1))
    (talk,) = read(tape)[0]
    aged.write_text(tape[0].read_text().replace(talk.all("in").hex(), before.hex()), "utf-8")
    new.start()
    code, said = new.replay(str(aged), "--yes", "--speed", "10")
    assert code == 0, said
    assert "clock 1 (encrypted" in said

    new.house.processes["gateway"].terminate()
    new.house.processes["gateway"].wait(30)
    new.house.config.write_text(new.house.config.read_text().replace(KEY, KEY[::-1]))
    new.start()
    code, said = new.replay(str(tape[0]), "--yes", "--speed", "10")
    assert code == 1
    assert "*ACK 0005" in said
    assert "—" in said


def test_answers_are_compared_frame_by_frame(tmp_path: Path) -> None:
    file = tmp_path / "x"
    said = b'\nAAAA0010"ACK"0001L0#1001[]\r', b'\nAAAA0010"DUH"0002L0#1001[]\r', b'\nAAAA0010"ACK"0003L0#1001[]\r'
    file.write_text(
        '{"capture": 1, "line": "a", "protocol": "dc09", "transport": "tcp"}\n'
        + "".join(
            json.dumps({"at": "2026-01-01T00:00:00.000+00:00", "conn": 1, "out": one.hex()}) + "\n" for one in said
        )
    )
    (talk,) = read([file])[0]
    assert differences(talk, b"".join(said)) == []
    (found,) = differences(talk, said[0] + said[2])
    assert (found.recorded, found.replayed, found.clock) == ("DUH 0002 #1001", "—", False)
