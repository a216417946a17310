"""Where things stand in somebody's JSON: the model of a ``mqtt-json`` line's ``format`` table, and the known shapes.

A path is keys with dots between; it is looked up among the device's own values first (``values`` says where these
stand), then from the top. ``topic/2`` is the second part of the MQTT topic, ``topic/-1`` the last. Where several paths
are given, the first that leads to something counts.

The presets are facts about what each server sends: ChirpStack 4 and 3 (event ``up``), The Things Stack 3 (which leaves
out whatever is zero or empty), ThingsBoard's device and gateway telemetry, Zigbee2MQTT. What stands in ``format``
beside ``preset`` takes its place, except in ``events`` and ``limits``, where it is laid over value by value.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from devices.codecs.described import Meaning, Texts

TRUE = {"true": "sos", "1": "sos", "false": "nothing", "0": "nothing"}
FALL, TAMPER, LOW, SMOKE, GAS, CARBON_MONOXIDE, WATER = (
    {value: kind if meant == "sos" else meant for value, meant in TRUE.items()}
    for kind in ("fall", "tamper", "low_battery", "smoke", "gas", "carbon_monoxide", "water")
)
# The spellings of three generations of decoders for the same three presses. One key round a neck: any press is SOS.
BUTTONS: dict[str, dict[str, str]] = {
    "sos": TRUE, "fall": FALL, "tamper": TAMPER, "battery_low": LOW,
    "press": dict.fromkeys(("short", "long", "double"), "sos"),
    "button": dict.fromkeys(("1", "2", "3"), "sos"),
    "button_event.status": dict.fromkeys(("short press", "long press", "double press"), "sos"),
}  # fmt: skip
ZIGBEE: dict[str, dict[str, str]] = {
    "action": {
        "": "nothing", **dict.fromkeys(("emergency", "panic", "sos", "single", "double", "hold", "on"), "sos"),
        **dict.fromkeys(("release", "disarm", "arm_day_zones", "arm_night_zones", "arm_all_zones"), "status"),
    },
    "sos": TRUE, "fall": FALL, "tamper": TAMPER, "battery_low": LOW, "smoke": SMOKE, "gas": GAS,
    "carbon_monoxide": CARBON_MONOXIDE, "water_leak": WATER,
}  # fmt: skip
CHIRPSTACK: dict[str, Any] = {
    "account": ["deviceInfo.devEui"], "values": ["object"], "payload": "data", "sequence": "fCnt",
    "repeats": ["devAddr", "fPort", "data"], "battery": ["battery", "batteryLevel"],
    "battery_unless": ["batteryLevelUnavailable", "externalPowerSource"], "at": "time", "events": BUTTONS,
}  # fmt: skip
THINGSBOARD: dict[str, Any] = {"values": ["values"], "battery": "battery", "at": "ts", "events": BUTTONS}
PRESETS: dict[str, dict[str, Any]] = {
    "chirpstack": CHIRPSTACK,
    "milesight-ws101": {**CHIRPSTACK, "decoder": "milesight-ws101"},
    "chirpstack3": {**CHIRPSTACK, "account": ["devEUI"], "account_form": "eui", "values": ["object", "objectJSON"]},
    "ttn": {
        "account": ["end_device_ids.dev_eui", "end_device_ids.device_id"],
        "values": ["uplink_message.decoded_payload"], "payload": "uplink_message.frm_payload",
        "sequence": "uplink_message.f_cnt", "sequence_missing": "0",
        "repeats": ["end_device_ids.dev_addr", "uplink_message.f_port", "uplink_message.frm_payload"],
        "battery": ["battery", "uplink_message.last_battery_percentage.value"], "at": "received_at", "events": BUTTONS,
    },
    "thingsboard": {**THINGSBOARD, "account": ["deviceName", "topic/3"]},
    "thingsboard-gateway": {**THINGSBOARD, "each": True},
    "zigbee2mqtt": {"account": "topic/2", "battery": "battery", "events": ZIGBEE},
}  # fmt: skip
LAID_OVER = ("events", "limits")


def _path(written: str) -> str:
    if not written or not all(written.split(".")):
        raise ValueError("write keys with dots between, such as object.press")
    return written


def _place(written: str) -> str:
    if not written.startswith("topic/"):
        return _path(written)
    part = written.removeprefix("topic/")
    if not part.removeprefix("-").isdecimal() or not 1 <= abs(int(part)) <= 64:
        raise ValueError("write topic/2 for the second part of the topic, topic/-1 for the last")
    return written


def _paths(written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_path, written))


def _places(written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_place, written))


Paths = Annotated[Texts, AfterValidator(_paths)]
Places = Annotated[Texts, AfterValidator(_places)]
Path = Annotated[str, AfterValidator(_path)]


class Limit(BaseModel):
    """A reading that is well between ``low`` and ``high``, both included; outside it means ``means``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float = float("-inf")
    high: float = float("inf")
    means: Meaning

    @model_validator(mode="after")
    def _some(self) -> "Limit":
        if self.low > self.high or (self.low == float("-inf") and self.high == float("inf")):
            raise ValueError("write low = or high =, low below high")
        return self


