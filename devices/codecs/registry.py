"""Which wire formats we speak: the name a line uses in its settings -> a codec for one connection. One line each."""

from collections.abc import Callable

from pydantic import BaseModel

from devices.codecs.ademco685 import Ademco685
from devices.codecs.al00_uart import Al00Uart
from devices.codecs.d6500 import D6500
from devices.codecs.d6600_dc07 import D6600Dc07
from devices.codecs.datum import TrackerFormat
from devices.codecs.dc09 import Dc09
from devices.codecs.delimited import Delimited
from devices.codecs.delimited_format import Description
from devices.codecs.galaxy import Galaxy
from devices.codecs.gt06 import Gt06
from devices.codecs.json_fields import JsonFields
from devices.codecs.json_mapping import Mapping
from devices.codecs.jt808 import Jt808
from devices.codecs.lupus_cid import LupusCid
from devices.codecs.oh2000 import Oh2000
from devices.codecs.scaip import Scaip
from devices.codecs.scaip_settings import ScaipFormat
from devices.codecs.surgard import SurGard
from devices.codecs.texecom import Texecom
from devices.codecs.watch import Watch
from devices.signal import Codec, Setup

CODECS: dict[str, Callable[[Setup], Codec]] = {
    "dc09": Dc09,
    "galaxy-dc03": Galaxy,
    "oh2000": Oh2000,
    "scaip": Scaip,
    "delimited": Delimited,
    "mqtt-json": JsonFields,
    "surgard": SurGard,
    "d6500": D6500,
    "d6600-dc07": D6600Dc07,
    "ademco685": Ademco685,
    "texecom": Texecom,
    "lupus-cid": LupusCid,
    "al00-uart": Al00Uart,
    "watch": Watch,
    "gt06": Gt06,
    "jt808": Jt808,
}

# What a line may say in its ``format`` table, for the protocols that have one.
FORMATS: dict[str, type[BaseModel]] = {
    "scaip": ScaipFormat,
    "gt06": TrackerFormat,
    "jt808": TrackerFormat,
    "watch": TrackerFormat,
    "delimited": Description,
    "mqtt-json": Mapping,
}


def orders(protocol: str) -> frozenset[str]:
    """What devices of a protocol may be asked to do (``Order.what``); empty where it has no orders."""
    found: frozenset[str] = getattr(CODECS.get(protocol), "orders", frozenset())
    return found
