"""Web push with a push service on loopback that opens each message with the browser's own private key."""

from pathlib import Path

from sqlalchemy import insert, select

from callcenter.store.notices import NoticeBook
from callcenter.store.tables import users
from dispatch.channels import webpush
from tests.conftest import Rehearsal
from tests.dispatch.fake_phones import Phone, push_service, settled
from tests.stories.test_a_message_reaches_somebody import notes, offered


def test_a_push_reaches_the_subscribed_phone_encrypted_and_without_a_word_about_anybody(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    book = NoticeBook(rehearsal.database)
    with push_service() as service:
        phone = Phone(service, "one")
        channel = webpush.open_channel(book, "mailto:it@example.cn", tmp_path)
        rehearsal.notifier = rehearsal.notifying(channel)
        rehearsal.notifier.tick()
        visit = offered(rehearsal)
        subscribe(rehearsal, book, visit["carer_id"], phone)
        settled(rehearsal.notifier)
        assert ("NoticeSent", "webpush", "") in notes(rehearsal, visit)
        (heard,) = phone.heard
        assert heard.keys() == {"title", "body", "tag"}
        assert visit["call_id"] not in str(heard)
        assert phone.headers["content-encoding"] == "aes128gcm"
        assert phone.headers["authorization"].startswith("vapid t=")
        service.status = 410
        second = rehearsal.send(rehearsal.act("answer", rehearsal.press("1043")))
        subscribe(rehearsal, book, second["carer_id"], phone)
        settled(rehearsal.notifier)
        assert ("NoticeFailed", "webpush", "refused") in notes(rehearsal, second)
        assert not book.subscriptions("carer", str(second["carer_id"])), "a phone that is gone is forgotten"


def subscribe(rehearsal: Rehearsal, book: NoticeBook, carer_id: int, phone: Phone) -> None:
    with rehearsal.database.write() as conn:
        found = conn.execute(select(users.c.id).where(users.c.carer_id == carer_id)).scalar()
        if found is None:
            row = {"login": f"c{carer_id}", "name": "x", "role": "carer", "password_hash": "", "carer_id": carer_id}
            found = conn.execute(insert(users).values(**row).returning(users.c.id)).scalar_one()
    book.subscribe(found, phone.endpoint, phone.keys, "2026-11-23T02:00:00.000Z", 5)
