"""SCAIP, the IP protocol of European social alarms (SS 91100, EN 50134-9): XML in SIP MESSAGE over UDP, TCP or TLS.

Stated from open implementations (caruhome/scaip-gateway, GermanBlas/SCAIP-TFG, fonoster scaipproxy, Syntilio's proxy),
not from a bought copy of the standard. Flow: the unit's MESSAGE with ``<mrq>``; our ``200 OK`` and, as a request of
its own, our MESSAGE with ``<mrs>``; the unit's 200; then the unit makes its voice call, to the telephone exchange and
not to us. Syntilio's dialect wants ``<mrs>`` in the body of the 200.

What protects the person: a request with something wrong in it is answered with what is wrong (``snu``), so that the
unit tries elsewhere too, and rings all the same, as an unknown signal where nothing can be read. Another account's name
under a good password rings and is flagged, or is refused, as the line's ``clear_text`` says; so is a missing or wrong
password. A repetition, also the one after a 401, is the same ``ref`` and XML, so it counts once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from devices.codecs import scaip_codes, scaip_xml, sip_digest, sip_message
from devices.codecs.scaip_settings import ScaipFormat
from devices.codecs.scaip_xml import Request
from devices.codecs.sip_digest import Proof
from devices.codecs.sip_frame import PING, SHORT, TOO_LONG, Cutter, Piece
from devices.codecs.sip_message import Sip
from devices.signal import Garbled, Heard, Heartbeat, Kind, Message, Reply, Setup, Signal

TYPE, PLAIN_TYPE = "application/scaip+xml", "application/xml"
SILENT = {  # kinds that need no voice: the equipment speaks, or the person has been helped
    Kind.LOW_BATTERY, Kind.MAINS_LOST, Kind.TAMPER, Kind.DEVICE_LOST, Kind.NOT_WORN, Kind.LINK_FAULT, Kind.FAULT,
    Kind.STATUS, Kind.TEST, Kind.CANCEL, Kind.HELP_ARRIVED,
}  # fmt: skip
NO_VOICE, DUPLEX, MICROPHONE = "0", "1", "2"
PREDEFINED, NUMBER = "61", "62"


class Answer(Enum):
    """How a heard thing is answered."""

    NOTHING = "nothing"
    PONG = "pong"
    OK = "ok"  # the 200 alone
    MESSAGE = "message"  # the 200, and our MESSAGE with the mrs
    BODY = "body"  # the mrs in the 200
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply needs, kept with what was heard. ``mrs`` is our answer's XML."""

    answer: Answer
    sip: Sip | None = None
    request: Request | None = None
    mrs: bytes = b""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class _Trust:
    """``asked``: the password is to be asked for. ``odd``: what is wrong with who they say they are, in words."""

    asked: bool = False
    stale: bool = False
    odd: str = ""


