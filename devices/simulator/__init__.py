"""The simulator pretends to be 900 homes, over real sockets and a real pty, in the codecs' own words.

Rule: it knows the gateway only from outside. It dials the lines of config.toml like any device, waits for its
acknowledgement, repeats, and counts what was never acknowledged.
"""

from devices.simulator.dialler import Patience
from devices.simulator.district import District, Manner, simulate, units_for
from devices.simulator.tally import Tally

__all__ = ["District", "Manner", "Patience", "Tally", "simulate", "units_for"]
