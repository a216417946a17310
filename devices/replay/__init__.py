"""The replayer plays recorded connections against another instance and compares what it answers.

Rule: it knows that instance only from outside, by its sockets.
"""

from devices.replay.player import Place, Played, play
from devices.replay.recording import BadCapture, Talk, read
from devices.replay.replies import Difference, differences

__all__ = ["BadCapture", "Difference", "Place", "Played", "Talk", "differences", "play", "read"]
