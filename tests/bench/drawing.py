"""How much work the console's frames are: 300 live calls, 60 events a second, a real Chromium on one processor.

The events are real: facts written to the log, told by a web process over Socket.IO, drawn by the page of the product.
Counted is the processor time of the page's main thread between one frame and the next (Chromium's own trace), so that
a busy machine does not spoil it; beside it the time that passed. ``python -m tests.bench.drawing`` prints both.
"""

import argparse
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callcenter.demo import district
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.database import Database
from callcenter.store.upgrade import upgrade
from tests.bench import machine
from tests.bench.figures import percentile, table
from tests.bench.screens import ARGUMENTS, CHROMIUM
from tests.conftest import ZONE, Rehearsal
from tests.house import House, house, until

MACHINE = os.sched_getaffinity(0)
OPENED = 5  # times, of which the quickest counts: a busy machine says nothing about the page
TRACED = ["disabled-by-default-devtools.timeline", "devtools.timeline", "__metadata"]
FIRST_ROW = """
addEventListener('DOMContentLoaded', () => new MutationObserver((_, watch) => {
  if (!document.querySelector('.queue [data-call]')) return
  watch.disconnect()
  requestAnimationFrame(() => { window.firstRow = performance.now() })
}).observe(document, { childList: true, subtree: true }))
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Milliseconds of each frame in which the page did something: worked, and passed; and when it first stood there."""

    worked: list[float]
    passed: list[float]
    events: float  # a second
    paint: float
    row: float

    def row_of(self, name: str, values: list[float]) -> tuple[str, ...]:
        return (name, *(f"{percentile(sorted(values), q):.1f}" for q in (0.5, 0.95, 0.99)), f"{max(values):.1f}")


class Night:
    """300 calls, half of them answered, that never stop: repeats, notes, answers, ends, new ones."""

    def __init__(self, database: Database, calls: int, seed: int = 7):
        self.rehearsal, self.dice = Rehearsal(database), random.Random(seed)
        self.rehearsal.now = datetime.now(UTC)
        self.seats = [self.rehearsal.operator, self.rehearsal.other]
        self.free = [str(account) for account in range(1001, 1901)]
        self.dice.shuffle(self.free)
        self.calls = [self._press(self.free.pop()) for _ in range(calls)]
        for call in self.calls[::2]:
            self.rehearsal.act("answer", call, self._seat())

    def _press(self, account: str) -> Row:
        return self.rehearsal.press(account)

    def _seat(self) -> Any:
        return self.dice.choice(self.seats)

    def event(self) -> None:
        """One fact more, as a seat or a pager makes it."""
        self.rehearsal.now = datetime.now(UTC)
        at = self.dice.randrange(len(self.calls))
        call = self.rehearsal.call(self.calls[at])
        if call["stage"] == "waiting":
            self.rehearsal.act("answer", call, self._seat())
        elif self.dice.random() < 0.5:
            self.rehearsal.act("note", call, self._seat(), text="又问了一遍，正在等家属")
        elif self.dice.random() < 0.7:
            self._press(call["account"])
        else:
            how = {"outcome": "helped", "evidence": "spoke_clearly", "words": "已说清楚"}
            holder = next(who for who in self.seats if who.id == call["holder_id"])
            self.rehearsal.act("close", call, holder, seen_version=call["version"], **how)
            self.free.insert(0, call["account"])
            self.calls[at] = self._press(self.free.pop())

    def alive(self) -> None:
        for name in ("dispatcher", "gateway", "line:panels-tcp"):
            self.rehearsal.cases.show_life(name, stamp(datetime.now(UTC)))

    def go_on(self, rate: float, over: threading.Event) -> int:
        """Returns how many events there were."""
        began, done = time.monotonic(), 0
        while not over.is_set():
            if done % int(rate) == 0:
                self.alive()
            self.event()
            done += 1
            over.wait(max(0.0, began + done / rate - time.monotonic()))
        return done


def measure(
    folder: Path, calls: int = 300, rate: float = 60, seconds: float = 10, enough: Callable[[Drawn], bool] = bool,
    apart: bool = False,
) -> Drawn:  # fmt: skip
    """Looks up to three times, until it is ``enough``: others may use this machine.

    ``apart``: the centre keeps off Chromium's processor, as in a real one; it would be slow where others work.
    """
    url = f"sqlite:///{folder / 'anxin.db'}"
    database = Database(url)
    upgrade(database)
    with _elsewhere() if apart else nullcontext(), house(folder, url) as running:
        district.load(Rehearsal(database).register, datetime.now(UTC).astimezone(ZONE).date(), ZONE)
        password = running.add_user("bench", "operator")
        night = Night(database, calls)
        night.alive()
        running.start("web")
        until(lambda: running.get("/healthz"))
        with _console(running, password) as (page, browser):
            for _ in range(3):
                drawn = _watched(page, browser, night, rate, seconds)
                if enough(drawn):
                    break
    database.close()
    return drawn


