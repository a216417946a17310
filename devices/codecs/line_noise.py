"""What bytes that made no frame look like, in words for whoever set the line up: another protocol, parity, baud rate.

Theory. A UART set to another rate samples the same levels at other places. Set **faster** than the device by two or
more, it sees each bit at least twice: between the first and the last run of equal bits in a byte no bit stands alone,
which in text at the right rate it does in most bytes. Set **slower**, it sees every second bit or fewer: no text, lone
bits everywhere, and, since receivers repeat themselves, far fewer different bytes than encrypted or packed data have.
Parity shows as all bytes having it: seven bits and parity read as eight leave text under a bit 7 that makes every byte
even; eight read as seven with even parity leave, where the port drops what is wrong, only characters that are even.
Rates closer together than two to one (9600 and 14400) are told apart from the right one, but not which is faster.
"""

import re
from collections.abc import Callable
from itertools import groupby

ENOUGH = 24  # bytes that say something about a baud rate
TEXT = 0.95  # this share of characters that people and receivers write is text
NO_TEXT = 0.88
LONE_BITS = 0.1  # at most this share of bytes holds a lone bit when the line is faster than the device
VARIETY = 0.6  # of the different bytes that chance would bring: fewer is somebody repeating himself

_NOT_OURS = "not this protocol: looks like "
_OPENINGS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (rb"(?:GET|POST|PUT|HEAD|OPTIONS|CONNECT) [^\s]{1,200} HTTP/1", "HTTP"),
        (rb"\x16\x03[\x00-\x04]..\x01\x00", "TLS (ClientHello), and this line does not speak TLS"),
        (rb"SSH-[12]\.", "SSH"),
        (rb"\A(?:\xff[\xfb-\xfe][\x00-\x31]){2}", "telnet"),
        (rb"\x03\x00\x00.\x02\xf0|\x03\x00\x00.[\x06-\x40]\xe0\x00\x00", "remote desktop (RDP)"),
        (rb"[\xfe\xff]SMB[@r\xfd]", "Windows file sharing (SMB)"),
        (rb"\x10.{1,2}\x00\x04MQTT|\x10.{1,2}\x00\x06MQIsdp", "MQTT"),
        (rb"(?:MESSAGE|REGISTER|OPTIONS|INVITE) sips?:", "SIP"),
        (rb'\n?[0-9A-Fa-f]{8}"\*?ADM-CID', 'Contact ID of a DC-09 panel (protocol = "dc09")'),
        (rb'\n?[0-9A-Fa-f]{8}"\*?(?:SIA-DCS|NULL|XNM)', 'a DC-09 panel (protocol = "dc09")'),
        (rb"[\x40-\x50]#[0-9A-F]{3,16}[\x80-\xff]", 'a Honeywell Galaxy (protocol = "galaxy-dc03")'),
        (rb"#CRC=[0-9A-Fa-f]{32}##", "an Aritech panel that is not set to SIA DC-09"),
        (rb"5[0-9A-F]{2}[0-9A-Z]{1,3} +[159]8[0-9A-F]{4}[ERP][0-9A-F]{8}", 'Sur-Gard (protocol = "surgard")'),
        (rb"a[0-9A-F]{2}[0-9A-Z] [0-9A-F]{4}[159]8[1-9ERP][0-9A-F]{8}", 'Bosch D6500 mode (protocol = "d6500")'),
        (rb"\n[0-9A-F]{4}[\ta-zA-Z0-9]\d{6,8} ?\[[^\n]*\]\r", 'a D6600 in SIA mode (protocol = "d6600-dc07")'),
        (rb"[0-9A-Z]{2} [0-9A-F]{4} [159]8 [ERP][0-9A-F]{3} ", 'Ademco 685 (protocol = "ademco685")'),
        (rb"\n00 OKAY @\r", 'Ademco 685 (protocol = "ademco685")'),
        (rb"POLL[0-9A-F]{1,8}#|2[0-9A-F]{16}\r\n", 'Texecom (protocol = "texecom")'),
        (rb"\[[^\[\]\r\n ]{1,32} +[159]8[0-9A-F]{10}\]", 'a Lupus panel (protocol = "lupus-cid")'),
        (rb"AL(?:00)?[0-9A-F]{4}[159]8[0-9A-F]{9}##", 'a dialler module (protocol = "al00-uart")'),
        (rb"1[0-9A-F]{2}[0-9A-Z]{1,3} {11}@", 'the heartbeat of a receiver (protocol = "surgard" or "d6500")'),
        (rb"\[[0-9A-Z]{2}\*[0-9]{5,20}\*", "an SOS watch"),
        (rb"\x78\x78.[\x01\x10-\x26].*\r\n|\x79\x79..[\x01\x10-\x98].*\r\n", "a GT06 tracker"),
        (rb"\x7e(?:\x00\x02|\x01[\x00\x02]|\x02\x00|\x07\x04).{9,}\x7e", "a JT/T 808 tracker"),
        (rb"\$G[PNL][A-Z]{3},", "a GPS receiver (NMEA)"),
        (rb"\r\n(?:RING|NO CARRIER|CONNECT|ERROR)\b|\bAT[+&Z]|\bATDT?\d", "a modem"),
        (rb"login: ?|[Pp]assword: ?|\x1b\[[0-9;]*m", "a console that asks somebody to log in"),
        (rb"\A\s*<\?xml|\A\s*<[A-Za-z]+[ >]", "XML"),
        (rb'\A\s*[\[{]\s*(?:"|\{|\[)', "JSON"),
    )
)


