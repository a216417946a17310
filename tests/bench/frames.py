"""The frames of the benchmark: every press of the 900 homes another one, with the reply that must come back."""

from datetime import datetime

from devices.codecs.dc09 import write

ACCOUNTS = [str(1001 + home) for home in range(900)]
KEY = "0123456789ABCDEF"  # 16 characters, as pysiaalarm takes them; ours takes hex digits or characters
SECRET = KEY.encode()
# kind: (token, what stands in the brackets, encrypted)
KINDS = {
    "ADM-CID": ("ADM-CID", "#{account}|1101 01 001", False),
    "SIA-DCS": ("SIA-DCS", "#{account}|Nri1/QA01", False),
    "AES-128": ("ADM-CID", "#{account}|1101 01 001", True),
    "mains": ("ADM-CID", "#{account}|1301 00 000", False),  # mains lost: a device's word, no person's
}
MOST = len(ACCOUNTS) * 9999  # presses until account and sequence are used up


def account(number: int) -> str:
    return ACCOUNTS[number % len(ACCOUNTS)]


def press(kind: str, number: int, at: datetime) -> tuple[bytes, bytes]:
    """The ``number``-th press of the district, and how its acknowledgement begins behind CRC and length."""
    token, data, secret = KINDS[kind]
    who, sequence = account(number), number // len(ACCOUNTS) % 9999 + 1
    frame = write(
        token, sequence, who, data.format(account=who), SECRET if secret else None, "1", "1", at if secret else None
    )
    return frame, b'"%sACK"%04dR1L1#%s[' % (b"*" if secret else b"", sequence, who.encode())
