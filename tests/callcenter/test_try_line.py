"""``try-line`` shows what a line makes of a capture: the worked example of the documentation, and every codec."""

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app import cli
from devices.codecs import contact_id, d6600_dc07, dc09, json_fields
from devices.codecs.registry import CODECS
from tests.devices.test_vectors import READERS, accepted, new, sent_by
from tests.devices.wire import key_of, vectors

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "protocols.md"
EXAMPLE = "## A 一键呼叫 box of unknown format"
KEY = bytes(range(16))
LINE: dict[str, Any] = {"name": "box", "protocol": "dc09", "port": 9100}


def run(folder: Path, captured: bytes, *words: str, line: dict[str, Any] | None = None) -> Result:
    config = folder / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{folder}/anxin.db"\ndata_dir = "{folder}/data"\n', "utf-8")
    file = folder / "capture"
    file.write_bytes(captured)
    lines = json.dumps([line or LINE])
    called = ["--config", str(config), "try-line", str(file), "--line", "box", *words]
    return CliRunner().invoke(cli, called, env={"ANXIN_LINES": lines})


def fenced(language: str) -> str:
    part = GUIDE.read_text("utf-8").split(EXAMPLE, 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"```{language}\n(.*?)```", part, re.DOTALL)
    assert found, f"the example has no block {language}"
    return found[1]


def test_the_worked_example_of_the_guide_prints_what_the_guide_shows(tmp_path: Path) -> None:
    line = tomllib.loads(fenced("toml"))["lines"][0]
    done = run(tmp_path, fenced("hex").encode(), "--hex", line=line)
    command, shown = fenced("text").split("\n", 1)
    assert command == "$ python app.py try-line capture.hex --line box --hex"
    assert done.output == shown
    assert done.exit_code == 0


def test_byte_by_byte_it_shows_the_same(tmp_path: Path) -> None:
    line = tomllib.loads(fenced("toml"))["lines"][0]
    whole, slow = (run(tmp_path, fenced("hex").encode(), "--hex", *more, line=line).output.split("\n", 1)
                   for more in ((), ("--chunk", "1")))  # fmt: skip
    assert whole[1] == slow[1]
    assert slow[0].endswith(" pieces")


@pytest.mark.parametrize("protocol", sorted(CODECS.keys() - {"d6600-dc07"}))  # which has no vector file
def test_it_works_for_every_registered_codec(tmp_path: Path, protocol: str) -> None:
    spoken = [vector for reader in READERS.values() if protocol == reader.CODEC for vector in vectors(reader.VECTORS)]
    vector = next(v for v in spoken if accepted(v) and not key_of(v) and "receiver_clock" not in v)
    heard = new(vector).feed(sent_by(vector), datetime(2026, 1, 1, tzinfo=UTC))
    reader = READERS[vector["protocol"]]
    own = getattr(reader, "format_of", None)
    table = own(vector) if own else getattr(reader, "FORMAT", {})
    done = run(tmp_path, sent_by(vector), line={**LINE, "protocol": protocol, "format": table})
    assert done.exit_code == 0, done.output
    assert re.search(r"^at \d+, \d+ bytes: (message|heartbeat) from ", done.output, re.MULTILINE), done.output
    assert "0 messages, 0 heartbeats" not in done.output
    assert len(re.findall(r"^at ", done.output, re.MULTILINE)) >= len(heard)


def test_what_a_message_says_is_shown_with_its_place_and_the_prefix_of_the_line(tmp_path: Path) -> None:
    said, now = contact_id.write_data("1417", "101", zone="003"), datetime.now(UTC)
    frame, secret = dc09.write("ADM-CID", 7, "1417", said), dc09.write("ADM-CID", 8, "1417", said, KEY, at=now)
    done = run(tmp_path, b"noise" + frame + secret + frame[:30], line={**LINE, "prefix": "N-", "key": KEY.hex()})
    assert "at 0, 5 bytes: not understood" in done.output
    assert f"at 5, {len(frame)} bytes: message from N-1417" in done.output
    assert "  signal   sos (CID 101), zone 003" in done.output
    assert "  odd      " in done.output, "clear text from an account that has a key"
    assert "frame    number 0008, encrypted" in done.output
    assert '"ACK"0007L0#1417[]' in done.output
    assert f"at {5 + len(frame) + len(secret)}, 30 bytes: left over at the end" in done.output


def test_several_messages_of_mqtt_are_told_apart_and_one_of_many_devices_is_told_for_each(tmp_path: Path) -> None:
    said = json_fields.write(
        "v1/gateway/telemetry", {"a": [{"values": {"sos": True}}], "b": [{"values": {"battery": 9}}]}
    )
    line = {"name": "box", "protocol": "mqtt-json", "transport": "mqtt", "host": "h", "topics": ["v1/#"],
            "format": {"preset": "thingsboard-gateway"}}  # fmt: skip
    done = run(tmp_path, b"\0" + said + b"\0nonsense", line=line)
    assert [found[1] for found in re.finditer(r"message from (\w)", done.output)] == ["a", "b"]
    assert "device item, P4" in done.output
    assert "not understood: no topic" in done.output
    assert "2 messages, 0 heartbeats, 1 not understood; 2 bytes between them passed over" in done.output


def test_nothing_is_stored_not_even_a_database_made(tmp_path: Path) -> None:
    assert "nothing was stored" in run(tmp_path, dc09.write("NULL", 1, "1417", "")).output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["capture", "config.toml"]


@pytest.mark.parametrize(
    ("captured", "words", "said"),
    [
        (b"", (), "there is nothing in it"),
        (b"24 4", ("--hex",), "not hexadecimal digits in pairs"),
        (b"hello", ("--hex",), "not hexadecimal digits in pairs"),
        (b"x", ("--line", "other"), "there is no line 'other'; the configured lines are: box"),
        (b"x", ("--chunk", "0"), "not in the range"),
    ],
)
def test_what_cannot_be_tried_is_told(tmp_path: Path, captured: bytes, words: tuple[str, ...], said: str) -> None:
    done = run(tmp_path, captured, *words)
    assert done.exit_code in (1, 2)
    assert said in done.output


def test_it_works_for_the_codec_without_captures(tmp_path: Path) -> None:
    done = run(
        tmp_path, d6600_dc07.write_contact_id("1417", "101", sequence=7), line={**LINE, "protocol": "d6600-dc07"}
    )
    assert "message from 1417" in done.output, done.output
