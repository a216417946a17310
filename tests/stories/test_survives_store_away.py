"""The store is away: a full disk, a stopped PostgreSQL. No acknowledgement meanwhile, and it recovers by itself."""

import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import postgres
from tests.conftest import _filled
from tests.house import House, house, until
from tests.stories.dialler import Dialler

AWAY_SECONDS = 1.5


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[postgres.Cluster]:
    """One that may be stopped without hurting other tests."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.cluster() as made:
        yield made


def test_a_full_disk_means_no_acknowledgement_and_then_all_of_them(sqlite_district: Path, tmp_path: Path) -> None:
    """The limit on the gateway's files is what a full disk is to it: every write fails, its own log's too."""
    (tmp_path / "anxin.db").write_bytes(sqlite_district.read_bytes())
    with house(tmp_path, f"sqlite:///{tmp_path / 'anxin.db'}") as centre:
        centre.start("gateway")
        before, during = Dialler(centre.tcp_port), Dialler(centre.tcp_port)
        before.add("1001", 1)
        before.dial_until_done()
        pid = centre.processes["gateway"].pid
        unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for home in range(1002, 1012):
            during.add(str(home), 1)
        for _ in range(3):  # diallers repeat
            during.dial(seconds=AWAY_SECONDS / 3)
        assert not during.acknowledged
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)
        during.dial_until_done()
        centre.processes["gateway"].terminate()
        assert centre.processes["gateway"].wait(60) == 0
        said = centre.verify()
        assert "all agree" in said
        assert "11 calls" in said
        assert "11 raised" in said


def test_frames_that_wait_on_an_open_line_are_acknowledged_when_the_store_is_back(
    sqlite_district: Path, tmp_path: Path
) -> None:
    (tmp_path / "anxin.db").write_bytes(sqlite_district.read_bytes())
    with house(tmp_path, f"sqlite:///{tmp_path / 'anxin.db'}") as centre:
        centre.start("gateway")
        dialler = Dialler(centre.tcp_port)
        dialler.add("1001", 1)
        dialler.dial_until_done()
        pid = centre.processes["gateway"].pid
        unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for home in range(1002, 1012):
            dialler.add(str(home), 1)
        waking = threading.Timer(AWAY_SECONDS, lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited))
        started = time.monotonic()
        waking.start()
        dialler.dial(seconds=30)
        waking.join()
        assert not dialler.waiting
        assert time.monotonic() - started >= AWAY_SECONDS
        assert dialler.sent == 11, "nothing had to be sent twice"
        assert "11 raised" in centre.verify()


def test_a_stopped_postgresql_means_no_acknowledgement_pages_that_say_so_and_recovery(
    own_cluster: postgres.Cluster, tmp_path: Path
) -> None:
    url = own_cluster.database(like=_filled(own_cluster.database()))
    with house(tmp_path, url, more="[promises.p1]\nanswer = 2") as centre:
        password = centre.add_user("limin", "operator")
        centre.start("gateway", "dispatcher", "web")
        centre.ready()
        token, session = centre.token(), centre.log_in("limin", password)
        dialler = Dialler(centre.tcp_port)
        dialler.add("1001", 1)
        dialler.dial_until_done()
        own_cluster.stop("immediate")
        dialler.add("1002", 1)
        dialler.dial(seconds=AWAY_SECONDS)
        assert dialler.waiting == [("1002", 1)]
        _everyone_is_told(centre, token, session)
        own_cluster.start()
        dialler.dial_until_done()
        centre.ready()
        shown = until(lambda: _calls(centre, token) if len(_calls(centre, token)) == 2 else None)
        assert {c["account"] for c in shown} == {"1001", "1002"}
        assert session.get(f"{centre.address}/console", timeout=5).status_code == 200
        until(lambda: all("answer" in c["late"] for c in _calls(centre, token)))  # the clock goes on
        assert {n: p.poll() for n, p in centre.processes.items()} == dict.fromkeys(("gateway", "dispatcher", "web"))
        said = centre.verify()
        assert "all agree" in said
        assert "2 raised" in said


def _everyone_is_told(centre: House, token: str, session: requests.Session) -> None:
    """Machines at /readyz, programs in JSON, people on a page: each with what to do."""
    ready = requests.get(f"{centre.address}/readyz", timeout=5)
    assert (ready.status_code, ready.json()["database"]) == (503, "down")
    for answer in (
        requests.get(f"{centre.address}/api/v1/snapshot", headers={"Authorization": f"Bearer {token}"}, timeout=5),
        session.get(f"{centre.address}/api/v1/snapshot", timeout=5),
        session.post(f"{centre.address}/api/v1/calls/20261121-0001/answer", json={"key": "a" * 20}, timeout=5),
    ):
        assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable")
        assert answer.json()["fix"]
    page = session.get(f"{centre.address}/console", timeout=5)
    assert page.status_code == 503
    assert "电话" in page.text, "the page says how to go on"
    assert requests.get(f"{centre.address}/healthz", timeout=5).status_code == 200


def _calls(centre: House, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = centre.get("/api/v1/snapshot", token)["calls"]
    return found
