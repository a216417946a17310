"""One front door (一门受理): what may be reported, and by which doors beside the pagers."""

from collections.abc import Mapping

from callcenter.rules.triage import CLASSES, Class
from devices.signal import Kind

SOURCES = ("phone", "walk_in", "grid", "web")
OF_THEMSELVES = frozenset({"phone", "walk_in"})  # whoever reports by these is the one to be found again

# Everything a device may send that somebody must act on, and what only people ask for.
COMPLAINT = "complaint"
ASKED_OF_PEOPLE: Mapping[str, Kind] = {"advice": Kind.SERVICE, COMPLAINT: Kind.SERVICE}
KINDS: Mapping[str, Kind] = {
    **{str(kind): kind for kind, what in CLASSES.items() if what is not Class.RECORD}, **ASKED_OF_PEOPLE,
}  # fmt: skip
