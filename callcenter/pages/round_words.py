"""The words of welfare: results, steps, reasons, absences, reminders, tiers, and a line of the log for each event."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from callcenter.pages.terms import Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

RESULTS: Words = {
    "well": lazy_gettext("Is well"),
    "needs": lazy_gettext("Needs something"),
    "help": lazy_gettext("Needs help now"),
    "no_answer": lazy_gettext("No answer"),
    "wrong_number": lazy_gettext("Wrong number"),
    "refused": lazy_gettext("Does not wish to talk"),
    "later": lazy_gettext("Ring again at…"),
    "away": lazy_gettext("Is away until…"),
    "contact_well": lazy_gettext("A contact knows: is well"),
    "contact_none": lazy_gettext("No contact knows: somebody must go"),
    "gone": lazy_gettext("Not registered any more"),
    "sign": lazy_gettext("Gave a sign meanwhile"),
    "unreached": lazy_gettext("Not reached: became a case"),
    "moved": lazy_gettext("Goes on in the next round"),
    "stopped": lazy_gettext("Round ended"),
}

STEPS: Words = {"ring": lazy_gettext("Ring the person"), "contact": lazy_gettext("Ring the contacts")}

STAGES: Words = {
    "open": lazy_gettext("Going on"), "done": lazy_gettext("Done"), "stopped": lazy_gettext("Ended early"),
}  # fmt: skip

EVERY: Words = {
    "once": lazy_gettext("Once"),
    "weekly": lazy_gettext("Every week"),
    "days": lazy_gettext("Every so many days"),
    "birthday": lazy_gettext("On each birthday"),
    "released": lazy_gettext("When a supervisor releases it"),
}

# The plans that lie ready, until one is laid down under a name of its own.
READY: Words = {
    "friday": lazy_gettext("Red Friday"),
    "cold": lazy_gettext("Calls in the cold"),
    "heat": lazy_gettext("Calls in the heat"),
    "outage": lazy_gettext("After a power or network cut"),
    "dead": lazy_gettext("Devices that fell silent"),
    "friendly": lazy_gettext("A test press each month"),
    "birthday": lazy_gettext("Birthday wishes"),
    "festival": lazy_gettext("Holiday wishes"),
}

WEEKDAYS = (lazy_gettext("Monday"), lazy_gettext("Tuesday"), lazy_gettext("Wednesday"), lazy_gettext("Thursday"),
            lazy_gettext("Friday"), lazy_gettext("Saturday"), lazy_gettext("Sunday"))  # fmt: skip

AWAY: Words = {
    "hospital": lazy_gettext("In hospital"),
    "travel": lazy_gettext("Travelling"),
    "family": lazy_gettext("With the family"),
    "care_home": lazy_gettext("In a care home"),
    "other": lazy_gettext("Away"),
}

AWAY_ENDED: Words = {
    "due": lazy_gettext("the day had come"),
    "back": lazy_gettext("is back"),
    "changed": lazy_gettext("changed in the register"),
}

REMINDERS: Words = {
    "medicine": lazy_gettext("Medicine"),
    "visit": lazy_gettext("Visit"),
    "appointment": lazy_gettext("Appointment"),
}

SIGNS: Words = {
    "press": lazy_gettext("a press"),
    "spoke": lazy_gettext("spoke with us"),
    "seen": lazy_gettext("was seen"),
}

REASONS: Words = {
    "critical": lazy_gettext("critical health note"),
    "fell": lazy_gettext("fell lately"),
    "very_old": lazy_gettext("90 or older"),
    "old": lazy_gettext("80 or older"),
    "alone": lazy_gettext("lives alone"),
    "calls_often": lazy_gettext("called for help often"),
    "untrusted": lazy_gettext("device cannot be trusted"),
    "unreached": lazy_gettext("was not reached in a round"),
}


def lists() -> dict[str, dict[str, str]]:
    """What the scripts say of rounds and absences, in the reader's language."""
    found: Mapping[str, Words] = {"results": RESULTS, "ring_steps": STEPS, "away": AWAY, "reminders": REMINDERS}
    return {name: {code: str(text) for code, text in words.items()} for name, words in found.items()}


