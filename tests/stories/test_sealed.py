"""The nightly seal covers the whole log; a log rewritten with fresh hashes still breaks it."""

import json

from sqlalchemy import select, update

from callcenter.rules.events import chained
from callcenter.store.tables import events, streams
from callcenter.store.vault import Vault
from tests.conftest import Rehearsal


def test_a_rewritten_stream_with_fitting_hashes_breaks_the_seal(rehearsal: Rehearsal) -> None:
    call = rehearsal.act("answer", rehearsal.press("1042"))
    rehearsal.act("note", call, text="说腿疼")
    seal = Vault(rehearsal.database).seal_with(rehearsal.log)
    seal()
    rehearsal.press("1043")
    seal()
    assert not rehearsal.verify().faults
    stream = f"call:{call['id']}"
    with rehearsal.database.write() as conn:
        note = conn.execute(select(events).where(events.c.stream == stream, events.c.kind == "NoteAdded")).one()
        body = json.dumps({"text": "没事"}, ensure_ascii=False, separators=(",", ":"))
        before = conn.execute(
            select(events.c.hash).where(events.c.stream == stream, events.c.version == note.version - 1)
        ).scalar_one()
        forged = chained(before, note.at, stream, note.version, note.kind, body, note.actor)
        conn.execute(update(events).where(events.c.seq == note.seq).values(body=body, hash=forged))
        conn.execute(update(streams).where(streams.c.stream == stream).values(hash=forged))
    assert [fault for fault in rehearsal.verify().faults if "seal" in fault]
