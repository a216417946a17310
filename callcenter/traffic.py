"""What passes through the gateway, counted in memory for each device and written with the beats.

Diallers number their frames and link tests from 1 to 9999 and begin again. A number that never came is a frame that
was lost on its way; a number that came twice is a frame whose first attempt failed. Link tests are answered without
their number being known here, so each one heard since the last frame excuses one missing number.
"""

from dataclasses import dataclass

from callcenter.rules.events import Row

HIGHEST = 9999
MOST_LOST = 50  # a larger step is a unit that was started again, or exchanged

MOST_DEVICES = 50_000


@dataclass(slots=True)
class Count:
    """``last`` is the newest sequence number, 0 before the first; the others count since they were last taken."""

    line: str = ""
    last: int = 0
    beats: int = 0
    frames: int = 0
    retransmissions: int = 0
    gaps: int = 0

    def number(self, sequence: int) -> None:
        if not self.last:
            self.last = sequence
            return
        step = (sequence - self.last) % HIGHEST
        if step == 0:
            self.retransmissions += 1
            return
        lost = step - 1 - self.beats
        self.gaps += lost if 0 < lost <= MOST_LOST else 0
        self.last, self.beats = sequence, 0


class Traffic:
    """Not safe for threads: whoever counts holds a lock."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}
        self._told: dict[str, None] = {}

    def frame(self, line: str, account: str, sequence: str) -> None:
        """One good frame; ``sequence`` is empty, or ``0000``, where frames have no number."""
        count = self._counts.get(account)
        if count is None:
            if len(self._counts) >= MOST_DEVICES:  # strangers making up accounts must not fill our memory
                self._counts = {name: self._counts[name] for name in self._told}
            count = self._counts[account] = Count()
        count.line = line
        count.frames += 1
        if sequence.isdecimal() and (number := int(sequence)):
            count.number(number)
        self._told[account] = None

    def beat(self, account: str) -> None:
        count = self._counts.get(account)
        if count is not None:
            count.beats += 1

    def take(self) -> dict[str, Row]:
        """What was counted since the last time, by account; the numbers themselves are kept to go on from."""
        taken = {}
        for account in self._told:
            count = self._counts[account]
            taken[account] = {
                "line": count.line, "last_sequence": count.last or None, "frames": count.frames,
                "retransmissions": count.retransmissions, "gaps": count.gaps,
            }  # fmt: skip
            count.frames = count.retransmissions = count.gaps = 0
        self._told = {}
        return taken

    def put_back(self, taken: dict[str, Row]) -> None:
        """They could not be written: they are counted again next time."""
        for account, said in taken.items():
            count = self._counts[account]
            count.frames += said["frames"]
            count.retransmissions += said["retransmissions"]
            count.gaps += said["gaps"]
            self._told[account] = None
