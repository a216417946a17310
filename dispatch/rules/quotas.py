"""Quotas: how often one number may be called or written to, as providers set it, read and reckoned."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from callcenter.rules.times import later

SECONDS = {"min": 60, "h": 3600, "day": 86400}
_WRITTEN = re.compile(r"([1-9]\d{0,5})/(min|h|day)")

# What the big providers allow per called number, failed calls included (reference: Aliyun's documents 449961, 2881383;
# the robots of WeCom and DingTalk take 20 messages a minute and then nothing for ten).
USUAL: dict[str, tuple[str, ...]] = {
    "sms": ("50/day",), "voice": ("1/min", "5/h", "20/day"), "robot": ("20/min",), "mail": (),
}  # fmt: skip


class Quota(NamedTuple):
    """``most`` messages to one number within ``seconds``; ``text`` as written."""

    most: int
    seconds: int
    text: str


def read(text: str) -> Quota:
    """``20/day``. Raises ``ValueError`` with the fix."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"quota {text!r} cannot be read; write a number, a slash and min, h or day: 20/day")
    return Quota(int(found[1]), SECONDS[found[2]], text.strip())


def longest(quotas: Iterable[Quota]) -> int:
    return max((quota.seconds for quota in quotas), default=0)


def left(quotas: Sequence[Quota], sent: Sequence[str], now: str) -> list[int]:
    """What each quota still allows, after the messages ``sent`` at these moments."""
    return [max(0, one.most - sum(at > later(now, -one.seconds) for at in sent)) for one in quotas]


def exhausted(quotas: Sequence[Quota], sent: Sequence[str], now: str) -> Quota | None:
    """The quota that forbids one more message now, or None."""
    return next((one for one, more in zip(quotas, left(quotas, sent, now), strict=True) if not more), None)
