"""The one line of truth: what people pressed, and what became of it."""

from dataclasses import dataclass

from devices.simulator.board import Board
from devices.simulator.tally import Tally


@dataclass(frozen=True)
class Truth:
    """``board`` is None when the centre was not read; ``unread`` then says why not."""

    tally: Tally
    board: Board | None = None
    unread: str = "no simulate.token"

    @property
    def lost(self) -> int:
        """Presses that nobody acknowledged, and those acknowledged that are in no call."""
        return self.tally.lost_presses + (self.board.missing(self.tally.owed) if self.board else 0)

    @property
    def whole(self) -> bool:
        """Neither a press nor a technical frame was lost."""
        return not self.lost and not self.tally.lost

    def __str__(self) -> str:
        return f"{self.tally}\n{self.line}"

    @property
    def line(self) -> str:
        tally = self.tally
        said = [f"presses {tally.human} sent, {tally.pressed} acknowledged", *self._of_calls()]
        if tally.stayed:
            said.append(f"{tally.stayed} never left the home (no power, pager or network)")
        return "truth: " + "; ".join(said) + f"; lost = {self.lost}"

    def _of_calls(self) -> list[str]:
        if self.board is None:
            return [f"calls, answers and visits not read ({self.unread})"]
        ours = self.board.ours
        still_open = sum(case.stage != "closed" for case in ours)
        counted = f"calls {len(ours)}, answered {sum(case.answered for case in ours)}, visits {self.board.visits}"
        return [counted + (f", {still_open} still open" if still_open else "")]
