"""Contact ID (SIA DC-05), the event language of DC-09 ``ADM-CID``, Sur-Gard and most diallers.

An event is a qualifier (1 new or opening, 3 restore or closing, 6 still present), three digits of code, two of
partition and three of zone or user. A code in no table is never refused: it becomes ``Kind.UNKNOWN``.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from devices.codecs.care_classes import KINDS
from devices.signal import Kind, Position, Signal

TABLE: dict[str, list[str]] = json.loads((Path(__file__).parent / "tables/contact_id.json").read_text("utf-8"))
TABLE.pop("_")

EXCEPTIONS: dict[str, Kind] = {
    # the person is being threatened and must not be answered aloud
    **dict.fromkeys(("121", "122", "124", "125", "126"), Kind.DURESS),
    # what these mean depends on who installed the device: a person looks
    **dict.fromkeys(("140", "150", "651", "652", "653", "703"), Kind.UNKNOWN),
    **{str(code): Kind.UNKNOWN for code in range(750, 790)},
    # filed under burglary, but the equipment is speaking of itself
    **dict.fromkeys(("141", "142", "143"), Kind.FAULT),
    "147": Kind.DEVICE_LOST,
    "155": Kind.INTRUSION,
    # supplies and links of modules
    **dict.fromkeys(("314", "342", "926"), Kind.MAINS_LOST),
    **dict.fromkeys(("358", "551", "552", "554", "555", "796", "798", "954"), Kind.LINK_FAULT),
    "382": Kind.DEVICE_LOST,
    # somebody worked on the panel, nothing is broken
    **dict.fromkeys(("305", "306", "313"), Kind.STATUS),
    # filed under administration, but somebody must come
    **dict.fromkeys(("414", "415", "427", "428", "432", "532", "904", "922", "924", "927", "961"), Kind.FAULT),
    **dict.fromkeys(("520", "521", "522", "523", "524", "525", "526", "527"), Kind.FAULT),
    **dict.fromkeys(("571", "572", "925"), Kind.FAULT),  # a detector or key that saves lives is switched off
    "912": Kind.SMOKE,  # whoever silences a fire alarm may be standing in the smoke
    "423": Kind.INTRUSION,
    **dict.fromkeys(("426", "643"), Kind.DOOR),  # 643: the door a person with dementia should not leave by
    "453": Kind.INACTIVITY,  # failed to open: the resident did not get up and disarm
    **dict.fromkeys(("704", "913", "914", "915", "916"), Kind.TEST),
}

KIND: dict[str, Kind] = {code: EXCEPTIONS.get(code, KINDS[row[2]]) for code, row in TABLE.items()}

_HEX = "[0-9A-Fa-f]"
_BLOCK = re.compile(rf"({_HEX}{{4}})(\d\d)({_HEX})({_HEX}{{3}})({_HEX}{{2}})({_HEX}{{3}})({_HEX})\Z")
_SPACED = rf" +({_HEX}{{1,3}}) +({_HEX}{{1,5}})"  # with spaces between, the widths may differ from the standard's
_GLUED = rf"({_HEX}{{2}})({_HEX}{{3}})"
_DATA = re.compile(rf"(?:#?([0-9A-Za-z]*)\|)? *({_HEX})({_HEX}{{3}})(?:{_SPACED}|{_GLUED})(?![0-9A-Fa-f])")


class Report(NamedTuple):
    """One Contact ID event as sent. ``checksum_ok`` matters only where the carrier sends a checksum."""

    account: str
    qualifier: int
    event: str
    partition: str
    zone: str
    message_type: str = "18"
    checksum_ok: bool = True


def parse(block: str) -> Report | None:
    """The bare block ``ACCT MT Q EEE GG ZZZ S`` of 16 digits (DC-05), or None when it is none."""
    found = _BLOCK.match(block)
    if not found:
        return None
    account, kind, qualifier, event, partition, zone, _ = found.groups()
    return Report(account, int(qualifier, 16), event, partition, zone, kind, _digit_sum(block) % 15 == 0)


def parse_data(text: str) -> Report | None:
    """The data of a DC-09 frame, ``#acct|QEEE GG ZZZ``, with or without ``#`` and spaces."""
    found = _DATA.match(text)
    return _report(found) if found else None


def parse_all(text: str) -> tuple[list[Report], str]:
    """Every report of a DC-09 data field, and the words after them. The standard has one report and no words."""
    found = _DATA.match(text)
    if not found:
        return [], ""
    reports = [_report(found)]
    if found.end() == len(text):
        return reports, ""
    words = []
    for part in text[found.end() :].split("|"):
        further = _DATA.match(part)
        if further:
            reports.append(_report(further)._replace(account=reports[0].account))
        words.append(part[further.end() if further else 0 :].strip(" ^"))
    return reports, " ".join(filter(None, words))


def _report(found: re.Match[str]) -> Report:
    account, qualifier, event, partition, zone, glued_partition, glued_zone = found.groups()
    return Report(account or "", int(qualifier, 16), event, partition or glued_partition, zone or glued_zone)


def signal(
    report: Report, account: str = "", at: datetime | None = None, text: str = "", position: Position | None = None
) -> Signal:
    """What a report means. ``account`` is used where the report itself names none."""
    code = report.event.upper()
    if "A" in code and code.replace("A", "0") in KIND:
        code = code.replace("A", "0")  # DC-05 has no digit A; some diallers send it for 0
    return Signal(
        report.account or account, KIND.get(code, Kind.UNKNOWN), "CID " + code,
        report.qualifier == 3, at, report.partition, report.zone, text, position,
    )  # fmt: skip


def write(account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000") -> str:
    """The bare block of 16 digits, checksum included."""
    digits = f"{account}18{qualifier}{event}{partition}{zone}"
    missing = -_digit_sum(digits) % 15
    return digits + ("0" if missing == 10 else f"{missing or 15:X}")


def write_data(account: str, event: str, qualifier: int = 1, partition: str = "01", zone: str = "000") -> str:
    """The data field of a DC-09 ``ADM-CID`` frame."""
    return f"#{account}|{qualifier}{event} {partition} {zone}"


def _digit_sum(digits: str) -> int:
    """DC-05: the sum of all digits, checksum included, is a multiple of 15; a 0 counts ten."""
    return sum(int(digit, 16) or 10 for digit in digits)
