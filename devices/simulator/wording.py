"""How a unit says what happened, in the codecs' own writers: kind -> Contact ID event and SIA code."""

from datetime import datetime

from devices.codecs import contact_id, dc09, sia_codes, surgard
from devices.signal import Kind
from devices.simulator.workload import Happening

CONTACT_ID = {
    Kind.SOS: "101",
    Kind.FALL: "103",
    Kind.SERVICE: "616",
    Kind.TEST: "602",
    Kind.LOW_BATTERY: "302",
    Kind.MAINS_LOST: "301",
    Kind.DEVICE_LOST: "381",
    Kind.TAMPER: "137",
}
# (new, restored); where SIA has no word, a unit that speaks SIA says it in Contact ID.
SIA = {
    Kind.SOS: ("QA", "QR"),
    Kind.TEST: ("RP", "RP"),
    Kind.LOW_BATTERY: ("YT", "YR"),
    Kind.MAINS_LOST: ("AT", "AR"),
    Kind.TAMPER: ("TA", "TR"),
}


def dc09_frame(
    happening: Happening, sequence: int, now: datetime, key: bytes | None = None, sia: bool = False
) -> bytes:
    account, kind = happening.account, happening.kind
    if sia and kind in SIA:
        data = sia_codes.write_data(account, SIA[kind][happening.restore])
        return dc09.write("SIA-DCS", sequence, account, data, key, at=now)
    data = contact_id.write_data(account, CONTACT_ID[kind], 3 if happening.restore else 1)
    return dc09.write("ADM-CID", sequence, account, data, key, at=now)


def link_test(account: str, sequence: int, now: datetime, key: bytes | None = None) -> bytes:
    return dc09.write("NULL", sequence, account, "", key, at=now)


def surgard_frame(happening: Happening) -> bytes:
    event = CONTACT_ID[happening.kind]
    return surgard.write_contact_id(happening.account, event, 3 if happening.restore else 1)
