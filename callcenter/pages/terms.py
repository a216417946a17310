"""Codes put into words, one table for each list the centre keeps: kinds, stages, steps, outcomes, languages…"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

Words = Mapping[str, LazyString]

KINDS: Words = {
    "sos": lazy_gettext("Help key (SOS)"),
    "service": lazy_gettext("Service key"),
    "family": lazy_gettext("Family key"),
    "fall": lazy_gettext("Fall"),
    "duress": lazy_gettext("Duress"),
    "inactivity": lazy_gettext("No movement"),
    "wandering": lazy_gettext("Left the area"),
    "medication": lazy_gettext("Medicine not taken"),
    "ok": lazy_gettext("All is well (key)"),
    "smoke": lazy_gettext("Smoke"),
    "gas": lazy_gettext("Gas"),
    "carbon_monoxide": lazy_gettext("Carbon monoxide"),
    "water": lazy_gettext("Water leak"),
    "temperature": lazy_gettext("Temperature"),
    "door": lazy_gettext("Door"),
    "intrusion": lazy_gettext("Break-in"),
    "cancel": lazy_gettext("Cancelled on the device"),
    "help_arrived": lazy_gettext("Help has arrived (key)"),
    "test": lazy_gettext("Test"),
    "low_battery": lazy_gettext("Battery low"),
    "mains_lost": lazy_gettext("No mains power"),
    "tamper": lazy_gettext("Opened or removed"),
    "device_lost": lazy_gettext("Pager out of reach"),
    "not_worn": lazy_gettext("Watch or pager taken off"),
    "link_fault": lazy_gettext("Line fault"),
    "fault": lazy_gettext("Device fault"),
    "status": lazy_gettext("Device status"),
    "unknown": lazy_gettext("Unknown signal"),
    "request": lazy_gettext("Request by telephone"),
    "booking": lazy_gettext("Booked visit"),
    "welfare": lazy_gettext("Welfare call"),
    "device_silent": lazy_gettext("Device silent"),
    "incident": lazy_gettext("Many homes at once"),
    "drill_failed": lazy_gettext("Daily drill failed"),
    "carer_sos": lazy_gettext("A carer asks for help"),
    "needs_help": lazy_gettext("Needs help (roll call)"),
    "advice": lazy_gettext("Advice"),
    "complaint": lazy_gettext("Complaint"),
    "phone_call": lazy_gettext("Telephone call"),
    "missed_call": lazy_gettext("Missed telephone call"),
}

STAGES: Words = {
    "waiting": lazy_gettext("Waiting"),
    "answered": lazy_gettext("Handled"),
    "on_hold": lazy_gettext("On hold"),
    "closed": lazy_gettext("Closed"),
}

STEPS: Words = {
    "answer": lazy_gettext("Answering"),
    "decide": lazy_gettext("Deciding"),
    "offer": lazy_gettext("Asking a carer"),
    "retry": lazy_gettext("Asking again"),
    "accept": lazy_gettext("Accepting"),
    "depart": lazy_gettext("Departing"),
    "arrive": lazy_gettext("Arriving"),
    "finish": lazy_gettext("Finishing"),
    "hold": lazy_gettext("Hold is over"),
    "conclude": lazy_gettext("Going on"),
    "idle": lazy_gettext("Nothing happens"),
    "repair": lazy_gettext("Repair"),
    "chase": lazy_gettext("Asking where the crew is"),
    "prompt": lazy_gettext("Calling 120: no voice, nobody there"),
    "speech": lazy_gettext("Hearing the person clearly"),
    "contact": lazy_gettext("A contact should be there"),
}

OUTCOMES: Words = {
    "helped": lazy_gettext("Helped at home"),
    "hospital": lazy_gettext("Taken to hospital"),
    "police_fire": lazy_gettext("Police or fire brigade"),
    "false_alarm": lazy_gettext("Pressed by mistake"),
    "service_done": lazy_gettext("Service done"),
    "advice": lazy_gettext("Advice by telephone"),
    "device_fixed": lazy_gettext("Device repaired"),
    "restored": lazy_gettext("Ended by itself"),
    "in_incident": lazy_gettext("Part of an incident"),
    "moved": lazy_gettext("Moved to another time"),
    "test": lazy_gettext("Test press"),
    "refused": lazy_gettext("Help refused"),
    "other": lazy_gettext("Something else"),
}

EVIDENCE: Words = {
    "spoke_clearly": lazy_gettext("The resident spoke clearly"),
    "was_seen": lazy_gettext("Somebody saw the resident"),
    "handed_over": lazy_gettext("Handed over, the crew has arrived"),
    "stood_down": lazy_gettext("Nobody found: the supervisor's decision"),
    "device_answers": lazy_gettext("The device answers again"),
    "rebooked": lazy_gettext("Has a new time, the resident is rung"),
}

CRITERIA: Words = {
    "chest_pain": lazy_gettext("Chest pain"),
    "breathing": lazy_gettext("Trouble breathing"),
    "stroke": lazy_gettext("Signs of a stroke"),
    "unconscious": lazy_gettext("Unconscious"),
    "bleeding": lazy_gettext("Heavy bleeding"),
    "fall_head": lazy_gettext("Fall, head struck"),
    "fall_hip": lazy_gettext("Fall, hip"),
    "silent": lazy_gettext("No voice for too long"),
    "smoke": lazy_gettext("Smoke or fire"),
    "gas": lazy_gettext("Smell of gas"),
    "trapped": lazy_gettext("Trapped"),
    "violence": lazy_gettext("Violence"),
}

CREW: Words = {
    "carer_there": lazy_gettext("Our carer says so"),
    "family_there": lazy_gettext("The family says so"),
    "crew_rang": lazy_gettext("The crew rang us"),
    "service_confirms": lazy_gettext("Their centre confirms it"),
}

RESPONDERS: Words = {
    "grid_leader": lazy_gettext("Grid leader"),
    "party_member": lazy_gettext("Party member of the street"),
    "volunteer": lazy_gettext("Volunteer"),
    "neighbour": lazy_gettext("Neighbour"),
    "key_holder": lazy_gettext("Key holder"),
    "committee": lazy_gettext("Neighbourhood committee"),
    "family": lazy_gettext("Family"),
}

RESPONDING: Words = {
    "asked": lazy_gettext("asked"),
    "going": lazy_gettext("goes"),
    "cannot": lazy_gettext("cannot"),
    "there": lazy_gettext("is there"),
    "reported": lazy_gettext("has seen"),
}

SEEN: Words = {
    "talks": lazy_gettext("talks clearly"),
    "hurt": lazy_gettext("hurt or ill"),
    "no_answer": lazy_gettext("no answer at the door"),
}

SOURCES: Words = {
    "pager": lazy_gettext("Pager"),
    "phone": lazy_gettext("Telephone"),
    "walk_in": lazy_gettext("Walk-in"),
    "grid": lazy_gettext("Grid worker"),
    "web": lazy_gettext("Web"),
    "webhook": lazy_gettext("Other system"),
    "watch": lazy_gettext("The watch"),
    "carer": lazy_gettext("Carer's phone"),
    "booking": lazy_gettext("Booking"),
    "paper": lazy_gettext("On paper, entered afterwards"),
    "rollcall": lazy_gettext("Roll call"),
    "round": lazy_gettext("Welfare round"),
}

LANGUAGES: Words = {
    "zh": lazy_gettext("Mandarin"),
    "qinghai": lazy_gettext("Qinghai dialect"),
    "bo": lazy_gettext("Amdo Tibetan"),
    "mjg": lazy_gettext("Monguor"),
    "slr": lazy_gettext("Salar"),
}

TRAVEL: Words = {
    "walk": lazy_gettext("on foot"),
    "e_bike": lazy_gettext("e-bike"),
    "car": lazy_gettext("car"),
}

TIERS: Words = {
    "A": lazy_gettext("Risk A (highest)"),
    "B": lazy_gettext("Risk B"),
    "C": lazy_gettext("Risk C"),
}

# What a carer reports; the phone page says the same with the same words.
CONDITIONS: Words = {
    "well": lazy_gettext("Well, nothing needed"),
    "settled": lazy_gettext("Better, settled at home"),
    "hurt": lazy_gettext("Hurt, handed to ambulance"),
    "ill": lazy_gettext("Ill, handed to ambulance"),
    "absent": lazy_gettext("Nobody there"),
    "refused": lazy_gettext("Did not let me in"),
}

DONE: Words = {
    "helped_up": lazy_gettext("Helped up"),
    "comforted": lazy_gettext("Talked and calmed"),
    "medicine": lazy_gettext("Helped with own medicine"),
    "rang_family": lazy_gettext("Rang the family"),
    "rang_120": lazy_gettext("Rang 120"),
    "device": lazy_gettext("Looked at the device"),
    "test_press": lazy_gettext("Test press of the device done"),
}

DOOR_CODES: Words = {
    "right": lazy_gettext("Door code right"),
    "wrong": lazy_gettext("Door code wrong"),
}

NEXT_STEPS: Words = {
    "nothing": lazy_gettext("Nothing more needed"),
    "call_back": lazy_gettext("The centre rings later"),
    "visit_again": lazy_gettext("Somebody visits again"),
    "doctor": lazy_gettext("A doctor should look"),
    "family": lazy_gettext("The family takes over"),
    "repair": lazy_gettext("The device needs repair"),
}

PAUSES: Words = {
    "resident_asked": lazy_gettext("The resident asked to wait"),
    "waiting_for_family": lazy_gettext("Waiting for the family"),
    "waiting_for_key": lazy_gettext("Waiting for the key"),
    "waiting_for_part": lazy_gettext("Waiting for a spare part"),
    "weather": lazy_gettext("Weather"),
}

LISTS: Mapping[str, Words] = {
    "pauses": PAUSES,
    "kinds": KINDS,
    "stages": STAGES,
    "steps": STEPS,
    "outcomes": OUTCOMES,
    "evidence": EVIDENCE,
    "sources": SOURCES,
    "languages": LANGUAGES,
    "travel": TRAVEL,
    "tiers": TIERS,
    "conditions": CONDITIONS,
    "done": DONE,
    "door_codes": DOOR_CODES,
    "next_steps": NEXT_STEPS,
    "criteria": CRITERIA,
    "crew": CREW,
    "responders": RESPONDERS,
    "responding": RESPONDING,
    "seen": SEEN,
}


def word(words: Words, code: str) -> str:
    """The word for a code; an unknown code is shown as it is, never hidden."""
    return str(words.get(code, code))


def kind_text(code: str) -> str:
    return word(KINDS, code)


def stage_text(code: str) -> str:
    return word(STAGES, code)


def lists() -> dict[str, dict[str, str]]:
    """Every list above in the reader's language, for the console's script."""
    return {name: {code: str(text) for code, text in words.items()} for name, words in LISTS.items()}


def report_text(report: Mapping[str, Any] | None) -> str:
    """What the carer found and did, in one line; empty when nothing was reported."""
    said = report or {}
    condition = word(CONDITIONS, str(said.get("condition") or ""))
    done = "、".join(word(DONE, str(code)) for code in said.get("done") or ())
    code, then = (word(w, str(said.get(f) or "")) for w, f in ((DOOR_CODES, "door_code"), (NEXT_STEPS, "next")))
    return " · ".join(part for part in (condition, done, code, then, str(said.get("text") or "")) if part)
