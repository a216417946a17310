"""How long it takes to read something out on the telephone, and what of it fits into twenty seconds."""

from collections.abc import Sequence
from typing import NamedTuple

SECONDS = 20.0
SIGNS_A_SECOND = 4.5  # Chinese, read out clearly; a figure is a sign
LETTERS_A_SECOND = 14.0
ALWAYS = 2  # the first lines are read out however long they are: where, and what has happened


class Line(NamedTuple):
    title: str
    text: str


def seconds(text: str) -> float:
    """Of reading this text out. Spaces and stops cost nothing: they are breath."""
    letters = sum(c.isascii() and c.isalpha() for c in text)
    signs = sum(c.isalnum() for c in text) - letters
    return signs / SIGNS_A_SECOND + letters / LETTERS_A_SECOND


def fitting(lines: Sequence[Line], limit: float = SECONDS) -> tuple[list[Line], list[Line]]:
    """``(read out now, kept for their questions)``: in order, as many whole lines as fit."""
    now: list[Line] = []
    later: list[Line] = []
    spent = 0.0
    for line in lines:
        takes = seconds(line.text)
        if len(now) < ALWAYS or (spent + takes <= limit):
            now.append(line)
            spent += takes
        else:
            later.append(line)
    return now, later
