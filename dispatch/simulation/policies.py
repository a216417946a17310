"""The ways of sending that are compared: the centre's own rules, with what makes each policy different."""

from dataclasses import dataclass, field

from dispatch.rules.ranking import Weights

NEVER_MIND = 10**6  # seconds: enough to come after everybody else


@dataclass(frozen=True)
class Policy:
    """``interrupt``: carers are taken from visits that can wait. ``batch``: two or more that wait are matched together.
    ``parallel``: how many carers a P1 is offered to at once, first yes wins; of them only those who would come at most
    ``within_seconds`` after the first. ``accept_share``: how many offers are accepted, ``None`` as assumed."""

    name: str
    weights: Weights = field(default_factory=Weights)
    interrupt: bool = False
    batch: bool = False
    parallel: int = 1
    accept_share: float | None = None
    within_seconds: float = float("inf")


POLICIES = {
    policy.name: policy
    for policy in (
        Policy("nearest-station", Weights(other_station=NEVER_MIND, urgent_cap=2 * NEVER_MIND)),
        Policy("nearest"),
        Policy("batch", batch=True),
        Policy("nearest+interrupt", interrupt=True),
        Policy("batch+interrupt", interrupt=True, batch=True),
    )
}
HINDSIGHT = "hindsight"  # no policy: the reference that knows every alarm beforehand, see ``hindsight.py``
