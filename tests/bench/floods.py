"""A quiet device among fifty peers that flood the same line: press to acknowledgement, beside the quiet figure."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.acknowledgements import generate
from tests.bench.figures import ms, percentile, table
from tests.bench.flood import KINDS
from tests.bench.servers import Server, gateway
from tests.house import ROOT

PEERS = 50
DEVICES, RATE = 5, 100  # quiet ones: each presses every 50 ms, so that enough presses fit into a short run
SETTLE_SECONDS = 0.7  # until the flood is at its height
ALLOWED = 2.0


def measure(folder: Path, url: str, kinds: tuple[str, ...], seconds: float) -> str:
    rows = []
    with gateway("SQLite FULL", folder / "floods", url) as server:
        for kind in kinds or (*KINDS, "mixed"):
            _rested(server)
            quiet = _presses(server, seconds)
            with _flooded(server, kind):
                time.sleep(SETTLE_SECONDS)
                among = _presses(server, seconds)
            alone, crowded = percentile(quiet, 0.99), percentile(among, 0.99)
            p50s = ms(percentile(quiet, 0.5)), ms(percentile(among, 0.5))
            rows.append((kind, p50s[0], ms(alone), p50s[1], ms(crowded), f"**{crowded / alone:.1f}**"))
    heads = ("50 peers flood with", "quiet p50 ms", "p99 ms", "flooded p50 ms", "p99 ms", "p99 ratio")
    return table(heads, rows)


def _rested(server: Server) -> None:
    """Until the gateway has nothing left to do for those who flooded it before."""
    for _ in range(40):
        spent = server.cpu()
        time.sleep(0.25)
        if server.cpu() - spent <= 0.02:
            return


def _presses(server: Server, seconds: float) -> list[float]:
    found: list[float] = generate(server, ["ADM-CID"], DEVICES, int(RATE * seconds), "--rate", str(RATE))["took"]
    return found


@contextmanager
def _flooded(server: Server, kind: str) -> Iterator[None]:
    words = ["--port", str(server.plain), "--peers", str(PEERS), "--kind", kind]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.flood", *words], cwd=ROOT, stdin=subprocess.PIPE)
    try:
        yield
    finally:
        process.communicate(timeout=30)  # its stdin ends, and so does it