class Scaip:
    """One connection, or one datagram."""

    name = "scaip"

    def __init__(self, setup: Setup) -> None:
        self._setup, self._format = setup, ScaipFormat.model_validate(dict(setup.format))
        self._cutter = Cutter()
        self._now: datetime | None = None

    def feed(self, data: bytes, now: datetime) -> list[Heard]:
        self._now = now
        return [self._hear(piece, now) for piece in self._cutter.feed(data)]

    def end(self) -> list[Heard]:
        """What is left; a MESSAGE whose XML is whole counts, whatever its Content-Length says."""
        return [self._hear(piece, self._now) for piece in self._cutter.end() if self._now]

    def reply(self, heard: Message | Heartbeat, now: datetime) -> Reply:
        said: Said = heard.head
        if said.answer is Answer.PONG:
            return PING[:2]
        if said.sip is None or said.answer is Answer.NOTHING:
            return b""
        if said.answer is Answer.CHALLENGE:
            return self._challenge(said.sip, now, said.stale)
        if said.answer is Answer.BODY:
            return sip_message.respond(said.sip, 200, (), _type_of(said.request), said.mrs)
        fine = sip_message.respond(said.sip, 200, () if said.mrs else (sip_message.ALLOW, f"Accept: {TYPE}"))
        ours = sip_message.ask(said.sip, _type_of(said.request), said.mrs) if said.mrs else b""
        return (fine, ours) if ours else fine

    def question(self, sent: bytes) -> str:
        """See ``devices.signal.Asking``."""
        return sip_message.our_branch(sent, "MESSAGE ")

    def answered(self, arrived: bytes) -> str:
        """See ``devices.signal.Asking``; a provisional response is not the end."""
        return sip_message.our_branch(arrived, r"SIP/2\.0 [2-6]")

    # --- what was heard -----------------------------------------------------------------------------------------

    def _hear(self, piece: Piece, now: datetime) -> Heard:
        if piece.raw == PING:
            return Heartbeat(piece.raw, head=Said(Answer.PONG))
        sip = sip_message.read(piece.raw, piece.head) if piece.head else None
        if sip is None:
            why = piece.why or "headers that cannot be read"
            return Garbled(piece.raw, why, account=scaip_xml.account_in(piece.raw))
        if sip.status:
            return _response(piece, sip)
        if sip.method == "OPTIONS":
            free = self._setup.passwords(sip.user) is None  # who has a password lives only with it
            return Heartbeat(piece.raw, sip.user if free else "", Said(Answer.OK, sip))
        if sip.method != "MESSAGE":
            refusal = b"" if sip.method == "ACK" else sip_message.respond(sip, 405, [sip_message.ALLOW])
            return Garbled(piece.raw, f"{sip.method}: only MESSAGE and OPTIONS are taken here", refusal)
        return self._message(piece, sip, now)

    def _message(self, piece: Piece, sip: Sip, now: datetime) -> Heard:
        if "xml" not in sip.content_type and not any(mark in sip.body for mark in (b"<mrq", b"<scaip", b":mrq")):
            refusal = sip_message.respond(sip, 415, [f"Accept: {TYPE}"])
            return Garbled(piece.raw, "a MESSAGE without SCAIP in it", refusal)
        request = scaip_xml.read(sip.body, piece.why == TOO_LONG)
        cid = request.fields.get("cid", "")
        account = (cid if cid and cid.isprintable() else sip.user)[
            :32
        ]  # XML makes other line ends of those in the bytes
        if piece.why == SHORT and request.status == scaip_xml.INVALID:
            return Garbled(piece.raw, "cut off before its end", account=account)
        trust, lives = self._trust(sip, account, now), _only_lives(request)
        if trust.odd and self._setup.clear_text == "refuse" and not (lives and trust.asked):
            refusal = self._challenge(sip, now, trust.stale) if trust.asked else sip_message.respond(sip, 403)
            return Garbled(piece.raw, trust.odd, refusal, account)
        if lives:  # asked for its password each time: nothing anybody has to see
            told = {"hbi": str(self._format.heartbeat_minutes or "")} if request.status == scaip_xml.OK else {}
            said, place = self._said(sip, request, trust, told), scaip_codes.position(request.fields)
            return Heartbeat(piece.raw, "" if trust.odd else account, said, None if trust.odd else place)
        return self._raise(piece, sip, request, account, trust)

    def _raise(self, piece: Piece, sip: Sip, request: Request, account: str, trust: _Trust) -> Message:
        readable = request.status not in (scaip_xml.INVALID, scaip_xml.LONG)
        signal = scaip_codes.signal(request.fields, account)
        if not readable:
            signal = Signal(account, Kind.UNKNOWN, "SCAIP unreadable", text=request.deviations[-1])
        voice, spoken = self._voice(signal, sip) if request.status == scaip_xml.OK else ({}, "")
        signal = scaip_codes.signal(request.fields, account, spoken) if spoken else signal
        return Message(
            piece.raw, account, (signal,), request.fields.get("ref", "")[:16] or sip.call_id[:64], sip.body,
            tuple(word for word in (piece.why, *request.deviations, trust.odd) if word),
            head=self._said(sip, request, trust, voice),
        )  # fmt: skip

    def _said(self, sip: Sip, request: Request, trust: _Trust, more: dict[str, str]) -> Said:
        if trust.asked:
            return Said(Answer.CHALLENGE, sip, request, stale=trust.stale)
        how = self._format.answer
        in_body = how == "body" or (how == "auto" and request.root == "scaip") or not sip.home
        ref = request.fields.get("ref", "")[:64]
        mrs = scaip_xml.write_response(request.status, ref, **more)
        return Said(Answer.BODY if in_body else Answer.MESSAGE, sip, request, mrs)

    def _voice(self, signal: Signal, sip: Sip) -> tuple[dict[str, str], str]:
        """The ``mre cre tnu`` of the answer, and for the call card how the home can be spoken to."""
        chosen = self._format
        if signal.kind in SILENT or signal.restore or chosen.voice == "none":
            return {"mre": NO_VOICE}, ""
        quiet = signal.kind is Kind.DURESS  # whoever stands beside them must not hear us
        who, mre = sip.home[:150], MICROPHONE if quiet else DUPLEX
        if chosen.voice == "callback":
            return {"mre": mre, "cre": f"{chosen.callback_minutes:02}"}, f"{'listen' if quiet else 'call'} {who}"
        calls = {"cre": NUMBER, "tnu": chosen.number} if chosen.voice == "number" else {"cre": PREDEFINED}
        return {"mre": mre, **calls}, f"{'listen' if quiet else 'calls-us'} {who}"

    # --- who speaks ---------------------------------------------------------------------------------------------

    def _trust(self, sip: Sip, account: str, now: datetime) -> _Trust:
        """Whether whoever sent it may speak for ``account``."""
        setup, said = self._setup, sip_digest.credentials(sip.credentials, self._format.realm)
        password = setup.passwords(account)
        if said is None:
            return _Trust() if password is None else _Trust(True, odd="no password sent, asked for it")
        user = said.get("username", "")
        theirs = password if user == account else setup.passwords(user)
        if theirs is None:
            return _Trust() if password is None else _Trust(odd="wrong password")
        proof = sip_digest.proof(said, sip.method, theirs, setup.secret, now)
        if proof is Proof.STALE:
            return _Trust(True, True, "an old password proof, asked for a new one")
        if proof is Proof.WRONG:
            return _Trust(odd="wrong password")
        return _Trust() if user == account else _Trust(odd=f"sent by {user[:32]} under the account of {account}")

    def _challenge(self, sip: Sip, now: datetime, stale: bool) -> bytes:
        asked = sip_digest.challenge(self._format.realm, self._format.algorithms, self._setup.secret, now, stale)
        return sip_message.respond(sip, 401, asked)


