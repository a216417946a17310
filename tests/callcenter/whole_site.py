"""The whole web application over a real database, asked as browsers and machines ask it: a client for each role."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import House, Settings
from callcenter.accounts import HASHER
from callcenter.rules.access import ROLES, TOKEN_ROLES
from callcenter.rules.events import Row
from callcenter.rules.times import stamp
from tests.conftest import MORNING

PASSWORD = "right-horse-battery"
HASH = HASHER.hash(PASSWORD)  # once: it is made to be slow
NOBODY = "nobody"


class WholeSite:
    """``who`` is a role of people (a browser with a cookie) or of tokens, or ``NOBODY``. The clock stands still."""

    def __init__(
        self, url: str, folder: Path, clock: Callable[[], datetime] = lambda: MORNING, channels: Any = (), **server: Any
    ):
        chosen: Any = {
            "server": {"async_mode": "threading", **server},
            "database": {"url": url, "data_dir": str(folder / "data")},
            "channels": channels,
        }
        self.house = House(Settings(**chosen), folder / "config.toml", clock)
        self.app: Flask = self.house.web()
        self.carers: list[Row] = [c for c in self.house.people.carers(clock()) if c["on_shift"]]
        with self.house.log.writing() as w:
            for role in ROLES:
                carer_id = self.carers[0]["id"] if role == "carer" and self.carers else None
                row = {"login": role, "name": role, "role": role, "password_hash": HASH, "carer_id": carer_id}
                self.house.users.add(w.conn, row)
        self.tokens = {role: self.house.accounts.add_token(f"a {role}", role) for role in TOKEN_ROLES}
        self.clients = {role: self.browser(role) for role in ROLES}
        self._forms: dict[int, str] = {}
        for name in ("dispatcher", "gateway", "line:panels-tcp"):
            self.house.cases.show_life(name, stamp(clock()))

    def stranger(self) -> FlaskClient:
        return self.app.test_client()

    def browser(self, login: str) -> FlaskClient:
        """A client whose cookie says that this user has logged in."""
        client, user = self.stranger(), self.house.users.by_login(login)
        assert user is not None
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["lang"] = (
                f"{user['id']}:{user['session_epoch']}",
                True,
                "en",
            )
        return client

    def form_token(self, client: FlaskClient) -> str:
        """What the pages of this client carry against forged forms."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/login").text)
        assert found
        return found[1]

    def log_in(self, client: FlaskClient, login: str, password: str, **more: str) -> TestResponse:
        """As a person does: with the page's form."""
        token = self.form_token(client)
        return client.post("/login", data={"csrf_token": token, "login": login, "password": password, **more})

    def headers(self, who: str) -> dict[str, str]:
        """What this one's requests carry beside the cookie."""
        if who in self.tokens:
            return {"Authorization": f"Bearer {self.tokens[who]}"}
        if who == NOBODY:
            return {}
        client = self.clients[who]
        return {"X-CSRFToken": self._forms.setdefault(id(client), self.form_token(client))}

    def cookie(self, who: str) -> dict[str, str]:
        """The session of a browser, for a client of somebody else's making."""
        kept = self.clients[who].get_cookie("session") if who in self.clients else None
        return {"session": kept.value} if kept else {}

    def client(self, who: str) -> FlaskClient:
        return self.clients.get(who) or self.stranger()

    def ask(self, who: str, path: str) -> TestResponse:
        return self.client(who).get(path, headers=self.headers(who))

    def say(self, who: str, path: str, body: Any = None) -> TestResponse:
        """POST a JSON body; an object gets a fresh key."""
        sent = {"key": str(uuid4()), **body} if isinstance(body, dict) else body
        data = json.dumps(sent)  # as ASCII, so that halves of characters travel too
        return self.client(who).post(path, data=data, content_type="application/json", headers=self.headers(who))

    def call(self, home_id: int = 1, **more: Any) -> Row:
        """Somebody telephones about a home; returns the call."""
        answer = self.say(
            "operator",
            "/api/v1/calls",
            {"source": "phone", "kind": "sos", "text": "摔倒了", "home_id": home_id, **more},
        )
        assert answer.status_code == 201, answer.text
        call: Row = answer.json["call"]  # type: ignore[index]
        return call

    def visit(self, carer: int, home_id: int = 1) -> Row:
        """A call for which the carer with this number in ``carers`` is asked; returns the visit."""
        call, carer_id = self.call(home_id), self.carers[carer]["id"]
        with self.house.database.read() as conn:
            busy = self.house.cases.busy(conn).get(carer_id)
        if busy:
            assert self.say("operator", f"/api/v1/visits/{busy['id']}/cancel", {"reason": "另派"}).status_code == 200
        answer = self.say("operator", f"/api/v1/calls/{call['id']}/dispatch", {"carer_id": carer_id})
        assert answer.status_code == 200, answer.text
        visit: Row = answer.json["call"]["visit"]  # type: ignore[index]
        assert visit["carer_id"] == carer_id
        return visit

    def head(self) -> int:
        """The newest seq: what has not moved has not been changed."""
        return self.house.log.head()

    def close(self) -> None:
        self.house.database.close()
