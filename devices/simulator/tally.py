"""What the simulator sent and what came of it, and the one line of truth at the end."""

from collections import deque
from dataclasses import dataclass, field

from devices.simulator.workload import Happening

REMEMBERED = 100_000  # latest waits the percentiles are taken from


@dataclass
class Tally:
    """``lost`` lists what was never acknowledged, as (account, kind). Waits are from the first copy sent, in ms."""

    units: int = 0
    sent: int = 0
    acknowledged: int = 0
    retransmitted: int = 0
    human: int = 0
    technical: int = 0
    heartbeats: int = 0
    heartbeats_missed: int = 0
    seconds: float = 0.0
    lost: list[tuple[str, str]] = field(default_factory=list)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def begin(self, happening: Happening) -> None:
        self.sent += 1
        self.human += happening.human
        self.technical += not happening.human

    def end(self, happening: Happening, acknowledged_after: float | None) -> None:
        """``acknowledged_after`` in seconds, None for never."""
        if acknowledged_after is None:
            self.lost.append((happening.account, str(happening.kind)))
        else:
            self.acknowledged += 1
            self.waits.append(1000 * acknowledged_after)

    def percentile(self, share: float) -> float:
        """Milliseconds; 0 when nothing was acknowledged."""
        waits = sorted(self.waits)
        return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0

    @property
    def p50(self) -> float:
        return self.percentile(0.5)

    @property
    def p99(self) -> float:
        return self.percentile(0.99)

    def __str__(self) -> str:
        line = (
            f"{self.units} units: {self.sent} frames sent ({self.human} human, {self.technical} technical), "
            f"{self.acknowledged} acknowledged, {self.retransmitted} retransmitted, {len(self.lost)} lost; "
            f"p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms; "
            f"{self.heartbeats} heartbeats, {self.heartbeats_missed} unanswered; {self.seconds:.1f} s"
        )
        if self.lost:
            line += "; not acknowledged: " + ", ".join(f"{account} {kind}" for account, kind in self.lost[:50])
        if len(self.lost) > 50:
            line += f" and {len(self.lost) - 50} more"
        return line
