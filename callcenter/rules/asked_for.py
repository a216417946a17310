"""What somebody types to find a home, taken apart: numbers, pinyin, and pieces of a name or an address."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from callcenter.rules.numbers import is_number, within
from callcenter.rules.people import spelled

NUMBER, LATIN, BUILDING, UNIT, DOOR, WORDS = "number", "latin", "building", "unit", "door", "words"
MOST = 6  # pieces of one question
# 小桥3号楼2单元301室 is four pieces: whoever types it need not know where we put spaces.
_PIECES = re.compile(
    r"(?P<building>\d+(?:号楼|幢|栋|座))|(?P<unit>\d+单元)|(?P<door>\d+室)|(?P<rest>(?:(?!\d+(?:号楼|幢|栋|座|单元|室)).)+)"
)


class Piece(NamedTuple):
    """``kind`` says where it is looked for; ``text`` is folded as stored text is, a number bare."""

    kind: str
    text: str


def pieces(typed: str) -> list[Piece]:
    """All of which must fit. Empty when nothing was typed."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c == "\u3000" else c for c in typed)
    if is_number(narrow):
        return [Piece(NUMBER, within(narrow))]
    found: list[Piece] = []
    for piece in (piece for word in narrow.split() for piece in _taken_apart(spelled(word))):
        if found and found[-1].kind == piece.kind == LATIN:  # the syllables of one name
            found[-1] = Piece(LATIN, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found[:MOST]


def _taken_apart(word: str) -> Iterator[Piece]:
    if is_number(word):
        yield Piece(NUMBER, within(word))
    elif word.isascii():
        yield Piece(LATIN, word)
    else:
        for found in _PIECES.finditer(word):
            kind = found.lastgroup or "rest"
            yield Piece(WORDS if kind == "rest" else kind, found[0])
