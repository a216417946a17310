"""What is heard at triage, and whom each criterion asks for: 120, 119 or 110."""

from collections.abc import Mapping

AMBULANCE, FIRE, POLICE = "120", "119", "110"
SERVICES = (AMBULANCE, FIRE, POLICE)
SILENT = "silent"  # ticked by the clock, never by a person
# What is heard at triage -> who is called, at once and never as a last step.
CRITERIA: Mapping[str, str] = {
    "chest_pain": AMBULANCE,
    "breathing": AMBULANCE,
    "stroke": AMBULANCE,
    "unconscious": AMBULANCE,
    "bleeding": AMBULANCE,
    "fall_head": AMBULANCE,
    "fall_hip": AMBULANCE,
    SILENT: AMBULANCE,
    "smoke": FIRE,
    "gas": FIRE,
    "trapped": FIRE,
    "violence": POLICE,
}
TICKED = tuple(code for code in CRITERIA if code != SILENT)
# A carer of ours is sent to whoever waits for an ambulance; into smoke or violence nobody is sent unasked.
OWN_CARER = frozenset({AMBULANCE})


def wanted(criteria: list[str]) -> list[str]:
    """The services these criteria ask for, each once."""
    return list(dict.fromkeys(CRITERIA[code] for code in criteria))
