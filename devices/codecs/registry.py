"""Which wire formats we speak: the name a line uses in its settings -> a codec for one connection. One line each."""

from collections.abc import Callable

from devices.codecs.dc09 import Dc09
from devices.codecs.galaxy import Galaxy
from devices.codecs.oh2000 import Oh2000
from devices.codecs.surgard import SurGard
from devices.signal import Codec, Setup

CODECS: dict[str, Callable[[Setup], Codec]] = {
    "dc09": Dc09,
    "galaxy-dc03": Galaxy,
    "oh2000": Oh2000,
    "surgard": SurGard,
}
