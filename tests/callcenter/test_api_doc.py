"""What docs/api.md says to type works as it is written there."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner

from app import cli
from tests.callcenter.whole_site import WholeSite

DOC = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
TYPED = [
    line
    for block in re.findall(r"```sh\n(.*?)```", DOC, re.S)
    for line in block.replace("\\\n", " ").splitlines()
    if line
]


def ask(site: WholeSite, command: str) -> int:
    """One curl command, as curl would send it; returns the status."""
    names = {"CENTRE": "http://localhost", "SYSTEM": site.tokens["system"], "DEVICE": site.tokens["device"]}
    words = shlex.split(re.sub(r"\$(\w+)", lambda name: names[name[1]], command))[1:]
    address = urlsplit(next(word for word in words if word.startswith("http://")))
    given = list(pairwise(words))
    headers = dict(value.split(": ", 1) for word, value in given if word == "-H")
    method = next((value for word, value in given if word == "-X"), "GET")
    data = next((value for word, value in given if word == "-d"), None)
    return (
        site.stranger().open(f"{address.path}?{address.query}", method=method, headers=headers, data=data).status_code
    )


def test_every_curl_command_is_answered_well(site: WholeSite) -> None:
    curls = [command for command in TYPED if command.startswith("curl")]
    answers = [ask(site, command) for command in curls]
    assert answers == [200, 200, 200, 200, 202, 201, 202]


def test_every_token_command_makes_a_token(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/anxin.db"\n', "utf-8")
    commands = [shlex.split(command, comments=True)[2:] for command in TYPED if command.startswith("python app.py")]
    for words in commands:
        assert CliRunner().invoke(cli, ["--config", str(config), *words]).output.startswith("anxin_")
    assert len(commands) == 3


def test_every_path_in_the_text_is_described(site: WholeSite) -> None:
    described = site.stranger().get("/api/v1/openapi.json").json
    assert described
    named = set(re.findall(r"/api/v1/[a-z./]+[a-z]", DOC))
    assert named <= {re.sub(r"/\{\w+\}.*", "", path) for path in described["paths"]}
