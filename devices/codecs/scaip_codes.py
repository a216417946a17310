"""What a SCAIP request means: device type (``dty``) and status (``stc``) -> kind of signal, and the words for it.

A status that speaks of the equipment (battery, mains, radio) means the same whatever sent it; one that says alarm means
what the device watches for; any other from a detector is taken for its alarm, from a key for something a person must
look at (``UNKNOWN``). ``0110`` "assistance" may be asked for or given, so a person looks. No status at all is an alarm.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from devices.signal import Kind, Position, Signal

TABLE: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "tables/scaip_codes.json").read_text("utf-8"))
TABLE.pop("_")

MANUAL = "0010"
ALARMS = {"", "0000", "0001", "0006", "0007", "0009", MANUAL, "0011"}
ENDED = {"0021", "0070", "0091", "0094", "0097", "0108"}  # what the device watched for is over

DEVICES: dict[str, Kind] = {  # an alarm of this device is
    **dict.fromkeys(("0002", "0003", "0004", "0007", "0045", "0048"), Kind.SOS),  # keys in the hand and on the unit
    **dict.fromkeys(("0017", "0019", "0046", "0051"), Kind.SOS),  # epilepsy, heart rate, lift, tracker
    **dict.fromkeys(("0006", "0027"), Kind.DURESS),  # personal attack, bogus caller
    **dict.fromkeys(("0005", "0030"), Kind.FALL),
    **dict.fromkeys(("0010", "0012", "0018", "0035", "0044"), Kind.INACTIVITY),
    **dict.fromkeys(("0013", "0015", "0029"), Kind.WANDERING),  # mat, wandering, boundary
    "0011": Kind.MEDICATION,
    "0014": Kind.DOOR,
    "0016": Kind.SERVICE,  # enuresis: somebody has to change the bed
    **dict.fromkeys(("0020", "0024"), Kind.TEMPERATURE),
    "0021": Kind.GAS,
    **dict.fromkeys(("0023", "0025", "0037", "0047"), Kind.SMOKE),
    "0026": Kind.CARBON_MONOXIDE,
    **dict.fromkeys(("0028", "0036"), Kind.INTRUSION),
    "0033": Kind.WATER,
    **dict.fromkeys(("0022", "0031", "0039", "0041"), Kind.FAULT),
    **dict.fromkeys(("0032", "0040"), Kind.LINK_FAULT),
    "0038": Kind.TAMPER,
    **dict.fromkeys(("0008", "0009"), Kind.STATUS),  # the warden's duty switch
}
KEYS = {code for code, kind in DEVICES.items() if kind in (Kind.SOS, Kind.DURESS, Kind.FALL)}

STATUSES: dict[str, tuple[Kind, bool]] = {  # whatever the device: kind, and whether it has ended
    "0002": (Kind.CANCEL, False), "0019": (Kind.CANCEL, False),
    "0014": (Kind.LOW_BATTERY, False), "0016": (Kind.LOW_BATTERY, False),
    "0015": (Kind.LOW_BATTERY, True), "0020": (Kind.LOW_BATTERY, True),
    "0085": (Kind.MAINS_LOST, False), "0086": (Kind.MAINS_LOST, True),
    **dict.fromkeys(("0023", "0024", "0025", "0026", "0027", "0052", "0095", "0122"), (Kind.LINK_FAULT, False)),
    **dict.fromkeys(("0112", "0113", "0114", "0115", "0116"), (Kind.LINK_FAULT, True)),
    "0123": (Kind.DEVICE_LOST, False), "0124": (Kind.DEVICE_LOST, True),
    "0073": (Kind.DEVICE_LOST, False), "0075": (Kind.DEVICE_LOST, True),
    "0125": (Kind.TAMPER, False),
    **dict.fromkeys((f"{code:04}" for code in range(32, 46)), (Kind.FAULT, False)),  # error codes, failure, drift
    "0041": (Kind.STATUS, False),
    **dict.fromkeys(("0018", "0065", "0066", "0067", "0068", "0078", "0105"), (Kind.FAULT, False)),
    "0081": (Kind.MEDICATION, False),
    "0100": (Kind.TEMPERATURE, False), "0101": (Kind.TEMPERATURE, False), "0126": (Kind.TEMPERATURE, False),
    "0107": (Kind.INTRUSION, False),
    "0088": (Kind.HELP_ARRIVED, False), "0111": (Kind.HELP_ARRIVED, False),
    "0102": (Kind.TEST, False), "0103": (Kind.TEST, False),
    **dict.fromkeys(("0005", "0008", "0012", "0013", "0028", "0030", "0048", "0062", "0082", "0083", "0084", "0087",
                     "0089", "0092", "0093", "0098", "0099"), (Kind.STATUS, False)),
    "0110": (Kind.UNKNOWN, False),
}  # fmt: skip
TOGETHER: dict[tuple[str, str], tuple[Kind, bool]] = {  # both must be known to tell
    **{(fire, stc): (Kind.SMOKE, False) for fire in ("0023", "0025", "0047") for stc in ("0100", "0126")},
    # somebody is where they should be
    **{(seat, stc): (Kind.STATUS, False) for seat in ("0010", "0012", "0018", "0044")
       for stc in ("0071", "0117", "0119", "0120", "0121")},
    **{("0043", stc): (Kind.STATUS, False) for stc in ("0118", "0127")},  # a key safe or lock is used
    ("0014", "0118"): (Kind.STATUS, False),
    ("0051", "0009"): (Kind.WANDERING, False),  # a tracker by itself: it has left its area
}  # fmt: skip
PRESSABLE = {Kind.UNKNOWN, Kind.STATUS, Kind.FAULT, Kind.LINK_FAULT, Kind.TAMPER}  # a manual alarm of these is a person

BUTTONS = {f"{number + 1:03}": str(number) for number in range(1, 6)}  # dco -> the key's number
_DECIMALS = re.compile(r"(?:geo:)?([+-]?\d{1,2}\.\d{1,12}) ?[,; ] ?([+-]?\d{1,3}\.\d{1,12})(?![\d.])", re.ASCII)
_GGA = re.compile(
    r"\$G[A-Z]GGA,[\d.]{0,12},(\d\d)(\d\d\.\d{1,10}),([NS]),(\d{3})(\d\d\.\d{1,10}),([EW]),[1-9]", re.ASCII
)


def meaning(dty: str, stc: str = "") -> tuple[Kind, bool]:
    """The kind of signal, and whether it says that the condition has ended."""
    known = TOGETHER.get((dty, stc)) or STATUSES.get(stc)
    if known:
        return known
    kind = DEVICES.get(dty, Kind.UNKNOWN)
    if stc in ENDED:
        return kind, True
    if stc == MANUAL and kind in PRESSABLE:
        return Kind.SOS, False
    if stc not in ALARMS and dty in KEYS:
        return Kind.UNKNOWN, False
    return kind, False


def signal(fields: Mapping[str, str], account: str, voice: str = "") -> Signal:
    """The signal of a request's ``fields``. A reset (``RE``) or information (``IN``) without status asks for nobody."""
    dty, stc, mty = (fields.get(name, "") for name in ("dty", "stc", "mty"))
    kind, restore = meaning(dty, stc)
    if mty in ("RE", "IN", "PI") and not stc:
        kind, restore = Kind.STATUS, False
    code = f"SCAIP {dty or '????'} {stc or '----'}"[:40]
    zone = BUTTONS.get(fields.get("dco", "")) or fields.get("did", "")[:16] or None
    return Signal(account, kind, code, restore, zone=zone, text=words(fields), position=position(fields), voice=voice)


def words(fields: Mapping[str, str]) -> str:
    """What the request says, in the table's words: device, part, status, place, and the device's own texts."""
    named = [TABLE[name].get(code, code) for name in ("dty", "dco", "stc", "lco") if (code := fields.get(name))]
    own = [fields[name] for name in ("did", "lva", "lte", "ite") if fields.get(name)]
    return "; ".join(named + own)[:500]


def position(fields: Mapping[str, str]) -> Position | None:
    """Where it is, from ``gga`` (NMEA) or ``geo`` (decimal degrees, latitude first)."""
    if found := _GGA.search(fields.get("gga", "")):
        north, south, down, east, west, left = found.groups()
        latitude, longitude = int(north) + float(south) / 60, int(east) + float(west) / 60
        return _on_earth(-latitude if down == "S" else latitude, -longitude if left == "W" else longitude)
    if found := _DECIMALS.match(fields.get("geo", "")):
        return _on_earth(float(found.group(1)), float(found.group(2)))
    return None


def _on_earth(latitude: float, longitude: float) -> Position | None:
    there = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return Position(round(latitude, 6), round(longitude, 6)) if there else None
