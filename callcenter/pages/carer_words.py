"""A line of the timeline for what a carer alone in a home says, and for what is done when they say nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from callcenter.pages.terms import Words, word

Body = Mapping[str, Any]
_: Callable[..., str] = gettext

PROVED: Words = {
    "tag": lazy_gettext("%(who)s is there: the tag at the door was read"),
    "pager": lazy_gettext("%(who)s is there: the key was pressed in the home"),
}
HELP: Words = {
    "heavy": lazy_gettext("too heavy for one"),
    "worse": lazy_gettext("the person is getting worse"),
    "locked_out": lazy_gettext("cannot get in"),
    "threatened": lazy_gettext("is threatened"),
}
SILENT: Words = {
    "reminder": lazy_gettext("%(who)s is asked on the phone: are you well?"),
    "ring": lazy_gettext("%(who)s has not answered in the home: they must be rung"),
    "station_head": lazy_gettext("%(who)s is still silent: the head of the station is told"),
    "second_carer": lazy_gettext("%(who)s is still silent: a second carer is sent"),
    "stale": lazy_gettext("%(who)s was not heard of while our clock was away: ring them"),
}
TAG_READ: Words = {
    "proved": lazy_gettext("%(who)s has read the tag at the door"),
    "no_visit": lazy_gettext("%(who)s has read a tag without a visit there"),
    "revoked": lazy_gettext("%(who)s has read a tag that was revoked"),
}


def _by(words: Words, field: str) -> Callable[[Body, str], str]:
    """A line chosen by one field of the body; without it the first line there is."""
    return lambda b, who: word(words, str(b.get(field) or next(iter(words)))).replace("%(who)s", who)


def _plain(text: LazyString) -> Callable[[Body, str], str]:
    return lambda _b, who: str(text).replace("%(who)s", who)


def _help_needed(b: Body, who: str) -> str:
    return _("%(who)s needs a second carer: %(why)s", who=who, why=word(HELP, str(b.get("reason", ""))))


def _silent(b: Body, who: str) -> str:
    names = "、".join(str(one.get("name", "")) for one in b.get("to", []))
    text = _by(SILENT, "step")(b, who)
    return f"{text}：{names}" if names else text


def _clock_off(b: Body, who: str) -> str:
    ahead = float(b.get("ahead_seconds") or 0)
    minutes = max(1, round(abs(ahead) / 60))
    if ahead > 0:
        return _("The clock of %(who)s's phone is %(n)d min ahead", who=who, n=minutes)
    return _("The clock of %(who)s's phone is %(n)d min behind", who=who, n=minutes)


def _photo_deleted(b: Body, who: str) -> str:
    return f"{_('%(who)s deleted a photo', who=who)}：{b.get('reason', '')}"


OF_CARERS: Mapping[str, Callable[[Body, str], str]] = {
    "ArrivalProved": _by(PROVED, "proof"),
    "DepartureUndone": _plain(lazy_gettext("%(who)s takes it back: has not left yet")),
    "ArrivalUndone": _plain(lazy_gettext("%(who)s takes it back: is not there yet")),
    "HelpNeeded": _help_needed,
    "CarerCheckedIn": _plain(lazy_gettext("%(who)s says: I am fine")),
    "CarerOverdue": _silent,
    "PhoneClockOff": _clock_off,
    "PhotoAdded": _plain(lazy_gettext("%(who)s has taken a photo")),
    "PhotoDeleted": _photo_deleted,
    "TagMade": _plain(lazy_gettext("%(who)s made a tag for a door")),
    "TagScanned": _by(TAG_READ, "result"),
    "TagRevoked": _plain(lazy_gettext("%(who)s revoked the tag of a door")),
}
