"""DC-09: frames under their CRC, in clear text and encrypted, on lines with and without keys."""

import re

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from devices.codecs import dc09, dc09_cipher
from devices.codecs.dc09_frame import seal
from devices.signal import Setup
from tests.devices.wire import NOON
from tests.fuzz.subject import Subject
from tests.fuzz.trial import ANSWERED, ENDS, MENDED, write

KEY = bytes.fromhex("850cba22f7dd4f033405da83e4c5bae9")
KEYS = {"4242": KEY, "AFFE": KEY[:5]}

_FRAME = re.compile(rb'\n(?:[0-9A-Fa-f]{8}|([\x00-\xff]{2})[0-9A-Fa-f]{4})("[^\r\n]*)\r?')
_SECRET = re.compile(rb'("\*[^\[]*\[)(.*)\Z', re.DOTALL)
_CIPHER = re.compile(rb"(?:[0-9A-Fa-f]{32})+")


def mend(wire: bytes) -> bytes:
    """Every frame with its right CRC; clear text in a frame that says it is encrypted is encrypted first."""
    return _FRAME.sub(lambda frame: seal(_SECRET.sub(_encrypted, frame[2]), frame[1] is not None), wire)


def _encrypted(found: re.Match[bytes]) -> bytes:
    clear = found[2]
    if not clear or _CIPHER.fullmatch(clear):
        return found[0]
    sealer = Cipher(AES(KEY), CBC(bytes(16))).encryptor()
    return found[1] + sealer.update(b"0" * (-len(clear) % 16) + clear).hex().upper().encode()


def decrypted(frame: bytes) -> str:
    return "\n".join(
        text for digits in _CIPHER.findall(frame) for text in _texts(dc09_cipher.decrypt(KEY, digits) or b"")
    )


def utf8_or_1252(said: bytes) -> str:
    """As the data of a frame are read: account names in both."""
    return "\n".join(_texts(said))


def _texts(said: bytes) -> list[str]:
    return [said.decode("latin-1"), said.decode("utf-8", "replace"), said.decode("cp1252", "replace")]


def _clear(body: bytes, setup: int = 1) -> bytes:
    """An encrypted frame, written in clear text for ``mend``."""
    return write(b'\n00000000"' + body + b"\r", ENDS | ANSWERED | MENDED, setup)


_NOW = dc09_cipher.stamp(NOON)
SUBJECTS = {
    "dc09": Subject(
        setups=(
            Setup(),
            Setup(lambda account: KEY),
            Setup(lambda account: KEY, clear_text="refuse"),
            Setup(KEYS.get),
            Setup(KEYS.get, clear_text="refuse"),
        ),
        forms=(utf8_or_1252, decrypted),
        strikes=True,
        mend=mend,
        seeds=(
            _clear(b'*SIA-DCS"0001L0#4242[|#4242|Nri1/QA01][Ihelp][X101E46.20][Y36N37.80]' + _NOW),
            _clear(b'*SIA-DCS"0002L0#4242[|#4242|NQA1][K0F1E2D3C4B5A69788796A5B4C3D2E1F0]' + _NOW, 3),
            _clear(b'*ADM-CID"0003R1L2#AFFE[|#AFFE|1101 00 001]' + _NOW, 3),
            _clear(b'*NULL"0004L0#4242[]' + _NOW, 4),
            _clear(b'*SIA-DCS"0005L0#4242[|#4242|NQA1]_10:00:02,03-01-2020', 2),
            write(dc09.write("SIA-DCS", 6, "4242", "#4242|Nti10:00/QA1^bath^|Afell", xdata="[Rroom][T1][H10:00:00]")),
            write(dc09.write("ADM-CID", 7, "4242", "#4242|1101 00 001", binary=True, at=NOON), setup=4),
        ),
        words=(
            b'"SIA-DCS"', b'"ADM-CID"', b'"*SIA-DCS"', b'"*ADM-CID"', b'"NULL"', b'"XNM"', b'"ACK"', b'"SIA-PUL"',
            b"#4242|", b"L0#4242[", b"R1L2", b"][K", b"][I", b"][X", b"][Y", b"][H", b"]_10:00:02,03-01-2026",
            b'\n00000000"', b"#CRC=", b"|N", b"|O", b"/", b"^", b"*'", b"ri1/", b"ti", b"da", b"pi", b"id", b"ph",
            b"00 00 001",
        ),
        secrets=(KEY, KEY.hex().encode(), KEY.hex().upper().encode()),
    ),
}  # fmt: skip
