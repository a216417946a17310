"""A pretend Sur-Gard receiver: many homes' diallers ring it, and it passes them on one by one over TCP or a real pty.

The pty's far end gets the name the line's settings give as ``device``, as a symbolic link, so that the gateway opens it
with pyserial like any serial port. A real port of that name is never touched.
"""

import asyncio
import os
import tty
from dataclasses import replace
from pathlib import Path

from devices.codecs import surgard
from devices.simulator import wording
from devices.simulator.dialler import ACKNOWLEDGED, AGAIN, Cable, Patience, deliver
from devices.simulator.tally import Tally
from devices.simulator.workload import Happening

ACK = b"\x06"
RETRY_SECONDS = 4.0  # MLR2-DG manual p. 43


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
        self._heard.put_nowait(os.read(self._master, 4096))

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


class SocketCable:
    """A receiver on the network: the same bytes over TCP."""

    def __init__(self, host: str, port: int):
        self._place = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes) -> None:
        if not self._streams or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(*self._place)
        self._streams[1].write(data)

    async def hear(self) -> bytes:
        if not self._streams or not (data := await self._streams[0].read(4096)):
            raise ConnectionError("the line hung up")
        return data

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None

    unplug = close


class Receiver:
    def __init__(self, cable: PtyCable | SocketCable, patience: Patience, tally: Tally):
        self._cable: Cable = cable
        self.unplug = cable.unplug
        self._patience = replace(patience, retry=min(RETRY_SECONDS, patience.retry))
        self._tally = tally
        self._line = asyncio.Lock()

    async def report(self, happening: Happening) -> float | None:
        """Pass it on; seconds until it was acknowledged, or None when it never was. One at a time."""
        async with self._line:
            return await self._deliver(wording.surgard_frame(happening), self._patience)

    async def beat(self) -> bool:
        """The receiver's own sign of life."""
        async with self._line:
            return await self._deliver(surgard.write_heartbeat(), replace(self._patience, attempts=1)) is not None

    async def _deliver(self, frame: bytes, patience: Patience) -> float | None:
        return await deliver(self._cable, lambda: frame, self._answer, patience, self._tally)

    async def _answer(self) -> str:
        return ACKNOWLEDGED if ACK in await self._cable.hear() else AGAIN
