"""Everybody whom the ladder asks is really asked, and told when it is over; a watch tells its wearer who comes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from callcenter.store.database import Database
from callcenter.store.tables import devices, users
from devices.codecs.watch_frame import write, write_report
from dispatch.channels.opening import open_channels
from dispatch.settings import ChannelSettings
from tests.conftest import ZONE, Rehearsal
from tests.dispatch.fake_phones import FakeProvider, everyone_has_a_phone, number, provider, settled
from tests.house import free_port, house, until
from tests.stories.test_a_watch_is_asked import SOS as SOS_BIT
from tests.stories.test_a_watch_is_asked import Worn

CHIEF, HEAD = "13900009999", "13900008888"


@pytest.fixture
def texts() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def rings() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def told(rehearsal: Rehearsal, texts: FakeProvider, rings: FakeProvider) -> Rehearsal:
    """A rehearsal whose people have telephones: each carer the number 139000 and the own id."""
    rehearsal.supervisor.phone = CHIEF
    text = ChannelSettings(name="texts", kind="sms", url=texts.url)
    rehearsal.notifier = rehearsal.notifying(
        *open_channels([text, ChannelSettings(name="rings", kind="voice", url=rings.url)]),
        link="https://anxin.example.cn",
    )
    everyone_has_a_phone(rehearsal.database)
    with rehearsal.database.write() as conn:
        row = {"login": "chief", "name": "陈主任", "role": "supervisor", "password_hash": "", "phone": CHIEF}
        conn.execute(insert(users).values(**row))
    rehearsal.notifier.tick()
    return rehearsal


def asked(visit: Row) -> list[int]:
    return [one["carer_id"] for one in visit["asked"]]


def test_who_is_asked_together_is_told_at_once_and_who_was_slower_hears_that_it_is_over(
    told: Rehearsal, texts: FakeProvider
) -> None:
    visit = told.send(told.act("answer", told.press("1042")))
    both = asked(told.visit(visit))
    assert len(both) == 2, "the nearest and the B post"
    settled(told.notifier)
    for one in both:
        texts.expect(number(one), "新任务")
    told.carer("accept", visit, both[1])
    settled(told.notifier)
    texts.expect(number(both[0]), "已有人接单，不用去了")
    assert not [one for one in texts.got if one["phone"] == number(both[1])], "nobody is told that they have accepted"


def test_people_of_a_rung_are_rung_and_read_or_not_the_text_message_follows(
    told: Rehearsal, texts: FakeProvider, rings: FakeProvider
) -> None:
    call = told.act("answer", told.press("1042"))
    visit = told.send(call)
    to = [{"role": "head", "id": 77, "name": "站长", "phone": HEAD}]
    with told.writing() as w:
        body = {"visit": visit["id"], "rung": 3, "who": "station_head", "channel": "voice", "to": to}
        w.append(f"call:{call['id']}", "HelpAsked", body, "clock")
    settled(told.notifier)
    rings.expect(HEAD, "需要您协助")
    told.now += timedelta(seconds=61)
    settled(told.notifier)
    texts.expect(HEAD, "需要您协助")


def test_a_relative_gets_a_link_of_their_own_and_is_not_rung_once_they_have_answered_by_it(
    told: Rehearsal, texts: FakeProvider, rings: FakeProvider
) -> None:
    call = told.act("answer", told.press("1042"))
    with told.writing() as w:
        told.parts.responding.ask(w, call["id"], "user:1 李敏", "contacts")
    (asked_for,) = [e.body["to"] for e in told.log.stream(f"call:{call['id']}") if e.kind == "HelpAsked"]
    settled(told.notifier)
    for one in asked_for:
        rings.expect(one["phone"], "需要您协助")
    told.now += timedelta(seconds=61)
    settled(told.notifier)
    messages = [texts.expect(one["phone"], "需要您协助")["message"] for one in asked_for]
    tokens = [message.rsplit("/r/", 1)[1] for message in messages]
    assert len(set(tokens)) == len(asked_for), "each message has its own"
    with told.database.read() as conn:
        kept = str(conn.exec_driver_sql("SELECT words FROM notices").all())
    assert not any(token in kept for token in tokens), "only the message has it"
    with told.writing() as w:
        told.parts.responding.answer(w, tokens[0], True)
    told.now += timedelta(seconds=61)
    settled(told.notifier)
    rings.expect_nothing(asked_for[0]["phone"])
    for one in asked_for[1:]:
        rings.expect(one["phone"], "需要您协助")


def test_a_call_nobody_answers_rings_the_supervisor_out(told: Rehearsal, rings: FakeProvider) -> None:
    told.press("1042")
    for _ in range(50):
        told.now += timedelta(seconds=1)
        told.parts.supervision.tick(stamp(told.now))
    settled(told.notifier)
    rings.expect(CHIEF, "一直无人接听")


def test_who_has_no_page_is_not_kept_waiting_for_one(told: Rehearsal, texts: FakeProvider) -> None:
    told.notifier = told.notifying(*open_channels([ChannelSettings(name="texts", kind="sms", url=texts.url)]))
    call = told.act("answer", told.press("1042"))
    to = [
        {"role": "head", "id": 77, "name": "站长", "phone": HEAD},
        {"role": "station", "id": 1, "name": "站", "phone": CHIEF},
    ]
    with told.writing() as w:
        w.append(
            f"call:{call['id']}", "HelpAsked", {"rung": 0, "who": "station_head", "channel": "voice", "to": to}, "x"
        )
    for _ in range(2):
        settled(told.notifier)
    texts.expect(CHIEF, "需要您协助")
    texts.expect_nothing(HEAD)
    told.now += timedelta(seconds=16)
    settled(told.notifier)
    texts.expect(HEAD, "需要您协助")


def test_help_that_is_no_longer_needed_is_asked_of_nobody(told: Rehearsal, rings: FakeProvider) -> None:
    call = told.act("answer", told.press("1042"))
    visit = told.send(call)
    to = [{"role": "head", "id": 77, "name": "站长", "phone": HEAD}]
    with told.writing() as w:
        body = {"visit": visit["id"], "rung": 3, "who": "station_head", "channel": "voice", "to": to}
        w.append(f"call:{call['id']}", "HelpAsked", body, "clock")
    told.carer("accept", visit, asked(told.visit(visit))[0])
    settled(told.notifier)
    rings.expect_nothing(HEAD)


WATCH = "8800000015"
LINE = """
[[lines]]
name = "watches"
protocol = "watch"
transport = "tcp"
host = "127.0.0.1"
port = {port}
"""


def test_a_watch_on_the_wrist_is_told_that_somebody_is_coming(tmp_path: Path, district: str) -> None:
    """The whole way, with real processes: press on the watch, a carer accepts, the words stand on its screen."""
    port = free_port()
    with house(tmp_path, district, more=LINE.format(port=port)) as running:
        database = Database(district)
        with database.write() as conn:
            conn.execute(update(devices).where(devices.c.account == "1042").values(account=WATCH))
        running.everyone_on_shift()
        running.start("gateway", "dispatcher", "web")
        running.ready()
        worn = Worn(port)
        worn.says(write_report(WATCH, "AL", SOS_BIT))
        assert worn.hears() == f"[3G*{WATCH}*0002*AL]".encode()
        rehearsal = Rehearsal(database, datetime.now(UTC))
        (call,) = until(lambda: [one for one in rehearsal.cases.live() if one["account"] == WATCH])
        until(lambda: rehearsal.people.card(call, rehearsal.now, ZONE)["device"]["line"] == "watches")
        rehearsal.carer("accept", rehearsal.send(rehearsal.act("answer", call)))
        said = worn.hears().decode()
        words = bytes.fromhex(said.partition("MESSAGE,")[2].rstrip("]")).decode("utf-16-be")
        assert words.startswith("护理员已接单，约 ")
        worn.says(write("MESSAGE", WATCH))
        until(lambda: "NoticeDelivered" in rehearsal.kinds(call))
        assert "OperatorAskedToTell" not in rehearsal.kinds(call)
        database.close()
        assert "all agree" in running.verify()