def write(fields: dict[str, str], number: int, *, seq: int = 1, transport: str = "UDP", root: str = "mrq") -> bytes:
    """A request as a unit sends it; ``cid`` of ``fields`` is its SIP name too. See ``sip_message.write``."""
    body, kind = scaip_xml.write_request(root, **fields), PLAIN_TYPE if root == "scaip" else TYPE
    return sip_message.write("MESSAGE", fields.get("cid", ""), number, kind, body, seq=seq, transport=transport)


def _only_lives(request: Request) -> bool:
    """A heartbeat, and nothing that a person or a technician has to see."""
    stc = request.fields.get("stc", "")
    if request.fields.get("mty") != "PI":
        return False
    return stc in ("", "0070") or scaip_codes.meaning(request.fields.get("dty", ""), stc)[0] is Kind.STATUS


def _response(piece: Piece, sip: Sip) -> Heard:
    """To our MESSAGE: it has been taken, or the unit says why not."""
    if not sip_message.answers_us(sip):
        return Garbled(piece.raw, "a response, and we asked nothing")
    if sip.status >= 300:
        return Garbled(piece.raw, f"the unit did not take our answer: {sip.status} {sip.reason}"[:200])
    return Heartbeat(piece.raw, head=Said(Answer.NOTHING))


def _type_of(request: Request | None) -> str:
    return PLAIN_TYPE if request and request.root == "scaip" else TYPE
