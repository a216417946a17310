"""The payload of a Milesight WS101 button: ID, type and value one after the other; LoRaWAN has the checksum.

Source: the table in the maker's public decoder collection (Milesight-IoT/SensorDecoders, ws101) and the payload in
thingsboard/data-converters. Example: ``01 75 10  FF 2E 01`` is 16 % battery and a short press.
"""

from typing import Any

UNREAD = "unread bytes"
PRESSES = {1: "short", 2: "long", 3: "double"}
LENGTHS = {
    b"\x01\x75": 1,  # battery in per cent
    b"\xff\x2e": 1,  # press
    b"\xff\x01": 1,  # from here on what it says of itself after a start
    b"\xff\x08": 6,
    b"\xff\x09": 2,
    b"\xff\x0a": 2,
    b"\xff\x0b": 1,
    b"\xff\x0f": 1,
    b"\xff\xfe": 1,
    b"\xff\xff": 2,
}


def decode(payload: bytes) -> dict[str, Any]:
    """``{"battery": 16, "press": "short"}``, with what was not understood as hexadecimal digits under ``UNREAD``."""
    found: dict[str, Any] = {}
    at = 0
    while at < len(payload):
        what = payload[at : at + 2]
        length = LENGTHS.get(what, 0)
        value = payload[at + 2 : at + 2 + length]
        if not length or len(value) < length:  # the length of what is unknown is unknown too
            found[UNREAD] = payload[at:].hex()
            break
        if what == b"\x01\x75":
            found["battery"] = value[0]
        elif what == b"\xff\x2e":
            found["press"] = PRESSES.get(value[0], str(value[0]))
        at += 2 + length
    return found


def encode(battery: int, press: str = "") -> bytes:
    """What the button sends; without a press, its regular report."""
    code = next((bytes((0xFF, 0x2E, code)) for code, name in PRESSES.items() if name == press), b"")
    return bytes((0x01, 0x75, battery)) + code
