"""Figures as the report shows them: percentiles, medians, Markdown tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values already in order."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the load against one server; times in seconds."""

    acknowledged: int
    seconds: float
    p50: float
    p99: float
    cpu: float  # processor seconds of the server's process, in all

    @property
    def rate(self) -> float:
        return self.acknowledged / self.seconds


def run_of(found: dict[str, Any], cpu: float) -> Run:
    took = found["took"]
    return Run(found["acknowledged"], found["seconds"], percentile(took, 0.5), percentile(took, 0.99), cpu)


@dataclass(frozen=True, slots=True)
class Several:
    """Runs of one kind, interleaved with those of others: medians, and the best beside them."""

    runs: Sequence[Run]

    @property
    def rate(self) -> float:
        return median(run.rate for run in self.runs)

    @property
    def best(self) -> float:
        return max(run.rate for run in self.runs)

    @property
    def p50(self) -> float:
        return median(run.p50 for run in self.runs)

    @property
    def p99(self) -> float:
        return median(run.p99 for run in self.runs)

    @property
    def cpu_each(self) -> float:
        """Processor seconds for one frame."""
        return median(run.cpu / run.acknowledged for run in self.runs)

    def against(self, other: "Several") -> float:
        """Median of the ratios of the runs that stood beside each other."""
        return median(mine.rate / theirs.rate for mine, theirs in zip(self.runs, other.runs, strict=True))


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2g}" if seconds < 0.01 else f"{seconds * 1000:.0f}"


def count(number: float) -> str:
    return f"{number:,.0f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is words, the others are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
