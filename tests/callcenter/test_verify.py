"""A verify that cannot fail proves nothing: each fault is planted in a centre that has worked, and must be named."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from callcenter.store.tables import calls, events, frames, streams, visits
from callcenter.store.vault import Vault
from tests.conftest import MAINS_LOST, Rehearsal

Plant = Callable[[Connection, str], object]


def _event(conn: Connection, call: str, kind: str) -> dict[str, object]:
    found = conn.execute(select(events).where(events.c.stream == f"call:{call}", events.c.kind == kind)).mappings()
    return dict(found.first() or {})


def changed_body(conn: Connection, call: str) -> None:
    event = _event(conn, call, "CallOpened")
    body = str(event["body"]).replace('"zone":"001"', '"zone":"002"')
    assert body != event["body"]
    conn.execute(update(events).where(events.c.seq == event["seq"]).values(body=body))


def broken_body(conn: Connection, call: str) -> None:
    seq = _event(conn, call, "CallOpened")["seq"]
    conn.execute(update(events).where(events.c.seq == seq).values(body='{"call"'))


def doubled_event(conn: Connection, call: str) -> None:
    """The same press told twice, as a writer would tell it: in order, with a hash of its own."""
    event = _event(conn, call, "PressRepeated")
    last = conn.execute(select(events).order_by(events.c.seq.desc()).limit(1)).mappings().one()
    version = conn.execute(select(streams.c.version).where(streams.c.stream == event["stream"])).scalar_one()
    conn.execute(insert(events).values({**event, "seq": last["seq"] + 1, "version": version + 1}))


def deleted_event(conn: Connection, call: str) -> None:
    conn.execute(delete(events).where(events.c.seq == _event(conn, call, "PressRepeated")["seq"]))


def deleted_stream(conn: Connection, call: str) -> None:
    conn.execute(delete(events).where(events.c.stream == f"call:{call}"))


def deleted_last_event(conn: Connection, _call: str) -> None:
    last = select(events.c.seq).order_by(events.c.seq.desc()).limit(1).scalar_subquery()
    conn.execute(delete(events).where(events.c.seq == last))


PLANTED: dict[str, tuple[Plant, str]] = {
    "changed body": (changed_body, "has been changed"),
    "broken body": (broken_body, "cannot be replayed"),
    "doubled event": (doubled_event, "has been changed"),
    "deleted event": (deleted_event, "head is not that of the log"),
    "deleted stream": (deleted_stream, "all its events are missing"),
    "deleted last event": (deleted_last_event, "seal: all its events are missing"),
    "changed actor": (
        lambda c, _: c.execute(update(events).where(events.c.kind == "CallAnswered").values(actor="user:9 nobody")),
        "has been changed",
    ),
    "deleted call": (lambda c, call: _without(c, call), "is missing"),
    "closed call": (
        lambda c, call: c.execute(update(calls).where(calls.c.id == call).values(stage="closed")),
        "stage is 'closed'",
    ),
    "changed call": (
        lambda c, call: c.execute(update(calls).where(calls.c.id == call).values(presses=1)),
        "presses is 1",
    ),
    "changed visit": (lambda c, _: c.execute(update(visits).values(stage="accepted")), "stage is 'accepted'"),
    "deleted frame": (lambda c, _: c.execute(delete(frames).where(frames.c.id == 2)), "frame 2 is missing"),
    "deleted last frame": (lambda c, _: c.execute(delete(frames).where(frames.c.id == 5)), "not in the journal"),
    "frame said to be a repeat": (
        lambda c, _: c.execute(update(frames).where(frames.c.id == 2).values(outcome="retransmission", same_as=1)),
        "claims to repeat",
    ),
    "frame said to carry more": (
        lambda c, _: c.execute(update(frames).where(frames.c.id == 2).values(signals=2)),
        "frame 2 carried 2",
    ),
    "frame said to carry nothing": (
        lambda c, _: c.execute(update(frames).where(frames.c.id == 2).values(signals=0, outcome="garbled")),
        "frame 2 carried 0",
    ),
    "changed bytes of a frame": (
        lambda c, _: c.execute(update(frames).where(frames.c.id == 2).values(raw=b"another")),
        "a frame before it was changed",
    ),
    "changed time of a frame": (
        lambda c, _: c.execute(update(frames).where(frames.c.id == 2).values(received_at="2026-11-23T01:00:00.000Z")),
        "a frame before it was changed",
    ),
}


def _without(conn: Connection, call: str) -> None:
    conn.execute(delete(visits).where(visits.c.call_id == call))
    conn.execute(delete(calls).where(calls.c.id == call))


@pytest.fixture
def worked(rehearsal: Rehearsal) -> Rehearsal:
    """Presses, a repeat, a retransmission, a device item, a visit, all sealed; and one press after the seal."""
    rehearsal.press("1042")
    rehearsal.press("1042")
    frame = rehearsal.frame("1043")
    rehearsal.receive(frame)
    rehearsal.receive(frame)
    call = rehearsal.act("answer", rehearsal.press("1044", MAINS_LOST))
    rehearsal.send(call)
    Vault(rehearsal.database).seal_with(rehearsal.log)()
    return rehearsal


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_and_named(worked: Rehearsal, name: str) -> None:
    assert worked.verify().faults == []
    plant, said = PLANTED[name]
    with worked.database.write() as conn:
        plant(conn, worked.cases.live()[0]["id"] if name != "deleted call" else worked.cases.live()[-1]["id"])
    faults = worked.verify().faults
    assert any(said in fault for fault in faults), faults


def test_seals_follow_each_other_and_a_second_one_covers_only_what_is_new(worked: Rehearsal) -> None:
    worked.press("1050")
    Vault(worked.database).seal_with(worked.log)()
    Vault(worked.database).seal_with(worked.log)()
    sealed = [e.body for e in worked.log.stream("seal")]
    assert [(b["frames_from"], b["frames_until"]) for b in sealed] == [(0, 5), (5, 6), (6, 6)]
    assert worked.verify().faults == []
