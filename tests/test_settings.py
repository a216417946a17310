"""A wrong key or value stops the start with its name and how to mend it; nothing that was written is printed."""

import subprocess
import sys
from pathlib import Path

import pytest

from app import Settings
from callcenter.configuration import BadSettings, read_settings

ROOT = Path(__file__).resolve().parents[1]
LINE = '[[lines]]\nname = "{name}"\nprotocol = "dc09"\ntransport = "tcp"\nport = {port}\n'
SCAIP = '[[lines]]\nname = "s"\nprotocol = "scaip"\ntransport = "udp"\nport = 5060\n'
WRONG = {  # what is written: what has to be said
    "[sever]\nport = 1": "sever: there is no such key; did you mean server?",
    "[server]\nprot = 1": "server.prot: there is no such key; did you mean port?",
    "[server]\nxyz = 1": "server.xyz: there is no such key; there are async_mode, frozen_after_seconds, host, port",
    '[server]\nport = "eighty"': "server.port: must be a valid integer",
    "[server]\nport = 99999": "server.port: must be less than or equal to 65535",
    '[server]\nasync_mode = "twisted"': "server.async_mode: must be 'eventlet', 'gevent' or 'threading'",
    '[server]\npublic_url = "anxin.example.cn"': "server.public_url: must be a whole address such as https://",
    '[centre]\nzone = "Mars/Olympus"': "centre.zone: is no time zone; write one such as Asia/Shanghai",
    '[database]\nurl = "mysql://h/x"': "database.url: must begin with sqlite:/// or postgresql+psycopg://",
    '[database]\nurl = "postgresql://u:p@h:x/y"': "database.url: has no whole number as port",
    "[promises.p1]\nansewr = 3": "promises.p1.ansewr: there is no such key; did you mean answer?",
    "[promises.p1]\nanswer = -3": "promises.p1.answer: must be greater than 0",
    "[dispatch]\nauto = [7]": "dispatch.auto.0: must be less than or equal to 4",
    '[map]\nkind = "tianditu"': "map: needs key, the tk of the centre's own account",
    '[map]\nkind = "xyz"\nurl = "https://t.example.cn/tiles"': "map: needs a url with {z}, {x} and {y}",
    '[map]\nkind = "xyz"\nurl = "https://t.example.cn/{z}/{x}/{y}; script-src *"': "url must be a whole address",
    '[map]\nkind = "xyz"\nurl = "https://t.example.cn/{z}/{x}/{y}"': "write attribution and approval",
    "[travel]\nwalk_kmh = 0": "travel.walk_kmh: must be greater than 0",
    LINE.format(name="a", port=9001) + LINE.format(name="b", port=9001): "lines 'a' and 'b' are both on tcp",
    LINE.format(name="a", port=9001) + LINE.format(name="a", port=9002): "two lines are called 'a'",
    LINE.format(name="a", port=9001).replace("dc09", "dc08"): "no protocol 'dc08'; write one of: ",
    LINE.format(name="a", port=9001) + "bauds = 1": "lines.0.bauds: there is no such key; did you mean baud?",
    '[[lines]]\nname = "a"\nprotocol = "surgard"\ntransport = "serial"': 'names no port: add device = "/dev/ttyUSB0"',
    SCAIP + "[lines.format]\nvoicing = 1": "line 's': format.voicing: there is no such key; there are algo",
    SCAIP + '[lines.format]\nvoice = "duplex"': "format.voice: must be 'none', 'callback', 'predefined' or 'number'",
    SCAIP + '[lines.format]\nvoice = "number"': "needs the number to call: add number =",
    SCAIP + "[lines.format]\nheartbeat_minutes = 2000": "format.heartbeat_minutes: must be less than or equal to 1440",
    LINE.format(name="a", port=9001).replace("dc09", "watch") + 'format = {datum = "gjc02"}': (
        "line 'a': format.datum: must be 'wgs84', 'gcj02' or 'bd09'"
    ),
    LINE.format(name="a", port=9001).replace("dc09", "mqtt-json"): "line 'a': format: nothing says where the account",
    LINE.format(name="a", port=9001).replace("dc09", "delimited"): "line 'a': format.fields: Field required",
    "[server\nport = 1": "is not TOML: Expected ']' at the end of a table declaration (at line 1",
    "[server]\nport = 1\nport = 2\n[centre]": "Cannot overwrite a value (at line 3",
    "[server]\nhost = 127.0.0.1": "texts stand in quotes",
}  # fmt: skip


