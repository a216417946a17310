"""SCAIP's XML: the request ``<mrq>`` in, the response ``<mrs>`` out. SS 91100, as open implementations state it.

Read with expat and nothing else: no document type, no entity, three levels, 64 elements. Seen in the field: an XML
declaration, a target namespace, Syntilio's dialect, whose root is ``<scaip>``. What is no UTF-8 is read as Latin-1.
Whatever is wrong is answered with a status (``snu``), and what could be read is kept: somebody may have pressed.
"""

import re
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

OK, LONG, INVALID, WRONG, MISSING = "0", "1", "2", "3", "7"  # snu; 4 hold, 5 not treated, 6 busy are never ours
LONGEST = 1300  # bytes of XML; what is longer has to be split (and is read all the same)
ELEMENTS, DEPTH, LONGEST_TEXT = 64, 3, 1024
ROOTS = {"mrq", "scaip"}
MANDATORY = ("ref", "cid", "dty")
CONTENT = {  # what the contents have to look like; other elements are free text
    "ref": r"[0-9A-Za-z]{1,16}", "cid": r"[0-9]{1,16}", "dty": r"[0-9]{4}", "stc": r"[0-9]{4}", "pri": r"[0-9]",
    "did": r"[^\s]{1,8}", "lco": r"[0-9]{3}", "dco": r"[0-9]{3}", "mty": r"ME|RE|IN|PI",
}  # fmt: skip

_CID = re.compile(rb"<(?:[A-Za-z][\w.-]{0,19}:)?cid[ \t\r\n]{0,4}>[ \t\r\n]{0,8}([0-9]{1,16})[ \t\r\n]{0,8}</")


@dataclass(frozen=True, slots=True)
class Request:
    """``fields`` by element name, those inside ``lge`` among them. ``status`` is the ``snu`` to answer with."""

    fields: dict[str, str]
    root: str
    status: str = OK
    deviations: tuple[str, ...] = ()


def read(body: bytes, cut: bool = False) -> Request:
    """What a body says, whatever it is. ``cut``: it was longer than is read, and ends in the middle."""
    root = "scaip" if re.match(rb"\s{0,64}(?:<\?[^>]{0,200}\?>)?\s{0,64}<scaip[\s>]", body) else "mrq"
    if cut:
        return Request(_only_cid(body), root, LONG, ("too long",))
    deviations = [f"longer than {LONGEST} bytes"] if len(body) > LONGEST else []
    try:
        found = _parse(body, None)
    except _REFUSALS as error:
        try:
            found = _parse(body, "iso-8859-1")
        except _REFUSALS:
            return Request(_only_cid(body), root, INVALID, (*deviations, f"XML that cannot be read: {_words(error)}"))
        deviations.append("read as Latin-1")
    return _judged(found, deviations)


def account_in(raw: bytes) -> str:
    """The controller's id in bytes that make no message."""
    found = _CID.search(raw)
    return found.group(1).decode() if found else ""


def write_response(status: str, ref: str = "", **more: str) -> bytes:
    """``<mrs>`` with ``snu`` and, where they are given, ``mre cre tnu hbi``."""
    told = {"ref": ref, "snu": status, **more}
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in told.items() if value)
    return f"<mrs>{inside}</mrs>".encode()


def write_request(root: str = "mrq", **fields: str) -> bytes:
    """``<mrq>`` as a device sends it."""
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<{root}>{inside}</{root}>".encode()


class _Refused(ValueError):
    """What no honest device sends."""


_REFUSALS = (expat.ExpatError, ValueError, LookupError)  # an encoding nobody knows is a LookupError


class _Reader:
    """Gathers the texts of leaf elements."""

    def __init__(self) -> None:
        self.root, self.fields, self.twice = "", dict[str, str](), list[str]()
        self._path: list[str] = []
        self._text: list[str] = []
        self._count = self._size = 0

    def refuse(self, *_: object) -> None:
        raise _Refused("a document type or entity")

    def start(self, name: str, _: dict[str, str]) -> None:
        self._count += 1
        self._path.append(name.rpartition(" ")[2])
        self._text.clear()
        self._size = 0
        if self._count > ELEMENTS or len(self._path) > DEPTH:
            raise _Refused("too many elements")
        if self._count == 1:
            self.root = self._path[0]
            if self.root not in ROOTS:
                raise _Refused("neither mrq nor scaip")

    def text(self, piece: str) -> None:
        self._size += len(piece)
        if self._size <= LONGEST_TEXT:
            self._text.append(piece)

    def end(self, _: str) -> None:
        name, text = self._path.pop(), "".join(self._text).strip()
        self._text.clear()
        if not text or not self._path:
            return
        if name in self.fields and self.fields[name] != text:
            self.twice.append(name)
        self.fields.setdefault(name, text)


def _parse(body: bytes, encoding: str | None) -> _Reader:
    reader = _Reader()
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    parser.Parse(body, True)
    return reader


def _judged(found: _Reader, deviations: list[str]) -> Request:
    fields = found.fields
    deviations += [f"{name} twice" for name in found.twice[:4]]
    missing = [name for name in MANDATORY if name not in fields]
    wrong = [name for name, form in CONTENT.items() if name in fields and not re.fullmatch(form, fields[name])]
    deviations += [f"{name} is missing" for name in missing] + [f"{name} is not as it should be" for name in wrong]
    fatal = [name for name in wrong if name in MANDATORY]
    return Request(fields, found.root, MISSING if missing else WRONG if fatal else OK, tuple(deviations))


def _only_cid(body: bytes) -> dict[str, str]:
    cid = account_in(body)
    return {"cid": cid} if cid else {}


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, _Refused) else expat.ErrorString(getattr(error, "code", 4))
