"""Channels that hang, dispatchers that are killed while they send, two of them, and an outage of seven weeks."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from callcenter.store.database import Database
from callcenter.store.tables import carers, deliveries
from dispatch.channels.opening import open_channels
from dispatch.settings import ChannelSettings, Notices
from tests.conftest import SERVICE, Rehearsal
from tests.dispatch.fake_phones import FakeProvider, provider, settled
from tests.house import house, until

PHONE = "13900000001"
TWO = """
[[channels]]
name = "texts"
kind = "sms"
url = "{texts}"
timeout_seconds = 30
quota = []
[[channels]]
name = "calls"
kind = "voice"
url = "{calls}"
quota = []
"""


@pytest.fixture
def texts() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def calls() -> Iterator[FakeProvider]:
    with provider() as made:
        yield made


def reachable(rehearsal: Rehearsal) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(update(carers).values(phone=PHONE))


def channels(texts: FakeProvider, calls: FakeProvider, seconds: float = 30.0) -> list[ChannelSettings]:
    return [
        ChannelSettings(name="texts", kind="sms", url=texts.url, timeout_seconds=seconds, quota=()),
        ChannelSettings(name="calls", kind="voice", url=calls.url, quota=()),
    ]


def test_a_channel_that_hangs_holds_up_neither_the_clock_nor_another_channel(
    rehearsal: Rehearsal, texts: FakeProvider, calls: FakeProvider
) -> None:
    reachable(rehearsal)
    rehearsal.notifier = rehearsal.notifying(*open_channels(channels(texts, calls, 60.0)))
    rehearsal.notifier.tick()
    texts.hangs = 60.0
    visits = [rehearsal.send(rehearsal.act("answer", rehearsal.press(str(1042 + n)))) for n in range(8)]
    began = time.monotonic()
    for _ in range(20):
        rehearsal.notifier.tick()
    assert time.monotonic() - began < 15, "twenty turns of the clock while everything hangs"
    until(lambda: texts.asked == 4)
    assert rehearsal.notifier.posting.running()["texts"] == 4, "no more than its own share of threads"
    rehearsal.now += timedelta(seconds=16)
    for _ in range(20):
        rehearsal.notifier.tick()
        time.sleep(0.05)
    for visit in visits:
        calls.expect(PHONE, visit["call_id"])
    sent = sum(len(rehearsal.visit(visit)["asked"]) for visit in visits)
    with rehearsal.database.read() as conn:
        states = Counter(conn.execute(select(deliveries.c.reason).where(deliveries.c.channel == "texts")).scalars())
    assert states == {"": 4, "busy": sent - 4}, "those on their way, and those for whom no hand was free"
    assert texts.asked == 4


def test_a_dispatcher_killed_while_it_sends_sends_nothing_twice_and_the_next_step_covers_it(
    tmp_path: Path, district: str, texts: FakeProvider, calls: FakeProvider
) -> None:
    texts.hangs = 5.0
    with house(tmp_path, district, more=TWO.format(texts=texts.url, calls=calls.url)) as running:
        running.everyone_on_shift()
        rehearsal = Rehearsal(Database(district), datetime.now(UTC))
        reachable(rehearsal)
        running.start("dispatcher")
        until(lambda: rehearsal.cases.signs_of_life())
        rehearsal.now = datetime.now(UTC)
        visit = rehearsal.send(rehearsal.press("1042"))
        until(lambda: texts.asked == 1)
        running.kill("dispatcher")
        texts.hangs = 0.0
        woken = rehearsal.notifying(*open_channels(channels(texts, calls)))
        for seconds in (0, 10, 60):  # an offer may run out meanwhile: it is the message that is looked at
            rehearsal.now = datetime.now(UTC) + timedelta(seconds=seconds)
            settled(woken)
        calls.expect(PHONE, visit["call_id"])
        assert texts.asked == 1
        failed = [e.body for e in rehearsal.log.stream(f"call:{visit['call_id']}") if e.kind == "NoticeFailed"]
        assert [one["reason"] for one in failed if one["channel"] == "texts"] == ["unknown"]
        assert not rehearsal.verify().faults
        rehearsal.database.close()


def test_of_two_dispatchers_only_one_tells_each_carer(
    tmp_path: Path, district: str, texts: FakeProvider, calls: FakeProvider
) -> None:
    with house(tmp_path, district, more=TWO.format(texts=texts.url, calls=calls.url)) as running:
        running.everyone_on_shift()
        rehearsal = Rehearsal(Database(district), datetime.now(UTC))
        reachable(rehearsal)
        running.start("dispatcher")
        running.start_more("dispatcher")
        until(lambda: len(rehearsal.cases.signs_of_life()) > 0)
        ids = []
        for account in range(1042, 1062):
            rehearsal.now = datetime.now(UTC)
            ids.append(rehearsal.send(rehearsal.press(str(account)))["call_id"])
        until(lambda: {one["message"].split()[1][:13] for one in list(texts.got)} == set(ids))
        time.sleep(1.0)  # for whatever is told twice
        firsts = [e for one in ids for e in rehearsal.log.stream(f"call:{one}") if e.kind == "VisitOffered"]
        over = [e for one in ids for e in rehearsal.log.stream(f"call:{one}") if e.kind == "OfferWithdrawn"]
        references = Counter(one["reference"] for one in texts.got)
        assert max(references.values()) == 1
        assert len(references) <= len(firsts) + len(over), "no offer was told twice"
        rehearsal.database.close()


def test_after_seven_weeks_old_messages_are_not_sent_but_counted(
    rehearsal: Rehearsal, texts: FakeProvider, calls: FakeProvider
) -> None:
    reachable(rehearsal)
    rehearsal.notifier = rehearsal.notifying(*open_channels(channels(texts, calls)), rules=Notices(wait_p3=1))
    rehearsal.notifier.tick()
    rehearsal.now = rehearsal.now.replace(hour=15)  # at night: this one has begun, and waits for the morning
    rehearsal.send(rehearsal.act("answer", rehearsal.press("1090", SERVICE)))
    rehearsal.notifier.tick()
    rehearsal.now += timedelta(seconds=2)
    rehearsal.notifier.tick()
    old = [rehearsal.send(rehearsal.act("answer", rehearsal.press(str(1042 + n)))) for n in range(5)]
    rehearsal.now += timedelta(weeks=7)
    woken = rehearsal.notifying(*open_channels(channels(texts, calls)))
    for _ in range(3):
        settled(woken)
    texts.expect_nothing()
    calls.expect_nothing()
    (said,) = [e.body for e in rehearsal.log.stream("notices") if e.kind == "NoticesExpired"]
    offers = sum(len(rehearsal.visit(visit)["asked"]) for visit in old)
    assert said["count"] == sum(said["kinds"].values())
    assert said["kinds"]["VisitOffered"] >= offers
    fresh = rehearsal.send(rehearsal.act("answer", rehearsal.press("1100")), carer_id=50)
    settled(woken)
    texts.expect(PHONE, fresh["call_id"])
    assert not rehearsal.verify().faults
