"""Scripts and styles as they go over the wire: comments left out, compressed once, and not sent again unchanged."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

YEAR = 365 * 86400
TEXTS = frozenset({".js", ".mjs", ".css", ".svg", ".json", ".webmanifest"})
# A line that begins with // is a comment wherever it stands; templates in templates forbid a cleverer eye (rjsmin 1.3.0
# eats the spaces of what people read). What stands before the first word of a line means nothing in our markup either.
EMPTY_WORDS = re.compile(r"^[ \t]*//.*\n|^[ \t]+|^\n", re.M)


def shortened(script: str) -> str:
    """A script without its comments and indentation; line ends stay, so the meaning does."""
    return EMPTY_WORDS.sub("", script)


@dataclass(frozen=True, slots=True)
class Packed:
    """One text, as it is and compressed; ``tag`` names its content."""

    plain: bytes
    small: bytes
    tag: str
    mimetype: str

    def answer(self, lasting: bool = False) -> Response:
        """In the form the browser takes, or 304 when it has it; ``lasting``: this address never means another text."""
        zipped = request.accept_encodings["gzip"] > 0
        response = Response(self.small if zipped else self.plain, mimetype=self.mimetype)
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if lasting else "no-cache"
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.set_etag(self.tag + ("-gz" if zipped else ""))
        response.make_conditional(request)
        return response


def packed(text: bytes, mimetype: str) -> Packed:
    return Packed(text, gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:16], mimetype)


class Shelf:
    """The files of a folder. Each text is packed when it is first asked for, and again when it has changed."""

    def __init__(self, folder: Path, other: Callable[[str], Response]):
        """``other`` sends what is no text, as pictures."""
        self.folder, self.other = folder, other
        self._kept: dict[Path, tuple[int, Packed]] = {}

    def send(self, filename: str) -> Response:
        """Raises ``NotFound``, also for a way out of the folder."""
        found = safe_join(str(self.folder), filename)
        if found is None:
            raise NotFound
        path = Path(found)
        if path.suffix not in TEXTS:
            return self.other(filename)
        try:
            changed = path.stat().st_mtime_ns
            if self._kept.get(path, (0,))[0] != changed:
                self._kept[path] = changed, self._read(path)
        except OSError:
            raise NotFound from None
        return self._kept[path][1].answer(lasting=filename.startswith("vendor/"))  # the version is in the path

    def _read(self, path: Path) -> Packed:
        text = path.read_bytes()
        # Vendored files stay as their authors made them; the console's go out joined, one by one they are for reading.
        if path.suffix == ".js" and not {self.folder / "vendor", self.folder / "js" / "console"} & set(path.parents):
            text = shortened(text.decode()).encode()
        return packed(text, mimetypes.guess_type(path.name)[0] or "text/plain")
