"""The store under pressure: many writers at once, frozen writers, bells that cannot ring, a log followed meanwhile."""

import contextlib
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from callcenter.store import bell
from callcenter.store import database as store
from callcenter.store.database import Database, StoreLocked, StoreUnavailable
from callcenter.store.upgrade import upgrade
from tests import postgres
from tests.conftest import Rehearsal
from tests.house import until


def test_forty_writers_that_look_things_up_share_fifteen_connections(rehearsal: Rehearsal) -> None:
    """If writers held connections while they wait, the one that writes would find none left to read with."""
    database = rehearsal.database

    def write(_number: int) -> int:
        with database.write(), database.read() as conn:
            return int(conn.execute(text("SELECT count(*) FROM devices")).scalar_one())

    database.patience_seconds = 20
    started = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(write, range(80))) == {900}
    assert time.monotonic() - started < 10


def test_writers_of_one_process_come_in_the_order_they_asked(database: Database) -> None:
    order: list[int] = []

    def write(number: int) -> None:
        with database.write():
            order.append(number)

    with database.write():
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            until(lambda: len(database._turns._waiting) == len(threads))
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_a_writer_that_waits_too_long_says_so_and_leaves_the_queue(database: Database) -> None:
    database.patience_seconds = 0.1
    late = pytest.raises(StoreUnavailable, match="earlier writes")
    with database.write():
        with late, ThreadPoolExecutor(1) as pool:
            pool.submit(_touch, database).result()
        assert database.refusing, "screens are told that nothing can be kept"
    assert not database.refusing
    _touch(database)


def test_followers_see_every_event_once_and_in_order_while_processes_write(rehearsal: Rehearsal) -> None:
    """Two other processes append; a follower that polls as fast as it can meets no gap in the log."""
    url = rehearsal.database.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_press_forty, args=(url, 1001 + 100 * n)) for n in range(2)]
    seen, wanted = list[int](), rehearsal.log.head() + 80
    for writer in writers:
        writer.start()
    give_up = time.monotonic() + 60
    while len(seen) < wanted and time.monotonic() < give_up:
        seen += [e.seq for e in rehearsal.log.after(seen[-1] if seen else 0, 50)]
    for writer in writers:
        writer.join(30)
    assert seen == list(range(1, rehearsal.log.head() + 1))
    assert [w.exitcode for w in writers] == [0, 0]
    assert not rehearsal.verify().faults


def _press_forty(url: str, first: int) -> None:
    database = Database(url, patience_seconds=30)
    rehearsal = Rehearsal(database)
    for number in range(40):
        rehearsal.press(str(first + number))
    database.close()


def test_a_frozen_writer_holds_up_postgresql_for_seconds_only(cluster: postgres.Cluster) -> None:
    """Its session is ended by the server. (With SQLite the lock goes with the process, see ``runtime.supervise``.)"""
    url = cluster.database()
    database = Database(url)
    upgrade(database)
    frozen = multiprocessing.get_context("spawn").Process(target=_write_and_freeze, args=(url,))
    frozen.start()
    assert frozen.pid
    while Path(f"/proc/{frozen.pid}/stat").read_text("utf-8").split()[2] != "T":
        time.sleep(0.02)
    started = time.monotonic()
    _touch(database)
    assert time.monotonic() - started > 0.1, "it was no writer"  # after ten seconds the lock would have been refused
    os.kill(frozen.pid, signal.SIGKILL)
    frozen.join()
    database.close()


def _write_and_freeze(url: str) -> None:
    with Database(url).write() as conn:
        conn.execute(text("SELECT 1"))
        os.kill(os.getpid(), signal.SIGSTOP)


def test_a_bell_wakes_its_follower_long_before_it_would_have_looked(rehearsal: Rehearsal) -> None:
    follower, waits = rehearsal.log.bell("test"), []
    follower.wait(0)
    for account in ("1001", "1002", "1003", "1004"):
        pressing = threading.Timer(0.05, lambda account=account: rehearsal.press(account))
        pressing.start()
        before = time.monotonic()
        follower.wait(5)
        waits.append(time.monotonic() - before)
        pressing.join()
    follower.close()
    assert max(waits) < 4.5, waits


