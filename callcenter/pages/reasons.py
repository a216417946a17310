"""Why a carer is proposed, or is not: the codes of the ranking in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext

from callcenter.pages.terms import LANGUAGES, Words, word

REASONS: Words = {
    "nearest": lazy_gettext("nearest"),
    "eta": lazy_gettext("about %(value)s min"),
    "eta_by": lazy_gettext("time by %(value)s"),
    "eta_fallback": lazy_gettext("%(value)s did not answer, reckoned by distance"),
    "metres": lazy_gettext("%(value)s m away"),
    "same_station": lazy_gettext("of the same station"),
    "other_station": lazy_gettext("of another station: %(value)s"),
    "knows_home": lazy_gettext("has been in this home before"),
    "language": lazy_gettext("speaks %(value)s"),
    "language_missing": lazy_gettext("does not speak %(value)s"),
    "sex_wish": lazy_gettext("a %(value)s, as wished"),
    "sex_mismatch": lazy_gettext("a %(value)s was wished for"),
    "skill": lazy_gettext("trained: %(value)s"),
    "skill_missing": lazy_gettext("not trained: %(value)s"),
    "busy": lazy_gettext("on a job"),
    "interruptible": lazy_gettext("on a job that can wait"),
    "diverted": lazy_gettext("on the way to a job that can wait"),
    "jobs_done": lazy_gettext("jobs in this shift: %(value)s"),
    "on_break": lazy_gettext("on a break"),
    "stand_by": lazy_gettext("on stand-by, not on shift"),
    "phone_stale": lazy_gettext("the phone was last heard more than a minute ago"),
    "off_shift": lazy_gettext("off shift"),
    "suspended": lazy_gettext("suspended from duty"),
    "asked": lazy_gettext("asked already for this call"),
    "declined": lazy_gettext("declined: %(value)s"),
    "expired": lazy_gettext("was asked and did not answer"),
    "no_position": lazy_gettext("position unknown, reckoned from the station"),
    "no_eta": lazy_gettext("position unknown, and so is the time of arrival"),
    "inactive": lazy_gettext("no longer employed"),
    "stale_position": lazy_gettext("position is %(value)s min old"),
    "no_home_position": lazy_gettext("the home has no position, reckoned from its station"),
    "silent": lazy_gettext("phone has been silent for %(value)s min"),
    "shift_ending": lazy_gettext("shift ends in %(value)s min"),
    "key_needed": lazy_gettext("must fetch the key first"),
    "key_safe": lazy_gettext("key safe at the door"),
    "has_key": lazy_gettext("has the key"),
    "walk": lazy_gettext("on foot"),
    "e_bike": lazy_gettext("e-bike"),
    "car": lazy_gettext("by car"),
    "override": lazy_gettext("chosen by the operator: %(value)s"),
    "forbidden": lazy_gettext("not for this home: %(value)s"),
    # What the best proposal lacks: dispatch/rules/shortfall.py.
    "nobody_in_time": lazy_gettext("nobody within the promised time: nearest %(value)s min, promised %(limit)s min"),
    "time_unknown": lazy_gettext("nobody whose time of arrival is known"),
    "only_interrupting": lazy_gettext("only by breaking off another visit"),
    "only_silent": lazy_gettext("only carers whose phones are silent: telephone them"),
    "only_stand_by": lazy_gettext("only from stand-by"),
    "only_on_break": lazy_gettext("only from a break"),
    "nobody_speaks": lazy_gettext("nobody speaks %(value)s"),
    "nobody_of_sex": lazy_gettext("no %(value)s is there, as was wished"),
    "nobody_can_go": lazy_gettext("nobody can go"),
    "nobody_on_duty": lazy_gettext("nobody is on duty"),
    "nobody_trained": lazy_gettext("nobody on duty is trained: %(value)s"),
    "so_many_busy": lazy_gettext("on visits that cannot wait: %(value)s"),
    "so_many_asked": lazy_gettext("already asked: %(value)s"),
    "two_needed": lazy_gettext("two should go: %(value)s"),
}

_TWO: Words = {
    "no_voice": lazy_gettext("nobody answers"),
    "heavy": lazy_gettext("lifting somebody who cannot help"),
    "aggression": lazy_gettext("aggression was seen here"),
    "dog": lazy_gettext("a dog"),
    "night_key": lazy_gettext("going in with a key at night"),
}
_SEX: Words = {"F": lazy_gettext("woman"), "M": lazy_gettext("man")}
_SKILLS: Words = {
    "lift": lazy_gettext("lifting"),
    "nursing": lazy_gettext("nursing"),
    "bath": lazy_gettext("bathing"),
    "dementia": lazy_gettext("dementia"),
    "first_aid": lazy_gettext("first aid"),
    "meals": lazy_gettext("meals"),
}
_ENGINES: Words = {
    "osrm": lazy_gettext("the road map (OSRM)"),
    "valhalla": lazy_gettext("the road map (Valhalla)"),
    "learnt": lazy_gettext("earlier arrivals"),
}
_BARS: Words = {
    "conflict": lazy_gettext("conflict of interest"),
    "ban": lazy_gettext("not wanted in this home"),
    "allergy": lazy_gettext("allergy"),
    "infection": lazy_gettext("infection"),
}
_VALUES: Mapping[str, Words] = {
    "forbidden": _BARS,
    "eta_by": _ENGINES,
    "eta_fallback": _ENGINES,
    "language": LANGUAGES,
    "language_missing": LANGUAGES,
    "sex_wish": _SEX,
    "sex_mismatch": _SEX,
    "nobody_speaks": LANGUAGES,
    "nobody_of_sex": _SEX,
    "nobody_trained": _SKILLS,
    "two_needed": _TWO,
    "skill": _SKILLS,
    "skill_missing": _SKILLS,
}


def reason_text(reason: str | Sequence[Any]) -> str:
    """Why a carer is (not) proposed: ``[code, value]`` or ``code`` in words. Words we do not know pass through."""
    code, value = (
        (reason, None) if isinstance(reason, str) else (str(reason[0]), reason[1] if len(reason) > 1 else None)
    )
    text = REASONS.get(code)
    if text is None:
        return code if value in (None, "") else f"{code} {value}"
    known = _VALUES.get(code, {})
    parts = value if isinstance(value, list | tuple) else [value]
    spoken = "、".join(word(known, str(part)) for part in parts if part is not None)
    limit = "" if isinstance(reason, str) or len(reason) < 3 else str(reason[2])
    return str(text).replace("%(value)s", spoken).replace("%(limit)s", limit).strip("：: ")
