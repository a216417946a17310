"""How the gateway and the clock live: what they start, how they stop, what may fail without ending them."""

import asyncio
import contextlib
import gc
import io
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import structlog

from callcenter import runtime
from callcenter.courier import Courier
from callcenter.gateway import Gateway
from callcenter.rules.times import seconds_between, stamp
from callcenter.settings import Server
from callcenter.store.cases import Cases
from callcenter.store.database import Database, StoreLocked, StoreUnavailable
from callcenter.store.orders import OrderBook
from devices.lines import open_lines
from devices.settings import LineSettings

log = structlog.get_logger("anxin")
SIGNALS = (signal.SIGTERM, signal.SIGINT)
PROBE_SECONDS = 1.0  # who looks after all must not wait long for a lock that one of them holds
SILENT_SECONDS = 6.0  # the gateway and the clock say every two seconds that they live
LATE_SECONDS = 5.0  # without one whole turn for so long the clock is not up
SWITCH_SECONDS = 0.0005  # the writer must not wait 5 ms for its turn while the loop is busy with a flood


def run_all(words: Sequence[str], server: Server, cases: Cases, with_demo: bool, with_exchange: bool = False) -> None:
    """Every process of the centre, each started again when it dies or freezes. ``words`` begin their command lines."""

    def lives(name: str) -> Callable[[], bool]:
        return lambda: _lives(name, cases)

    cases.database.patience_seconds = PROBE_SECONDS
    cases.database.watch()
    host = "127.0.0.1" if server.host == "0.0.0.0" else server.host
    answers = lambda: runtime.answers(host, server.port)  # noqa: E731
    probe = answers if server.webs == 1 else None  # of several on one port nobody knows which one answers
    patience = server.frozen_after_seconds
    children = [runtime.Child(name, [*words, name], lives(name), patience) for name in ("gateway", "dispatcher")]
    if with_exchange:
        children.append(runtime.Child("telephone", [*words, "telephone"], lives("exchange"), patience))
    else:
        cases.forget_exchange()
    for number in range(server.webs):
        children.append(runtime.Child(f"web:{number + 1}", [*words, "web"], probe, patience))
    if with_demo:
        children.append(runtime.Child("simulator", [*words, "simulate", "--quiet"]))
    runtime.supervise(children, lambda text: log.warning(text))


def _lives(name: str, cases: Cases) -> bool:
    """Has this process said lately that it lives? One that only cannot write, for the disk is full, is left alone."""
    now = stamp(datetime.now(UTC))
    said = next((row["at"] for row in cases.signs_of_life() if row["name"] == name), now)
    if abs(seconds_between(said, now)) < SILENT_SECONDS:
        return True
    try:
        cases.show_life("run", now)
    except StoreLocked:  # by somebody frozen; a full disk is nobody's fault
        return False
    except StoreUnavailable:
        return True
    return False


def run_gateway(gateway: Gateway, lines: Sequence[LineSettings]) -> None:
    """Bytes to acknowledgements, until a signal: what has arrived by then is still kept."""
    sys.setswitchinterval(SWITCH_SECONDS)

    async def serve() -> None:
        stop = asyncio.Event()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        gateway.cases.forget_lines([f"line:{line.name}" for line in lines])
        opened = await open_lines(lines, gateway.keyring, gateway)
        gateway.deliver = opened.deliver
        gateway.cases.database.watch()
        gateway.start()
        courier = Courier(gateway.intake.log, OrderBook(gateway.cases.database), opened.order, gateway.clock)
        courier.start()
        log.info("gateway is listening", lines=[line.name for line in lines])
        await stop.wait()
        await asyncio.to_thread(courier.stop)  # it hands its orders to this loop
        await opened.close()

    gc.collect()
    gc.freeze()  # what was loaded stays: looking through it again and again would hold up a press for 50 ms
    asyncio.run(serve())
    gateway.stop()


def safely(work: Callable[[], Any]) -> Callable[[], bool]:
    """Work of the clock that says whether it went well: one part's failure must not keep the others from their turn."""

    def done() -> bool:
        try:
            work()
        except StoreUnavailable as error:
            log.error("store unavailable", error=str(error)[:200])
        except Exception:
            log.exception("a tick failed")
        else:
            return True
        return False

    return done


class Turns:
    """The parts of one tick, in order. ``state`` is ``up`` only while whole turns go well."""

    def __init__(self, *parts: Callable[[], Any]):
        self.parts, self.went_at = [safely(part) for part in parts], time.monotonic()

    def __call__(self) -> None:
        went = [part() for part in self.parts]  # each has its turn, whatever became of the one before
        if all(went):
            self.went_at = time.monotonic()

    @property
    def state(self) -> str:
        return "up" if time.monotonic() - self.went_at < LATE_SECONDS else "down"


def wait_for_stop(database: Database) -> None:
    """Looks meanwhile whether the database answers.

    Not ``sigwait``: the kernel may give a signal to any thread; where it is not waited for, it ends us at once.
    """
    database.watch()
    stop = threading.Event()
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


class Stderr(io.TextIOBase):
    """Where the log of a process goes. A full disk must stop the acknowledging, but never the one who tries again."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()


def speak_plainly() -> None:
    """One line a fact, key=value, on stderr; other libraries only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # A ring that finds the last turn still at work is left out, and the next looks at all that is due; a dispatcher
    # that stays behind is told by ``Turns.state`` to everybody.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Stderr())),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
