"""The centre as anyone outside sees it: its public HTTP API, with a token or with a person's log-in.

The one place of the simulator that speaks HTTP. Requests run in threads; each visitor has one connection and one
request at a time. A command whose answer did not come is sent again with the same key, as a phone does.
"""

import asyncio
import contextlib
import http.client
import json
import re
import uuid
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from devices.simulator.board import Board

TIMEOUT_SECONDS = 10.0
TRIES, AGAIN_SECONDS = 4, 0.5  # and longer each time
LOOK_SECONDS = 0.25  # how often the log is asked for what is new
MOST = 500  # events in one answer
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PAGE_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
Answer = dict[str, Any]


class Refused(Exception):
    """The centre said no: ``status``, ``code`` and its words."""

    def __init__(self, status: int, code: str, words: str):
        super().__init__(f"{status} {code}: {words}")
        self.status, self.code = status, code


class Visitor:
    """Somebody who speaks to the centre. ``address`` is such as ``http://127.0.0.1:8080``."""

    def __init__(self, address: str, token: str = ""):
        parts = urlsplit(address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._cookies: dict[str, str] = {}
        self._turn = asyncio.Lock()

    async def log_in(self, login: str, password: str) -> None:
        """Like a browser. Raises ``Refused``, ``OSError``."""
        form = FORM_TOKEN.search(await self._page("/login"))
        said = {"login": login, "password": password, "csrf_token": form[1] if form else ""}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        async with self._turn:
            status, _ = await asyncio.to_thread(self._ask, "POST", "/login", urlencode(said), kind)
        if status != 302:
            raise Refused(status, "login", f"the log-in {login} was not taken")
        if page := PAGE_TOKEN.search(await self._page("/login")):
            self._headers["X-CSRFToken"] = page[1]

    async def get(self, path: str) -> Answer:
        """Raises ``Refused``, ``OSError``."""
        return await self._tried("GET", path)

    async def post(self, path: str, **body: Any) -> Answer:
        """A command, done once however often it is sent. Raises ``Refused``, ``OSError``."""
        return await self._tried("POST", path, json.dumps({"key": str(uuid.uuid4()), **body}))

    async def _tried(self, method: str, path: str, body: str = "") -> Answer:
        kind = {"Content-Type": "application/json"} if body else {}
        for tried in range(TRIES):
            await asyncio.sleep(AGAIN_SECONDS * tried)
            with contextlib.suppress(OSError):
                async with self._turn:
                    status, text = await asyncio.to_thread(self._ask, method, path, body, kind)
                if status != 503:  # the store is away for a moment
                    return _said(status, text)
        raise ConnectionError(f"the centre does not answer {path}")

    async def _page(self, path: str) -> str:
        async with self._turn:
            return (await asyncio.to_thread(self._ask, "GET", path))[1]

    def _ask(self, method: str, path: str, body: str = "", more: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {**self._headers, **(more or {}), "Accept": "application/json" if "/api/" in path else "text/html"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            self._connection.request(method, path, body.encode() or None, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except http.client.HTTPException as error:
            self._connection.close()
            raise ConnectionError(str(error)) from error
        except OSError:
            self._connection.close()
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: one.value for name, one in SimpleCookie(cookie).items()}
        return answer.status, text

    def close(self) -> None:
        self._connection.close()


def _said(status: int, text: str) -> Answer:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = {}
    if status >= 400 or not isinstance(answer, dict):
        raise Refused(status, str(answer.get("error", "")), str(answer.get("message", text[:200])))
    return answer


class Watch:
    """Follows the centre's log onto a board."""

    def __init__(self, visitor: Visitor, board: Board):
        self.visitor, self.board, self._seq = visitor, board, 0

    async def begin(self) -> None:
        """From here on everything is seen. Raises ``Refused``, ``OSError``."""
        shown = await self.visitor.get("/api/v1/snapshot")
        self._seq = shown["seq"]
        self.board.begin(shown["calls"])

    async def look(self) -> None:
        """Everything up to now. Raises ``Refused``, ``OSError``."""
        more = True
        while more:
            found = await self.visitor.get(f"/api/v1/events?after={self._seq}&limit={MOST}")
            for event in found["events"]:
                self.board.note(event)
            self._seq, more = found["seq"], found["more"]

    async def follow(self) -> None:
        while True:
            with contextlib.suppress(OSError):  # a web process may be started again meanwhile
                await self.look()
            await asyncio.sleep(LOOK_SECONDS)
