"""What proves that a carer is at the door: the resident's own pager, a tag there, the phone's position, or nothing."""

# The strongest last. A stronger proof takes the place of a weaker one, never the other way round.
PROOFS = ("manual", "gps", "tag", "pager")
WORST_ACCURACY_METRES = 500.0  # a wider circle lies over half the town and proves nothing


def stronger(proof: str, than: str | None) -> bool:
    return than is None or PROOFS.index(proof) > PROOFS.index(than)


def by_position(metres: float | None, accuracy: float | None, fence_metres: float) -> str:
    """``gps`` when the circle of accuracy around the phone touches the fence around the home, else ``manual``.

    A phone between houses is easily 50 m off; asking for its very middle to be inside would make everyone a liar.
    """
    if metres is None or (accuracy or 0) > WORST_ACCURACY_METRES:
        return "manual"
    return "gps" if metres - (accuracy or 0) <= fence_metres else "manual"
