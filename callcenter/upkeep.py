"""Upkeep: what people do with devices: sign an installation, lend a unit, remind of a test, recall, check a home.

Every verb takes the ``Writing`` it happens in, as those of the desk do.
"""

from collections.abc import Mapping

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row, call_stream, device_stream
from callcenter.rules.recalls import HOW, PARTS, open_devices, recall_stream
from callcenter.rules.times import seconds_between
from callcenter.store.cases import Cases
from callcenter.store.log import Writing
from callcenter.store.watching import Watching

SIGN_WITHIN_SECONDS = 3600.0  # of the live press that is signed for

__all__ = ["HOW", "SIGN_WITHIN_SECONDS", "Upkeep"]


class Upkeep:
    def __init__(self, cases: Cases, watching: Watching):
        self.cases, self.watching = cases, watching

    # --- one device -------------------------------------------------------------------------------------------

    def sign(self, w: Writing, account: str, user: Who, words: str = "") -> Row:
        """The installation is finished: a live press from the pager was heard just now, and this person saw it."""
        device = self._device(w, account)
        pressed_at = device["last_full_test_at"]
        if pressed_at is None or seconds_between(pressed_at, w.at) > SIGN_WITHIN_SECONDS:
            raise NotNow("no_test_press", "No live test press was heard within the last hour",
                         "Have the pager pressed in the home, then sign")  # fmt: skip
        body = {"account": account, "pressed_at": pressed_at, "name": user.name, "words": words}
        w.append(device_stream(account), "InstallationSigned", body, actor(user))
        self._mark(w, account, accepted_at=w.at, accepted_by=user.name)
        return {"account": account, "accepted_at": w.at}

    def lend(self, w: Writing, account: str, user: Who, loan: str) -> Row:
        """Another unit stands in while this one is mended; an empty ``loan`` takes it back."""
        device = self._device(w, account)
        if loan:
            other = self._device(w, loan)
            if loan == account or other["home_id"] != device["home_id"]:
                raise NotNow("not_there", "The loan unit is not registered in this home",
                             "Enter the loan unit in this home first, then choose it here")  # fmt: skip
        body = {"account": account, "loan": loan, "name": user.name}
        w.append(device_stream(account), "DeviceLent", body, actor(user))
        self._mark(w, account, loan_account=loan)
        return {"account": account, "loan_account": loan}

    def remind(self, w: Writing, account: str, user: Who, words: str = "") -> Row:
        """Somebody asked the resident for a test press."""
        self._device(w, account)
        body = {"account": account, "name": user.name, "words": words}
        w.append(device_stream(account), "TestReminded", body, actor(user))
        return {"account": account}

    def _device(self, w: Writing, account: str) -> Row:
        found = self.watching.device(w.conn, account)
        if found is None:
            raise NotThere(f"there is no device {account}")
        return found

    def _mark(self, w: Writing, account: str, **values: str) -> None:
        self.cases.mark_devices(w.conn, {account: {**values, "next_look_at": ""}})

    # --- many devices -----------------------------------------------------------------------------------------

    def recall(self, w: Writing, user: Who, reason: str, parts: Mapping[str, str]) -> Row:
        """Open a recall of every device of this model, firmware and batch; at least one of the three is said."""
        wanted = {part: parts.get(part, "").strip() for part in PARTS}
        found = self.watching.alike(w.conn, wanted) if any(wanted.values()) else []
        if not found:
            raise NotNow("nothing_alike", "No device is of this model, firmware and batch", "Choose other values")
        recall_id = f"recall-{self.watching.recalls_made(w.conn) + 1}"
        devices = [[row["account"], row["home_id"]] for row in found]
        body = {"recall": recall_id, "reason": reason, **wanted, "devices": devices, "name": user.name}
        w.append(recall_stream(recall_id), "RecallOpened", body, actor(user))
        self.watching.look_soon(w.conn, [row["account"] for row in found])
        return {"recall": recall_id, "devices": len(found)}

    def check(self, w: Writing, recall_id: str, account: str, user: Who, how: str, words: str = "") -> Row:
        """What stood in for a device that cannot be trusted: somebody telephoned or went there."""
        self._recalled(w, recall_id, account)
        body = {"recall": recall_id, "account": account, "how": how, "words": words, "name": user.name}
        w.append(recall_stream(recall_id), "RecallChecked", body, actor(user))
        return {"recall": recall_id, "account": account}

    def mended(self, w: Writing, recall_id: str, account: str, user: Who) -> Row:
        """This device has been repaired or exchanged; with the last one the recall is closed."""
        recall = self._recalled(w, recall_id, account)
        body = {"recall": recall_id, "account": account, "name": user.name}
        w.append(recall_stream(recall_id), "RecallMended", body, actor(user))
        if open_devices(recall) == [account]:
            w.append(recall_stream(recall_id), "RecallClosed", {"recall": recall_id, "name": user.name}, actor(user))
        self.watching.look_soon(w.conn, [account])
        return {"recall": recall_id, "account": account}

    @staticmethod
    def _recalled(w: Writing, recall_id: str, account: str) -> Row:
        recall = w.row("recalls", recall_id)
        if recall is None or account not in recall["devices"]:
            raise NotThere(f"there is no {account} in recall {recall_id}")
        if account not in open_devices(recall):
            raise NotNow("moved_on", "This device has been mended", "Look at the list again")
        return recall

    # --- an incident ------------------------------------------------------------------------------------------

    def safe(self, w: Writing, incident_id: str, home_id: int, user: Who, how: str) -> Row:
        """Somebody has made sure that the people of a struck home are well."""
        incident = w.row("incidents", incident_id)
        if incident is None or str(home_id) not in incident["homes"]:
            raise NotThere(f"there is no home {home_id} in incident {incident_id}")
        body = {"home": home_id, "how": how, "name": user.name}
        w.append(call_stream(incident_id), "HomeSafe", body, actor(user))
        return {"incident": incident_id, "home": home_id}
