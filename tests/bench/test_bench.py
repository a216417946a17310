"""The bench runs, prints figures and ends by itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT


@pytest.mark.timeout(300)  # each part measures for seconds; a busy machine takes its time between them
def test_the_quick_bench_prints_figures(tmp_path: Path) -> None:
    out = tmp_path / "bench.md"
    words = [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said = out.read_text("utf-8")
    assert said.strip() == done.stdout.strip()
    assert "fsync/s" in said
    for load in (r"ADM-CID \| 10 \| SQLite FULL", r"AES-128 \| 1 \| pysiaalarm", "4 consoles, 20 presses/s", "SIA-DCS"):
        assert re.search(rf"\| {load} \| [\d,.]+ \|", said), load
    assert "80 of 80" in said  # every press at every console
    assert "| 2 |" in said.partition("Several gateways")[2] or "PostgreSQL is not installed" in said
    assert re.search(r"\| 300 \| [\d,]+ \| \*\*[\d.]+\*\* \|", said), "open connections"
    assert re.search(r"\| port scan \| [\d.]+ \|", said), "floods"
    assert re.search(r"\| SQLite FULL \| 1 \| 900 \| 0 \| 0 \|", said), "deadlines"
    assert "900 frames within one second" in said or "no C compiler" in said
