"""What the oracle has to know of one codec that its bytes cannot tell; everything else it knows of all.

A codec of the registry that no module of ``subjects`` names is judged by the defaults: accounts stand in the frame as
ASCII, nothing but NUL, CR and LF may be dropped, 16 KiB may be kept.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from devices.signal import Setup
from tests.devices import readers
from tests.devices.wire import Vector, vectors, wire
from tests.fuzz import subjects
from tests.fuzz.trial import ANSWERED, ENDS, MENDED, write

Text = Callable[[bytes], str]
SEPARATORS = re.compile(rb"[\0\r\n]*")


def ascii_text(said: bytes) -> str:
    return said.decode("latin-1")


def digits(said: bytes) -> str:
    """Two digits a byte, as BCD numbers are written."""
    return said.hex()


@dataclass(frozen=True, slots=True)
class Subject:
    """One codec under judgement.

    ``setups``: the lines it is made for. ``forms``: how the bytes of a frame may spell an account. ``remembers``: an
    account may have been said by an earlier frame of the connection. ``dropped``: what may be heard of nowhere.
    ``strikes``: parts of a frame may come out as stars. ``kept``: bytes an unfinished connection may hold, objects
    included. ``flood``: bytes of the flood that tests it. ``mend`` puts checksums right. ``seeds``: inputs besides the
    vectors. ``words``: for the fuzzer's dictionary. ``secrets``: what must be in no reply and in nothing heard.
    """

    setups: tuple[Setup, ...] = (Setup(),)
    forms: tuple[Text, ...] = (ascii_text,)
    remembers: bool = False
    dropped: re.Pattern[bytes] = SEPARATORS
    strikes: bool = False
    kept: int = 16 * 1024
    flood: int = 16 * 1024
    mend: Callable[[bytes], bytes] | None = None
    seeds: tuple[bytes, ...] = ()
    words: tuple[bytes, ...] = ()
    secrets: tuple[bytes, ...] = ()


def subject(codec: str) -> Subject:
    """What is known of the codec of this name."""
    return _subjects().get(codec, Subject())


@cache
def _subjects() -> dict[str, Subject]:
    return {name: made for module in _modules(subjects) for name, made in module.SUBJECTS.items()}


def seeds(codec: str) -> list[bytes]:
    """The codec's vectors and what its writers write, as inputs: whole, cut, twice, mended."""
    known = subject(codec)
    found = list(known.seeds)
    for bytes_ in dict.fromkeys(_wires(codec)):
        for setup in range(len(known.setups)):
            found.append(write(bytes_, setup=setup))
            if known.mend:
                found.append(write(bytes_, ENDS | ANSWERED | MENDED, setup, longest=0))
        found.append(write(bytes_ * 2, ENDS, longest=40))
    return list(dict.fromkeys(found))


def _wires(codec: str) -> Iterable[bytes]:
    for reader in _modules(readers):
        if codec == reader.CODEC:
            own: Callable[[Vector], bytes] = getattr(reader, "bytes_of", wire)
            yield from (bytes(own(vector)) for vector in vectors(reader.VECTORS))


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]
