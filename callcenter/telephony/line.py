"""The socket to the exchange: dials it, sends, and waits a moment for what it says. Every failure is an ``OSError``."""

import socket

CONNECT_SECONDS = 4.0
PIECE = 65_536


class Line:
    """One TCP connection, opened with the object."""

    def __init__(self, host: str, port: int):
        self._socket = socket.create_connection((host, port), CONNECT_SECONDS)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def send(self, data: bytes) -> None:
        if data:
            self._socket.settimeout(CONNECT_SECONDS)
            self._socket.sendall(data)

    def hear(self, seconds: float) -> bytes:
        """What came within so long; empty when nothing did. Raises ``ConnectionError`` when the other side ends it."""
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(PIECE)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the exchange has ended the connection")
        return data

    def close(self) -> None:
        self._socket.close()
