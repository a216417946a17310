"""Which wire formats we speak: the name a line uses in its settings -> a codec for one connection. One line each."""

from collections.abc import Callable

from pydantic import BaseModel

from devices.codecs.datum import TrackerFormat
from devices.codecs.dc09 import Dc09
from devices.codecs.gt06 import Gt06
from devices.codecs.jt808 import Jt808
from devices.codecs.surgard import SurGard
from devices.codecs.watch import Watch
from devices.signal import Codec, Setup

CODECS: dict[str, Callable[[Setup], Codec]] = {
    "dc09": Dc09,
    "gt06": Gt06,
    "jt808": Jt808,
    "surgard": SurGard,
    "watch": Watch,
}

# What a line may say in its ``format`` table, for the protocols that have one.
FORMATS: dict[str, type[BaseModel]] = {
    "gt06": TrackerFormat,
    "jt808": TrackerFormat,
    "watch": TrackerFormat,
}


def orders(protocol: str) -> frozenset[str]:
    """What devices of a protocol may be asked to do (``Order.what``); empty where it has no orders."""
    found: frozenset[str] = getattr(CODECS.get(protocol), "orders", frozenset())
    return found
