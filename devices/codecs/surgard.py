"""Sur-Gard MLR2 and System receivers, automation output over RS-232 or TCP: Contact ID, SIA, basic formats, heartbeat.

A frame is ASCII and ends in DC4 (hex 14); there is no checksum and no number. The receiver waits 4 s for ``06`` (ACK)
or ``15`` (NAK) and repeats; after four NAKs it stops sending alarms, so a NAK goes only to a line in which nothing can
be read. Layouts: MLR2-DG manual p. 43-47, MLR2-E p. 42-44, System III p. 35. Clones end in CR, put the account before
the 18, write the qualifier as a digit, or glue retransmissions together: all are read, and named in ``deviations``.
"""

from devices.codecs import sia_codes, surgard_layouts
from devices.codecs.layout_codec import NAK, Ending, LayoutCodec
from devices.codecs.receiver_line import QUALIFIERS

DC4 = b"\x14"


class SurGard(LayoutCodec):
    """One connection to a receiver."""

    name = "surgard"
    layouts = surgard_layouts.LAYOUTS
    other = surgard_layouts.OTHER
    ending = Ending(DC4, b"\r")
    nak = NAK
    heartbeat_seconds = 30.0  # of the receiver, as its manuals have it


def write_contact_id(
    account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000",
    receiver: str = "01", line: str = "1",
) -> bytes:  # fmt: skip
    """A Contact ID frame as an MLR2 sends it."""
    letter = {number: letter for letter, number in QUALIFIERS.items()}[qualifier]
    return f"5{receiver}{line} 18{account}{letter}{event}{partition}{zone}".encode() + DC4


def write_sia(account: str, code: str, zone: str = "", area: str = "", receiver: str = "01", line: str = "1") -> bytes:
    """A SIA protocol 2 frame."""
    return f"S{receiver}{line}[{sia_codes.write_data(account, code, zone, area)}]".encode() + DC4


def write_heartbeat(receiver: str = "01", line: str = "1") -> bytes:
    return f"1{receiver}{line}{'@':>12}    ".encode() + DC4
