"""Press to browser: presses over TCP, consoles on websockets, and a real Chromium that says when the row is painted."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callcenter.store.tables import calls
from tests.bench.acknowledgements import load
from tests.bench.consoles import log_in
from tests.bench.figures import ms, percentile, table
from tests.bench.frames import account
from tests.bench.servers import Server, centre
from tests.house import ROOT, House

CONNECTIONS = 20
HELPERS = 2  # processes that hold the consoles
Arrival = tuple[tuple[int, int], str, float]  # (process, console), account, moment
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# When a row first stands in the document, and the frame after it: that is when it can be seen.
WATCH = """
window.rows = {}
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) {
    if (node.nodeType !== 1) continue
    for (const row of [node, ...node.querySelectorAll('[data-call]')]) {
      const id = row.dataset?.call
      if (!id || window.rows[id]) continue
      window.rows[id] = -1
      requestAnimationFrame(() => { window.rows[id] = performance.timeOrigin + performance.now() })
    }
  }
}).observe(document, { childList: true, subtree: true })
"""


def measure(folder: Path, url: str, consoles: int, rate: int, seconds: float, browser: bool) -> str:
    with centre(folder / "screens", url) as (house, server):
        password = house.add_user("bench", "operator")
        with ExitStack() as stack:
            helpers = [stack.enter_context(_helper(house, password, consoles // HELPERS)) for _ in range(HELPERS)]
            shown = stack.enter_context(_chromium(house, password)) if browser else None
            first, count = server.used, int(rate * seconds)
            found = load(server, ["ADM-CID"], CONNECTIONS, count, "--rate", str(rate))
            time.sleep(2)  # what is still on its way
            painted = shown() if shown else {}
            arrivals = [
                ((n, console), who, at) for n, helper in enumerate(helpers) for console, who, at in _end(helper)
            ]
        took = _delays(found["left"], first, arrivals)
        rows = [_row(f"{consoles} consoles, {rate} presses/s", took, count * (consoles // HELPERS) * HELPERS)]
        if browser:
            seen = _painted(server, found["left"], first, painted)
            rows.append(_row("row painted in Chromium, at the same time", seen, len(set(_homes(first, count)))))
    return table(("press to", "p50 ms", "p99 ms", "longest ms", "arrived"), rows)


def _row(name: str, took: list[float], expected: int) -> tuple[str, ...]:
    took.sort()
    if not took:
        return name, "–", "–", "–", f"0 of {expected}"
    figures = (percentile(took, 0.5), percentile(took, 0.99), took[-1])
    return name, *map(ms, figures), f"{len(took)} of {expected}"


def _homes(first: int, count: int) -> Iterator[str]:
    return (account(first + number) for number in range(count))


def _delays(left: list[float], first: int, arrivals: list[Arrival]) -> list[float]:
    """Presses of one home keep their order, so its n-th arrival at a console is its n-th press."""
    sent: dict[str, list[float]] = defaultdict(list)
    for who, moment in zip(_homes(first, len(left)), left, strict=True):
        sent[who].append(moment)
    nth: dict[tuple[tuple[int, int], str], int] = defaultdict(int)
    took = []
    for console, who, moment in arrivals:
        took.append(moment - sent[who][nth[console, who]])
        nth[console, who] += 1
    return took


def _painted(server: Server, left: list[float], first: int, painted: dict[str, float]) -> list[float]:
    """From each home's first press to its row. Chromium's clock is the wall's, ours the monotonic one."""
    assert server.database
    with server.database.read() as conn:
        whose = {row.id: row.account for row in conn.execute(select(calls.c.id, calls.c.account))}
    pressed: dict[str, float] = {}
    for who, moment in zip(_homes(first, len(left)), left, strict=True):
        pressed.setdefault(who, moment)
    wall = time.time() - time.monotonic()
    return [
        at / 1000 - wall - pressed[whose[call]] for call, at in painted.items() if at > 0 and whose[call] in pressed
    ]


@contextmanager
def _helper(house: House, password: str, many: int) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "tests.bench.consoles", house.address, "bench", str(many)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    process.stdin.write(password + "\n")
    process.stdin.flush()
    try:
        assert process.stdout.readline() == "ready\n", "the consoles could not connect"
        yield process
    finally:
        process.kill()
        process.wait()


def _end(process: subprocess.Popen[str]) -> Any:
    said, _ = process.communicate(timeout=60)
    return json.loads(said)


@contextmanager
def _chromium(house: House, password: str) -> Iterator[Any]:
    """A console in a real browser; yields how to read when each row was painted (``{call: ms since 1970}``)."""
    from playwright.sync_api import sync_playwright  # only here: the other parts of the bench run without it

    pairs = [pair.split("=", 1) for pair in log_in(house.address, "bench", password).split("; ")]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies([{"name": name, "value": value, "url": house.address} for name, value in pairs])
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(f"{house.address}/console")
        page.wait_for_function("document.querySelector('.queue .nothing')")
        time.sleep(1)
        yield lambda: page.evaluate("window.rows")
        browser.close()
