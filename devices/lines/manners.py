"""What a line remembers of the hosts that call it: who has said something sensible, and who sends nonsense."""

from collections import OrderedDict
from collections.abc import Callable

from devices.signal import Garbled

NOISE_SECONDS = 60.0  # of what a stranger sends without sense, one piece in this time is handed on
STRANGERS = 4096  # hosts remembered
# Each piece of nonsense, and each connection without a good frame, costs a host so much credit, which time gives back.
NONSENSE_SECONDS, RUDE_SECONDS, WORST_SECONDS = 0.1, 0.5, 1.5


class Manners:
    """``now`` is the loop's time."""

    def __init__(self, now: Callable[[], float]):
        self._now = now
        self._friends: OrderedDict[str, float] = OrderedDict()  # host -> last good frame
        self._noisy: OrderedDict[str, float] = OrderedDict()  # host -> last noise handed on
        self._owed: OrderedDict[str, float] = OrderedDict()  # host -> when its nonsense will be forgotten

    def good_frame(self, host: str) -> None:
        _remember(self._friends, host, self._now())

    def noise(self, garbled: Garbled, host: str) -> bool:
        """Bytes nobody needs to see again: senseless ones of a stranger who has already been recorded lately."""
        self.nonsense(host)
        if garbled.account or b'"' in garbled.raw or host in self._friends:
            return False
        now = self._now()
        if now - self._noisy.get(host, -NOISE_SECONDS) < NOISE_SECONDS:
            return True
        _remember(self._noisy, host, now)
        return False

    def nonsense(self, host: str) -> None:
        now = self._now()
        owed = max(self._owed.get(host, now), now) + NONSENSE_SECONDS
        _remember(self._owed, host, min(owed, now + WORST_SECONDS))

    def rude(self, host: str) -> bool:
        """Nothing sensible came of what this host did just now, again and again: no precedence for its new peers."""
        return self._owed.get(host, 0.0) - self._now() > RUDE_SECONDS


def _remember(hosts: OrderedDict[str, float], host: str, when: float) -> None:
    hosts[host] = when
    hosts.move_to_end(host)
    if len(hosts) > STRANGERS:
        hosts.popitem(last=False)
