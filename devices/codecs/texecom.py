"""Texecom panels over TCP: Contact ID (``2``), DC-03 blocks (``3``) and polls, each closed by CR LF.

``2`` and the 16 digits of DC-05, in which a 0 is an A as on the telephone; answered ``2 06 CR LF``. ``3`` and the
blocks of DC-03 up to end of data; answered ``3 06 CR LF``. ``POLLnnnn#`` and some bytes of flags; answered ``[P] 00
minutes 06 CR LF``, where ``minutes`` tells the panel when to poll next. A frame whose checksum or parity is wrong is
not answered, so that the panel repeats it. Source: github.com/mikestir/alarm-server (Apache-2.0), its receiver and
tests; no capture of a panel was at hand.
"""

import re
from datetime import datetime

from devices.codecs import contact_id, dc03_blocks, receiver_line
from devices.codecs.layout_codec import Ending, LayoutCodec, Refused
from devices.codecs.receiver_line import Line
from devices.signal import Heartbeat, Message

POLL_MINUTES = 2  # how often panels are asked to poll; the line's silence is measured by it
# Any DC-03 block by its length alone, so that noise before a frame seldom swallows it.
_BLOCK = b"|".join(
    b"[%b][#&0-9?@A-Z].{%d}" % (re.escape(bytes([0x40 | length, 0xC0 | length])), length + 1) for length in range(64)
)


def _contact_id(match: re.Match[bytes]) -> Line | Refused:
    report = contact_id.parse(match[1].decode().upper().replace("A", "0"))
    if not report:
        return Refused("no Contact ID in these digits")
    if not report.checksum_ok:
        return Refused("Contact ID checksum does not match")
    return receiver_line.of_contact_id("2", "", "", report)


def _sia(match: re.Match[bytes]) -> Line | Refused:
    data, at = match[1], 0
    blocks: list[dc03_blocks.Block] = []
    while at < len(data):
        block = dc03_blocks.read(data, at)
        if not block:
            return Refused("DC-03 block is damaged")
        blocks.append(block)
        at += block.size
    return receiver_line.of_sia("3", "", "", dc03_blocks.joined(blocks))


def _poll(match: re.Match[bytes]) -> Line:
    return Line("P", account=match[1].decode())


class Texecom(LayoutCodec):
    """One connection of a panel."""

    name = "texecom"
    one_account = True  # on a connection: it is the device's own
    layouts = (
        (re.compile(rb"2([0-9A-Fa-f]{16})(?=\r)"), _contact_id),
        (re.compile(rb"3((?:%b)+)(?=\r\n)" % _BLOCK, re.DOTALL), _sia),
        (re.compile(rb"POLL([0-9A-Fa-f]{1,8})#.{0,16}(?=\r\n)", re.DOTALL), _poll),
    )
    ending = Ending(b"\r\n")

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        if heard.head.protocol == "P":
            return bytes((*b"[P]", 0, POLL_MINUTES, 6, *b"\r\n"))
        return bytes((*heard.head.protocol.encode(), 6, *b"\r\n"))


def write_contact_id(account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000") -> bytes:
    return b"2%b\r\n" % contact_id.write(account, event, qualifier, partition, zone).replace("0", "A").encode()


def write_sia(account: str, event: str) -> bytes:
    """``event`` is what stands after the N, such as ``ri1/PA001``."""
    told = dc03_blocks.write("#", account.encode(), True) + dc03_blocks.write("N", event.encode(), True)
    return b"3%b%b\r\n" % (told, dc03_blocks.write(dc03_blocks.END))


def write_poll(account: str) -> bytes:
    return b"POLL%b#\0\0\0\0\r\n" % account.encode()
