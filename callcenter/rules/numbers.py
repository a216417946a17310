"""A telephone number as it is compared: its digits, without the country's prefix, however it was written."""

import re

_PREFIX = re.compile(r"(?:00|\+)?86(?=1\d{10}$|0\d{9,11}$|[2-9]\d{8,10}$)")
_WRITTEN = re.compile(r"[+\d\s().·\-—–－]+")
_LONGEST = 30


def bare(phone: str) -> str:
    """``+86 139-7200 0001`` and ``13972000001`` are the same number. Empty when there is no digit in it."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in phone)
    written = "".join(c for c in narrow if c.isascii() and (c.isdigit() or c == "+"))
    return _PREFIX.sub("", written, count=1).replace("+", "")[:_LONGEST]


def is_number(text: str) -> bool:
    """Was a telephone number typed, in any spelling? Three digits may as well be a door."""
    return bool(_WRITTEN.fullmatch(text.strip())) and len(bare(text)) >= 4
