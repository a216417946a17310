"""What a line knows of the hosts that call it: who may, who has said something sensible, who sends nonsense."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from devices.signal import Garbled

NOISE_SECONDS = 60.0  # of what a stranger sends without sense, one piece in this time is handed on
STRANGERS = 4096  # hosts remembered
# Each piece of nonsense, and each connection without a good frame, costs a host so much credit, which time gives back.
NONSENSE_SECONDS, RUDE_SECONDS, WORST_SECONDS = 0.1, 0.5, 1.5
NOTED_SECONDS = 3600.0  # that a host is refused, and the like, is said once in this time


class Manners:
    """``now`` is the loop's time; ``allow`` are the networks that may call, none meaning all."""

    def __init__(self, now: Callable[[], float], allow: Sequence[str] = ()):
        self._now = now
        self._allow = [ip_network(one) for one in allow]
        self._said: OrderedDict[str, float] = OrderedDict()  # whom -> when something was last said of them
        self._friends: OrderedDict[str, float] = OrderedDict()  # host -> last good frame
        self._noisy: OrderedDict[str, float] = OrderedDict()  # host -> last noise handed on
        self._owed: OrderedDict[str, float] = OrderedDict()  # host -> when its nonsense will be forgotten

    def may_call(self, host: str) -> bool:
        if not self._allow:
            return True
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._allow)

    def news(self, who: str) -> bool:
        """Is it worth saying what this one did, or was it said within the hour?"""
        now = self._now()
        if now - self._said.get(who, -NOTED_SECONDS) < NOTED_SECONDS:
            return False
        remember(self._said, who, now)
        return True

    def good_frame(self, host: str) -> None:
        remember(self._friends, host, self._now())

    def noise(self, garbled: Garbled, host: str) -> bool:
        """Bytes nobody needs to see again: senseless ones of a stranger who has already been recorded lately."""
        self.nonsense(host)
        if garbled.account or b'"' in garbled.raw or host in self._friends:
            return False
        now = self._now()
        if now - self._noisy.get(host, -NOISE_SECONDS) < NOISE_SECONDS:
            return True
        remember(self._noisy, host, now)
        return False

    def was_refused(self, host: str) -> None:
        """The door had no room for what was no noise: it is none either when it is offered again."""
        self._noisy.pop(host, None)

    def nonsense(self, host: str) -> None:
        now = self._now()
        owed = max(self._owed.get(host, now), now) + NONSENSE_SECONDS
        remember(self._owed, host, min(owed, now + WORST_SECONDS))

    def rude(self, host: str) -> bool:
        """Nothing sensible came of what this host did just now, again and again: no precedence for its new peers."""
        return self._owed.get(host, 0.0) - self._now() > RUDE_SECONDS


def remember(things: OrderedDict[Any, Any], which: Any, what: Any) -> None:
    """Keep the newest, at most ``STRANGERS``: there are more addresses in the world than memory."""
    things[which] = what
    things.move_to_end(which)
    if len(things) > STRANGERS:
        things.popitem(last=False)
