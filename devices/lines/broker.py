"""One connection to an MQTT broker, from the dial to its loss, on the event loop. The only place that imports paho.

Why paho and not aiomqtt, which is built on it: aiomqtt 2.5.1 makes its paho client without ``manual_ack``, so a message
is acknowledged as soon as it is in aiomqtt's queue, long before it is on disk; and when that queue is full, messages
that were acknowledged are dropped. Here PUBACK is sent by whoever says ``acknowledge``.

paho's own loops use ``select``, which fails on descriptors above 1023; so the event loop watches the socket, and paho
only reads and writes when told. Dialling blocks (name, TCP, TLS) and is done in a thread. The protocol is MQTT 3.1.1,
which every broker speaks, with a session that outlives the connection.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Sequence
from typing import Any, Protocol

import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from devices.settings import LineSettings

KEEPALIVE_SECONDS = 30
DIAL_SECONDS = 5.0
FAILED = 0x80  # from here on a granted quality of service is a refusal
LOST = "the connection was lost"
REFUSALS = {
    "Bad user name or password": "the broker refuses this user name or password: mend username and password",
    "Not authorized": "the broker refuses this user name or password, or this client: mend username and password",
    "Client identifier not valid": "the broker refuses this client_id: give the line another",
    "Server unavailable": "the broker says that it is unavailable",
}

log = structlog.get_logger("lines")


class Subscriber(Protocol):
    """Who is told what the broker says."""

    def connected(self, session_present: bool) -> None:
        """The broker has let us in. ``session_present``: it knows our subscriptions and what we have not had yet."""

    def granted(self, levels: Sequence[int]) -> None:
        """The quality of service of each topic asked for, ``FAILED`` or more for a refusal."""

    def arrived(self, topic: str, payload: bytes, mid: int | None, again: bool) -> None:
        """A message; ``mid`` is what it is acknowledged by, None when it wants none; ``again``: sent before."""


class Broker:
    """One connection; another needs another object."""

    def __init__(self, settings: LineSettings, loop: asyncio.AbstractEventLoop, subscriber: Subscriber):
        self.over: asyncio.Future[str] = loop.create_future()  # why it ended, in words
        self._settings, self._loop, self._subscriber = settings, loop, subscriber
        self.paused = False
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, settings.broker[2], clean_session=False, manual_ack=True,
            protocol=MQTTProtocolVersion.MQTTv311, reconnect_on_failure=False,
        )  # fmt: skip
        client.connect_timeout = DIAL_SECONDS
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message, client.on_subscribe = self._on_message, self._on_subscribe
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = client.on_socket_unregister_write = self._on_writing
        if settings.username:
            client.username_pw_set(settings.username, settings.password or None)

    async def attend(self) -> str:
        """Dial, and stay until the connection is over. Says why it is."""
        dialling = self._loop.run_in_executor(None, self._dial)
        try:
            await asyncio.shield(dialling)
        except asyncio.CancelledError:
            dialling.add_done_callback(lambda _: self.close())
            raise
        except (OSError, ValueError) as error:
            self.over.cancel()
            return _why(error)
        if not self.paused:
            self.resume()
        return await self.over

    def _dial(self) -> None:
        host, port, _ = self._settings.broker
        if self._settings.tls:
            self._client.tls_set_context(ssl.create_default_context(cafile=self._settings.tls_ca or None))
        self._client.connect(host, port, KEEPALIVE_SECONDS)

    def subscribe(self, topics: Sequence[str], qos: int) -> None:
        self._client.subscribe([(topic, qos) for topic in topics])

    def acknowledge(self, mid: int) -> None:
        self._client.ack(mid, 1)

    def tick(self) -> None:
        """To be called every second or so: the broker wants to hear that we live."""
        if self._socket is not None:
            self._guarded(self._client.loop_misc)

    def pause(self) -> None:
        self.paused = True
        if (sock := self._socket) is not None:
            self._loop.remove_reader(sock)

    def resume(self) -> None:
        self.paused = False
        if (sock := self._socket) is not None:
            self._loop.add_reader(sock, self._read)
            self._loop.call_soon(self._read)  # TLS may have taken more off the wire than was asked for

    def close(self, why: str = "closed") -> None:
        """Write what was acknowledged, say good-bye and go; the session stays with the broker."""
        self._end(why)
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
            self._client.loop_write()
        if (sock := self._socket) is not None:
            self._on_socket_close(self._client, None, sock)
            sock.close()

    # --- the socket -----------------------------------------------------------------------------------------------

    @property
    def _socket(self) -> Any:
        """While it is open; paho keeps hold of one that was closed under it."""
        sock = self._client.socket()
        return sock if sock is not None and sock.fileno() >= 0 else None

    def _read(self) -> None:
        sock = self._socket
        if sock is None or self.paused:
            return
        self._guarded(self._client.loop_read)
        if isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending():
            self._loop.call_soon(self._read)

    def _write(self) -> None:
        self._guarded(self._client.loop_write)

    def _guarded(self, work: Any) -> None:
        try:
            said = work()
        except Exception:
            log.exception("paho failed; the broker is called anew", line=self._settings.name)
            self.close("paho failed, see the gateway's log")
            return
        if said != MQTTErrorCode.MQTT_ERR_SUCCESS and self._client.socket() is None:
            self._end(LOST)

    def _on_writing(self, _client: Client, _data: Any, _sock: Any) -> None:
        """May be called in the thread that dials."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._steer)

    def _steer(self) -> None:
        sock = self._socket
        if sock is None:
            return
        if self._client.want_write():
            self._loop.add_writer(sock, self._write)
        else:
            self._loop.remove_writer(sock)

    def _on_socket_close(self, _client: Client, _data: Any, sock: Any) -> None:
        """Before the socket is closed, so that its number cannot be somebody else's by then."""
        if sock.fileno() >= 0:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)

    # --- what the broker says -------------------------------------------------------------------------------------

    def _on_connect(self, _client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _more: Any) -> None:
        if code.is_failure:
            self._end(REFUSALS.get(code.getName(), f"the broker refuses: {code.getName()}"))
        else:
            self._subscriber.connected(flags.session_present)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, code: ReasonCode, _more: Any) -> None:
        self._end(f"{LOST}: {code.getName().lower()}")

    def _on_subscribe(self, _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _more: Any) -> None:
        self._subscriber.granted([code.value for code in codes])

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "\ufffd"  # the protocol forbids it, and no broker passes it on
        self._subscriber.arrived(topic, bytes(message.payload), message.mid if message.qos else None, message.dup)

    def _end(self, why: str) -> None:
        if not self.over.done():
            self.over.set_result(why)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message}): set tls_ca to the CA that signed it"
    if isinstance(error, ssl.SSLError):
        return f"no TLS could be agreed on ({error.reason or error}): check tls, tls_ca and the port"
    if isinstance(error, socket.gaierror):
        return "nobody knows that name: mend host"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there: is the broker running, is the port right?"
    if isinstance(error, FileNotFoundError):
        return "tls_ca names no file"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
