"""The console keeps up: 300 live calls and 60 events a second in a real Chromium that has one processor."""

from pathlib import Path

import pytest

from tests.bench import drawing
from tests.bench.figures import percentile

FRAME_MS = {0.5: 16, 0.99: 50}


def test_300_calls_and_60_events_a_second_leave_the_page_at_ease_and_it_stands_within_a_second(tmp_path: Path) -> None:
    if not Path(drawing.CHROMIUM).exists():
        pytest.skip(f"there is no {drawing.CHROMIUM}: apt-get install chromium")
    found = drawing.measure(tmp_path, calls=300, rate=60, seconds=4, enough=lambda drawn: not slow(drawn))
    assert not slow(found), drawing.told(found)


def slow(found: drawing.Drawn) -> list[str]:
    late = [f"{share:.0%}" for share, most in FRAME_MS.items() if percentile(sorted(found.worked), share) > most]
    late += ["first paint"] if found.paint > 1000 else []
    late += ["too few events"] if found.events < 45 else []
    return late + (["too few frames"] if len(found.worked) < 30 else [])
