"""The words of the pages: a line of the timeline for each event, and the door to terms, reasons and scripts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from callcenter.pages.booking_words import TELL as BOOKED
from callcenter.pages.carer_words import OF_CARERS
from callcenter.pages.duty_words import TELL as DUTY
from callcenter.pages.front_words import TELL as FRONT
from callcenter.pages.front_words import reported
from callcenter.pages.handing_words import TELL as HANDING
from callcenter.pages.mass_words import TELL as MASS
from callcenter.pages.paper_words import TELL as PAPER
from callcenter.pages.reasons import reason_text
from callcenter.pages.round_words import TELL as ROUNDS
from callcenter.pages.script_words import TELL as SCRIPTED
from callcenter.pages.scripts import js_words
from callcenter.pages.seat_words import TELL as AT_THE_DESK
from callcenter.pages.talk_words import TELL as TALKS
from callcenter.pages.terms import (
    EVIDENCE,
    KINDS,
    LISTS,
    OUTCOMES,
    PAUSES,
    SOURCES,
    STEPS,
    Words,
    kind_text,
    lists,
    report_text,
    stage_text,
    word,
)
from callcenter.pages.watch_words import TELL

__all__ = ["EVIDENCE", "KINDS", "LISTS", "OUTCOMES", "SOURCES", "STEPS", "Happened", "Words", "event_text", "js_words",
           "kind_text", "length_text", "lists", "reason_text", "report_text", "stage_text", "word"]  # fmt: skip

Body = Mapping[str, Any]
_: Callable[..., str] = gettext


def length_text(seconds: float) -> str:
    """How long, in the largest unit that still says it: ``15 秒``, ``3 分钟``, ``1 小时 5 分``."""
    whole = round(seconds)
    if whole < 60 or (whole < 180 and whole % 60):
        return _("%(n)d s", n=whole)
    if whole < 3600:
        return _("%(n)d min", n=round(whole / 60))
    return _("%(h)d h %(m)d min", h=whole // 3600, m=whole % 3600 // 60)


class Happened(Protocol):
    """What an event must have to be put into words."""

    @property
    def kind(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def body(self) -> Body: ...


def event_text(event: Happened) -> str:
    """One line of the timeline. An event of an unknown kind is named, never left out."""
    tell = next((found for words in _BOOKS if (found := words.get(event.kind))), None)
    return tell(event.body, _who(event)) if tell else event.kind


def _who(event: Happened) -> str:
    """Who did it: the name in the body, else the actor without its address (``user:12 李敏``, ``dispatcher``)."""
    named = (
        (event.kind != "VisitCancelled" and event.body.get("carer_name"))
        or event.body.get("name")
        or event.body.get("user_name")
    )
    return str(named or event.actor.partition(" ")[2] or word(_ACTORS, event.actor))


_ACTORS: Words = {
    "clock": lazy_gettext("The system"),
    "watch": lazy_gettext("The watch"),
    "rounds": lazy_gettext("The welfare rounds"),
    "dispatcher": lazy_gettext("The system"),
    "line": lazy_gettext("The device"),
    "gateway": lazy_gettext("The system"),
    "exchange": lazy_gettext("The exchange"),
    "system": lazy_gettext("The system"),
}


def _opened(b: Body, who: str) -> str:
    kind, reason = kind_text(str(b.get("kind", ""))), str(b.get("reason") or "")
    by = word(SOURCES, str(b.get("source", "")))
    if b.get("caller") is not None:
        return reported(b, _("%(by)s: %(kind)s", by=by, kind=kind))
    if not b.get("home_id") and b.get("source") not in ("watch", "booking"):
        return _("%(kind)s from an unregistered device, account %(account)s", kind=kind, account=b.get("account", ""))
    told = reason and b.get("source") not in ("pager", None)
    return _("%(by)s: %(kind)s", by=by, kind=kind) + (f"（{reason}）" if told else "")


def _joined(b: Body, who: str) -> str:
    kind = kind_text(str(b.get("kind", "")))
    if b.get("restore"):
        return _("The device says it is over: %(kind)s", kind=kind)
    return _("The device also says: %(kind)s", kind=kind)


def _held(b: Body, who: str) -> str:
    if b.get("seconds"):
        return _("%(who)s put the call on hold for %(time)s", who=who, time=length_text(b["seconds"]))
    return _("%(who)s put the call on hold", who=who)


def _closed(b: Body, who: str) -> str:
    outcome, evidence = word(OUTCOMES, str(b.get("outcome", ""))), word(EVIDENCE, str(b.get("evidence", "")))
    text = _("%(who)s closed the call: %(outcome)s, %(evidence)s", who=who, outcome=outcome, evidence=evidence)
    return f"{text}。{b['words']}" if b.get("words") else text


def _missed(b: Body, who: str) -> str:
    step = word(STEPS, str(b.get("step", "")))
    if b.get("step") == "hold":
        return _("The hold is over")
    if b.get("step") == "chase":
        return _("The crew has not arrived: ask again where it is")
    if b.get("step") == "prompt":
        return _("No voice, and nobody there for too long: decide on 120")
    if b.get("step") == "speech":
        return _("Nobody has been heard clearly: a carer is sent, and the family is asked")
    if b.get("step") == "contact":
        return _("A contact who said that they come is not there: ring again")
    return _("Overdue: %(step)s (target %(time)s)", step=step, time=length_text(float(b.get("target") or 0)))


def _paused(b: Body, who: str) -> str:
    time, why = length_text(float(b.get("seconds") or 0)), word(PAUSES, str(b.get("reason", "")))
    return _("%(who)s lets the clock stand still for %(time)s", who=who, time=time) + f"：{why}"


def _offered(b: Body, who: str) -> str:
    if b.get("eta_seconds") is None:
        return _("%(who)s is asked to go", who=who)
    return _("%(who)s is asked to go, about %(time)s", who=who, time=length_text(max(60, b["eta_seconds"])))


_LADDER_STEPS: Words = {
    "nearest": lazy_gettext("the nearest carer"),
    "post_b": lazy_gettext("the B post of the station"),
    "next": lazy_gettext("the next carers"),
    "station": lazy_gettext("carers of the station"),
    "neighbours": lazy_gettext("carers of the neighbouring stations"),
    "everyone": lazy_gettext("everyone on duty"),
    "stand_by": lazy_gettext("stand-by"),
    "station_head": lazy_gettext("the head of the station"),
    "neighbour_heads": lazy_gettext("heads of the neighbouring stations"),
    "responders": lazy_gettext("neighbours and volunteers"),
    "contacts": lazy_gettext("family and key holders"),
    "committee": lazy_gettext("the neighbourhood committee"),
    "supervisor": lazy_gettext("supervisor"),
    "duty_manager": lazy_gettext("duty officer"),
    "everybody": lazy_gettext("supervisor, station and duty officer once more"),
    "station_phone": lazy_gettext("telephone of the station"),
}
_WITHDRAWN: Words = {
    "accepted": lazy_gettext("somebody else has accepted"),
    "cancelled": lazy_gettext("the visit was called off"),
    "more_urgent": lazy_gettext("needed for something more urgent"),
    "taken": lazy_gettext("has accepted another visit"),
}
_WAITS: Words = {
    "quiet_hours": lazy_gettext("it can wait until the quiet hours are over"),
    "surge": lazy_gettext("emergencies go first while so many call"),
}
_DOUBTS: Words = {
    "not_left": lazy_gettext("has not left yet"),
    "overdue": lazy_gettext("should be there by now"),
    "silent": lazy_gettext("the phone is not heard any more"),
    "not_moving": lazy_gettext("is not moving"),
    "slower": lazy_gettext("will be much later than said"),
}


def steps_text(steps: Iterable[str]) -> str:
    return "、".join(word(_LADDER_STEPS, one) for one in steps)


def _climbed(b: Body, who: str) -> str:
    if not b.get("who"):
        return _("Waiting for those who have been asked")
    text = _("Step %(n)d: %(steps)s", n=b.get("rung", 0) + 1, steps=steps_text(b["who"]))
    skipped = b.get("skipped")
    return text + _(" (nobody there: %(steps)s)", steps=steps_text(skipped)) if skipped else text


def _help_asked(b: Body, who: str) -> str:
    names = "、".join(str(one.get("name", "")) for one in b.get("to", []))
    return _("Help is asked of %(step)s: %(names)s", step=word(_LADDER_STEPS, str(b.get("who", ""))), names=names)


def _requested(b: Body, who: str) -> str:
    why = str(b.get("why") or "")
    text = _("%(who)s asked for a visit", who=who)
    return text if why.isascii() else f"{text}：{why}"  # a bare code of the wire tells nobody anything


_PROOF: Words = {
    "gps": lazy_gettext("position agrees"),
    "tag": lazy_gettext("tag at the door"),
    "pager": lazy_gettext("key pressed in the home"),
    "manual": lazy_gettext("by hand"),
}


def _arrived(b: Body, who: str) -> str:
    proof = word(_PROOF, str(b.get("proof") or ""))
    text = _("%(who)s has arrived", who=who)
    return f"{text}（{proof}）" if proof else text


def _finished(b: Body, who: str) -> str:
    report = b.get("report")
    said = report_text(report) if isinstance(report, dict) else ""
    text = _("%(who)s has finished", who=who)
    return f"{text}：{said}" if said else text


def _because(text: LazyString) -> Callable[[Body, str], str]:
    """A line that ends with the reason somebody gave, when they gave one."""

    def tell(b: Body, who: str) -> str:
        said = str(b.get("reason") or b.get("text") or "")
        line = str(text).replace("%(who)s", who)
        return f"{line}：{said}" if said else line

    return tell


_CALLED_OFF: Words = {
    "relieved": lazy_gettext("somebody else will be there sooner"),
    "first_arrived": lazy_gettext("the first carer is there after all"),
    "stale": lazy_gettext("too long ago: a person must look"),
}


def _cancelled(b: Body, who: str) -> str:
    carer, said = b.get("carer_name"), str(b.get("reason") or "")
    reason = word(_CALLED_OFF, said)
    text = (
        _("%(who)s cancelled the visit of %(carer)s", who=who, carer=carer)
        if carer
        else _("%(who)s cancelled the visit", who=who)
    )
    return f"{text}：{reason}" if reason else text


def _notice(text: LazyString) -> Callable[[Body, str], str]:
    def tell(b: Body, who: str) -> str:
        why = "：".join(
            part for part in (word(_WHY_NOT, str(b.get("reason") or "")), str(b.get("error") or "")) if part
        )
        line = str(text).replace("%(who)s", str(b.get("to") or who)).replace("%(channel)s", _channel(b))
        return f"{line}：{why}" if why else line

    return tell


_CHANNELS: Words = {
    "screen": lazy_gettext("phone page"),
    "log": lazy_gettext("log"),
    "sms": lazy_gettext("text message"),
    "voice": lazy_gettext("telephone"),
    "webpush": lazy_gettext("push message"),
    "robot": lazy_gettext("group robot"),
    "mail": lazy_gettext("e-mail"),
    "unit": lazy_gettext("the unit at home"),
    "operator": lazy_gettext("the desk"),
    "link": lazy_gettext("short link"),
}
# Why a channel was passed over for the next; what it said itself stands behind.
_WHY_NOT: Words = {
    "quota": lazy_gettext("the number has had its share"),
    "busy": lazy_gettext("the channel had no hand free in time"),
    "unknown": lazy_gettext("whether it went out is not known, so it is not sent again"),
    "refused": lazy_gettext("refused"),
}


def _channel(b: Body) -> str:
    return word(_CHANNELS, str(b.get("channel") or "screen"))


_ORDERS: Words = {
    "locate": lazy_gettext("say where it is"),
    "call": lazy_gettext("ring back"),
    "find": lazy_gettext("make itself heard"),
    "tell": lazy_gettext("tell its wearer"),
}
_UNDELIVERED: Words = {
    "not_connected": lazy_gettext("it is not connected"),
    "cannot": lazy_gettext("this device cannot do that"),
    "refused": lazy_gettext("the device refused"),
    "no_answer": lazy_gettext("it did not answer"),
    "too_late": lazy_gettext("the gateway was away, and the order is old by now"),
}


def order_text(b: Body) -> str:
    """What a device is to do, with the number it is to ring or the words it is to say."""
    return f"{word(_ORDERS, str(b.get('what', '')))} {b.get('number') or b.get('text') or ''}".strip()


def _ordered(b: Body, who: str) -> str:
    return _("%(who)s asked the device to %(order)s", who=who, order=order_text(b))


def _not_delivered(b: Body, who: str) -> str:
    why = word(_UNDELIVERED, str(b.get("reason", "")))
    return _("The device could not be asked to %(order)s: %(why)s", order=order_text(b), why=why)


_TELL: Mapping[str, Callable[[Body, str], str]] = {
    "CallOpened": _opened,
    "SignalJoined": _joined,
    "CallAnswered": lambda b, who: _("%(who)s answered", who=who),
    "CallHeld": _held,
    "CallResumed": lambda b, who: _("%(who)s took the call up again", who=who),
    "NoteAdded": lambda b, who: f"{who}：{report_text(b['report']) if b.get('report') else b.get('text', '')}",
    "CallRungAgain": lambda _b, _w: _("The call rings again"),
    "CallClosed": _closed,
    "CallReopened": _because(lazy_gettext("%(who)s reopened the call")),
    "DeadlineMissed": _missed,
    "ClockPaused": _paused,
    "ClockResumed": lambda b, who: _("%(who)s lets the clock run again", who=who),
    "PromisesChanged": lambda b, who: _(
        "%(who)s changed the service promises: version %(n)s", who=who, n=b.get("version", "")
    ),
    "NobodyHeard": lambda b, who: _("%(who)s: nobody is heard", who=who),
    "VoiceHeard": lambda b, who: _("%(who)s has heard the resident", who=who),
    "CallOverflowed": lambda b, who: _(
        "Nobody has answered: %(step)s is told", step=word(_LADDER_STEPS, str(b.get("who", "")))
    ),
    "CallRaised": lambda _b, _w: gettext("The call is taken for graver now"),
    "CarerPrealerted": lambda b, who: _("%(who)s is told to get ready", who=who),
    "VisitRequested": _requested,
    "LadderHasGaps": lambda b, who: _("Nobody is there for: %(steps)s", steps=steps_text(b.get("empty", []))),
    "RungClimbed": _climbed,
    "HelpAsked": _help_asked,
    "VisitPostponed": lambda b, who: _("The visit waits: %(why)s", why=word(_WAITS, str(b.get("why", "")))),
    "VisitOffered": _offered,
    "OfferWithdrawn": lambda b, who: _(
        "%(who)s is not asked any more: %(why)s", who=who, why=word(_WITHDRAWN, str(b.get("reason", "")))
    ),
    "CarerInDoubt": lambda b, who: f"{who}：{word(_DOUBTS, str(b.get('doubt', '')))}",
    "VisitInterrupted": lambda b, who: _("%(who)s was called away to an emergency", who=who),
    "OfferDeclined": _because(lazy_gettext("%(who)s declined")),
    "OfferExpired": _because(lazy_gettext("%(who)s did not answer in time")),
    "VisitAccepted": lambda b, who: _("%(who)s accepted", who=who),
    "CarerDeparted": lambda b, who: _("%(who)s is on the way", who=who),
    "CarerArrived": _arrived,
    "VisitFinished": _finished,
    "VisitCancelled": _cancelled,
    "VisitRedirected": lambda b, who: _(
        "%(who)s is sent to the address that was found", who=b.get("carer_name") or "—"
    ),
    "VisitRaised": lambda _b, _w: gettext("The visit is as urgent as the call now"),
    "NobodyLeft": lambda b, who: _("Nobody is left to ask; everyone on duty is asked again in a minute"),
    "NoticeSent": _notice(lazy_gettext("Told %(who)s by %(channel)s")),
    "NoticeDelivered": _notice(lazy_gettext("%(who)s has received it (%(channel)s)")),
    "NoticeRead": _notice(lazy_gettext("%(who)s has read it (%(channel)s)")),
    "NoticeFailed": _notice(lazy_gettext("%(who)s could not be reached by %(channel)s")),
    "NoticeAsked": lambda b, _w: _("To be told: %(words)s", words=b.get("words", "")),
    "NoticesExpired": lambda b, _w: _(
        "%(n)d messages were too old to be sent and were not (%(since)s to %(until)s)",
        n=b.get("count", 0),
        since=b.get("first_at", ""),
        until=b.get("last_at", ""),
    ),
    "OperatorAskedToTell": lambda b, _w: _("Please tell the resident: %(words)s", words=b.get("words", "")),
    "DeviceTested": lambda b, who: _("Test press received"),
    "DeviceReported": lambda b, who: _("Device reports: %(kind)s", kind=kind_text(str(b.get("kind", "")))),
    "DeviceOrdered": _ordered,
    "DeviceToldOrder": lambda b, who: _("The device was told: %(order)s", order=order_text(b)),
    "DeviceObeyed": lambda b, who: _("The device answered: %(order)s", order=order_text(b)),
    "OrderNotDelivered": _not_delivered,
    "SurgeBegan": lambda b, who: _("Very many calls at once: emergencies go first, services wait"),
    "SurgeEnded": lambda b, who: _("The rush of calls is over"),
    "ClockReturned": lambda b, who: _(
        "The centre's clock was away for %(time)s: %(n)d deadlines were overdue, %(stale)d of them too old to act on",
        time=length_text(float(b.get("away_seconds") or 0)),
        n=b.get("overdue", 0),
        stale=b.get("stale", 0),
    ),
    "ClockSetBack": lambda b, who: _(
        "The clock of the machine was set back by %(time)s", time=length_text(float(b.get("seconds") or 0))
    ),
    "LineWentSilent": lambda b, who: _("Line %(line)s has gone silent", line=b.get("line", "")),
    "LineCameBack": lambda b, who: _("Line %(line)s is back", line=b.get("line", "")),
    "PeopleImported": lambda b, who: _("%(who)s imported people", who=who),
    "PeopleChanged": lambda b, who: _("%(who)s changed a record", who=who),
    "UserAdded": lambda b, who: _("User added: %(who)s", who=who),
    "UserChanged": lambda b, who: _("User changed: %(who)s", who=who),
    "TokenAdded": lambda b, who: _("Access token added: %(who)s", who=who),
    "ReportExported": lambda b, who: _("%(who)s exported a report", who=who),
    "Sealed": lambda b, who: _("The log was sealed"),
}
_BOOKS = (_TELL, TELL, HANDING, FRONT, PAPER, MASS, SCRIPTED, BOOKED, DUTY, OF_CARERS, AT_THE_DESK, TALKS, ROUNDS)