class Mapping(BaseModel):
    """``[lines.format]`` of a line that speaks ``mqtt-json``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    preset: str = ""
    account: Places = ()
    account_form: Literal["text", "eui"] = "text"  # eui: 8 bytes, as 16 hex digits or in base64
    each: bool = False  # the document is {account: readings, …}, for gateways that speak for many
    values: Paths = ()  # where the device's own values stand; none: at the top
    events: dict[Path, dict[str, Meaning]] = {}  # path -> value as text -> what it means
    limits: dict[Path, Limit] = {}
    battery: Paths = ()
    battery_unless: Paths = ()  # true there: the battery figure is none
    battery_low: Annotated[int, Field(ge=0, le=100)] = 15  # per cent; at or below it a device item; 0 never
    latitude: Paths = ()
    longitude: Paths = ()
    zone: Paths = ()
    text: Paths = ()  # shown to the operator
    at: Paths = ()  # the device's own clock: ISO 8601, or milliseconds since 1970
    sequence: Paths = ()  # a number that a retransmission repeats and the next message does not
    sequence_missing: str = ""
    repeats: Paths = ()  # with a sequence: what else a retransmission repeats; none: the whole payload
    payload: Path | None = None  # the bytes a radio device sent
    payload_form: Literal["base64", "hex"] = "base64"
    decoder: Literal["", "milesight-ws101"] = ""  # takes them apart where the server has not

    @model_validator(mode="before")
    @classmethod
    def _over_the_preset(cls, written: Any) -> Any:
        if not isinstance(written, dict) or not isinstance(name := written.get("preset", ""), str):
            return written
        if name and name not in PRESETS:
            raise ValueError(f"there is no preset {name!r}; write one of: {', '.join(PRESETS)}")
        whole = {**PRESETS.get(name, {}), **written}
        for part in LAID_OVER:
            below, over = PRESETS.get(name, {}).get(part, {}), written.get(part, {})
            if isinstance(over, dict):
                whole[part] = {**below, **over, **{k: {**below[k], **over[k]} for k in below if _table(over.get(k))}}
        return whole

    @model_validator(mode="after")
    def _whole(self) -> "Mapping":
        if not self.account and not self.each:
            fix = f'write preset = "{next(iter(PRESETS))}" (or {", ".join(list(PRESETS)[1:])}), or account = "topic/2"'
            raise ValueError(f"nothing says where the account stands: {fix}")
        if not self.events and not self.limits:
            raise ValueError("nothing says what an alarm is: add [lines.format.events] with a path and its values")
        if self.decoder and not self.payload:
            raise ValueError('a decoder needs payload: write the path of the bytes, such as payload = "data"')
        return self


def _table(written: Any) -> bool:
    return isinstance(written, dict)
