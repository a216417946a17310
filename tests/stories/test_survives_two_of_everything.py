"""Two webs on one port, two dispatchers, two operators at the same moment: one winner each, and the loser is told."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from callcenter.accounts import Accounts
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.users import Users
from tests.house import House, house, until
from tests.stories.dialler import Dialler

HOMES = [str(1001 + n) for n in range(40)]
QUICK = "[promises.p1]\nanswer = 600\noffer = 2\n"


@pytest.fixture
def centre(district: str, tmp_path: Path) -> Any:
    """Two webs and two dispatchers on one database, one gateway, everyone on shift."""
    with house(tmp_path, district, more=QUICK) as made:
        made.config.write_text(made.config.read_text("utf-8").replace("webs = 1", "webs = 2"), "utf-8")
        made.everyone_on_shift()
        made.start("gateway", "dispatcher", "web")
        made.start_more("dispatcher", "web")
        made.ready()
        yield made


def sessions(centre: House, logins: Sequence[tuple[str, str, int | None]]) -> list[requests.Session]:
    """Log-ins made on the database itself, each with its own cookie."""
    database = Database(centre.url)
    accounts = Accounts(Log(database, centre.now, ()), Users(database), lambda work, *values: work(*values))
    made = [(n, accounts.add(n, n, role, carer_id=carer)) for n, role, carer in logins]
    database.close()
    return [centre.log_in(name, password) for name, password in made]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """All of them begin at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait(10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def say(session: requests.Session, centre: House, path: str, **body: Any) -> requests.Response:
    body = {"key": uuid.uuid4().hex, **body}
    return session.post(f"{centre.address}/api/v1/{path}", json=body, timeout=30)


def test_two_operators_who_answer_the_same_forty_calls_win_forty_between_them(centre: House) -> None:
    dialler = Dialler(centre.tcp_port)
    for account in HOMES:
        dialler.add(account, 1)
    dialler.dial_until_done()
    first, second = sessions(centre, [("limin", "operator", None), ("wangqiang", "operator", None)])
    calls = [c["id"] for c in first.get(f"{centre.address}/api/v1/snapshot", timeout=10).json()["calls"]]
    assert len(calls) == len(HOMES)

    def answer_all(session: requests.Session) -> list[requests.Response]:
        return [say(session, centre, f"calls/{call}/answer") for call in calls]

    said = [answer for answers in at_once(lambda: answer_all(first), lambda: answer_all(second)) for answer in answers]
    assert Counter(a.status_code for a in said) == {200: 40, 409: 40}
    lost = [a.json() for a in said if a.status_code == 409]
    assert {a["error"] for a in lost} == {"taken"}
    assert {a["call"]["holder_name"] for a in lost} <= {"limin", "wangqiang"}
    held = first.get(f"{centre.address}/api/v1/snapshot", timeout=10).json()["calls"]
    assert all(c["holder_name"] for c in held)
    kinds = Counter((e["stream"], e["kind"]) for e in centre.events())
    assert all(kinds[f"call:{call}", "CallAnswered"] == 1 for call in calls)

    _one_key_is_one_note(centre, first, calls[0])
    _two_requests_for_one_carer(centre, first, second, calls)
    assert "all agree" in centre.verify()


def _one_key_is_one_note(centre: House, session: requests.Session, call: str) -> None:
    """The same key posted eight times at once, over both webs."""
    key = uuid.uuid4().hex
    said = at_once(*[lambda: say(session, centre, f"calls/{call}/note", key=key, text="门铃无人应") for _ in range(8)])
    assert {a.status_code for a in said} == {200}
    assert len({a.json()["seq"] for a in said}) == 1
    assert [e["kind"] for e in centre.events() if e["stream"] == f"call:{call}"].count("NoteAdded") == 1


def _two_requests_for_one_carer(
    centre: House, first: requests.Session, second: requests.Session, calls: Sequence[str]
) -> None:
    """Ten calls are sent for at once: nobody is asked about two of them at the same time."""
    said = at_once(
        *[
            lambda s=s, c=c: say(s, centre, f"calls/{c}/dispatch")
            for s, c in zip([first, second] * 5, calls[:10], strict=True)
        ]
    )
    assert [a.status_code for a in said] == [200] * 10, [a.text for a in said if a.status_code != 200]
    database = Database(centre.url)
    visits = Cases(database).visits_of(calls[:10])
    database.close()
    asked = [one["carer_id"] for v in visits for one in v["asked"] if one["result"] == "offered"]
    assert asked
    assert len(asked) == len(set(asked))


def test_two_dispatchers_expire_each_offer_once_and_two_taps_of_one_carer_accept_once(centre: House) -> None:
    dialler = Dialler(centre.tcp_port)
    for account in HOMES[:6]:
        dialler.add(account, 1)
    dialler.dial_until_done()
    (operator,) = sessions(centre, [("limin", "operator", None)])
    calls = [c["id"] for c in operator.get(f"{centre.address}/api/v1/snapshot", timeout=10).json()["calls"]]
    for call in calls:
        assert say(operator, centre, f"calls/{call}/answer").status_code == 200
        assert say(operator, centre, f"calls/{call}/dispatch").status_code == 200
    until(lambda: all(v["rung"] >= 1 or v["round"] > 1 for v in _visits(centre, calls)))
    events = centre.events()
    ended = [e for e in events if e["kind"] in ("OfferExpired", "OfferWithdrawn")]
    made = Counter((e["body"]["visit"], e["body"]["carer_id"]) for e in events if e["kind"] == "VisitOffered")
    assert all(Counter((e["body"]["visit"], e["body"]["carer_id"]) for e in ended)[one] <= n for one, n in made.items())
    assert ended
    told = Counter(e["body"]["about"] for e in events if e["kind"] == "NoticeSent" and e["body"]["channel"] == "screen")
    assert set(told.values()) == {1}
    for name in ("dispatcher", "dispatcher-2"):  # nobody is asked any more, and no offer runs out
        centre.kill(name)
    _accepts_at_once(centre, calls[0])
    assert "all agree" in centre.verify()


def _accepts_at_once(centre: House, call: str) -> None:
    """Both taps of a carer with two phones, and a stranger's, in the same millisecond."""
    visit = next(v for v in _visits(centre, [call]))
    database = Database(centre.url)
    people = Cases(database).busy
    with database.read() as conn:
        busy = people(conn)
    database.close()
    asked = {one["carer_id"] for one in visit["asked"]}  # whoever is asked beside them may say yes too
    other = next(c for c in busy if c not in asked)
    mine, stranger = sessions(centre, [("carer1", "carer", visit["carer_id"]), ("carer2", "carer", other)])
    path = f"visits/{visit['id']}/accept"
    said = at_once(*[lambda s=s: say(s, centre, path) for s in (mine, mine, stranger)])
    codes = [a.status_code for a in said]
    assert codes[2] == 409
    assert codes.count(200) <= 1
    accepted = [e for e in centre.events() if e["kind"] == "VisitAccepted" and e["body"]["visit"] == visit["id"]]
    assert len(accepted) == codes.count(200)


def _visits(centre: House, calls: Sequence[str]) -> list[dict[str, Any]]:
    database = Database(centre.url)
    found = Cases(database).visits_of(calls)
    database.close()
    return found
