"""A night that plays itself: residents press at sixty times life's pace, pretend operators and carers do the rest."""

import re
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from tests.house import House, house, until

TRUTH = re.compile(
    r"truth: presses (\d+) sent, (\d+) acknowledged; calls (\d+), answered (\d+), visits (\d+)(?:, (\d+) still open)?"
)
NIGHT = ("simulate", "--speed", "60", "--busy", "40", "--seed", "3", "--staffed", "4")
MORE = "[simulate]\nfirst_press_seconds = 0.5\nheartbeat_seconds = 300\n"
LONGEST_SECONDS = 40  # on a machine that does ten other things; it takes about ten


def test_residents_press_and_pretend_staff_answer_send_arrive_and_close_until_ctrl_c(
    district: str, tmp_path: Path
) -> None:
    with house(tmp_path, district, more=MORE) as centre:
        centre.everyone_on_shift()
        centre.start("gateway", "dispatcher", "web")
        centre.ready()
        said = _a_night(centre)
        found = TRUTH.search(said)
        assert found, said
        sent, acknowledged, calls, answered, visits, _ = (int(n or 0) for n in found.groups())
        assert said.strip().endswith("lost = 0")
        assert sent == acknowledged >= calls >= answered > 3
        assert visits > 0
        events = centre.events()
        kinds = {e["kind"] for e in events}
        assert {"CallAnswered", "VisitAccepted", "CarerDeparted", "CarerArrived", "CallClosed"} <= kinds
        _nobody_pretended_can_come_in_again(events)
        assert "all agree" in centre.verify()
        print(said.strip())


def _a_night(centre: House) -> str:
    """What the simulator says of itself when Ctrl-C is pressed, once a carer has arrived and a call is closed."""
    playing = subprocess.Popen(
        centre.command(*NIGHT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=centre.folder
    )
    try:
        until(lambda: playing.poll() is not None or _going_well(centre), LONGEST_SECONDS, every=0.5)
        playing.send_signal(signal.SIGINT)
        said, _ = playing.communicate(timeout=20)
    finally:
        playing.kill()
        playing.wait()
    assert playing.returncode == 0, said
    return said


def _going_well(centre: House) -> bool:
    kinds = Counter(e["kind"] for e in centre.events())
    return bool(kinds["CarerArrived"] and kinds["CallClosed"] and kinds["CallAnswered"] > 3)


def _nobody_pretended_can_come_in_again(events: list[dict[str, Any]]) -> None:
    last = {e["body"]["login"]: e["body"] for e in events if e["kind"] in ("UserAdded", "UserChanged")}
    assert {"sim-operator-0", "sim-operator-1", "sim-operator-2"} < set(last)
    assert all(body.get("active") is False for login, body in last.items() if login.startswith("sim-"))
