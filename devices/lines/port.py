"""One serial port, from opening to loss. The only place that imports pyserial.

pyserial opens and configures the port; reading and writing is done here with ``poll``. Its own read and write use
``select``, which fails on descriptors above 1023, and a gateway with a thousand connections has those.
"""

import os
import select
import threading
import time

import serial

from devices.settings import LineSettings

PIECE = 512  # bytes taken at once
WRITE_SECONDS = 2.0
PARITY = {
    "none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD, "mark": serial.PARITY_MARK,
    "space": serial.PARITY_SPACE,
}  # fmt: skip


class Port:
    """Every method may raise ``OSError`` (pyserial's own errors are such), which means that the port has gone."""

    def __init__(self, settings: LineSettings):
        self._name = settings.device
        self._serial = serial.Serial(
            None, settings.baud, settings.bytesize, PARITY[settings.parity], settings.stopbits,
            xonxoff=settings.xonxoff, rtscts=settings.rtscts, exclusive=True,
        )  # fmt: skip
        self._serial.port = settings.device
        if settings.dtr is not None:
            self._serial.dtr = settings.dtr
        if settings.rts is not None:
            self._serial.rts = settings.rts
        self._serial.open()
        self._fd: int = self._serial.fileno()
        os.set_blocking(self._fd, False)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        # Closing while another thread writes would let its bytes go to whoever is given the same descriptor next.
        self._in_use = threading.Lock()
        self._waking = threading.Lock()  # its own, so that the event loop never waits for a port that blocks
        self._closed = False

    def read(self, seconds: float) -> bytes:
        """What has arrived; empty when nothing did in this time, or after ``interrupt``."""
        ready = select.poll()
        ready.register(self._fd, select.POLLIN)
        ready.register(self._wake, select.POLLIN)
        if self._fd not in dict(ready.poll(1000 * seconds)):
            return b""
        data = os.read(self._fd, PIECE)
        if not data:
            raise OSError("the device has hung up")
        return data

    def moved(self) -> bool:
        """Does the name (a link under /dev/serial/by-id) stand for another port by now?"""
        try:
            return os.stat(self._name).st_rdev != os.fstat(self._fd).st_rdev  # noqa: PTH116
        except OSError:  # no such name any more: as long as the port itself works, it is used
            return False

    def write(self, data: bytes) -> bool:
        """False when the port would not take it in time, or has gone."""
        with self._in_use:
            until = time.monotonic() + WRITE_SECONDS
            try:
                while data and not self._closed and time.monotonic() < until:
                    data = data[self._write_some(data, until) :]
            except OSError:
                return False
            return not data

    def _write_some(self, data: bytes, until: float) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            ready = select.poll()
            ready.register(self._fd, select.POLLOUT)
            ready.poll(1000 * max(0.0, until - time.monotonic()))
            return 0

    def interrupt(self) -> None:
        """Let a thread out of ``read``, now and from now on."""
        with self._waking:
            if not self._closed:
                os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        with self._in_use, self._waking:
            if not self._closed:
                self._closed = True
                self._serial.close()
                os.close(self._wake)
