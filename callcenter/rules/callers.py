"""Who reported a case by telephone, at the counter, from a grid or the web; and by which account it is known.

``calls.callers`` is ``[{source, name, phone, place, words, at}]``: everybody who reported it, the first one first. A
case without a home is known by its account: ``caller:`` and the number rung from, or the form it was written on; that
of a home without any device by ``home:`` and its id.
"""

from callcenter.rules.events import Event, Row
from callcenter.rules.numbers import bare

CALLER, HOME = "caller:", "home:"
MOST = 20  # reports remembered in one case


def account_of_caller(phone: str, form: str) -> str:
    """The account of a case without a home: the same caller, or the same form sent again, meets their own case."""
    return CALLER + (bare(phone)[:20] or form[:20])


def is_of_device(account: str) -> bool:
    return bool(account) and not account.startswith((CALLER, HOME))


def opened(event: Event) -> Row:
    return {"callers": _known([], event)}


def again(row: Row, event: Event) -> Row:
    """The columns after somebody has reported it too."""
    return {"callers": _known(row["callers"], event)}


def _known(before: list[Row], event: Event) -> list[Row]:
    caller = event.body.get("caller")
    if caller is None:
        return before
    about = {name: str(caller.get(name) or "") for name in ("name", "phone", "place")}
    one = {**about, "source": event.body.get("source", ""), "words": event.body.get("words", ""), "at": event.at}
    return [*before, one][:MOST]
