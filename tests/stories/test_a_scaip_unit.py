"""A European unit presses: over real UDP and TCP sockets into a real store, and onto the card of the console."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.sync_api import expect

from callcenter.gateway import Gateway
from callcenter.intake import Intake
from callcenter.journal import Received
from callcenter.keyring import Keyring
from callcenter.memory import Memory
from callcenter.rules.events import Event, Row
from devices.lines import Lines, open_lines
from devices.settings import LineSettings
from tests.browser.centre import centre
from tests.browser.chromium import chromium, windows
from tests.browser.people import Operator
from tests.browser.words import say
from tests.conftest import ZONE, Rehearsal
from tests.devices.memory_door import asynchronous, until
from tests.devices.scaip_unit import ALARM, challenges, fine, messages, proof, request, statuses, told
from tests.house import free_port

SECONDS = 5.0


class Slow(Intake):
    """An intake whose store takes as long as the test says."""

    ready: threading.Event

    def receive(self, group: Sequence[Received], memory: Memory | None = None) -> list[Event]:
        assert self.ready.wait(SECONDS)
        return super().receive(group, memory)


@asynccontextmanager
async def served(rehearsal: Rehearsal, *settings: LineSettings) -> AsyncIterator[tuple[Lines, threading.Event]]:
    """The lines open to the rehearsal's own store, and the event without which nothing is committed."""
    intake = Slow(rehearsal.log, rehearsal.cases, rehearsal.people, ZONE)
    intake.ready = threading.Event()
    gateway = Gateway(intake, rehearsal.cases, Keyring(rehearsal.cases), lambda: rehearsal.now)
    lines = await open_lines(settings, gateway.keyring, gateway, clock=lambda: rehearsal.now)
    gateway.deliver = lines.deliver
    gateway.start()
    try:
        yield lines, intake.ready
    finally:
        intake.ready.set()
        await lines.close(grace=0.2)
        await asyncio.to_thread(gateway.stop)


def scaip(transport: str, **more: object) -> LineSettings:
    place = {"name": transport, "protocol": "scaip", "transport": transport, "host": "127.0.0.1", "port": 0}
    return LineSettings.model_validate({**place, **more})


def press(account: str, ref: str, **more: object) -> bytes:
    fields = {**ALARM, "cid": account, "ref": ref}
    return request(fields, number=int(ref), user=account, **more)  # type: ignore[arg-type]


async def heard(unit: socket.socket, seconds: float = SECONDS) -> bytes:
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(unit, 4000), seconds)


def live(rehearsal: Rehearsal) -> list[Row]:
    return rehearsal.cases.live()


def dial(port: int) -> socket.socket:
    unit = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    unit.setblocking(False)
    unit.connect(("127.0.0.1", port))
    return unit


@asynchronous
async def test_a_pendant_rings_over_udp_and_its_unit_is_answered_after_the_commit_and_not_before(
    rehearsal: Rehearsal,
) -> None:
    async with served(rehearsal, scaip("udp")) as (lines, ready):
        unit = dial(lines.port("udp"))
        unit.send(press("1042", "1"))
        await asyncio.sleep(0.3)
        assert live(rehearsal) == []
        try:
            unit.recv(100)
            raise AssertionError("answered before it was kept")
        except BlockingIOError:
            ready.set()
        assert statuses(await heard(unit)) == [200]
        (call,) = live(rehearsal)
        assert (call["account"], call["kind"], call["priority"], call["home_id"] is not None) == (
            "1042",
            "sos",
            1,
            True,
        )
        (ours,) = messages(await heard(unit))
        assert told(ours)["snu"] == "0"
        unit.send(fine(ours))
        unit.send(press("1042", "1"))
        assert statuses(await heard(unit) + await heard(unit)) == [200, 0]
    assert (call["presses"], live(rehearsal)[0]["presses"]) == (1, 1)
    opened = rehearsal.log.stream(f"call:{call['id']}")[0]
    assert opened.body["voice"] == "calls-us sip:1042@192.0.2.7:5060"
    found = rehearsal.verify()
    assert (found.frames, found.faults) == ({"raised": 1, "retransmission": 1}, [])


@asynchronous
async def test_the_same_over_tcp_and_a_second_press_counts(rehearsal: Rehearsal) -> None:
    async with served(rehearsal, scaip("tcp")) as (lines, ready):
        ready.set()
        reader, writer = await asyncio.open_connection("127.0.0.1", lines.port("tcp"))
        writer.write(press("1043", "1", transport="TCP") + press("1043", "2", transport="TCP"))
        answers = b""
        while answers.count(b"</mrs>") < 2:
            answers += await asyncio.wait_for(reader.read(4000), SECONDS)
        writer.close()
        assert statuses(answers) == [200, 0, 200, 0]
    (call,) = live(rehearsal)
    assert (call["account"], call["presses"]) == ("1043", 2)


@asynchronous
async def test_a_press_whose_unit_must_prove_itself_rings_at_once_and_once(rehearsal: Rehearsal) -> None:
    async with served(rehearsal, scaip("udp", format={"passwords": {"1044": "geheim"}})) as (lines, ready):
        ready.set()
        unit = dial(lines.port("udp"))
        unit.send(press("1044", "1"))
        asked = await heard(unit)
        assert (statuses(asked), len(live(rehearsal))) == ([401], 1)
        for seq, password in ((2, "wrong"), (3, "geheim")):
            unit.send(press("1044", "1", seq=seq, more=[proof(challenges(asked)[0], "1044", password)]))
            assert statuses(await heard(unit) + await heard(unit)) == [200, 0]
    assert [call["presses"] for call in live(rehearsal)] == [1]
    assert rehearsal.verify().frames == {"raised": 1, "retransmission": 2}
    notes = [frame["note"] for frame in rehearsal.cases.frames_after(0, 10)]
    assert notes == ["no password sent, asked for it", "wrong password", ""]


@asynchronous
async def test_xml_that_nobody_can_read_is_looked_at_by_a_person(rehearsal: Rehearsal) -> None:
    async with served(rehearsal, scaip("udp")) as (lines, ready):
        ready.set()
        unit = dial(lines.port("udp"))
        unit.send(request(body=b"<mrq><cid>1045</cid><dty>00", user="1045"))
        assert told(messages(await heard(unit) + await heard(unit))[1]) == {"snu": "2"}
        await until(lambda: live(rehearsal))
    (call,) = live(rehearsal)
    assert (call["account"], call["kind"], call["home_id"] is not None) == ("1045", "unknown", True)


def test_the_card_says_how_the_home_is_spoken_to(tmp_path: Path) -> None:
    port = free_port()
    more = f'[[lines]]\nname = "units"\nprotocol = "scaip"\ntransport = "udp"\nhost = "127.0.0.1"\nport = {port}\n'
    with (
        chromium() as browser,
        centre(tmp_path, "gateway", "dispatcher", "web", more=more) as running,
        windows(browser, running.house.address, tmp_path) as screens,
    ):
        operator, unit = Operator(screens, "limin"), dial(port)
        unit.settimeout(SECONDS)
        unit.send(press("1301", "1"))
        assert statuses(unit.recv(4000)) == [200]
        operator.take(running.resident("1301"))
        voice = operator.page.locator("dd.voice")
        expect(voice).to_contain_text(say("The unit rings the centre by itself: pick up"))
        expect(voice).to_contain_text("sip:1301@192.0.2.7:5060")
        unit.send(request({**ALARM, "cid": "1301", "ref": "2", "dty": "0006"}, number=2, user="1301"))
        expect(voice).to_contain_text(say("Only its microphone is open: listen, and say nothing"))
