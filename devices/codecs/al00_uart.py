"""Contact ID as the dialler modules of small panels send it over a UART: ``AL00 ACCT 18 Q EEE GG ZZZ ##`` CR LF.

There is no checksum. The answer is ``OK`` CR LF; without it the module repeats three times. Some write ``AL`` for
``AL00``. Source: github.com/kgolding/tinygo-contactid (which answers 13 0A by mistake).
"""

import re

from devices.codecs import receiver_line
from devices.codecs.layout_codec import Ending, LayoutCodec
from devices.codecs.receiver_line import ACCOUNT, EVENT, Line, words


def _report(match: re.Match[bytes]) -> Line:
    opening, account, message_type, *event = words(match)
    report = receiver_line.report(account, *event, message_type=message_type)
    return receiver_line.of_contact_id(opening, "", "", report)


class Al00Uart(LayoutCodec):
    """One cable to a module."""

    name = "al00-uart"
    layouts = ((re.compile(rb"(AL00|AL)" + ACCOUNT + rb"([159]8)" + EVENT + rb"(?=##|\r)"), _report),)
    ending = Ending(b"##", b"\r")
    ack = b"OK\r\n"


def write(account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000") -> bytes:
    """A frame as a module sends it."""
    return f"AL00{account}18{qualifier}{event}{partition}{zone}##\r\n".encode()
