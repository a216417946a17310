"""The first opening of a centre: one log-in for each role, each password shown once."""

from collections.abc import Sequence

from callcenter.accounts import Accounts
from callcenter.rules.events import Row

STAFF = (("operator", "李敏", "operator"), ("operator2", "王强", "operator"), ("supervisor", "陈主任", "supervisor"))
CARERS = 3  # log-ins of the demo for carers


def first_accounts(accounts: Accounts, carers: Sequence[Row], with_demo: bool) -> list[tuple[str, str, str, str]]:
    """Make them; returns ``(role, login, password, name)``. Without the demo only an administrator is made.

    ``carers`` are those of the demo, the ones on shift first.
    """
    wanted: list[tuple[str, str, str, Row]] = [("admin", "管理员", "admin", {})]
    if with_demo:
        wanted = [(login, name, role, {}) for login, name, role in STAFF] + wanted
        wanted += [("head", f"{c['station']}站长", "head", {"station_id": c["station_id"]}) for c in carers[:1]]
        wanted += [(c["code"].lower(), c["name"], "carer", c) for c in carers[:CARERS]]
    made = []
    for login, name, role, who in wanted:
        station, carer = who.get("station_id"), who.get("id")
        password = accounts.add(login, name, role, carer_id=carer, station_id=station, by="setup")
        made.append((role, login, password, name))
    return made
