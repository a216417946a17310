"""The demo district: Chengbei, Xining, with 900 invented homes, their people and devices, and 60 carers on a roster.

Rule: the geography is real to about a kilometre, every person and number is invented, and the same seed and day give
the same district. It enters through the door that every import uses.
"""

from callcenter.demo.district import AlreadyPeopled, load

__all__ = ["AlreadyPeopled", "load"]
