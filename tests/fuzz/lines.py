"""Inputs kept as text: a file for each codec, an input in hex on each line. Lines with # say what was found."""

from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
CORPUS, FINDINGS = HERE / "corpus", HERE / "findings"
LONGEST_FILE = 150_000  # bytes; what goes into it first is short


def kept(folder: Path, codec: str) -> list[bytes]:
    """The inputs kept for a codec; none where there is no file."""
    path = folder / f"{codec}.txt"
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    return [bytes.fromhex(line) for line in lines if line and not line.startswith("#")]


def keep(codec: str, inputs: Iterable[bytes]) -> int:
    """Write the corpus of a codec anew. Returns how many inputs it holds."""
    size, lines = 0, list[str]()
    for one in sorted(set(inputs), key=lambda one: (len(one), one)):
        size += len(one) * 2 + 1
        if size > LONGEST_FILE:
            break
        lines.append(one.hex())
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / f"{codec}.txt").write_text("".join(f"{line}\n" for line in lines), "ascii")
    return len(lines)


def add_finding(codec: str, found: bytes, why: str) -> None:
    """Keep an input that broke a promise, with what was said about it."""
    FINDINGS.mkdir(exist_ok=True)
    if found in kept(FINDINGS, codec):
        return
    words = " ".join(why.encode("ascii", "backslashreplace").decode().split())[:300]
    with (FINDINGS / f"{codec}.txt").open("a", encoding="ascii") as file:
        file.write(f"# {words}\n{found.hex()}\n")
