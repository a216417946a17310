"""JSON over MQTT, as LoRaWAN servers, Zigbee2MQTT and ThingsBoard publish it. Where things stand is told by the line.

The form: one datagram is the MQTT topic, LF, the payload. Several of them in one stream (a capture) have NUL between,
which neither a topic nor JSON may hold; an MQTT line hands in a NUL of a payload as SUB (hex 1A), so that nobody can
put a second message into a first. Nothing is answered: MQTT acknowledges.

Sources: ChirpStack 4 and 3 event pages, The Things Stack data formats, ThingsBoard MQTT API, zigbee2mqtt.io device
pages. What real senders do differently: ChirpStack 3 writes the EUI in base64 and the decoded object as a
text; The Things Stack leaves out what is zero or empty; Zigbee2MQTT sends ``"action": ""`` or null after each press,
which is no alarm. A value that stands in no table is an unknown event and rings: a press must not wait for a setting.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from devices.codecs import json_document as document
from devices.codecs import milesight
from devices.codecs.described import account_of, described
from devices.codecs.json_document import Unreadable, look
from devices.codecs.json_mapping import Mapping
from devices.codecs.json_meaning import Reading, tell
from devices.signal import Garbled, Heard, Heartbeat, Message, Setup

LIMIT = 64 * 1024  # bytes of one message
READINGS = 64  # in one message of a gateway
BETWEEN = b"\x00"
INSTEAD = b"\x1a"  # of a NUL in a payload
FILLER = b" \t\r\n"
DECODERS = {"milesight-ws101": milesight.decode}


class JsonFields:
    """One datagram, or one stream of several. Raises pydantic's ``ValidationError`` for a bad ``format``."""

    name = "mqtt-json"

    def __init__(self, setup: Setup) -> None:
        self._map = described(Mapping, setup.format)
        self._rest = bytearray()
        self._too_long = False

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        heard: list[Heard] = []
        *whole, rest = data.split(BETWEEN)
        for piece in whole:
            self._add(piece, heard)
            heard += self._close()
        self._add(rest, heard)
        return heard

    def end(self) -> list[Heard]:
        return self._close()

    def reply(self, heard: Message | Heartbeat, now: datetime) -> bytes:
        return b""

    def _add(self, piece: bytes, heard: list[Heard]) -> None:
        self._rest += piece
        while len(self._rest) > LIMIT:
            self._too_long = True
            heard.append(Garbled(bytes(self._rest[:LIMIT]), f"a message of more than {LIMIT} bytes"))
            del self._rest[:LIMIT]

    def _close(self) -> list[Heard]:
        raw, too_long = bytes(self._rest), self._too_long
        self._rest.clear()
        self._too_long = False
        if too_long:
            return [Garbled(raw, f"a message of more than {LIMIT} bytes")] if raw else []
        return self._hear(raw) if raw.strip(FILLER) else []

    def _hear(self, raw: bytes) -> list[Heard]:
        """What one message says. Its account is told even of one that cannot be read, where the topic has it."""
        head, found, payload = raw.partition(b"\n")
        said = _text(head)
        if not found or said is None:
            return [Garbled(raw, "no topic: a message is the topic in UTF-8, a line feed, the payload")]
        topic = tuple(said.split("/"))
        try:
            readings = list(self._readings(topic, document.read(payload)))
        except Unreadable as error:
            return [Garbled(raw, str(error), account=self._account(topic, {}))]
        heard = [tell(self._map, raw, reading) for reading in readings[:READINGS]]
        if len(readings) > READINGS:
            heard.append(Garbled(raw, f"more than {READINGS} readings in one message: the rest was not looked at"))
        return heard or [Garbled(raw, "no readings in it")]

    # --- taking apart -------------------------------------------------------------------------------------------

    def _readings(self, topic: tuple[str, ...], whole: Any) -> Iterator[Reading]:
        if not isinstance(whole, dict):
            raise Unreadable("not an object {…}")
        if not self._map.each:
            yield self._reading(topic, self._account(topic, whole), whole)
            return
        for name, readings in whole.items():
            for one in readings if isinstance(readings, list) else [readings]:
                yield self._reading(topic, account_of(name), one)

    def _account(self, topic: tuple[str, ...], whole: Any) -> str:
        for where in self._map.account:
            if where.startswith("topic/"):
                part = int(where.removeprefix("topic/"))
                written: Any = topic[part - (part > 0)] if -len(topic) <= part <= len(topic) else None
            else:
                written = look(whole, where)
            if isinstance(written, str | int) and not isinstance(written, bool):
                account = _eui(str(written)) if self._map.account_form == "eui" else account_of(str(written))
                if account:
                    return account
        return ""

    def _reading(self, topic: tuple[str, ...], account: str, top: Any) -> Reading:
        mapping = self._map
        odd: tuple[str, ...] = ()
        values: Any = top if not mapping.values else None
        for path in mapping.values:
            values = look(top, path)
            if isinstance(values, str) and values:
                values = document.read(values)  # ChirpStack 3
            if isinstance(values, dict):
                break
        written = look(top, mapping.payload) if mapping.payload else None
        payload = _bytes(written, mapping.payload_form)
        if payload is None and written is not None:
            odd = (f"{mapping.payload} is not {mapping.payload_form}",)
        if not isinstance(values, dict) and payload is not None and mapping.decoder:
            values = DECODERS[mapping.decoder](payload)
        return Reading(topic, account, top, values, payload, odd)


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _eui(written: str) -> str:
    if len(written) == 16 and all(digit in "0123456789abcdefABCDEF" for digit in written):
        return written
    eui = _bytes(written, "base64")
    return eui.hex() if eui and len(eui) == 8 else ""


def _bytes(written: Any, form: str) -> bytes | None:
    if not isinstance(written, str):
        return None
    try:
        return bytes.fromhex(written) if form == "hex" else base64.b64decode(written, validate=True)
    except (ValueError, binascii.Error):
        return None


def write(topic: str, said: Any) -> bytes:
    """One message as an MQTT line hands it in."""
    return topic.encode() + b"\n" + json.dumps(said).encode()
