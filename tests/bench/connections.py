"""Ten thousand open connections on one gateway: resident memory of each, and what their heartbeats cost."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import count, ms, percentile, table
from tests.bench.servers import Server, gateway
from tests.house import ROOT

PERIOD_SECONDS = 60.0  # each device beats once in this time
SETTLE_SECONDS = 2.5  # the gateway notes beats every 2 s: not while the memory is read
ALLOWED_KIB, ALLOWED_CORE = 20, 0.25


def resident(server: Server) -> float:
    """KiB of the gateway's memory, as the kernel counts them."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])


def measure(folder: Path, url: str, many: int, seconds: float) -> str:
    with gateway("SQLite FULL", folder / "crowd", url) as server:
        words = [sys.executable, "-m", "tests.bench.crowd", "--port", str(server.plain)]
        crowd = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            _ask(crowd, "open 20")  # what the first connections load is not theirs
            time.sleep(SETTLE_SECONDS)
            before = resident(server)
            opened = _ask(crowd, f"open {many}")
            time.sleep(SETTLE_SECONDS)
            idle, idle_core = resident(server), _core(server, 2.0)
            spent = server.cpu()
            beaten = _ask(crowd, f"beat {seconds} {PERIOD_SECONDS}")
            core = (server.cpu() - spent) / beaten["seconds"]
            after = max(resident(server), idle)
        finally:
            crowd.communicate("close\n", 30)
    each = (after - before) / many
    rate = many / opened["seconds"]
    beats, p99 = beaten["beats"], ms(percentile(beaten["took"], 0.99))
    heads = ("connections", "opened /s", "KiB each", "core, all silent", "core, all beating", "beats", "answer p99 ms")
    row = (count(many), count(rate), f"**{each:.1f}**", f"{idle_core:.3f}", f"**{core:.3f}**", count(beats), p99)
    return table(heads, [row])


def _core(server: Server, seconds: float) -> float:
    spent = server.cpu()
    time.sleep(seconds)
    return (server.cpu() - spent) / seconds


def _ask(crowd: "subprocess.Popen[str]", words: str) -> dict[str, Any]:
    assert crowd.stdin
    assert crowd.stdout
    crowd.stdin.write(words + "\n")
    crowd.stdin.flush()
    answer = crowd.stdout.readline()
    if not answer:
        sys.exit(f"{words}: the crowd has ended")
    found: dict[str, Any] = json.loads(answer)
    return found
