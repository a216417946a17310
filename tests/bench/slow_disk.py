"""The gateway on a disk whose fsync takes 5 ms longer: a shim made with the C compiler, loaded before the program."""

import shutil
import subprocess
from pathlib import Path

from tests.bench.acknowledgements import closed_loop, load
from tests.bench.figures import count, ms, percentile, table
from tests.bench.servers import gateway

MICROSECONDS = 5000
MIX = ["mains"] * 8 + ["ADM-CID"] + ["mains"] * 9  # one human press among eighteen: 50 of 900


def shim(folder: Path) -> Path | None:
    """The library, or None where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    made = folder / "slow_disk.so"
    source = Path(__file__).with_name("slow_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", made, source, "-ldl"], check=True)
    return made


def measure(folder: Path, url: str, connections: tuple[int, ...], seconds: float) -> str:
    library = shim(folder)
    if library is None:
        return "Left out: there is no C compiler for the shim that slows fsync (`apt-get install gcc`)."
    env = {"LD_PRELOAD": str(library), "ANXIN_FSYNC_US": str(MICROSECONDS)}
    with gateway("SQLite FULL", folder / "slow", url, env) as server:
        runs = [(many, closed_loop(server, "ADM-CID", many, seconds)) for many in connections]
        burst = load(server, MIX, 900, 900, "--rate", "900")
        at_once = load(server, MIX, 900, 900, "--rate", "1000000")
    heads = ("load", "ACK/s", "p50 ms", "p99 ms", "all acknowledged after s", "last human press after s")
    rows = [(f"{many} connections", count(r.rate), ms(r.p50), ms(r.p99), "", "") for many, r in runs]
    for name, found in (("900 frames within one second", burst), ("900 frames at once", at_once)):
        took = found["by_kind"]["ADM-CID"]
        p50, p99 = ms(percentile(took, 0.5)), ms(percentile(took, 0.99))
        after = f"{found['seconds']:.2f}", f"{found['last']['ADM-CID']:.2f}"
        rows.append((f"{name}, {len(took)} of them human: the human ones", "", p50, p99, *after))
    return table(heads, rows)
