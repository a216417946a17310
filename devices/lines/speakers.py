"""Which account usually speaks from which host, so that a device which sends under another's account is noticed.

A press is never refused for it. It is noticed where a connection (on UDP: a host and port) has spoken as one account
and then speaks as another that was last heard from another host. So a gateway which carries many accounts is never
noticed, nor a device whose address has changed; a stranger who opens a connection under one account only cannot be told
from such a device.
"""

from collections import OrderedDict

ANOTHERS = "another device's account"  # the deviation on the frame
REMEMBERED = 20_000  # accounts


class Speakers:
    def __init__(self) -> None:
        self._usual: OrderedDict[str, str] = OrderedDict()  # account -> host

    def borrowed(self, spoken_as: str, account: str, host: str) -> bool:
        """Is ``account`` another's, on a connection that has ``spoken_as`` an account (empty: as none) before?"""
        if spoken_as and account != spoken_as and self._usual.get(account, host) != host:
            return True
        self._usual[account] = host
        self._usual.move_to_end(account)
        if len(self._usual) > REMEMBERED:
            self._usual.popitem(last=False)
        return False