def test_a_ring_while_nobody_waits_is_heard_by_the_next_wait(rehearsal: Rehearsal) -> None:
    follower = rehearsal.log.bell("test")
    follower.wait(0)
    rehearsal.press("1001")
    before = time.monotonic()
    follower.wait(5)
    assert time.monotonic() - before < 4.5
    follower.close()


@contextmanager
def no_more_files() -> Iterator[None]:
    """As in a gateway whose every descriptor is a panel's connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_bell_that_cannot_ring_does_not_undo_what_was_written(rehearsal: Rehearsal) -> None:
    follower = rehearsal.log.bell("test")
    with rehearsal.database.write(), no_more_files():
        bell.ring(rehearsal.database)
    follower.close()


def test_where_no_bell_can_be_hung_the_follower_polls(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    follower = bell.SocketBell(deep, "live")
    before = time.monotonic()
    follower.wait(0.2)
    assert time.monotonic() - before > 0.15
    follower.close()


def test_a_bell_hung_while_postgresql_is_away_rings_once_it_is_back() -> None:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.cluster() as own:
        database = Database(own.database())
        upgrade(database)
        own.stop("immediate")
        follower = bell.NotifyBell(database)
        follower.wait(0.05)
        own.start()
        until(lambda: follower.wait(0.05) or follower.raw)
        threading.Timer(0.1, _ring, [database]).start()
        before = time.monotonic()
        follower.wait(5)
        assert time.monotonic() - before < 4.5
        follower.close()
        database.close()


def _ring(database: Database) -> None:
    with database.write() as conn:
        bell.ring_in(conn, database)


def _touch(database: Database) -> None:
    with database.write() as conn:
        conn.execute(text("SELECT 1"))


def test_a_writer_frozen_in_the_middle_of_its_statements_is_ended_by_whoever_waits(
    cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL takes it for busy, so no timeout of its session ends it: the lock of the whole centre would stay."""
    options = store.POSTGRESQL_OPTIONS.replace("lock_timeout=10000", "lock_timeout=1000")
    monkeypatch.setitem(store.POSTGRESQL_CONNECTION, "options", options)
    monkeypatch.setattr(store, "FROZEN_SECONDS", 0.2)
    database = Database(cluster.database())
    upgrade(database)
    with database.engine.connect() as frozen:
        frozen.execute(store.LOCK, {"key": store.LOCK_KEY})
        wire = frozen.connection.driver_connection
        with contextlib.suppress(psycopg.OperationalError), wire.pipeline():
            wire.pgconn.send_query_params(b"SELECT 1", None)
            wire.pgconn.send_flush_request()
            wire.pgconn.flush()
            time.sleep(0.3)
            with pytest.raises(StoreLocked):
                _touch(database)
            _touch(database)
        frozen.invalidate()
    database.close()


def test_a_writer_that_works_for_long_is_not_ended(cluster: postgres.Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    options = store.POSTGRESQL_OPTIONS.replace("lock_timeout=10000", "lock_timeout=300")
    monkeypatch.setitem(store.POSTGRESQL_CONNECTION, "options", options)
    monkeypatch.setattr(store, "FROZEN_SECONDS", 0.2)
    database = Database(cluster.database())
    upgrade(database)

    def work() -> int:
        with database.write() as conn:
            return len(conn.execute(text("SELECT pg_sleep(4)")).all())

    other = Database(str(database.url))
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        until(lambda: _asleep(other))
        time.sleep(0.4)  # longer than a frozen writer is left alone
        with pytest.raises(StoreLocked):
            _touch(other)
        assert working.result() == 1
    other.close()
    database.close()


def _asleep(database: Database) -> int:
    with database.read() as conn:
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        return int(conn.execute(text(asleep)).scalar_one())
