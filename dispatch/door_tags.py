"""Tags at doors: made and revoked by a supervisor, read by a carer's phone as proof that it is there.

A tag holds ``/v/<random>`` and nothing else: no name and no address. It can be photographed, so that it counts only for
a carer who has a visit at that home; every reading is written down, with or without one.
"""

import hashlib
import secrets
from typing import NamedTuple

from callcenter.desk import Who, actor
from callcenter.rules.call import NotThere
from callcenter.rules.events import Row
from callcenter.store import alone
from callcenter.store.door_tags import DoorTagRows
from callcenter.store.log import Log, Writing
from dispatch.on_scene import OnScene

BYTES = 16  # 128 random bits: nobody comes upon one by trying


class Scanned(NamedTuple):
    """``result``: proved, no_visit or revoked; ``visit`` after it, when there is one."""

    result: str
    visit: Row | None = None


class DoorTags:
    def __init__(self, log: Log, rows: DoorTagRows, on_scene: OnScene):
        self.log, self.rows, self.on_scene = log, rows, on_scene

    def make(self, home_id: int, user: Who) -> tuple[int, str]:
        """A new tag for a home: its number, and the token, which is seen this once."""
        token = secrets.token_urlsafe(BYTES)
        with self.log.writing() as w:
            row = {"home_id": home_id, "digest": digest(token), "made_at": w.at, "made_by": user.name}
            tag = self.rows.add(w.conn, row)
            w.append(_stream(tag), "TagMade", {"tag": tag, "home_id": home_id, "name": user.name}, actor(user))
        return tag, token

    def revoke(self, tag: int, user: Who) -> None:
        with self.log.writing() as w:
            if not self.rows.revoke(w.conn, tag, w.at, user.name):
                raise NotThere(f"there is no tag {tag} that counts")
            w.append(_stream(tag), "TagRevoked", {"tag": tag, "name": user.name}, actor(user))

    def scan(self, token: str, carer_id: int, who: str) -> Scanned | None:
        """A carer's phone has read this token. None: there is no such tag."""
        tag = self.rows.by_digest(digest(token))
        if tag is None:
            return None
        with self.log.writing() as w:
            found = self._scanned(w, tag, carer_id, who)
            body = {"tag": tag["id"], "home_id": tag["home_id"], "carer_id": carer_id, "result": found.result,
                    "of_visit": found.visit["id"] if found.visit else None}  # fmt: skip
            w.append(_stream(tag["id"]), "TagScanned", body, who)
        return found

    def _scanned(self, w: Writing, tag: Row, carer_id: int, who: str) -> Scanned:
        if tag["revoked_at"]:
            return Scanned("revoked")
        visit_id = alone.visit_at(w.conn, carer_id, tag["home_id"])
        visit = w.row("visits", visit_id) if visit_id else None
        if visit is None:
            return Scanned("no_visit")
        return Scanned("proved", self.on_scene.prove_by_tag(w, visit, carer_id, who, tag["id"]))


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _stream(tag: int) -> str:
    return f"tag:{tag}"
