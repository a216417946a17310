"""``make bench``: press to acknowledgement, press to browser, against others, as one Markdown page.

Everything runs on this machine over loopback, against real processes and databases of its own in a temporary folder,
and ends by itself. Figures of a shared machine vary: runs are interleaved, medians quoted, the best beside them.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from callcenter.demo import district
from callcenter.rules.call_clock import CallPicture
from callcenter.rules.promises import Book
from callcenter.settings import Promises
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.register import Register
from callcenter.store.upgrade import upgrade
from dispatch.rules.visit import VisitPicture
from tests import postgres
from tests.bench import (
    acknowledgements,
    alerta,
    choosing,
    codec,
    connections,
    deadlines,
    floods,
    machine,
    screens,
    servers,
    several,
    slow_disk,
)

PLAIN = ("ADM-CID", "SIA-DCS", "AES-128")


class Bench:
    def __init__(self, folder: Path, options: argparse.Namespace):
        self.folder, self.options, self.quick = folder, options, options.quick
        self.sections: list[str] = []
        self._district = folder / "district.db"
        _fill(f"sqlite:///{self._district}")

    def say(self, text: str) -> None:
        print(text, end="\n\n", flush=True)
        self.sections.append(text)

    def sqlite(self, name: str) -> str:
        """A demo district of its own."""
        path = self.folder / f"{name}.db"
        shutil.copy(self._district, path)
        return f"sqlite:///{path}"

    # --- the sections ---------------------------------------------------------------------------------------

    def head(self) -> None:
        rate = machine.fsyncs(self.folder, 0.2 if self.quick else 1.0)
        self.fsync = f"this disk says {rate:,.0f} fsync/s" + (", faster than any real one" if rate > 5000 else "")
        self.say(f"# Benchmark, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{machine.words()}; {self.fsync}.")

    def acknowledgements(self) -> None:
        kinds, connections = (("ADM-CID", "AES-128"), (1, 10)) if self.quick else (PLAIN, (1, 10, 900))
        rounds, seconds = (1, 0.3) if self.quick else (self.options.rounds, 2.0)
        with ExitStack() as stack:
            ours = servers.gateway("SQLite FULL", self.folder / "gateway", self.sqlite("first"))
            several = [stack.enter_context(ours)]
            if postgres.programs() and not self.quick:
                url = stack.enter_context(postgres.cluster()).database()
                _fill(url)
                several.append(stack.enter_context(servers.gateway("PostgreSQL", self.folder / "pg", url)))
            several.append(stack.enter_context(servers.pysiaalarm()))
            found = acknowledgements.measure(several, kinds, connections, rounds, seconds)
        self.say(
            f"## Press → acknowledgement\n\nOurs is kept on disk before it is acknowledged ({self.fsync}); pysiaalarm "
            "keeps nothing. Closed loop: each connection sends, waits, sends the next. Medians of interleaved runs of "
            f"{seconds:g} s × {rounds}; the ratio is the median of neighbouring runs. Every acknowledgement was "
            f"checked and found on disk: 0 lost.\n\n{found}"
        )

    def several(self) -> None:
        if not postgres.programs():
            self.say("## Several gateways\n\nLeft out: PostgreSQL is not installed.")
            return
        many, connections, seconds = ((1, 2), 8, 0.3) if self.quick else ((1, 2, 4), 200, 4.0)
        with postgres.cluster() as cluster:
            url = cluster.database()
            _fill(url)
            found = several.measure(self.folder / "several", url, many, connections, seconds)
        self.say(
            f"## Several gateways over one PostgreSQL\n\n{connections} connections shared out among them, each gateway "
            f"with homes of its own, plain Contact ID, {seconds:g} s each; database, gateways and load on one machine. "
            "Appends of one centre are made one after the other, so that the log has one order. Every acknowledged "
            f"press was found on disk once; a press sent to every gateway was kept once.\n\n{found}"
        )

    def others(self) -> None:
        if not self.options.with_alerta:
            self.say("## Alerta\n\nNot asked for: `python -m tests.bench --with-alerta` installs it and measures it.")
            return
        with ExitStack() as stack:
            ours = servers.gateway("SQLite FULL", self.folder / "beside", self.sqlite("beside"))
            found = alerta.measure(self.folder, stack.enter_context(ours), self.options.rounds)
        self.say(f"## Alerta\n\n{found} ({self.fsync})")

    def screens(self) -> None:
        consoles, rate, seconds = (4, 20, 1.0) if self.quick else (50, 100, 10.0)
        found = screens.measure(self.folder, self.sqlite("screens"), consoles, rate, seconds, browser=False)
        self.say(
            f"## Press → browser\n\n{found}\n\nGateway, dispatcher and one web process, SQLite FULL ({self.fsync}); "
            "consoles are Socket.IO websockets in two processes of the same machine. Aim: p99 ≤ 150 ms."
        )
        if not self.quick and Path(screens.CHROMIUM).exists():
            url = self.sqlite("painted")
            self.say(screens.measure(self.folder / "b", url, 50, 10, seconds, browser=True))

    def slow_disk(self) -> None:
        connections, seconds = ((10,), 0.3) if self.quick else ((1, 10, 900), 3.0)
        found = slow_disk.measure(self.folder, self.sqlite("slow"), connections, seconds)
        self.say(f"## On a disk whose fsync takes {slow_disk.MICROSECONDS / 1000:g} ms longer\n\n{found}")

    def connections(self) -> None:
        many, seconds = (300, 1.0) if self.quick else (10_000, 15.0)
        found = connections.measure(self.folder, self.sqlite("crowd"), many, seconds)
        self.say(
            f"## Open connections\n\n{found}\n\nOne gateway process; resident memory is its growth, all of it, divided "
            f"by the connections. Each beats once in {connections.PERIOD_SECONDS:g} s. "
            f"Aim: {connections.ALLOWED_KIB} KiB, {connections.ALLOWED_CORE:g} of a core."
        )

    def floods(self) -> None:
        kinds, seconds = (("garbage", "port scan"), 0.3) if self.quick else ((), 2.0)
        found = floods.measure(self.folder, self.sqlite("floods"), kinds, seconds)
        self.say(
            f"## A quiet device while {floods.PEERS} peers flood its line\n\n{found}\n\n{floods.DEVICES} quiet devices "
            f"press {floods.RATE} times a second in all; the flood comes from a process of the lowest priority, since "
            f"real peers have machines of their own ({self.fsync}). Aim: p99 ≤ {floods.ALLOWED:g} × the quiet one."
        )

    def codec(self) -> None:
        found = codec.measure(0.1 if self.quick else 1.0)
        self.say(f"## Decode and reply, without sockets\n\nA second of processor time on one core, no disk.\n\n{found}")

    def deadlines(self) -> None:
        runs = ((1, None),) if self.quick else ((1, None), (2, None), (2, 0.03))
        rows = [
            ("SQLite FULL", *deadlines.measure(self.folder / f"due-{n}", self._empty(f"due-{n}"), *run))
            for n, run in enumerate(runs)
        ]
        if postgres.programs() and not self.quick:
            with postgres.cluster() as cluster:
                for n, run in enumerate(runs):
                    url = cluster.database()
                    upgrade(Database(url))
                    rows.append(("PostgreSQL", *deadlines.measure(self.folder / f"pg-due-{n}", url, *run)))
        armed = 1000 if self.quick else 100_000
        look = deadlines.idle_tick(self._empty("armed"), armed) * 1000
        self.say(
            f"## Deadlines\n\n{deadlines.MANY} calls whose answer is due in the same millisecond; lateness as a reader "
            f"of the log sees it ({self.fsync}). Aim: p99 ≤ 300 ms without a kill.\n\n{deadlines.section(rows)}\n\n"
            f"One look for what is due, with {armed:,} deadlines armed and none come: {look:.2f} ms (aim: 5)."
        )

    def _empty(self, name: str) -> str:
        url = f"sqlite:///{self.folder / name}-empty.db"
        upgrade(Database(url))
        return url

    def choosing(self) -> None:
        found = choosing.measure(5 if self.quick else 50)
        self.say(f"## Who goes\n\nThe best of several rounds, processor time on one core.\n\n{found}")

    def days(self) -> None:
        many = 3 if self.quick else 120
        self.say(
            f"## Made-up days\n\n`python app.py simulate-dispatch --days {many}`: minutes from the press to the door; "
            f"± is one standard error. docs/dispatch.md says how to read it.\n\n{choosing.days(many)}"
        )


def _fill(url: str) -> None:
    database, targets = Database(url), Book(Promises().targets())
    upgrade(database)
    log = Log(database, lambda: datetime.now(UTC), (CallPicture(targets), VisitPicture(targets)))
    district.load(Register(database, log), date.today(), ZoneInfo("Asia/Shanghai"))
    database.close()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="small and short: only that it runs")
    options.add_argument("--out", type=Path, help="write the page to this file as well")
    options.add_argument("--rounds", type=int, default=3, help="interleaved runs of each load (default 3)")
    options.add_argument(
        "--with-alerta", action="store_true", help="install Alerta in a temporary folder and measure it"
    )
    options.add_argument(
        "--folder", type=Path, help="where the databases lie while it runs (default: the system's temporary folder)"
    )
    options.add_argument(
        "--only",
        nargs="+",
        default=[],
        help="sections: the names of the methods of Bench, such as acknowledgements, deadlines, days",
    )
    asked = options.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="anxin-bench-", dir=asked.folder) as folder:
        bench = Bench(Path(folder), asked)
        parts: list[Callable[[], None]] = [
            bench.acknowledgements,
            bench.several,
            bench.others,
            bench.screens,
            bench.slow_disk,
            bench.connections,
            bench.floods,
            bench.codec,
            bench.deadlines,
            bench.choosing,
            bench.days,
        ]
        bench.head()
        for part in parts:
            if not asked.only or part.__name__ in asked.only:
                part()
        bench.say(f"Measured in {time.monotonic() - start:.0f} s.")
    if asked.out:
        asked.out.write_text("\n\n".join(bench.sections) + "\n", "utf-8")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
