"""Contact ID as Lupusec panels send it to an address ``rptn://ACCT@host:port``: ``[ACCT 18QEEEGGZZZS]``.

Nothing follows the bracket; the answer is ``06``. The account is what was typed before the ``@``, so it may be any
text; only of the four digits that Contact ID knows can the checksum be worked out. A frame with a wrong checksum is not
answered, so that the panel repeats it. Source: github.com/schmupu/ioBroker.contactid (MIT), README.
"""

import re

from devices.codecs import contact_id, receiver_line
from devices.codecs.layout_codec import Ending, LayoutCodec, Refused
from devices.codecs.receiver_line import Line, words

_FRAME = re.compile(
    rb"\[([^\[\]\r\n ]{1,32}) +(([159]8)([1-9])([0-9A-Fa-f]{3})([0-9A-Fa-f]{2})([0-9A-Fa-f]{3})[0-9A-Fa-f])(?=\])"
)


def _report(match: re.Match[bytes]) -> Line | Refused:
    account, block, message_type, *event = words(match)
    report = contact_id.parse(account + block)
    deviations: tuple[str, ...] = ()
    if not report:
        report = receiver_line.report(account, *event, message_type=message_type)
        deviations = ("checksum of an account that is not four digits",)
    if not report.checksum_ok:
        return Refused("Contact ID checksum does not match")
    return receiver_line.of_contact_id("", "", "", report, deviations)


class LupusCid(LayoutCodec):
    """One connection of a panel."""

    name = "lupus-cid"
    one_account = True  # on a connection: it is the device's own
    layouts = ((_FRAME, _report),)
    ending = Ending(b"]")


def write(account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000") -> bytes:
    """A frame as a panel with an account of four digits sends it."""
    block = contact_id.write(account, event, qualifier, partition, zone)
    return f"[{block[:4]} {block[4:]}]".encode()
