"""DC-09 encryption and time: AES-CBC with a zero IV in hex, padding first, and ``HH:MM:SS,MM-DD-YYYY`` in UTC.

A zero IV and no MAC give secrecy, not integrity: what decrypts is believed only when its structure is right and its
clock is inside the window. Keys pass through here and are kept nowhere.
"""

import os
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

KEY_LENGTHS = (16, 24, 32)
AHEAD, BEHIND = 20, -40  # seconds a device's clock may differ from ours (siadc09 and pysiaalarm agree)
_ZERO = CBC(bytes(16))


def decrypt(key: bytes, digits: bytes) -> bytes | None:
    """The clear bytes of a field of hex digits (either case), or None if it is no whole number of blocks."""
    try:
        secret = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return None
    if not secret or len(secret) % 16:
        return None
    opener = Cipher(AES(key), _ZERO).decryptor()
    return opener.update(secret) + opener.finalize()


def encrypt(key: bytes, clear: bytes) -> bytes:
    """``clear`` with 16 to 31 bytes of random padding before it (DC-09-2026), encrypted, as hex digits."""
    padding = os.urandom(16).hex().encode()[: 16 + -len(clear) % 16]
    sealer = Cipher(AES(key), _ZERO).encryptor()
    return (sealer.update(padding + clear) + sealer.finalize()).hex().upper().encode()


def moment(text: bytes | str) -> datetime | None:
    """``HH:MM:SS,MM-DD-YYYY`` in UTC; None if it is no time, or one that not every zone can show (years 1 and 9999).

    By slicing: strptime costs five times as much.
    """
    try:
        if len(text) != 19 or not 1 < (year := int(text[15:19])) < 9999:
            return None
        return datetime(
            year, int(text[9:11]), int(text[12:14]), int(text[0:2]), int(text[3:5]), int(text[6:8]),
            tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None


def stamp(at: datetime) -> bytes:
    """The timestamp of a frame, with its underscore."""
    at = at.astimezone(UTC)
    return b"_%02d:%02d:%02d,%02d-%02d-%04d" % (at.hour, at.minute, at.second, at.month, at.day, at.year)


def in_window(theirs: datetime, ours: datetime) -> bool:
    return BEHIND <= (theirs - ours).total_seconds() <= AHEAD
