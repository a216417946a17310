"""Press to acknowledgement: the same load against our gateway, durable, and pysiaalarm, which keeps nothing.

Runs are interleaved (A B C A B C …) so that a busy moment of the machine hits all of them; ratios are of neighbours.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.bench.figures import Run, Several, count, ms, run_of, table
from tests.bench.frames import KINDS
from tests.bench.servers import Server
from tests.house import ROOT

FASTEST = 20_000  # frames a second that the generator makes ready


class Lost(Exception):
    """An acknowledged frame is not on disk, or one on disk was never acknowledged."""


def load(server: Server, kinds: Sequence[str], connections: int, frames: int, *words: str) -> dict[str, Any]:
    """One run of the generator beside which nothing else is sent; what it printed."""
    before = server.kept() if server.database else 0
    found = generate(server, kinds, connections, frames, *words)
    if server.database and server.kept() - before != found["acknowledged"]:
        raise Lost(f"{server.name}: {found['acknowledged']} acknowledged, {server.kept() - before} kept")
    return found


def generate(server: Server, kinds: Sequence[str], connections: int, frames: int, *words: str) -> dict[str, Any]:
    port = server.secret if KINDS[kinds[0]][2] else server.plain
    options = ["--port", port, "--connections", connections, "--first", server.used, "--frames", frames, *words]
    command = [sys.executable, "-m", "tests.bench.load", "--kinds", *kinds, *map(str, options)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        raise Lost(f"{server.name}: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    server.used += found["sent"]
    return found


def closed_loop(server: Server, kind: str, connections: int, seconds: float) -> Run:
    before = server.cpu()
    found = load(server, [kind], connections, int(FASTEST * seconds), "--seconds", str(seconds))
    return run_of(found, server.cpu() - before)


def measure(
    servers: Sequence[Server], kinds: Sequence[str], connections: Sequence[int], rounds: int, seconds: float
) -> str:
    """The Markdown table; the last of ``servers`` is what the others are compared with."""
    rows = []
    for kind in kinds:
        for many in connections:
            runs: dict[str, list[Run]] = {server.name: [] for server in servers}
            for _ in range(rounds):
                for server in servers:
                    runs[server.name].append(closed_loop(server, kind, many, seconds))
            several = {name: Several(found) for name, found in runs.items()}
            rows += [_row(kind, many, name, found, several[servers[-1].name]) for name, found in several.items()]
    heads = ("frames", "connections", "server", "ACK/s", "best", "p50 ms", "p99 ms", "CPU µs/frame", "× its rate")
    return table(heads, rows)


def _row(kind: str, many: int, name: str, found: Several, other: Several) -> tuple[str, ...]:
    ratio = "1" if found is other else f"**{found.against(other):.2f}**"
    each = f"{found.cpu_each * 1e6:.0f}"
    return kind, str(many), name, count(found.rate), count(found.best), ms(found.p50), ms(found.p99), each, ratio
