"""Which wire formats we speak: the name a line uses in its settings -> a codec for one connection. One line each."""

from collections.abc import Callable

from pydantic import BaseModel

from devices.codecs.ademco685 import Ademco685
from devices.codecs.al00_uart import Al00Uart
from devices.codecs.d6500 import D6500
from devices.codecs.d6600_dc07 import D6600Dc07
from devices.codecs.dc09 import Dc09
from devices.codecs.galaxy import Galaxy
from devices.codecs.lupus_cid import LupusCid
from devices.codecs.oh2000 import Oh2000
from devices.codecs.scaip import Scaip
from devices.codecs.scaip_settings import ScaipFormat
from devices.codecs.surgard import SurGard
from devices.codecs.texecom import Texecom
from devices.signal import Codec, Setup

CODECS: dict[str, Callable[[Setup], Codec]] = {
    "dc09": Dc09,
    "galaxy-dc03": Galaxy,
    "oh2000": Oh2000,
    "scaip": Scaip,
    "surgard": SurGard,
    "d6500": D6500,
    "d6600-dc07": D6600Dc07,
    "ademco685": Ademco685,
    "texecom": Texecom,
    "lupus-cid": LupusCid,
    "al00-uart": Al00Uart,
}

# What a line may say in its ``format`` table, for the protocols that have one.
FORMATS: dict[str, type[BaseModel]] = {
    "scaip": ScaipFormat,
}
