"""The simulator pretends to be a district: homes with their residents and faults, and, when asked, the centre's staff.

Rule: it knows the centre only from outside. It dials the lines of config.toml like any device, over real sockets and a
real pty, in the codecs' own words, repeats, and counts what was never acknowledged; whatever else it knows or does, it
reads and does over the public API.
"""

from devices.simulator.centre import Refused
from devices.simulator.dialler import Patience
from devices.simulator.district import District, Manner, simulate
from devices.simulator.lookout import Outlook
from devices.simulator.staff import Staffing
from devices.simulator.tally import Tally
from devices.simulator.truth import Truth
from devices.simulator.wiring import elsewhere, reachable, units_for

__all__ = [
    "District", "Manner", "Outlook", "Patience", "Refused", "Staffing", "Tally", "Truth", "elsewhere", "reachable",
    "simulate", "units_for",
]  # fmt: skip
