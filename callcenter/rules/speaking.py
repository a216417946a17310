"""Whether a person is heard, asked anew: what the clock of 120 and the clock of the script make of it together."""

from callcenter.rules import emergency, in_hand, script, sighting, unheard
from callcenter.rules.events import Event, Row
from callcenter.rules.times import later

NERVOUS_SECONDS = 60.0  # a press so soon after another, after words, or after a carer has gone, is a nervous finger


def raised(row: Row, e: Event) -> Row:
    """Never less urgent than before; an emergency without a voice has a clock of its own."""
    before, now = row["priority"], min(row["priority"], e.body["priority"])
    if now == before:
        return row
    row = in_hand.nobody_goes(row, e.at)
    return emergency.raised({**row, "priority": now}, e.at)


def pressed(row: Row, e: Event, before: str) -> Row:
    """Reported again; ``before``: when last. What was heard or seen before a press of the unit says nothing of now.

    A case that others had told us of is a pager's from its first press: words were the callers' until then. What door
    it first came by stands in ``CallOpened`` and in ``callers``. A nervous finger unsays nothing, nor does a press
    while a carer is in the home: that is the carer's own, or a cry for more hands, see ``dispatch/listening.py``. To
    whom somebody goes already, nobody is sent for want of words; but they are heard anew before it is closed.
    """
    if "frame" not in e.body:
        return raised(row, e)
    first, was = row["source"] not in script.LINES, row["priority"]
    row = raised({**row, "source": script.LINES[0]} if first else row, e)
    known = max(row["script"]["heard_at"] or "", sighting.last_left(row)) or before
    nervous = not first and known >= later(e.at, -NERVOUS_SECONDS)
    if nervous or sighting.with_somebody(row):
        return row
    row = unsaid(row, e.at)
    rings = row["stage"] != in_hand.ANSWERED or row["priority"] < was  # then it is listened to from the answer on
    return row if rings or row["going"] or row["speech_due_at"] else script.listening(row, e.at)


def unsaid(row: Row, at: str) -> Row:
    """Neither what was heard nor what was seen before says anything of now."""
    return asked_anew(sighting.asked_anew(row, at), at)


def asked_anew(row: Row, at: str) -> Row:
    """Pressed again, or opened again: what was heard before says nothing of now."""
    return emergency.raised(emergency.listening(script.asked_anew(row)), at)


def heard(row: Row, e: Event) -> Row:
    return script.heard(emergency.heard({**row, **unheard.OPENED}), e)


def assessed(row: Row, e: Event) -> Row:
    """At triage somebody ticked that the person answers clearly, or did not."""
    row = emergency.AFTER[e.kind](row, e)
    return script.heard(row, e) if e.body["spoke"] and not row["script"]["heard_at"] else row


def not_heard(row: Row, e: Event) -> Row:
    """Whatever was heard before: from here nobody is."""
    row = emergency.raised(emergency.listening(unheard.AFTER[e.kind](row, e)), e.at)
    return script.unclear(row, e)


def without_them(row: Row, at: str) -> Row:
    """Somebody was said to be there, and is not: the clocks that this stopped run again."""
    if row["stage"] not in in_hand.OPEN or sighting.with_somebody(row):
        return row
    row = {**row, "unheard_at": at} if 0 < row["unheard"] < unheard.TRIES else row
    row = emergency.raised(row, at)
    return script.listening(row, at) if row["stage"] == in_hand.ANSWERED else row


def with_them(row: Row) -> Row:
    """Somebody is with the person, or it is over: nobody has to be prompted, and nobody to be heard."""
    return script.quiet(emergency.quieted({**row, "unheard_at": None}))
