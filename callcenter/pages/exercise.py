"""The command that opens a training centre: a folder, a database and ports of its own, pretend homes and carers.

Nothing in it can reach a real resident, carer, channel or exchange, whatever the settings of the real centre say: the
settings that lead outside are replaced, and the simulator's own fence stands as ever.
"""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Protocol

import click

from callcenter.rules.times import Clock
from callcenter.settings import Centre, Server, Store

PORTS_ON = 100  # the training centre listens so many ports further on


class Chosen(Protocol):
    """The sections of config.toml that the command uses."""

    @property
    def centre(self) -> Centre: ...
    @property
    def server(self) -> Server: ...
    @property
    def database(self) -> Store: ...


class Stage(Protocol):
    clock: Clock
    config: Path

    @property
    def settings(self) -> Chosen: ...


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="go on with the exercise kept there")
@click.option("--port", type=click.IntRange(1, 65434), help="of its pages; its line of pagers listens one further on")
@click.option("--seed", default=1, show_default=True, help="another seed, another evening")
@click.option("--speed", type=click.FloatRange(0.01, 60), default=1.0, show_default=True, help="of homes and carers")
@click.option(
    "--busy", type=click.FloatRange(min=0.01), default=10.0, show_default=True, help="times as much as in life"
)
@click.pass_obj
def train(stage: Stage, folder: Path | None, port: int | None, seed: int, speed: float, busy: float) -> None:
    """Open a training centre: pretend homes, pretend carers, real console; marks under /training."""
    chosen = stage.settings
    named = stage.clock().strftime("%Y%m%d-%H%M%S")
    where = (folder or Path(chosen.database.data_dir) / "training" / named).resolve()
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    pages = port or chosen.server.port + PORTS_ON
    for wanted in (pages, pages + 1):
        _must_be_free(wanted)
    simulated = {"SEED": seed, "SPEED": speed, "BUSY": busy, "STAFFED": 0, "CENTRE": "", "TOKEN": ""}
    line = {"name": "training", "protocol": "dc09", "host": "127.0.0.1", "port": pages + 1}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANXIN_")} | {
        "ANXIN_CENTRE__NAME": chosen.centre.name, "ANXIN_CENTRE__TRAINING": "true",
        "ANXIN_SERVER__HOST": chosen.server.host, "ANXIN_SERVER__PORT": str(pages), "ANXIN_SERVER__PUBLIC_URL": "",
        "ANXIN_SERVER__WEBS": "1", "ANXIN_DATABASE__URL": f"sqlite:///{where / 'anxin.db'}",
        "ANXIN_DATABASE__DATA_DIR": str(where), "ANXIN_CHANNELS": "[]", "ANXIN_LINES": json.dumps([line]),
        **{f"ANXIN_SIMULATE__{name}": str(value) for name, value in simulated.items()},
    }  # fmt: skip
    click.echo(f"\n  training in {where}; marks: http://{chosen.server.host}:{pages}/training")
    program = sys.argv[0]
    os.execve(sys.executable, [sys.executable, program, "--config", str(stage.config), "run", "--demo"], environment)


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(f"port {port} is taken; choose another with --port") from None


def furnish(cli: click.Group) -> None:
    cli.add_command(train)
