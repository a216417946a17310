"""How a channel does, from what it has tried lately: the state a supervisor sees."""

from collections.abc import Mapping, Sequence

from callcenter.rules.events import Row
from dispatch.rules.quotas import Quota, left

UNUSED, WORKS, FAILS, DOUBTFUL = "unused", "works", "fails", "doubtful"
PASSED = ("sent", "delivered", "read")
PASSED_OVER = ("quota", "busy")  # the channel itself was not even asked


def state(succeeded_at: str, failed_at: str) -> str:
    """By its last success and its last failure: one that failed last is doubtful, one that never worked fails."""
    if not succeeded_at and not failed_at:
        return UNUSED
    if failed_at and failed_at >= succeeded_at:
        return DOUBTFUL if succeeded_at else FAILS
    return WORKS


def counted(rows: Sequence[Row], channel: str) -> dict[str, int]:
    """Of today: sent, failed, passed over for another channel."""
    mine = [row for row in rows if row["channel"] == channel]
    failed = [row for row in mine if row["state"] == "failed"]
    return {
        "sent": sum(row["n"] for row in mine if row["state"] in PASSED),
        "failed": sum(row["n"] for row in failed if row["reason"] not in PASSED_OVER),
        "passed_over": sum(row["n"] for row in failed if row["reason"] in PASSED_OVER),
    }


def quotas(limits: Sequence[Quota], tried: Mapping[str, Sequence[str]], now: str) -> list[Row]:
    """For each quota what the number that has used most has left, and how many numbers have nothing left."""
    shares = [left(limits, moments, now) for moments in tried.values()]
    return [
        {
            "quota": limit.text,
            "most": limit.most,
            "least_left": min((share[n] for share in shares), default=limit.most),
            "exhausted": sum(not share[n] for share in shares),
        }
        for n, limit in enumerate(limits)
    ]