def refusal(path: Path) -> str:
    with pytest.raises(BadSettings) as error:
        read_settings(Settings, path)
    return str(error.value)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("", "utf-8")
    return path


@pytest.mark.parametrize(("written", "said"), WRONG.items(), ids=[said[:40] for said in WRONG.values()])
def test_what_is_wrong_is_named_with_the_fix(config: Path, written: str, said: str) -> None:
    config.write_text(written, "utf-8")
    told = refusal(config)
    assert said in told
    assert str(config) in told


def test_every_wrong_key_is_named_at_once(config: Path) -> None:
    config.write_text('[server]\nport = 0\nwebs = 0\n[centre]\nzone = ""\n', "utf-8")
    assert all(name in refusal(config) for name in ("server.port", "server.webs", "centre.zone"))


def test_a_wrong_key_or_password_is_never_printed(config: Path) -> None:
    config.write_text(
        LINE.format(name="a", port=9001) + 'key = "MYSECRETKEY"\n[database]\nurl = "mysql://u:MYSECRET@h/x"\n'
    )
    told = refusal(config)
    assert "lines.0.key: this is no AES key: write 32, 48 or 64 hex digits" in told
    assert "MYSECRET" not in told


def test_a_digest_password_is_never_printed(config: Path) -> None:
    config.write_text(SCAIP + '[lines.format.passwords]\n"4670000001" = "MYSECRET"\n', "utf-8")
    line = read_settings(Settings, config).lines[0]
    assert line.format["passwords"] == {"4670000001": "MYSECRET"}
    assert "MYSECRET" not in repr(line)
    config.write_text(SCAIP + '[lines.format]\npasswords = "MYSECRET"\n', "utf-8")
    assert "MYSECRET" not in refusal(config)


def test_the_scaip_line_of_the_docs_is_read(config: Path) -> None:
    blocks = (ROOT / "docs" / "protocols.md").read_text("utf-8").split("```")
    (block,) = (block for block in blocks if 'protocol = "scaip"' in block)
    config.write_text(block, "utf-8")
    assert read_settings(Settings, config).lines[0].format["algorithms"] == ["SHA-256", "MD5"]


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    assert "there is no configuration" in refusal(tmp_path / "nowhere.toml")
    assert "--config FILE" in refusal(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe[server]")
    assert "save it as UTF-8" in refusal(tmp_path / "binary.toml")


def test_the_environment_overrides_the_file_at_any_depth(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("[server]\nport = 81\nwebs = 2\n[promises.p1]\nanswer = 9\ndecide = 8\n", "utf-8")
    monkeypatch.setenv("ANXIN_SERVER__PORT", "80")
    monkeypatch.setenv("ANXIN_PROMISES__P1__ANSWER", "20")
    monkeypatch.setenv("ANXIN_DISPATCH__AUTO", "[1, 2]")
    found = read_settings(Settings, config)
    assert (found.server.port, found.server.webs, found.dispatch.auto) == (80, 2, (1, 2))
    assert (found.promises.p1.answer, found.promises.p1.decide) == (20, 8)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("ANXIN_SERVER__PORT", "x", "server.port (from ANXIN_SERVER__PORT): must be a valid integer"),
     ("ANXIN_SERVER__PROT", "1", "did you mean port?"), ("ANXIN_SEVER__PORT", "1", "ANXIN_SEVER__PORT: there is no"),
     ("ANXIN_DISPATCH__AUTO", "1,2", "write lists as JSON, such as [1, 2]"), ("ANXIN_SERVER", "80", "ANXIN_SERVER")],
)  # fmt: skip
def test_a_wrong_variable_is_named(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    assert said in refusal(config)


def test_the_configuration_that_is_shipped_is_the_one_that_is_meant_when_nothing_is_written(config: Path) -> None:
    shipped, empty = (
        read_settings(Settings, ROOT / "config.toml").model_dump(),
        read_settings(Settings, config).model_dump(),
    )
    for section in (
        "server",
        "database",
        "intake",
        "promises",
        "dispatch",
        "travel",
        "routing",
        "ranking",
        "phone",
        "watch",
        "simulate",
    ):
        assert shipped[section] == empty[section], section


def test_the_program_ends_with_the_words_and_no_traceback(config: Path) -> None:
    config.write_text("[server]\nprot = 1\n", "utf-8")
    command = [sys.executable, str(ROOT / "app.py"), "--config", str(config), "web"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "server.prot: there is no such key; did you mean port?" in done.stderr
    assert "Traceback" not in done.stderr
