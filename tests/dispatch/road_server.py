"""A small HTTP server in a process of its own that answers what real road engines answered, or behaves badly.

``python -m tests.dispatch.road_server`` prints its port. The first part of the path says how it behaves.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.dispatch.record_roads import ROADS

KEPT = {
    (one["method"], one["path"], one["body"]): (one["status"], one["answer"])
    for engine in ("osrm", "valhalla")
    for one in json.loads((ROADS / f"{engine}.json").read_text("utf-8"))
}
WHOLE = next(answer for (_, path, _), (_, answer) in KEPT.items() if path.startswith("/table/v1/bike"))


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _, manner, path = self.path.split("/", 2)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        print(f"{manner} {self.command}", file=sys.stderr, flush=True)
        getattr(self, f"as_{manner}")(f"/{path}", body)

    do_POST = do_GET

    def as_recorded(self, path: str, body: str) -> None:
        self._say(*KEPT.get((self.command, path, body), (404, "never recorded")))

    def as_hung(self, path: str, body: str) -> None:
        time.sleep(30)

    def as_slow_words(self, path: str, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(WHOLE)))
        self.end_headers()
        self._trickle(WHOLE.encode())

    def as_slow_headers(self, path: str, body: str) -> None:
        self._trickle(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(1000)))

    def as_garbage(self, path: str, body: str) -> None:
        self._say(200, "<html>It works!</html>")

    def as_no_http(self, path: str, body: str) -> None:
        self.wfile.write(b"\x00\xff" * 200)

    def as_odd_shape(self, path: str, body: str) -> None:
        self._say(200, '{"code": "Ok", "durations": {"0": []}, "sources": 5}')

    def as_short(self, path: str, body: str) -> None:
        told = json.loads(WHOLE)
        del told["durations"][-1], told["sources"][-1]
        self._say(200, json.dumps(told))

    def as_refused(self, path: str, body: str) -> None:
        self._say(400, '{"error_code": 171, "error": "No suitable edges near location"}')

    def as_broken(self, path: str, body: str) -> None:
        self._say(500, "out of memory")

    def as_endless(self, path: str, body: str) -> None:
        self._say(200, "9" * 3_000_000)

    def as_cut(self, path: str, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(WHOLE)))
        self.end_headers()
        self.wfile.write(WHOLE[:200].encode())

    def _say(self, status: int, answer: str) -> None:
        said = answer.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _trickle(self, said: bytes) -> None:
        for byte in said:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        """Standard error holds one line a question, and nothing else."""


@contextmanager
def road_server() -> Iterator[str]:
    """The process; gives its address, to which the manner is added as a path."""
    command = [sys.executable, "-m", "tests.dispatch.road_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    parent = os.getppid()
    server.timeout = 1
    while os.getppid() == parent:  # a test that was killed leaves no server behind
        server.handle_request()
