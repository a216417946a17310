"""Who reported a case by telephone, at the counter, from a grid or the web; and by which account it is known.

``calls.callers`` is ``[{source, name, phone, place, words, at}]``: everybody who reported it, the first one first. The
case of somebody nobody knows has the account ``caller:`` and the number rung from, by whatever door, or else the form
it was written on; that of a home without any device ``home:`` and its id. Once it is found whose home it is, the case
goes by the account of the home, and ``calls.caller`` still says whom to meet again.
"""

from callcenter.rules.events import Event, Row
from callcenter.rules.numbers import whole

CALLER, HOME = "caller:", "home:"
LONGEST = 25  # of what comes after it: the column of accounts is 32 wide
MOST = 20  # reports remembered in one case


def account_of_caller(phone: str, form: str) -> str:
    """The account of a case without a home: the same caller, or the same form sent again, meets their own case.

    Of a form, and of a telephone call without a number, the end of the name is what tells it from others.
    """
    return CALLER + (whole(phone)[:LONGEST] or form[-LONGEST:])


def is_of_device(account: str) -> bool:
    return bool(account) and not account.startswith((CALLER, HOME))


def is_of_caller(account: str) -> bool:
    return account.startswith(CALLER)


def opened(event: Event) -> Row:
    account = event.body["account"]
    return {"callers": _known([], event), "caller": account if is_of_caller(account) else ""}


def again(row: Row, event: Event) -> Row:
    """The columns after somebody has reported it too."""
    return {"callers": _known(row["callers"], event)}


def at_home(row: Row, event: Event) -> Row:
    """The columns after it was found whose home it is, or that it is not this one."""
    names = ("account", "home_id", "resident_id", "station_id", "community", "tier")
    return {**{name: event.body[name] for name in names}, "seen_version": event.version}


def _known(before: list[Row], event: Event) -> list[Row]:
    caller = event.body.get("caller")
    if caller is None:
        return before
    about = {name: str(caller.get(name) or "") for name in ("name", "phone", "place")}
    one = {**about, "source": event.body.get("source", ""), "words": event.body.get("words", ""), "at": event.at}
    return [*before, one][:MOST]
