"""The phone page of a carer in the tests: the fake centre in a process of its own, jobs, and what the phone keeps."""

import json
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from callcenter.rules.times import stamp
from dispatch.rules.maps import links

PERSONAL = ("王桂兰", "小桥大街12号", "4502#", "13997000001", "王建国", "扶起后", "青霉素")
OTHER = "20261121-0099.1"  # the visit an emergency asks its carer to leave


class Centre:
    """The fake centre in its own process, so that it can be stopped as a network is."""

    def __init__(self, state: Path) -> None:
        self.state = state
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        script = str(Path(__file__).with_name("fake_centre.py"))
        self.process = subprocess.Popen(
            [sys.executable, script, str(self.port), str(self.state)], stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                self.control()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the fake centre did not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def control(self, **facts: Any) -> None:
        body = json.dumps(facts).encode()
        asked = urllib.request.Request(f"{self.url}/control", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(asked, timeout=5).close()

    def received(self) -> list[dict[str, Any]]:
        return list(json.loads(self.state.read_text("utf-8"))["received"])


def job(stage: str = "offered", seconds: float = 30, **call: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    going = {
        "phone": "0971-5500001",
        "way_in": "从东门进，有狗",
        "door_code": "4502#",
        "key_holder": "小桥站",
        "key_safe": True,
    }
    return {
        "visit": {
            "id": "20261121-0147.1", "stage": stage, "eta_seconds": 372,
            "offer_due_at": stamp(now + timedelta(seconds=seconds)),
        },
        "call": {
            "id": "20261121-0147", "priority": 1, "kind": "sos", "reason": "老人说起不来，没有外伤",
            "opened_at": stamp(now - timedelta(seconds=65)), "presses": 3, **call,
        },
        "home": {
            "address": "小桥大街12号 小桥社区", "building": "3号楼", "unit": "2单元", "door": "502",
            "floor": 5, "lift": False,
            "latitude": 36.65, "longitude": 101.76, "maps": links(36.65, 101.76, "e_bike"),
            **(going if stage != "offered" else {}),
        },
        "residents": [
            {"name": "王桂兰", "sex": "F", "age": 83, "language": "qinghai", "phone": "13997000001",
             "critical": ["心脏病，装有起搏器", "青霉素过敏"]},
        ],
        "contacts": [{"name": "王建国", "relation": "儿子", "phone": "13897000002"}],
        "centre_phone": "0971-0000000",
        "place": None,
        "leaves": None,
    }  # fmt: skip


def hold(page: Page, seconds: float) -> None:
    box = page.locator("#sos").bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 56
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    time.sleep(seconds)
    if seconds > 2:
        expect(page.locator("#sos.held")).to_have_count(0)  # the page lets go by itself: it has fired
    page.mouse.up()


def inside(seconds: float = 600, step: str = "reminder", **visit: Any) -> dict[str, Any]:
    """A job whose carer is in the home and is asked after in so many seconds."""
    made = job("arrived")
    due = stamp(datetime.now(UTC) + timedelta(seconds=seconds))
    made["visit"] |= {"stay_due_at": due, "stay_step": step, "proof": "manual", **visit}
    return made


def button(page: Page, words: str) -> Locator:
    return page.get_by_role("button", name=words, exact=True)


def touches(centre: Centre) -> list[dict[str, Any]]:
    """What was sent by a touch: a carer under way also says where they are."""
    return [one for one in centre.received() if one["verb"] != "here"]


def png(width: int, height: int) -> bytes:
    """A noisy picture, so that it does not become small by itself."""
    noise = bytearray()
    state = 1
    for _ in range(height):
        noise.append(0)
        for _ in range(width * 3):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            noise.append(state >> 16 & 0xFF)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(noise), 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def next_button(page: Page) -> Locator:
    return page.locator("#next:not([disabled])")


def stage(page: Page, name: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-stage", name)


def one_big_button(page: Page) -> None:
    """Exactly one primary button, at least 56 px high, wholly on the screen without scrolling."""
    expect(page.locator("button.primary")).to_have_count(1)
    (box,) = page.evaluate(
        "() => [...document.querySelectorAll('button.primary')].map(one => one.getBoundingClientRect().toJSON())"
    )
    assert box["height"] >= 56
    assert box["top"] >= 0
    assert box["bottom"] <= 640
    assert page.evaluate(
        "() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    ) == [640, 360]  # fmt: skip


def stored(page: Page) -> str:
    """Everything this phone keeps: local storage, every row of its databases, and the text of every cached answer."""
    return str(
        page.evaluate("""async () => {
            const texts = [localStorage, sessionStorage, await indexedDB.databases()].map((one) => JSON.stringify(one))
            for (const { name } of await indexedDB.databases()) {
                const opening = indexedDB.open(name)
                const opened = await new Promise((done) => (opening.onsuccess = () => done(opening.result)))
                for (const store of opened.objectStoreNames) {
                    const asked = opened.transaction(store).objectStore(store).getAll()
                    const rows = await new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)))
                    texts.push(JSON.stringify(rows, (key, value) => value instanceof ArrayBuffer ? 'PICTURE' : value))
                }
                opened.close()
            }
            for (const name of await caches.keys()) {
                const cache = await caches.open(name)
                for (const asked of await cache.keys()) texts.push(asked.url, await (await cache.match(asked)).text())
            }
            return texts.join('\\n')
        }""")
    )


def nothing_personal(page: Page) -> None:
    kept = stored(page)
    assert [word for word in PERSONAL if word in kept] == []


def true_on(page: Page, question: str, given: Any = None) -> None:
    """Waits; the page's policy forbids Playwright's own ``wait_for_function``, which evaluates text."""
    wait_for(lambda: page.evaluate(question, given))


def wait_for(what: Any, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