def likely_cause(noise: bytes, serial: bool = True) -> str:
    """What ``noise``, some hundred bytes, looks like; ``""`` when it cannot be told.

    ``serial`` is whether there is a UART, so that parity and baud rate can be the cause.
    """
    for opening, words in _OPENINGS:
        if opening.search(noise):
            return _NOT_OURS + words
    if not serial or len(noise) < ENOUGH:
        return ""
    return next(filter(None, (ask(noise) for ask in _QUESTIONS)), "")


def _held(noise: bytes) -> str:
    if noise.strip(b"\0"):
        return ""
    return (
        "only 00 bytes: the line is held low (wires crossed, or no RS-232 levels), "
        "or the device sends many times slower than this line is set"
    )


def _parity(noise: bytes) -> str:
    said = noise.translate(None, b"\0")
    ones = {byte.bit_count() % 2 for byte in said}
    if len(said) < ENOUGH or len(ones) != 1 or _share_of_text(bytes(byte & 0x7F for byte in said)) < TEXT:
        return ""
    if not said.isascii():
        was, name = ("7E1", "even") if ones == {0} else ("7O1", "odd")
        return f"{was} read as 8N1 (every byte has {name} parity in bit 7)"
    if len(set(said)) < 5:  # so few different characters may be alike by chance
        return ""
    was = "7E1" if ones == {0} else "7O1"
    return f"8N1 read as {was} (only the characters whose parity happens to be right come through)"


def _baud(noise: bytes) -> str:
    if _is_text(noise):
        return ""
    width = 7 if noise.isascii() else 8
    lone = sum(map(_LONE[width].__contains__, noise)) / len(noise)
    if lone <= LONE_BITS:
        return "wrong baud rate: this line is set too fast for the device (mostly bytes like 00, 80, 18, F8)"
    by_chance = 256 * (1 - (255 / 256) ** len(noise))
    if len(set(noise)) < VARIETY * by_chance:
        return (
            "wrong baud rate: probably this line is set too slow for the device, or to a rate near the right one "
            "(no text, and always the same bytes)"
        )
    return ""


_QUESTIONS: tuple[Callable[[bytes], str], ...] = (_held, _parity, _baud)


def _share_of_text(noise: bytes) -> float:
    return sum(32 <= byte < 127 or byte in b"\r\n\x14\x06\x15" for byte in noise) / len(noise)


def _is_text(noise: bytes) -> bool:
    try:
        return _share_of_text(noise) >= NO_TEXT or noise.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _has_lone_bit(byte: int, width: int) -> bool:
    """Whether, start bit before it, a bit between the first and the last run of equal bits stands alone."""
    bits = [0, *(byte >> place & 1 for place in range(width))]
    runs = [len(list(run)) for _, run in groupby(bits)]
    return 1 in runs[1:-1]


_LONE = {width: frozenset(b for b in range(1 << width) if _has_lone_bit(b, width)) for width in (7, 8)}