def _watched(page: Any, browser: Any, night: Night, rate: float, seconds: float) -> Drawn:
    over, done = threading.Event(), list[int]()
    writer = threading.Thread(target=lambda: done.append(night.go_on(rate, over)))
    writer.start()
    try:
        page.wait_for_timeout(2000)
        began = time.monotonic()
        browser.start_tracing(page=page, categories=TRACED)
        page.wait_for_timeout(seconds * 1000)
        trace = json.loads(browser.stop_tracing())
        lasted = time.monotonic() - began
    finally:
        over.set()
        writer.join()
    until(lambda: page.locator(".queue [data-call]").count() == len(night.calls), 30)  # none is left out, none too many
    worked, passed = frames(trace["traceEvents"])
    opened = [_opened(page) for _ in range(OPENED)]  # while everything is quiet: the start of a shift
    paint, row = min(paint for paint, _ in opened), min(row for _, row in opened)
    return Drawn(worked, passed, done[0] / (lasted + 2), paint, row)


def _opened(page: Any) -> tuple[float, float]:
    """ms from asking for the page to its first paint, and to its first row."""
    page.goto("/console")
    page.locator(".queue [data-call]").first.wait_for()
    page.wait_for_timeout(100)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return float(paint), float(page.evaluate("window.firstRow"))


def frames(trace: list[Row]) -> tuple[list[float], list[float]]:
    """From Chromium's trace: ms worked and ms passed, on the page's main thread, between one frame and the next."""
    mains = {
        (e["pid"], e["tid"]) for e in trace if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    tasks = [e for e in trace if e["name"] == "RunTask" and e.get("ph") == "X" and (e["pid"], e["tid"]) in mains]
    busiest = max(mains, key=lambda main: sum(e["dur"] for e in tasks if (e["pid"], e["tid"]) == main))
    tasks = sorted((e for e in tasks if (e["pid"], e["tid"]) == busiest), key=lambda e: int(e["ts"]))
    ends = sorted(e["ts"] for e in trace if e["name"] == "Commit" and (e["pid"], e["tid"]) == busiest)
    worked, passed = [0.0] * (len(ends) + 1), [0.0] * (len(ends) + 1)
    frame = 0
    for task in tasks:
        while frame < len(ends) and task["ts"] > ends[frame]:
            frame += 1
        worked[frame] += task.get("tdur", task["dur"]) / 1000
        passed[frame] += task["dur"] / 1000
    return worked[1:-1], passed[1:-1]


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Leaves the last processor to Chromium."""
    os.sched_setaffinity(0, MACHINE - {max(MACHINE)} or MACHINE)
    try:
        yield
    finally:
        os.sched_setaffinity(0, MACHINE)


@contextmanager
def _console(running: House, password: str) -> Iterator[tuple[Any, Any]]:
    """The product's page in a Chromium that has the last processor of this machine, and only that."""
    from playwright.sync_api import sync_playwright  # only here: the other parts of the bench run without it

    others = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(MACHINE)})  # handed down to the driver, and by it to Chromium
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            os.sched_setaffinity(0, others)
            page = browser.new_context(
                viewport={"width": 1366, "height": 768}, locale="zh-CN", base_url=running.address
            ).new_page()
            page.add_init_script(FIRST_ROW)
            page.goto("/login")
            page.locator("[name=login]").fill("bench")
            page.locator("[name=password]").fill(password)
            page.keyboard.press("Enter")
            page.locator(".queue [data-call]").first.wait_for()
            page.keyboard.press("F2")
            page.locator(".card .name").first.wait_for()
            yield page, browser
            browser.close()
    finally:
        os.sched_setaffinity(0, others)


def told(drawn: Drawn) -> str:
    heads = ("ms of a frame", "p50", "p95", "p99", "longest")
    rows = [drawn.row_of("processor time", drawn.worked), drawn.row_of("time passed", drawn.passed)]
    return (
        f"{len(drawn.worked)} frames, {drawn.events:.0f} events/s; first paint {drawn.paint:.0f} ms, first row "
        f"{drawn.row:.0f} ms\n\n{table(heads, rows)}"
    )


def main(say: Callable[[str], None] = print) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=300)
    options.add_argument("--rate", type=float, default=60)
    options.add_argument("--seconds", type=float, default=10)
    asked = options.parse_args()
    say(machine.words())
    with tempfile.TemporaryDirectory() as folder:
        say(told(measure(Path(folder), asked.calls, asked.rate, asked.seconds, apart=True)))


if __name__ == "__main__":
    main()
