"""Nine hundred homes lose their mains, people press among it, and what hears them is killed, frozen, starved of its
store: nothing acknowledged is lost, nothing is doubled, and ``verify`` has no fault.

``STORM_ROUNDS=20`` makes each of these a long soak: so many storms one after the other over the same database.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from callcenter.store.database import Database
from devices.codecs.dc09 import write
from tests import postgres
from tests.conftest import _filled
from tests.house import ROOT, House, house, until
from tests.stories.dialler import SOS
from tests.stories.storm import ROUNDS, Sent, Storm, account_for

LOCKED_SECONDS = 2.0 if ROUNDS == 1 else 8.0  # a writer waits for 5 s before it begins anew
IN_TIME_SECONDS = 10.0  # a press among dying peers, on a busy machine: before its dialler would repeat
pytestmark = pytest.mark.timeout(180 + 120 * ROUNDS)


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[postgres.Cluster]:
    """One that may be killed without hurting other tests."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.cluster() as made:
        yield made


class Gateway:
    """A gateway from the nursery, started again as often as it is killed."""

    def __init__(self, centre: House):
        self.centre, self.pid = centre, centre.spawn("gateway")
        until(lambda: socket.create_connection(("127.0.0.1", centre.tcp_port), 1).close() is None)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.pid = self.centre.spawn("gateway")

    def freeze(self, seconds: float) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def gateway_in(stack: ExitStack, folder: Path, url: str) -> Gateway:
    folder.mkdir(exist_ok=True)
    made = Gateway(stack.enter_context(house(folder, url)))
    stack.callback(made.close)
    return made


def test_a_gateway_killed_and_stopped_in_the_middle(district: str, tmp_path: Path, stack: ExitStack) -> None:
    gateway, sent = gateway_in(stack, tmp_path, district), Sent()
    for number in range(ROUNDS):
        storm = Storm(sent, number, gateway.centre.tcp_port)
        storm.start()
        storm.when(80, gateway.kill)
        storm.when(350, lambda: gateway.freeze(1.5))  # longer than a dialler waits
        storm.when(600, gateway.kill)
        storm.blow_over()
        storm.tell(account_for(district, sent))
    assert "traceback" not in gateway.centre.said("gateway").lower()


def test_postgresql_killed_and_stopped_in_the_middle(
    own_cluster: postgres.Cluster, tmp_path: Path, stack: ExitStack
) -> None:
    url = own_cluster.database(like=_filled(own_cluster.database()))
    gateway, sent = gateway_in(stack, tmp_path, url), Sent()

    def stop_for_a_while() -> None:
        own_cluster.signal(signal.SIGSTOP)
        time.sleep(1.5)
        own_cluster.signal(signal.SIGCONT)

    def kill() -> None:
        own_cluster.kill()
        own_cluster.start()

    for number in range(ROUNDS):
        storm = Storm(sent, number, gateway.centre.tcp_port)
        storm.start()
        storm.when(100, stop_for_a_while)
        storm.when(500, kill)
        storm.blow_over()
        storm.tell(account_for(url, sent))


def test_a_locked_store_and_a_full_disk_in_the_middle(sqlite_district: Path, tmp_path: Path, stack: ExitStack) -> None:
    (tmp_path / "anxin.db").write_bytes(sqlite_district.read_bytes())
    gateway, sent = gateway_in(stack, tmp_path, f"sqlite:///{tmp_path / 'anxin.db'}"), Sent()

    def lock() -> None:
        """As somebody else's long transaction does."""
        with Database(gateway.centre.url).write():
            time.sleep(LOCKED_SECONDS)

    def fill() -> None:
        unlimited = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        time.sleep(1.0)
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, unlimited)

    for number in range(ROUNDS):
        storm = Storm(sent, number, gateway.centre.tcp_port)
        storm.start()
        storm.when(100, lock)
        storm.when(500, fill)
        storm.blow_over()
        storm.tell(account_for(gateway.centre.url, sent))


def test_fifty_peers_that_die_in_the_middle_delay_nobody(district: str, tmp_path: Path, stack: ExitStack) -> None:
    gateway, sent = gateway_in(stack, tmp_path, district), Sent()
    port = gateway.centre.tcp_port
    asks = [write("NULL", 1, str(1901 + n), "") for n in range(10)]
    for number in range(ROUNDS):
        halves = [write("ADM-CID", 5001 + number, str(1001 + n), SOS) for n in range(20)]
        wholes = [write("ADM-CID", 6001 + number, str(1101 + n), SOS) for n in range(20)]
        sent.update((frame, (str(1101 + n), True)) for n, frame in enumerate(wholes))
        manners = (("half", halves, signal.SIGKILL), ("whole", wholes, signal.SIGKILL), ("deaf", asks, signal.SIGSTOP))
        peers = [(_peer(stack, port, manner, frames), end) for manner, frames, end in manners]
        storm, waits = Storm(sent, number, port), list[float]()
        pressing = threading.Thread(target=_press_on, args=(gateway.centre, sent, 7001 + number, waits))
        for peer, _ in peers:
            _said(peer, "connected")
        storm.start()
        pressing.start()
        for peer, end in peers:
            _tell_to_send(peer)
            _said(peer, "sent")
            peer.send_signal(end)
        pressing.join()
        storm.blow_over()
        assert len(waits) == 20
        assert max(waits) < IN_TIME_SECONDS, waits
        found = until(lambda: account_for(gateway.centre.url, sent))
        assert found["garbled"] == 20 * (number + 1), "what was begun is kept too"
        storm.tell(f"{found}, presses waited at most {max(waits):.2f} s")


def _said(peer: subprocess.Popen[str], word: str) -> None:
    assert peer.stdout
    assert peer.stdout.readline() == f"{word}\n"


def _tell_to_send(peer: subprocess.Popen[str]) -> None:
    assert peer.stdin
    peer.stdin.write("go\n")
    peer.stdin.flush()


def _peer(stack: ExitStack, port: int, manner: str, frames: list[bytes]) -> subprocess.Popen[str]:
    words = [sys.executable, str(ROOT / "tests/stories/dying_peers.py"), str(port), manner]
    made = subprocess.Popen(
        [*words, ",".join(frame.hex() for frame in frames)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    stack.callback(made.wait)
    stack.callback(made.kill)
    return made


def _press_on(centre: House, sent: Sent, sequence: int, waits: list[float]) -> None:
    """Twenty others press, one after the other, each on a connection of its own."""
    for home in range(1801, 1821):
        frame = write("ADM-CID", sequence, str(home), SOS)
        sent[frame] = (str(home), True)
        started = time.monotonic()
        if b"ACK" in centre.dial(frame, 2 * IN_TIME_SECONDS):
            waits.append(time.monotonic() - started)


def test_two_gateways_one_killed_and_one_frozen_and_their_devices_redial_to_the_other(
    cluster: postgres.Cluster, postgresql_district: str, tmp_path: Path, stack: ExitStack
) -> None:
    url, sent = cluster.database(like=postgresql_district), Sent()
    one, two = (gateway_in(stack, tmp_path / name, url) for name in ("one", "two"))
    for number in range(ROUNDS):
        storm = Storm(sent, number, one.centre.tcp_port, two.centre.tcp_port)
        storm.start()
        storm.when(150, one.kill)
        storm.when(400, lambda: two.freeze(1.5))  # what it had read is kept by the other, and then by itself
        storm.when(700, one.kill)
        storm.blow_over()
        storm.tell(account_for(url, sent))
