"""The drill: a real press of a reserved account, sent over a real line to our own door as a base unit would."""

import asyncio
from collections.abc import Sequence

from devices.settings import LineSettings
from devices.signal import Kind
from devices.simulator.cables import TcpCable, UdpCable
from devices.simulator.dialler import Patience
from devices.simulator.home import Home
from devices.simulator.speech import SPEECH, Speaker
from devices.simulator.tally import Tally
from devices.simulator.unit import Unit
from devices.simulator.workload import Happening

RETRY_SECONDS = 5.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}


def drill_line(lines: Sequence[LineSettings], name: str) -> LineSettings | None:
    """The line of this name, or without a name the first, that speaks DC-09 over a network, without TLS."""
    able = (s for s in lines if s.protocol == "dc09" and s.transport in ("tcp", "udp") and not s.tls_certificate)
    return next((line for line in able if name in ("", line.name)), None)


def press(line: LineSettings, account: str, sequence: int, seconds: float) -> float | None:
    """Press the red key once; seconds until it was acknowledged, or None when it was not within ``seconds``."""

    async def pressed() -> float | None:
        host, speech = EVERYWHERE.get(line.host, line.host), SPEECH["dc09"]
        tcp = line.transport == "tcp"
        cable = TcpCable(host, line.port or 0, speech.reply_ends) if tcp else UdpCable(host, line.port or 0)
        patience = Patience(min(RETRY_SECONDS, seconds), max(1, int(seconds // RETRY_SECONDS)))
        # a unit counts on from the last number it has used
        unit = Unit(speech, Speaker(account, line.key), cable, patience, Tally(units=1), sequence - 1)
        try:
            async with asyncio.timeout(seconds):
                return await unit.report(Happening(0.0, account, Kind.SOS), Home())
        except TimeoutError:
            return None
        finally:
            unit.unplug()

    return asyncio.run(pressed())
