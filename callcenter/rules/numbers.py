"""Telephone numbers: what two spellings of one number have in common, and whether one was typed at all.

A land line is told with its area code or without. Which area is meant without one is said once, when a process starts
(``read_here``, from ``[centre] area_code``): it is the same for everybody there, as the country's code is.
"""

import re

MOBILE = re.compile(r"1[3-9][0-9]{9}")
SHORTEST_LOCAL = 7  # a land line without its area code
LOCAL = re.compile(r"[2-8][0-9]{6,7}")
LAND_LINE = re.compile(r"0[1-9][0-9]{8,10}")  # with its area code
_here = {"area": ""}
_COUNTRY = re.compile(r"(?:00|\+)?86(?=1\d{10}$|0\d{9,11}$|[2-9]\d{8,10}$)")
_WRITTEN = re.compile(r"[+\d\s().·\-—–－]+")
_LONGEST = 30


def bare(number: str) -> str:
    """Digits only, without China's code and without the 0 (or 9) that leads out of a house: ``13900001111``,
    ``09715550000``. Empty for a caller who hides the number, and for a name such as ``anonymous``."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in number)
    if any(c.isascii() and c.isalpha() for c in narrow):
        return ""
    written = "".join(c for c in narrow if c.isascii() and (c.isdigit() or c == "+"))
    digits = _COUNTRY.sub("", written, count=1).replace("+", "")[:_LONGEST]
    for ahead in ("0", "9"):
        if digits.startswith(ahead) and MOBILE.fullmatch(digits[1:]):
            return digits[1:]
    return digits


def read_here(area_code: str) -> None:
    """From now on a land line without an area code is one of this area; empty: nobody knows of which."""
    _here["area"] = area_code


def area() -> str:
    return _here["area"]


def whole(number: str) -> str:
    """``bare``, with this district's area code where a land line was told without one: what a number is known by."""
    found, own = bare(number), area()
    if own and LOCAL.fullmatch(found):
        return own + found
    if own and found.startswith(own[1:]) and LOCAL.fullmatch(found[len(own) - 1 :]):
        return "0" + found  # from abroad, or by a switchboard that drops it
    return found


def within(number: str) -> str:
    """``bare``, without this district's area code: what both spellings of a number have in them."""
    found, own = whole(number), area()
    local = found.removeprefix(own)
    return local if own and LOCAL.fullmatch(local) else bare(number)


def is_number(text: str) -> bool:
    """Was a telephone number typed, in any spelling? Three digits may as well be a door."""
    return bool(_WRITTEN.fullmatch(text.strip())) and len(bare(text)) >= 4


def ending(number: str) -> str:
    """What every spelling of this number ends with; empty when it is too short to tell people apart."""
    found = bare(number)
    return found if MOBILE.fullmatch(found) else found[-SHORTEST_LOCAL:] if len(found) >= SHORTEST_LOCAL else ""


def same(one: str, other: str) -> bool:
    """Do these lead to one telephone? A land line is told with or without its area code, with or without its 0.

    Two whole numbers that only end alike are two telephones of two areas.
    """
    if not ending(one) or not ending(other):
        return False
    a, b = whole(one), whole(other)
    if LAND_LINE.fullmatch(a) and LAND_LINE.fullmatch(b):
        return a == b
    a, b = a.lstrip("0"), b.lstrip("0")
    if MOBILE.fullmatch(a) or MOBILE.fullmatch(b):
        return a == b
    return a.endswith(b) or b.endswith(a)
