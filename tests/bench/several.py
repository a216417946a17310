"""One, two and four gateways over one PostgreSQL: do acknowledgements grow, and is any press kept twice?"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select

from callcenter.store.database import Database
from callcenter.store.tables import frames
from tests.bench.acknowledgements import FASTEST, Lost, load
from tests.bench.figures import count, ms, percentile, table
from tests.bench.frames import ACCOUNTS
from tests.bench.servers import Server, gateway


def measure(folder: Path, url: str, many: Sequence[int], connections: int, seconds: float) -> str:
    """The Markdown table. The connections are shared out among the gateways, so the load is the same for all."""
    rows = []
    database = Database(url)
    used = 0
    for number in many:
        with ExitStack() as stack:
            names = [f"{number}-{place}" for place in range(number)]
            servers = [stack.enter_context(gateway(name, folder / name, url)) for name in names]
            before = _raised(database)
            acknowledged, took, longest = _together(servers, connections // number, seconds, used)
            used += len(ACCOUNTS) * (
                int(FASTEST * seconds) * number // len(ACCOUNTS) + 1
            )  # so that each again has homes of its own
            kept = _raised(database) - before
            if kept != acknowledged:
                raise Lost(f"{number} gateways: {acknowledged} acknowledged, {kept} kept")
            doubled = _twice(servers, used) - 1
            used += len(ACCOUNTS)
        p50, p99 = ms(percentile(took, 0.5)), ms(percentile(took, 0.99))
        rows.append((str(number), count(acknowledged / longest), p50, p99, str(doubled)))
    database.close()
    return table(("gateways", "ACK/s", "p50 ms", "p99 ms", "kept twice"), rows)


def _together(
    servers: Sequence[Server], connections: int, seconds: float, first: int
) -> tuple[int, list[float], float]:
    """All at once, each with presses of its own: how many were acknowledged, how long each took, the longest run."""
    for place, server in enumerate(servers):
        server.used, server.database = first + place, None  # kept is counted for all of them together
    with ThreadPoolExecutor(len(servers)) as pool:
        words = ("--seconds", str(seconds), "--every", str(len(servers)))
        runs = [
            pool.submit(load, server, ["ADM-CID"], connections, int(FASTEST * seconds), *words) for server in servers
        ]
        found = [run.result() for run in runs]
    took = sorted(time for one in found for time in one["took"])
    return sum(one["acknowledged"] for one in found), took, max(one["seconds"] for one in found)


def _twice(servers: Sequence[Server], first: int) -> int:
    """One frame sent to every gateway, as a panel does that has heard no answer: how often it is kept."""
    database = Database(servers[0].url)
    before = _raised(database)
    for server in servers:
        server.used = first
        load(server, ["ADM-CID"], 1, 1, "--rate", "1000")
    kept = _raised(database) - before
    database.close()
    return kept


def _raised(database: Database) -> int:
    with database.read() as conn:
        return int(
            conn.execute(select(func.count()).select_from(frames).where(frames.c.outcome == "raised")).scalar_one()
        )
