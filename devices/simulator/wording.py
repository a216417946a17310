"""How a unit says what happened, in words that several protocols carry: kind -> Contact ID event and SIA code."""

from devices.codecs import contact_id, sia_codes
from devices.signal import Kind

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


def contact_id_data(account: str, kind: Kind, restore: bool) -> str:
    return contact_id.write_data(account, CONTACT_ID[kind], 3 if restore else 1)


def sia_data(account: str, kind: Kind, restore: bool) -> str:
    """Empty where SIA has no word."""
    return sia_codes.write_data(account, SIA[kind][restore]) if kind in SIA else ""
