"""Whether a person is heard, asked anew: what the clock of 120 and the clock of the script make of it together."""

from callcenter.rules import emergency, in_hand, script, unheard
from callcenter.rules.events import Event, Row


def raised(row: Row, e: Event) -> Row:
    """Never less urgent than before; an emergency without a voice has a clock of its own."""
    before, now = row["priority"], min(row["priority"], e.body["priority"])
    if now == before:
        return row
    row = row if row["idle_since"] else in_hand.nobody_goes(row, e.at)
    return emergency.raised({**row, "priority": now}, e.at)


def pressed(row: Row, e: Event) -> Row:
    """Reported again. A case that others had told us of is a pager's from the first press of the unit itself.

    Words were the callers' until then: from here the person must be heard, as after any press. What door it first came
    by stands in ``CallOpened`` and in ``callers``.
    """
    if "frame" not in e.body or row["source"] in script.LINES:
        return raised(row, e)
    row = asked_anew(raised({**row, "source": script.LINES[0]}, e), e.at)
    return script.listening(row, e.at) if row["stage"] == in_hand.ANSWERED else row


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


def with_them(row: Row) -> Row:
    """Somebody is with the person, or it is over: nobody has to be prompted, and nobody to be heard."""
    return script.quiet(emergency.quieted({**row, "unheard_at": None}))
