"""How processes run: the one room that knows eventlet and gevent, and the one that keeps children alive.

A web process is made of greenlets, so ``patch`` must be the first thing it does. Everything else asks this module for
what differs: ``serve``, ``offload``, ``breathe``.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

MODES = ("eventlet", "gevent", "threading")
_mode = "threading"


# --- inside one process ------------------------------------------------------------------------------------------


def patch(mode: str) -> None:
    """Make this process cooperative. Call before anything else is imported that opens sockets or locks."""
    global _mode
    _mode = mode
    if mode == "eventlet":
        os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"  # psycopg 3 waits in C otherwise, and freezes every greenlet
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # eventlet says at every start that it is in maintenance; the README says it
            import eventlet

            eventlet.monkey_patch()
    elif mode == "gevent":
        from gevent import monkey

        monkey.patch_all()


def serve(application: Any, listener: socket.socket) -> None:
    """Serve a WSGI application on a listening socket until the process is told to stop."""
    if _mode == "eventlet":
        import eventlet
        import eventlet.wsgi

        green = eventlet.greenio.GreenSocket(listener)
        eventlet.wsgi.server(green, application, log_output=False, max_size=4096, socket_timeout=60)
    elif _mode == "gevent":
        from gevent.pywsgi import WSGIServer

        WSGIServer(listener, application, log=None).serve_forever()
    else:
        from werkzeug.serving import make_server

        host, port = listener.getsockname()[:2]
        make_server(host, port, application, threaded=True, fd=listener.fileno()).serve_forever()


class AddressTaken(Exception):
    """Another program has the address, or the machine has no such address."""


def listen(host: str, port: int, shared: bool = False) -> socket.socket:
    """A listening socket; ``shared`` lets several web processes have one port. Small packets leave at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressTaken(
            f"cannot listen on {host}:{port} ({error.strerror}): stop what is there, or change [server]"
        ) from error
    listener.listen(1024)
    return listener


def offload(work: Callable[..., Any], *values: Any) -> Any:
    """Run a slow C call that takes no lock and writes no log where it holds up nobody (password hashes)."""
    if _mode == "eventlet":
        from eventlet import tpool

        return tpool.execute(work, *values)
    if _mode == "gevent":
        from gevent import get_hub

        return get_hub().threadpool.apply(work, values)
    return work(*values)


def breathe() -> None:
    """In long work of a web process: let the others run."""
    time.sleep(0)


# --- over several processes --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Child:
    """One process to keep alive. ``health`` says whether it does its work; when not for ``patience`` seconds, it is
    ended and started again."""

    name: str
    command: Sequence[str]
    health: Callable[[], bool] | None = None
    patience: float = 30.0
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    answered: float = 0.0
    nap: float = 0.25
    start_at: float = 0.0


def supervise(children: Sequence[Child], say: Callable[[str], None], stop_seconds: float = 10.0) -> None:
    """Start every child, start again what dies or freezes, stop all on SIGTERM or SIGINT."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        for child in children:
            _look_after(child, say, time.monotonic())
        time.sleep(0.2)
    for child in children:
        if child.process and child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + stop_seconds
    for child in children:
        _end(child, deadline)


def _start(child: Child, now: float) -> None:
    # A session of its own, so that Ctrl-C reaches only us and we end the children in order; and should we be killed,
    # the kernel tells them, so that no orphan keeps a port.
    child.process = subprocess.Popen(child.command, start_new_session=True, preexec_fn=_die_with_parent)
    child.born = child.answered = now


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, Linux only


def _look_after(child: Child, say: Callable[[str], None], now: float) -> None:
    if child.process is None:
        if now >= child.start_at:
            _start(child, now)
    elif child.process.poll() is not None:
        child.nap = 0.25 if now - child.born > 10 else min(child.nap * 2, 5.0)
        say(f"{child.name} ended ({child.process.returncode}); starting it again in {child.nap:g} s")
        child.process, child.start_at = None, now + child.nap
    elif child.health and now - child.answered > child.patience / 3:
        if _healthy(child):
            child.answered = now
        elif now - child.answered > child.patience:
            say(f"{child.name} has not answered for {child.patience:g} s; starting it again")
            child.process.kill()


def _healthy(child: Child) -> bool:
    """When nobody can tell (the store is away), the child is left alone: it waits for the same store."""
    try:
        return child.health is None or child.health()
    except Exception:
        return True


def answers(host: str, port: int) -> bool:
    """One short look at a web process's ``/healthz``. A frozen process keeps us at most a second."""
    try:
        with socket.create_connection((host, port), 1.0) as probe:
            probe.settimeout(1.0)
            probe.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return b" 200 " in probe.recv(64)
    except OSError:
        return False


def _end(child: Child, deadline: float) -> None:
    if child.process is None:
        return
    try:
        child.process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            child.process.kill()
        child.process.wait()


def python(*words: str) -> list[str]:
    """The command line of this program with other words."""
    return [sys.executable, *words]


def mode_wanted(words: Sequence[str]) -> str:
    """The runtime a web process is to have, read before anything is imported that must be patched.

    Only looks; a wrong configuration is told properly once the program has started.
    """
    path = next((words[i + 1] for i, w in enumerate(words[:-1]) if w == "--config"), "config.toml")
    try:
        found = tomllib.loads(Path(path).read_text("utf-8")).get("server", {}).get("async_mode", "eventlet")
    except (OSError, ValueError, AttributeError):
        found = "eventlet"
    found = os.environ.get("ANXIN_SERVER__ASYNC_MODE", found)
    return found if found in MODES else "eventlet"
