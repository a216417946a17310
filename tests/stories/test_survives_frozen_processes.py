"""Processes frozen, killed and started again while the others go on: screens, the clock, the gateway."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import socketio

from callcenter.store.cases import Cases
from callcenter.store.database import Database
from tests.house import House, house, until
from tests.stories.dialler import Dialler

QUICK = "[promises.p1]\nanswer = 2\noffer = 1\n"
TICK_SECONDS = 2.0


class Screen:
    """What a console hears: ticks and events, with the moment of the last tick."""

    def __init__(self, centre: House, token: str):
        self.ticked, self.seq, self.calls, self.connections = 0.0, 0, set[str](), 0
        self.io = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.io.on("tick", self._tick)
        self.io.on("event", self._event)
        self.io.on("connect", self._connected)
        headers = {"Authorization": f"Bearer {token}"}
        self.io.connect(centre.address, headers=headers, transports=["websocket"], wait_timeout=10, retry=True)

    def _connected(self) -> None:
        self.connections += 1

    def _tick(self, told: dict[str, Any]) -> None:
        self.ticked, self.seq = time.monotonic(), told["seq"]

    def _event(self, told: dict[str, Any]) -> None:
        self.seq = told["seq"]
        if told["call"]:
            self.calls.add(told["call"]["account"])

    @property
    def silent_for(self) -> float:
        return time.monotonic() - self.ticked


@pytest.fixture
def centre(district: str, tmp_path: Path) -> Any:
    with house(tmp_path, district, more=QUICK) as made:
        yield made


def press(centre: House, *accounts: str) -> None:
    dialler = Dialler(centre.tcp_port)
    for account in accounts:
        dialler.add(account, 1)
    dialler.dial_until_done()


def equals_the_database(centre: House, token: str, screen: Screen) -> bool:
    """Does the snapshot show exactly the open calls, and has the screen's seq come to the head of the log?"""
    database = Database(centre.url)
    wanted = {(c["id"], c["version"]) for c in Cases(database).live()}
    database.close()
    shown = centre.get("/api/v1/snapshot", token)
    assert {(c["id"], c["version"]) for c in shown["calls"]} == wanted
    assert screen.seq >= shown["seq"]
    return True


def test_a_frozen_web_falls_silent_the_gateway_goes_on_and_the_web_catches_up(centre: House) -> None:
    centre.start("gateway", "dispatcher", "web")
    centre.ready()
    token = centre.token()
    screen = Screen(centre, token)
    press(centre, "1001")
    until(lambda: "1001" in screen.calls)
    centre.freeze("web")
    press(centre, "1002", "1003")
    until(lambda: screen.silent_for > 2 * TICK_SECONDS)
    assert screen.calls == {"1001"}
    centre.thaw("web")
    until(lambda: screen.silent_for < 1 and equals_the_database(centre, token, screen))
    until(lambda: screen.calls == {"1001", "1002", "1003"})
    screen.io.disconnect()


def test_what_dies_under_run_comes_back_by_itself_and_the_gateway_acknowledges_meanwhile(centre: House) -> None:
    centre.start("run")
    centre.ready()
    token = centre.token()
    screen = Screen(centre, token)
    before = centre.children("run")
    os.kill(before["web"], signal.SIGKILL)
    press(centre, "1001", "1002")
    until(lambda: centre.children("run").get("web", before["web"]) != before["web"])
    until(lambda: screen.connections >= 2 and screen.silent_for < 1 and equals_the_database(centre, token, screen))
    for name in ("dispatcher", "gateway"):
        os.kill(before[name], signal.SIGKILL)
    press(centre, "1003")  # repeats until the new gateway takes it
    until(lambda: {"1003"} <= screen.calls)
    until(lambda: set(centre.children("run").values()).isdisjoint(before.values()))
    centre.ready()
    screen.io.disconnect()
    after = centre.children("run")
    centre.processes["run"].terminate()
    assert centre.processes["run"].wait(60) == 0
    assert not [pid for pid in after.values() if Path(f"/proc/{pid}").exists()], "run leaves nobody behind"
    assert "all agree" in centre.verify()


def test_a_dispatcher_killed_with_offers_pending_loses_no_deadline_and_doubles_none(centre: House) -> None:
    centre.start("gateway", "dispatcher", "web")
    centre.ready()
    centre.everyone_on_shift()
    session = centre.log_in("limin", centre.add_user("limin", "operator"))
    press(centre, "1001", "1002", "1003")
    calls = [c["id"] for c in session.get(f"{centre.address}/api/v1/snapshot", timeout=5).json()["calls"]]
    for call in calls:
        for verb in ("answer", "dispatch"):
            body = {"key": f"{verb}-{call}", "expected_version": 1}
            said = session.post(f"{centre.address}/api/v1/calls/{call}/{verb}", json=body, timeout=5)
            assert said.status_code < 300, said.text
    for _ in range(3):
        time.sleep(0.4)
        centre.kill("dispatcher")
        time.sleep(1.1)  # offers run out while nobody looks
        centre.start("dispatcher")
        centre.ready()
    until(lambda: all(v["rung"] >= 1 or v["round"] > 1 for v in _visits(centre, calls)))
    centre.kill("dispatcher")
    _each_deadline_once(centre)
    assert "all agree" in centre.verify()


def _visits(centre: House, calls: list[str]) -> list[dict[str, Any]]:
    database = Database(centre.url)
    found = Cases(database).visits_of(calls)
    database.close()
    return found


def _each_deadline_once(centre: House) -> None:
    events = centre.events()
    missed = [(e["stream"], e["body"]["step"], e["body"].get("visit")) for e in events if e["kind"] == "DeadlineMissed"]
    assert len(missed) == len(set(missed))
    offered = [e for e in events if e["kind"] == "VisitOffered"]
    expired = [e for e in events if e["kind"] == "OfferExpired"]
    asked = [(e["body"]["visit"], e["body"]["carer_id"], e["body"]["round"]) for e in offered]
    assert len(asked) == len(set(asked)), "nobody is asked twice about one visit in one round"
    ended = [(e["body"]["visit"], e["body"]["carer_id"]) for e in expired]
    assert len(ended) == len(set(ended))
    assert len(offered) > 6
    told = [e["body"]["about"] for e in events if e["kind"] == "NoticeSent" and e["body"]["channel"] == "screen"]
    assert len(told) == len(set(told)), "nobody is told twice on record"


def test_a_gateway_frozen_for_three_seconds_answers_when_it_goes_on(centre: House) -> None:
    centre.start("gateway")
    press(centre, "1001")
    dialler = Dialler(centre.tcp_port)
    for home in range(1002, 1012):
        dialler.add(str(home), 1)
    centre.freeze("gateway")
    waking = threading.Timer(3, lambda: centre.thaw("gateway"))
    started = time.monotonic()
    waking.start()
    dialler.dial(seconds=30)
    waking.join()
    assert not dialler.waiting
    assert time.monotonic() - started >= 3
    said = centre.verify()
    assert "all agree" in said
    assert "11 raised" in said
