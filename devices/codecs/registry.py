"""Which wire formats we speak: the name a line uses in its settings -> a codec for one connection. One line each."""

from collections.abc import Callable

from pydantic import BaseModel

from devices.codecs.dc09 import Dc09
from devices.codecs.delimited import Delimited
from devices.codecs.delimited_format import Description
from devices.codecs.json_fields import JsonFields
from devices.codecs.json_mapping import Mapping
from devices.codecs.surgard import SurGard
from devices.signal import Codec, Setup

CODECS: dict[str, Callable[[Setup], Codec]] = {
    "dc09": Dc09,
    "delimited": Delimited,
    "mqtt-json": JsonFields,
    "surgard": SurGard,
}

# What a line may say in its ``format`` table, for the protocols that have one.
FORMATS: dict[str, type[BaseModel]] = {
    "delimited": Description,
    "mqtt-json": Mapping,
}
