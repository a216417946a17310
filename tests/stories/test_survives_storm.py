"""The mains fail in 900 homes at once and twenty people press: all acknowledged, people first, screens still answer."""

import re
import threading
import time
from pathlib import Path

from tests.house import House, house, until

HOMES, PRESSES = 900, 20


def test_a_storm_is_acknowledged_folded_and_hides_nobody(district: str, tmp_path: Path) -> None:
    with house(tmp_path, district) as centre:
        centre.start("gateway", "dispatcher", "web")
        centre.ready()
        token = centre.token()
        asking = Asking(centre, token)
        asking.start()
        seeing = centre.config.read_text("utf-8") + f'[simulate]\ntoken = "{token}"\n'
        centre.config.write_text(seeing, "utf-8")
        said = centre.tell("simulate", "--storm", seconds=100)
        asking.stop()
        assert re.search(rf"{HOMES + PRESSES} frames sent .* {HOMES + PRESSES} acknowledged, .* 0 lost", said), said
        assert f"calls {PRESSES}, answered 0, visits 0, {PRESSES} still open; lost = 0" in said, said
        shown = centre.get("/api/v1/snapshot", token)
        assert [c["priority"] < 4 for c in shown["calls"]] == [True] * PRESSES
        assert [c["priority"] for c in shown["calls"]] == sorted(c["priority"] for c in shown["calls"])
        assert shown["technical"]["count"] == HOMES
        assert shown["technical"]["kinds"] == {"mains_lost": HOMES}
        assert asking.faults == []
        assert asking.waits, "the console was asked during the storm"
        waits = sorted(asking.waits)
        assert waits[len(waits) * 9 // 10] < 1.0, f"one console in ten waited {waits[len(waits) * 9 // 10]:.2f} s"
        assert waits[-1] < 5.0, f"a console waited {waits[-1]:.2f} s"  # when it would ask anew
        until(lambda: centre.get("/readyz", anyway=True)["ready"])
        verified = centre.verify()
        assert "all agree" in verified
        assert f"{HOMES + PRESSES} calls" in verified
        print(said.strip(), f"console asked {len(asking.waits)} times, longest {waits[-1]:.3f} s")


class Asking(threading.Thread):
    """A console that goes on asking for the snapshot, and how long it waited each time."""

    def __init__(self, centre: House, token: str):
        super().__init__(daemon=True)
        self.centre, self.token, self.waits, self.over = centre, token, list[float](), threading.Event()
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.over.wait(0.1):
            before = time.monotonic()
            try:
                self.centre.get("/api/v1/snapshot", self.token)
            except OSError as error:
                self.faults.append(repr(error))
            self.waits.append(time.monotonic() - before)

    def stop(self) -> None:
        self.over.set()
        self.join(10)
