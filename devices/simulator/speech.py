"""How each kind of unit speaks: protocol -> how it says what happened, shows that it lives, and reads the answer.

Adding a kind of unit is one entry in ``SPEECH``; the bytes are those of the codec's own writers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from devices.codecs import dc09, scaip, sip_message, surgard, watch_frame
from devices.codecs.sip_frame import Cutter
from devices.signal import Kind
from devices.simulator.dialler import ACKNOWLEDGED, AGAIN, REFUSED, Verdict
from devices.simulator.wording import CONTACT_ID, contact_id_data, sia_data
from devices.simulator.workload import Happening


class Speaker(NamedTuple):
    """One unit as its words need it. ``dialect`` numbers the units' little ways."""

    account: str
    key: bytes | None = None
    dialect: int = 0


@dataclass(frozen=True)
class Speech:
    """``judge`` gives the verdict on the frame of that number, or None for what answers another, or nothing at all.

    ``words`` are the kinds it has a word for; of anything else such a unit never speaks, except that whoever has no key
    for what they want presses the one there is. ``shared`` is one machine that passes on what many homes say.
    """

    say: Callable[[Speaker, Happening, int, datetime], bytes]
    live: Callable[[Speaker, int, datetime], bytes]
    judge: Callable[[bytes, Speaker, int], Verdict | None]
    reply_ends: bytes
    words: frozenset[tuple[Kind, bool]]  # with whether it has ended
    worn: bool = False  # has neither mains nor a pager to lose
    restamps: bool = True  # each copy carries its own time; without, all copies carry that of the first
    thank: Callable[[bytes], bytes] = lambda _heard: b""  # what it says back to what it has heard
    numbered: bool = True  # without, a second press within seconds looks like a copy of the first
    shared: bool = False
    retry: float | None = None  # seconds between copies, where the machine has its own
    beat: float | None = None  # the longest it goes without a sign of life, in real seconds

    def worded(self, happening: Happening) -> Happening | None:
        """What such a unit makes of it, or None when it has no word for it."""
        if (happening.kind, happening.restore) in self.words:
            return happening
        return happening._replace(kind=Kind.SOS) if happening.human else None


def _dc09_says(speaker: Speaker, happening: Happening, number: int, now: datetime) -> bytes:
    """Every third unit speaks SIA where SIA has the word, all others Contact ID."""
    account, kind = speaker.account, Kind(happening.kind)
    data = sia_data(account, kind, happening.restore) if speaker.dialect % 3 == 1 else ""
    if data:
        return dc09.write("SIA-DCS", number, account, data, speaker.key, at=now)
    said = contact_id_data(account, kind, happening.restore)
    return dc09.write("ADM-CID", number, account, said, speaker.key, at=now)


def _dc09_lives(speaker: Speaker, number: int, now: datetime) -> bytes:
    return dc09.write("NULL", number, speaker.account, "", speaker.key, at=now)


def _dc09_judges(raw: bytes, speaker: Speaker, number: int) -> Verdict | None:
    reply = dc09.read_reply(raw, speaker.key)
    if reply and reply.token == "NAK":
        return AGAIN
    if reply and reply.sequence == f"{number:04}":
        # a dialler never repeats after DUH (DC-09 annex C.1.3.14)
        return ACKNOWLEDGED if reply.token == "ACK" else REFUSED
    return None


def _surgard_says(_receiver: Speaker, happening: Happening, _number: int, _now: datetime) -> bytes:
    event = CONTACT_ID[Kind(happening.kind)]
    return surgard.write_contact_id(happening.account, event, 3 if happening.restore else 1)


ACK = b"\x06"
IN_CONTACT_ID = frozenset(product(CONTACT_ID, (False, True)))
# bits of a watch's status word
WATCH = {Kind.SOS: 1 << 16, Kind.FALL: 1 << 21, Kind.LOW_BATTERY: 1 << 17}


