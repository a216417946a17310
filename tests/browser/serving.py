"""Servers in this process for a browser: an application of ours, or nothing but the files that its pages load."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from callcenter.pages.assets import STATIC


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address it listens at."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with _running(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def files() -> Iterator[str]:
    """The address of ``static/``: what stands there at ``/js`` stands in a centre at ``/static/js``."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(STATIC)))
    with _running(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def _running(server: BaseServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None: ...
