"""What carries a pretend unit's bytes: TCP, UDP, or the far end of a pretend serial port.

The pty's far end gets the name the line's settings give as ``device``, as a symbolic link, so that the gateway opens it
with pyserial like any serial port. A real port of that name is never touched.
"""

import asyncio
import os
import tty
from pathlib import Path
from typing import Protocol

LONGEST_REPLY = 4096


class Cable(Protocol):
    """``send`` connects when needed; ``send`` and ``hear`` may raise ``OSError``."""

    async def send(self, data: bytes) -> None: ...

    async def hear(self) -> bytes:
        """What comes back next: one whole reply, where the carrier can tell."""

    def close(self) -> None:
        """Something went wrong, or it is over: the next ``send`` begins anew."""

    def unplug(self) -> None:
        """It is over for good."""


class TcpCable:
    """``reply_ends`` is the byte that every reply ends with."""

    def __init__(self, host: str, port: int, reply_ends: bytes):
        self._place, self._reply_ends = (host, port), reply_ends
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes) -> None:
        if not self._streams or self._streams[0].at_eof() or self._streams[1].is_closing():
            self.close()
            self._streams = await asyncio.open_connection(*self._place, limit=LONGEST_REPLY)
        self._streams[1].write(data)

    async def hear(self) -> bytes:
        if not self._streams:
            raise ConnectionError("not connected")
        try:
            return await self._streams[0].readuntil(self._reply_ends)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the line hung up") from error

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None

    unplug = close


class UdpCable(asyncio.DatagramProtocol):
    def __init__(self, host: str, port: int):
        self._place = (host, port)
        self._replies: asyncio.Queue[bytes] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None

    async def send(self, data: bytes) -> None:
        if not self._transport:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self._place)
        self._transport.sendto(data)

    async def hear(self) -> bytes:
        return await self._replies.get()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._replies.put_nowait(data)

    def close(self) -> None:
        if self._transport:
            self._transport.close()
        self._transport = None

    unplug = close


class PtyCable:
    """The master side of a pty whose slave is called ``device``."""

    def __init__(self, device: str):
        self._name = Path(device)
        if self._name.exists() and not self._name.is_symlink():
            raise ValueError(f"{device} exists and is no pretend port: give the line a device path that is free")
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # we keep the slave open, so nothing is lost while the gateway is away
        os.set_blocking(self._master, False)
        self._name.parent.mkdir(parents=True, exist_ok=True)
        self._name.unlink(missing_ok=True)
        self._name.symlink_to(os.ttyname(self._slave))
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        self._heard.put_nowait(os.read(self._master, LONGEST_REPLY))

    async def send(self, data: bytes) -> None:
        while not self._heard.empty():  # answers to earlier copies
            self._heard.get_nowait()
        os.write(self._master, data)  # a full line is a BlockingIOError: nobody reads, so it is tried again later

    async def hear(self) -> bytes:
        return await self._heard.get()

    def close(self) -> None:
        """A cable is not pulled because one answer failed to come; see ``unplug``."""

    def unplug(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        if self._name.is_symlink() and str(self._name.readlink()) == os.ttyname(self._slave):
            self._name.unlink()
        os.close(self._master)
        os.close(self._slave)
