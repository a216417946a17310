"""What proves that a carer is at the door: the resident's own pager, a tag there, the phone's position, or nothing."""

from collections.abc import Mapping
from typing import Any

from dispatch.rules.eta import Position, distance

# The strongest last. A stronger proof takes the place of a weaker one, never the other way round.
PROOFS = ("manual", "gps", "tag", "pager")
WORST_ACCURACY_METRES = 500.0  # a wider circle lies over half the town and proves nothing


def stronger(proof: str, than: str | None) -> bool:
    return than is None or PROOFS.index(proof) > PROOFS.index(than)


def by_position(home: Mapping[str, Any], position: Mapping[str, float] | None, fence_metres: float) -> dict[str, Any]:
    """``{proof, metres, accuracy}``: ``gps`` when the circle of accuracy around the phone touches the fence around the
    home, else ``manual``.

    A phone between houses is easily 50 m off; asking for its very middle to be inside would make everyone a liar.
    """
    if not position or home.get("latitude") is None:
        return {"proof": "manual", "metres": None, "accuracy": None}
    here = Position(position["latitude"], position["longitude"])
    metres = round(distance(here, Position(home["latitude"], home["longitude"])), 1)
    accuracy = position.get("accuracy") or 0.0
    touches = accuracy <= WORST_ACCURACY_METRES and metres - accuracy <= fence_metres
    return {"proof": "gps" if touches else "manual", "metres": metres, "accuracy": accuracy}
