"""``make fuzz``: each codec for a while under libFuzzer, its corpus made small again, its findings kept.

``python -m tests.fuzz [--codec NAME ...] [--seconds N]``. Says at the end, as a table, how much was tried; the exit
code is 1 when something was found. A finding ends the run of its codec: mend the codec, then run it again.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.codecs.registry import CODECS
from tests.fuzz import lines
from tests.fuzz.oracle import Finding, flood
from tests.fuzz.subject import seeds, subject

LONGEST = 2048  # bytes of an input that the fuzzer makes
FLAGS = (f"-max_len={LONGEST}", "-timeout=30", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to. ``edges`` is libFuzzer's count of covered edges, ``kept`` inputs in the corpus now."""

    codec: str
    seconds: float
    executions: int
    edges: int
    kept: int
    found: str = ""

    def row(self) -> str:
        found = self.found.replace("|", "\\|") or "none"
        return f"| `{self.codec}` | {self.seconds:.0f} s | {self.executions:,} | {self.edges} | {self.kept} | {found} |"


def fuzz(codec: str, seconds: int) -> Run:
    """Run one codec. What stops it is kept among the findings."""
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{codec}-") as temporary:
        folder = Path(temporary)
        corpus = _filled(folder / "corpus", codec)
        words = folder / "words"
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in subject(codec).words))
        began = time.monotonic()
        flags = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", f"-dict={words}"]
        said = _target(codec, [*FLAGS, *flags, str(corpus)])
        took = time.monotonic() - began
        found = _findings(codec, folder, said)
        small = folder / "small"
        small.mkdir()
        _target(codec, [*FLAGS, "-merge=1", str(small), str(corpus)])
        kept = lines.keep(codec, (path.read_bytes() for path in small.iterdir()))
    found = found or _flooded(codec)
    counts = [int(number) for number in re.findall(r"cov: (\d+)", said)]
    done = re.search(r"number_of_executed_units: *(\d+)", said)
    return Run(codec, took, int(done[1]) if done else 0, max(counts, default=0), kept, found)


def _escaped(word: bytes) -> str:
    """As libFuzzer's dictionaries have it."""
    return "".join(f"\\x{byte:02x}" for byte in word)


def _filled(folder: Path, codec: str) -> Path:
    folder.mkdir()
    known = [*seeds(codec), *lines.kept(lines.CORPUS, codec), *lines.kept(lines.FINDINGS, codec)]
    for number, one in enumerate(dict.fromkeys(known)):
        (folder / f"{number:06}").write_bytes(one)
    return folder


def _target(codec: str, flags: Sequence[str]) -> str:
    asked = [sys.executable, "-m", "tests.fuzz.target", codec, *flags]
    done = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode("utf-8", "replace")


def _findings(codec: str, folder: Path, said: str) -> str:
    """Keep whatever stopped the run, print how, and say it in a line."""
    stopped = [path for name in ("crash", "timeout", "oom", "leak") for path in folder.glob(f"{name}-*")]
    if not stopped and "number_of_executed_units" in said:
        return ""
    if not stopped:
        print(said[-6000:], flush=True)
        return "the fuzzer itself broke off, see above"
    raised = re.search(r"Uncaught Python exception: ===\n(.*)", said)
    why = raised[1] if raised else stopped[0].name.partition("-")[0]
    print(said[said.find(" === Uncaught") :][-6000:], flush=True)
    for path in stopped:
        lines.add_finding(codec, path.read_bytes(), why)
        print(f"{codec}: {path.read_bytes().hex()}", flush=True)
    return why[:120]


def _flooded(codec: str) -> str:
    """Ask of everything kept whether its codec bears a flood of it."""
    for one in lines.kept(lines.CORPUS, codec):
        try:
            flood(codec, one)
        except Finding as finding:
            lines.add_finding(codec, one, str(finding))
            print(f"{codec}: {finding}: {one.hex()}", flush=True)
            return str(finding)[:120]
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the codecs, one after another.")
    parser.add_argument("--codec", action="append", choices=sorted(CODECS), help="only this one; may be repeated")
    parser.add_argument("--seconds", type=int, default=600, help="for each codec (600)")
    asked = parser.parse_args()
    runs = []
    for codec in asked.codec or sorted(CODECS):
        print(f"{codec}: {asked.seconds} s ...", flush=True)
        runs.append(fuzz(codec, asked.seconds))
        print(runs[-1].row(), flush=True)
    print("\n| codec | ran | inputs tried | edges covered | corpus | findings |\n|---|---|---|---|---|---|")
    print("\n".join(run.row() for run in runs))
    sys.exit(1 if any(run.found for run in runs) else 0)


if __name__ == "__main__":
    main()
