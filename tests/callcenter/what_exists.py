"""One of everything the API has an address for, so that a test can ask for what is really there."""

from callcenter.cases_of_watch import CasesOfWatch
from callcenter.rules.times import later, stamp
from callcenter.store import mass, rollcalls
from tests.callcenter.whole_site import WholeSite
from tests.conftest import MORNING


def everything(site: WholeSite, number: int = 0) -> dict[str, str]:
    """The value of each name in a path. ``number`` tells the visits and telephone calls of one site apart."""
    visit = site.visit(0, number + 1)
    known = {"call_id": visit["call_id"], "visit_id": visit["id"], "account": "1003", "home_id": "1"}
    return known | struck(site) | ordered(site) | asked_after(site) | rung(site, number) | cared_for(site)


def struck(site: WholeSite) -> dict[str, str]:
    """A recall and an incident that exist."""
    made = site.say("admin", "/api/v1/recalls", {"reason": "天线松动", "batch": "2026-03"})
    assert made.status_code == 200, made.text
    with site.house.log.writing() as w:
        opening = CasesOfWatch(w, site.house.cases, site.house.zone)
        call = opening.open("incident", 2, "小桥社区", account="incident/{call}")
        body = {"scope": "community", "place": "小桥社区", "cause": "mains", "homes": [[1, w.at], [2, w.at]]}
        w.append(f"call:{call}", "IncidentBegan", body, "watch")
        lost = {"period": "1.1", "home_id": 1, "station_id": 1, "model": "AX-100", "account": "1001", "persons": 1,
                "status": "unprotected", "reason": "silent", "reasons": ["silent"], "since": w.at}  # fmt: skip
        if w.row("protection", "1.1") is None:
            w.append("home:1", "ProtectionLost", lost, "watch")
    return {"recall_id": made.json["recall"], "incident_id": call}  # type: ignore[index]


def ordered(site: WholeSite) -> dict[str, str]:
    """A service, a booking and a call-back that exist."""
    wish = {"service": "company", "home_id": 300, "day": "2026-11-24", "begin": "10:00", "end": "11:00"}
    made = site.say("admin", "/api/v1/bookings", {**wish, "anyway": True})
    assert made.status_code == 201, made.text
    services = site.house.parts.services
    row = services.diary.booking(made.json["bookings"][0])  # type: ignore[index]
    assert row is not None
    with site.house.log.writing() as w:
        services.callbacks.about(w, "late", row, {}, 60)
        callback = w.changed("callbacks")[-1]["id"]
    return {"code": "company", "booking_id": row["id"], "callback_id": callback}


def asked_after(site: WholeSite) -> dict[str, str]:
    """A warning and a roll call that exist: a drill, because made-up marks must send nobody."""
    for path, fields in (("mass", {"level": "watch", "minutes": 60}), ("rollcalls", {"drill": True})):
        site.say("admin", f"/api/v1/{path}", {"areas": [["community", "小桥社区"]], "cause": "power", **fields})
    with site.house.database.read() as conn:
        return {"mass_id": mass.listed(conn)[0]["id"], "rollcall_id": rollcalls.listed(conn)[0]["id"]}


def rung(site: WholeSite, number: int) -> dict[str, str]:
    """A telephone call that exists, from a number that belongs to somebody; the exchange is there."""
    site.house.cases.show_life("exchange", stamp(MORNING))
    talk, card = f"1795334327.{number}", site.house.people.card({"home_id": 1}, MORNING, site.house.zone)
    body = {"talk": talk, "at": stamp(MORNING), "number": card["home"]["phone"] or card["residents"][0]["phone"]}
    with site.house.log.writing() as w:
        if w.row("talks", talk) is None:
            w.append(f"talk:{talk}", "TalkRang", body, "exchange")
    return {"talk_id": talk}


def cared_for(site: WholeSite) -> dict[str, str]:
    """A task, somebody of a round and somebody who is away, that exist."""
    until = later(stamp(MORNING), 86_400)
    ours = {"kind": "tell_family", "words": "告诉女儿", "due_at": until}
    task = site.say("admin", "/api/v1/tasks", ours)
    away = site.say("admin", "/api/v1/residents/9/away", {"kind": "family", "until": until})
    assert (task.status_code, away.status_code) == (201, 200), (task.text, away.text)
    with site.house.log.writing() as w:
        entry = site.house.parts.welfare.rounding.add(w, "reminder", 8)
    assert entry
    made = {"task_id": task.json["task"], "absence_id": away.json["absence"]}  # type: ignore[index]
    return made | {"entry_id": entry, "resident_id": "9"}
