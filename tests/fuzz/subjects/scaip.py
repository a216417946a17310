"""SCAIP: SIP with XML in it, on lines with and without passwords, answered in each of the ways."""

import html
import re
from urllib.parse import unquote

from devices.codecs import sip_digest
from devices.signal import Setup
from tests.devices.scaip_unit import ALARM, proof, request
from tests.devices.wire import NOON
from tests.fuzz.subject import Subject
from tests.fuzz.trial import ANSWERED, ENDS, MENDED, write

PASSWORD, SECRET = "geheim-4670", b"the line's own secret"
PASSWORDS = {"4670000001": PASSWORD}.get

_MARKUP = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>", re.DOTALL)
_LENGTH = re.compile(rb"(?i)\n(content-length|l)[ \t]*:[^\r\n]*(?=\r\n(?:[^\r\n]+\r\n)*\r\n)")


def xml_text(said: bytes) -> str:
    """As an XML reader spells it: entities are letters, comments and marks of CDATA nothing, line ends LF."""
    decoded = [said.decode(code, "replace") for code in ("latin-1", "utf-8", "utf-16-le", "utf-16-be")]
    return "\n".join(html.unescape(_MARKUP.sub("", text)).replace("\r\n", "\n") for text in decoded)


def uri_text(said: bytes) -> str:
    return unquote(said.decode("latin-1")) + "\n" + unquote(said.decode("latin-1"), "latin-1")


def right_length(wire: bytes) -> bytes:
    """The first Content-Length is what is really left."""
    head = wire.find(b"\r\n\r\n")
    size = len(wire) - head - 4
    return _LENGTH.sub(lambda found: b"\n%b: %d" % (found[1], size), wire, count=1) if head >= 0 else wire


_CHALLENGE = sip_digest.challenge("anxin", ["SHA-256", "MD5"], SECRET, NOON)
_PROVEN = [request(more=[proof(one.partition(": ")[2], "4670000001", PASSWORD, how)]) for one, how in
           zip(_CHALLENGE, ("SHA-256", "MD5"), strict=True)]  # fmt: skip
SUBJECTS = {
    "scaip": Subject(
        setups=(
            Setup(secret=SECRET),
            Setup(passwords=PASSWORDS, secret=SECRET),
            Setup(passwords=PASSWORDS, clear_text="refuse", secret=SECRET),
            Setup(format={"answer": "body", "voice": "callback"}),
            Setup(format={"answer": "message", "voice": "number", "number": "+8697100000", "heartbeat_minutes": 5}),
        ),
        forms=(xml_text, uri_text),
        kept=40 * 1024,
        mend=right_length,
        seeds=(
            *(write(one, setup=setup) for one in _PROVEN for setup in (1, 2)),
            write(request(fields={**ALARM, "mty": "PI", "stc": "0070"}), ENDS | ANSWERED | MENDED, 4),
            write(request(fields={**ALARM, "lge": "", "stc": "0020"}, root="scaip"), ENDS | ANSWERED | MENDED, 3),
            write(request(method="OPTIONS")),
            write(request(method="INVITE") + b"\r\n\r\n"),
            write(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKanxin000000000000000000000000\r\n\r\n"),
        ),
        words=(
            b"MESSAGE sip:a SIP/2.0\r\n", b"OPTIONS sip:a SIP/2.0\r\n", b"SIP/2.0 200 OK\r\n", b"Content-Length: ",
            b"Via: SIP/2.0/UDP ", b"From: <sip:4670000001@a>", b"To: ", b"Contact: ", b"Call-ID: ", b"CSeq: 1 MESSAGE",
            b"\r\n\r\n", b"<mrq>", b"</mrq>", b"<scaip>", b"</scaip>", b"<cid>", b"</cid>", b"<ref>", b"</ref>",
            b"<dty>", b"<stc>", b"<mty>PI</mty>", b"<pos>", b"<lge>", b"<vco>", b"<!--", b"<![CDATA[", b"]]>", b"&#49;",
            b"<?xml version='1.0' encoding='", b"utf-16", b"iso-8859-1", b"Authorization: Digest ", b'realm="anxin"',
            b"application/scaip+xml", b"Content-Type: ", b"z9hG4bKanxin", b"<!DOCTYPE", b";tag=", b"l: 9\r\n",
        ),
        secrets=(PASSWORD.encode(), SECRET, SECRET.hex().encode()),
    ),
}  # fmt: skip
