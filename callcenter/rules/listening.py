"""Do we listen? Whether our own gateway and lines are up, and since when without a gap: nobody is blamed for less."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from callcenter.rules.events import Row
from callcenter.rules.times import seconds_between

GATEWAY = "gateway"
GAP_SECONDS = 30.0  # a gateway started again within so long has kept nobody from being heard
BEAT_SECONDS = 10.0  # a gateway that lives says so every two seconds


@dataclass(frozen=True, slots=True)
class Ear:
    """The gateway, or one line. ``deaf_since`` is None while it hears; ``since`` is when it last began to."""

    since: str = ""
    deaf_since: str | None = None

    def hears(self, now: str, patience: float) -> bool:
        """False once it has been deaf for longer than ``patience`` seconds."""
        return self.deaf_since is None or seconds_between(self.deaf_since, now) < patience


@dataclass(frozen=True)
class Listening:
    """What our gateway and lines can hear at ``now``. Whatever has left no sign of life was never there to miss."""

    now: str
    patience: float
    gateway: Ear = Ear()
    lines: dict[str, Ear] = field(default_factory=dict)

    def on(self, line: str) -> tuple[bool, str]:
        """Whether a device on this line can be heard, and since when without a gap."""
        if line.startswith("webhook:"):  # the web takes these, not the gateway
            return True, ""
        own = self.lines.get(line, Ear())
        hears = all(ear.hears(self.now, self.patience) for ear in (self.gateway, own))
        return hears, max(self.gateway.since, own.since)

    def deaf(self) -> tuple[str, ...]:
        """Names of what cannot hear: ``gateway`` alone, else lines."""
        if not self.gateway.hears(self.now, self.patience):
            return (GATEWAY,)
        return tuple(name for name, ear in sorted(self.lines.items()) if not ear.hears(self.now, self.patience))


def listening(signs: Iterable[Row], now: str, watching_since: str, patience: float) -> Listening:
    """From the rows of ``signs_of_life``. What went deaf before we began to watch counts from then; and while something
    is deaf, or has not yet come back, silence has only just begun."""
    by_name = {row["name"]: row for row in signs}
    lines = {name[5:]: _line(row, now, watching_since) for name, row in by_name.items() if name.startswith("line:")}
    return Listening(now, patience, _gateway(by_name.get(GATEWAY), now, watching_since), lines)


def _gateway(row: Row | None, now: str, watching_since: str) -> Ear:
    if row is None:  # not started yet; whoever watches cannot say that anybody listened before
        return Ear(watching_since)
    silent = seconds_between(row["at"], now)
    if row["state"] == "up" and silent <= BEAT_SECONDS:
        return Ear(row["since"])
    return Ear(now if silent > GAP_SECONDS else row["since"], max(row["at"], watching_since))


def _line(row: Row, now: str, watching_since: str) -> Ear:
    if row["state"] == "up":
        return Ear(row["since"])
    return Ear(now, max(row["at"], watching_since))


def since(before: Row | None, state: str, at: str, beats: bool) -> str:
    """Since when a sign of life has stood in this state, when it is shown at ``at``. ``beats``: it is shown all the
    time, so a gap in it means that it was away; lines only say when they change."""
    if before is None or before["state"] != state:
        return at
    away = beats and seconds_between(before["at"], at) > GAP_SECONDS
    return at if away else before["since"] or at