def _day(b: Body, name: str) -> str:
    return str(b.get(name) or "")[:10]


def _words(b: Body) -> str:
    return f"：{b['words']}" if b.get("words") else ""


def _result(b: Body, who: str) -> str:
    text = _("%(who)s rang: %(result)s", who=who, result=word(RESULTS, str(b.get("result"))))
    case = _("case %(call)s", call=b["case"]) if b.get("case") else ""
    return text + _words(b) + (f"（{case}）" if case else "")


def _decided(b: Body, who: str) -> str:
    return _("%(who)s put resident %(id)s from tier %(old)s to %(new)s", who=who, id=b.get("resident_id", ""),
             old=b.get("before", ""), new=b.get("after", "")) + _words(b)  # fmt: skip


TELL: Mapping[str, Callable[[Body, str], str]] = {
    "RoundPlanned": lambda b, who: _("%(who)s laid down the round “%(name)s”", who=who, name=b.get("title", "")),
    "RoundPlanRan": lambda b, _w: _("The round %(round)s was released", round=b.get("round", "")),
    "RoundBegan": lambda b, _w: _("Round “%(name)s” began: %(n)d people", name=b.get("name", ""),
                                 n=len(b.get("people") or ())),
    "RoundCallDue": lambda b, _w: _("Resident %(id)s is to be rung", id=b.get("resident_id", "")),
    "RoundCallSkipped": lambda b, _w: _("Resident %(id)s is not rung: %(why)s", id=b.get("resident_id", ""),
                                       why=word(RESULTS, str(b.get("why")))),
    "RoundCallTaken": lambda b, who: _("%(who)s is ringing", who=who),
    "RoundCallReleased": lambda b, _w: _("Back on the list"),
    "RoundCallTried": _result,
    "RoundCallDone": _result,
    "RoundLate": lambda b, _w: _("The round is late: %(n)d people are left", n=b.get("left", 0)),
    "RoundStopped": lambda b, who: _("%(who)s ended the round: %(why)s", who=who, why=b.get("reason", "")),
    "AwayBegan": lambda b, who: _("%(who)s noted: %(kind)s until %(day)s", who=who,
                                 kind=word(AWAY, str(b.get("kind"))), day=_day(b, "until_at")) + _words(b),
    "AwayProlonged": lambda b, who: _("%(who)s prolonged the absence until %(day)s", who=who,
                                     day=_day(b, "until_at")) + _words(b),
    "AwayReminded": lambda b, _w: _("The absence ends tomorrow: it is asked whether they come back"),
    "AwayEnded": lambda b, _w: _("The absence ended: %(why)s", why=word(AWAY_ENDED, str(b.get("why")))),
    "OkEnrolled": lambda b, who: _("%(who)s enrolled resident %(id)s for the daily sign", who=who,
                                  id=b.get("resident_id", "")),
    "OkHeard": lambda b, _w: _("All is well today: %(how)s", how=word(SIGNS, str(b.get("how")))),
    "OkSilent": lambda b, _w: _("No sign today: to be rung"),
    "OkPassed": lambda b, _w: _("Away today: no sign is waited for"),
    "OkEnded": lambda b, _w: _("The daily sign is not waited for any more"),
    "ReminderSet": lambda b, who: _("%(who)s set a reminder: %(words)s", who=who, words=b.get("words", "")),
    "ReminderTold": lambda b, _w: _("Reminded"),
    "ReminderConfirmed": lambda b, _w: _("Confirmed: %(how)s", how=word(SIGNS, str(b.get("how")))),
    "ReminderMissed": lambda b, _w: _("Not confirmed"),
    "ReminderStopped": lambda b, _w: _("The reminder was ended"),
    "TierDecided": _decided,
}  # fmt: skip
