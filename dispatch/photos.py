"""Photos of a visit: files under the data folder with names that say nothing, listed on the case, deletable."""

import os
import secrets
from pathlib import Path

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row, call_stream
from callcenter.rules.times import later
from callcenter.store.log import Log, Writing
from callcenter.store.photos import PhotoRows

LARGEST_BYTES = 400 * 1024  # the page makes them smaller than 300 KiB
MOST_PER_VISIT = 12
LATE_SECONDS = 24 * 3600.0  # a photo that waited for a network may come after the visit


class Photos:
    """``folder`` is made when the first photo comes."""

    def __init__(self, log: Log, rows: PhotoRows, folder: Path):
        self.log, self.rows, self.folder = log, rows, folder

    def add(self, w: Writing, visit: Row, carer_id: int, who: str, picture: bytes) -> Row:
        """Keep a picture of this visit. The file is there before the row that names it."""
        if visit["carer_id"] != carer_id:
            raise NotNow("not_yours", "This visit is not yours", "Nothing more to do here", visit=visit)
        if visit["ended_at"] and w.at > later(visit["ended_at"], LATE_SECONDS):
            raise NotNow("too_late", "This visit ended more than a day ago", "Show the photo to your supervisor")
        if self.rows.count(w.conn, visit["id"]) >= MOST_PER_VISIT:
            raise NotNow("enough", "This visit has {most} photos already", "Leave this one out", most=MOST_PER_VISIT)
        name = secrets.token_hex(16) + ".jpg"
        self._write(name, picture)
        row = {"call_id": visit["call_id"], "visit_id": visit["id"], "carer_id": carer_id, "file": name,
               "bytes": len(picture), "added_at": w.at}  # fmt: skip
        photo = self.rows.add(w.conn, row)
        body = {"visit": visit["id"], "carer_id": carer_id, "carer_name": visit["carer_name"], "photo": photo,
                "bytes": len(picture)}  # fmt: skip
        w.append(call_stream(visit["call_id"]), "PhotoAdded", body, who)
        return {"id": photo, **row}

    def read(self, photo_id: int) -> bytes:
        row = self.rows.photo(photo_id)
        path = self.folder / row["file"] if row else None
        if path is None or not path.is_file():
            raise NotThere(f"there is no photo {photo_id}")
        return bytes(path.read_bytes())

    def delete(self, w: Writing, photo_id: int, user: Who, reason: str) -> Row:
        """The picture is gone at once and for good; that there was one, and who took it away, stays in the log."""
        row = self.rows.photo(photo_id)
        if row is None or not self.rows.mark_deleted(w.conn, photo_id, w.at, user.name):
            raise NotThere(f"there is no photo {photo_id}")
        body = {"visit": row["visit_id"], "photo": photo_id, "name": user.name, "reason": reason}
        w.append(call_stream(row["call_id"]), "PhotoDeleted", body, actor(user))
        (self.folder / row["file"]).unlink(missing_ok=True)
        return row

    def _write(self, name: str, picture: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())


def is_jpeg(picture: bytes) -> bool:
    return picture[:3] == b"\xff\xd8\xff" and picture.rstrip(b"\0")[-2:] == b"\xff\xd9"
