"""What the simulator sent and what came of it on the wire."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.simulator.workload import Happening

REMEMBERED = 100_000  # latest waits the percentiles are taken from
# Where frames have no number, the centre takes the same one within 20 s for a copy of the first; and some room.
LOOKS_LIKE_A_COPY_SECONDS = 25.0


@dataclass
class Tally:
    """``lost`` lists what was never acknowledged, as (account, kind). Waits are from the first copy sent, in ms.

    ``sent``, ``acknowledged`` and ``lost`` are of all frames. Of presses, ``pressed`` were acknowledged; ``stayed``
    never left the home (no power, pager or network); ``calmed`` were not made after all: somebody had spoken, or come.
    ``owed`` is how many times each account, as the centre has it, must be heard of in calls.
    """

    units: int = 0
    sent: int = 0
    acknowledged: int = 0
    retransmitted: int = 0
    human: int = 0
    technical: int = 0
    heartbeats: int = 0
    heartbeats_missed: int = 0
    seconds: float = 0.0
    pressed: int = 0
    stayed: int = 0
    calmed: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    lost_presses: int = 0
    owed: Counter[str] = field(default_factory=Counter)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _last: dict[tuple[str, str], float] = field(default_factory=dict)
    _before: dict[str, float] = field(default_factory=dict)

    def end(self, happening: Happening, acknowledged_after: float | None) -> None:
        """``acknowledged_after`` in seconds, None for never."""
        self.sent += 1
        self.human += happening.human
        self.technical += not happening.human
        if acknowledged_after is None:
            self.lost.append((happening.account, str(happening.kind)))
            self.lost_presses += happening.human
        else:
            self.acknowledged += 1
            self.pressed += happening.human
            self.waits.append(1000 * acknowledged_after)

    def owe(self, account: str, happening: Happening, numbered: bool, at: float) -> None:
        """An acknowledged press must be in a call, once; ``at`` is when it was acknowledged, in real seconds."""
        told = (account, str(happening.kind))
        last = self._last.get(told, self._before.get(account, -LOOKS_LIKE_A_COPY_SECONDS))
        if numbered or at - last >= LOOKS_LIKE_A_COPY_SECONDS:
            self.owed[account] += 1
            self._last[told] = at

    def was_heard(self, accounts: Iterable[str], at: float) -> None:
        """They have a call from an earlier run, whose last press may have been a moment ago."""
        self._before.update(dict.fromkeys(accounts, at))

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
