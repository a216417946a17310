"""Telephone numbers: what two spellings of one number have in common, and which can be dialled."""

import re

MOBILE = re.compile(r"1[3-9][0-9]{9}")
SHORTEST_LOCAL = 7  # a land line without its area code
_COUNTRY = re.compile(r"^(?:\+|00)86")


def bare(number: str) -> str:
    """Digits only, without China's code and without the 0 (or 9) that leads out of a house: ``13900001111``,
    ``09715550000``; empty for a caller who hides the number."""
    number = re.sub(r"[\s().-]", "", number)
    digits = _COUNTRY.sub("", number)
    if not digits.isascii() or not digits.isdigit():
        return ""
    for ahead in ("86", "0", "9", ""):
        if digits.startswith(ahead) and MOBILE.fullmatch(digits[len(ahead) :]):
            return digits[len(ahead) :]
    return digits


def ending(number: str) -> str:
    """What every spelling of this number ends with; empty when it is too short to tell people apart."""
    found = bare(number)
    return found if MOBILE.fullmatch(found) else found[-SHORTEST_LOCAL:] if len(found) >= SHORTEST_LOCAL else ""


def same(one: str, other: str) -> bool:
    """Do these lead to one telephone? A land line is told with or without its area code, with or without its 0."""
    a, b = bare(one).lstrip("0"), bare(other).lstrip("0")
    if not ending(one) or not ending(other):
        return False
    if MOBILE.fullmatch(a) or MOBILE.fullmatch(b):
        return a == b
    return a.endswith(b) or b.endswith(a)


def shown(number: str) -> str:
    """The number as it is written down; ``""`` stays empty: the caller hides it."""
    return bare(number)[:30]
