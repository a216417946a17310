"""Starts gateways that are real processes but have done their imports already, so that fifty can be killed in seconds.

One line on stdin, ``CONFIG LOG WORDS…``, forks a process that runs the command line as ``app.py`` would; its pid is
answered on stdout.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import app


def born(config: str, out: str, words: list[str]) -> None:
    """The child: a session and a log file of its own, then the program itself."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    app.cli.main(["--config", config, *words], standalone_mode=True)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead here
    for line in sys.stdin:
        config, out, *words = line.split()
        child = os.fork()
        if child == 0:
            born(config, out, words)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
