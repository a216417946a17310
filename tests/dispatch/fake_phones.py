"""Fake phones on loopback: a provider that texts and rings, a push service, and the phones that expect to hear.

``FakeProvider`` is a server that apprise's ``json://`` posts to; a story says what it expects and fails with what came
instead. ``FakePushService`` opens the encrypted payload with the subscription's own private key.
"""

import base64
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, update

from callcenter.store.database import Database
from callcenter.store.tables import carers
from dispatch.notifier import Notifier


class Received(dict[str, Any]):
    """One message as the provider got it: ``phone``, ``message``, ``reference``."""


class _Server:
    """Answers POST by ``answer(path, headers, body) -> status`` on a port of its own."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = outer.answer(self.path, dict(self.headers), body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> int:
        raise NotImplementedError

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class FakeProvider(_Server):
    """``status`` is what it answers, ``hangs`` how many seconds it takes."""

    def __init__(self) -> None:
        self.got: list[Received] = []
        self.status, self.hangs, self.asked = 200, 0.0, 0
        super().__init__()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/send?:phone={{phone}}&:reference={{reference}}"

    @property
    def group_url(self) -> str:
        return f"json://127.0.0.1:{self.port}/group"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.asked += 1
        if self.hangs:
            time.sleep(self.hangs)
        if self.status == 200:
            self.got.append(Received(json.loads(body)))
        return self.status

    def expect(self, phone: str, words: str, seconds: float = 30.0) -> Received:
        """The next message to this number that holds these words; it is taken out."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            for one in self.got:
                if one.get("phone", "") == phone and words in one["message"]:
                    self.got.remove(one)
                    return one
            time.sleep(0.02)
        raise AssertionError(f"{phone} was not told {words!r}; heard instead: {self.got}")

    def expect_nothing(self, phone: str = "") -> None:
        """For this number, or for any."""
        heard = [one for one in self.got if phone in ("", one.get("phone"))]
        assert not heard, f"nobody should have been told anything: {heard}"


class Phone:
    """A browser that has subscribed: its keys, and what was pushed to it in plain words."""

    def __init__(self, service: "FakePushService", name: str):
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.endpoint = f"http://127.0.0.1:{service.port}/push/{name}"
        self.heard: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.headers: dict[str, str] = {}
        service.phones[f"/push/{name}"] = self

    @property
    def keys(self) -> tuple[str, str]:
        """``p256dh`` and ``auth`` as a browser tells them."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _base64url(point), _base64url(self.secret)

    def take(self, headers: dict[str, str], body: bytes) -> None:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        self.heard.append(json.loads(plain))
        self.raw.append(body)
        self.headers = {name.lower(): value for name, value in headers.items()}


class FakePushService(_Server):
    """Hands each message to the phone behind the endpoint; ``status`` 410 says that the phone is gone."""

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self.status = 201
        super().__init__()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> int:
        if self.status < 400:
            self.phones[path].take(headers, body)
        return self.status


def number(carer_id: int) -> str:
    """The telephone of a carer in these stories."""
    return f"139000{carer_id:05}"


def everyone_has_a_phone(database: Database) -> None:
    with database.write() as conn:
        for (one,) in conn.execute(select(carers.c.id)).all():
            conn.execute(update(carers).where(carers.c.id == one).values(phone=number(one)))


def settled(notifier: Notifier, seconds: float = 30.0) -> None:
    """Let the notifier have its turn, wait until its channels have answered, and let it write that down."""
    give_up = time.monotonic() + seconds
    notifier.tick()
    while any(notifier.posting.running().values()):
        assert time.monotonic() < give_up, f"no answer from {notifier.posting.running()}"
        time.sleep(0.01)
    notifier.tick()


@contextmanager
def provider() -> Iterator[FakeProvider]:
    server = FakeProvider()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def push_service() -> Iterator[FakePushService]:
    server = FakePushService()
    try:
        yield server
    finally:
        server.close()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