def _watch_says(speaker: Speaker, happening: Happening, number: int, now: datetime) -> bytes:
    kind = Kind(happening.kind)
    left = 10 if kind is Kind.LOW_BATTERY else 80
    return watch_frame.write_report(speaker.account, "AL", WATCH[kind], battery=left, at=now, index=f"{number:04}")


def _watch_lives(speaker: Speaker, number: int, now: datetime) -> bytes:
    return watch_frame.write("LK,0,0,80", speaker.account, index=f"{number:04}")


def _watch_judges(raw: bytes, speaker: Speaker, number: int) -> Verdict | None:
    """The centre says the type back, under the same number."""
    answers = [watch_frame.write(said, speaker.account, index=f"{number:04}") for said in ("AL", "LK")]
    return ACKNOWLEDGED if raw in answers else None


# SCAIP: device and status, and for a fault the status of its end; whoever wants a service has only the SOS key.
SCAIP = {
    (Kind.SOS, False): ("0003", "0010"),
    (Kind.FALL, False): ("0005", "0000"),
    (Kind.TEST, False): ("0004", "0102"),
    (Kind.LOW_BATTERY, False): ("0004", "0014"),
    (Kind.LOW_BATTERY, True): ("0004", "0015"),
    (Kind.MAINS_LOST, False): ("0004", "0085"),
    (Kind.MAINS_LOST, True): ("0004", "0086"),
    (Kind.DEVICE_LOST, False): ("0003", "0123"),
    (Kind.DEVICE_LOST, True): ("0003", "0124"),
    (Kind.TAMPER, False): ("0004", "0125"),
}


def _scaip_says(speaker: Speaker, happening: Happening, number: int, _now: datetime) -> bytes:
    device, status = SCAIP[Kind(happening.kind), happening.restore]
    return _scaip(speaker, number, dty=device, stc=status)


def _scaip_lives(speaker: Speaker, number: int, _now: datetime) -> bytes:
    return _scaip(speaker, number, dty="0004", mty="PI")


def _scaip(speaker: Speaker, number: int, **fields: str) -> bytes:
    return scaip.write({"ref": f"{number:04}", "ver": "01.00", "cid": speaker.account, **fields}, number)


def _scaip_judges(raw: bytes, _speaker: Speaker, number: int) -> Verdict | None:
    """The word is in the centre's own MESSAGE; the 200 before it only says that ours has arrived."""
    if b"<mrs>" not in raw or b"<ref>%04d</ref>" % number not in raw:
        return None
    return ACKNOWLEDGED if b"<snu>0</snu>" in raw else REFUSED


def _scaip_thanks(raw: bytes) -> bytes:
    asked = [sip_message.read(piece.raw, piece.head) for piece in Cutter().feed(raw) if piece.head]
    return b"".join(sip_message.respond(sip, 200) for sip in asked if sip and not sip.status)


SPEECH: Mapping[str, Speech] = MappingProxyType({
    "dc09": Speech(
        say=_dc09_says, live=_dc09_lives, judge=_dc09_judges, reply_ends=b"\r", words=IN_CONTACT_ID,
    ),
    "watch": Speech(
        say=_watch_says, live=_watch_lives, judge=_watch_judges, reply_ends=b"]",
        words=frozenset((kind, False) for kind in WATCH), worn=True, restamps=False,
    ),
    "scaip": Speech(
        say=_scaip_says, live=_scaip_lives, judge=_scaip_judges, thank=_scaip_thanks, reply_ends=b"</mrs>",
        words=frozenset(SCAIP),
    ),
    "surgard": Speech(
        say=_surgard_says,
        live=lambda _receiver, _number, _now: surgard.write_heartbeat(),
        judge=lambda raw, _receiver, _number: ACKNOWLEDGED if ACK in raw else AGAIN,
        reply_ends=ACK, words=IN_CONTACT_ID, numbered=False, shared=True,
        retry=4.0,  # MLR2-DG manual p. 43
        beat=30.0,  # Sur-Gard's own default
    ),
})  # fmt: skip
