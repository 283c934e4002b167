"""Processes that tests kill: forked from one that has imported the program, which takes longer than they live."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import IO

from tests.rules.repository import ROOT

_ENDED = "-- ended --"
_SERVER = f"""
import json, os, sys, traceback
import data.ingest, data.ingest.jobs, data.store, data.truth, data.unfinished, data.watch

for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        print(os.getpid(), flush=True)
        os.environ.update(order["variables"])
        sys.argv = ["-c", *order["arguments"]]
        try:
            exec(order["program"], {{"__name__": "__main__"}})
        except BaseException:
            traceback.print_exc(file=sys.stdout)
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(pid, 0)
    print("{_ENDED}", flush=True)
"""


@dataclass
class Forked:
    """A process and what it says, line by line."""

    pid: int
    _says: IO[str]
    _is_over: bool = False

    def said(self) -> str:
        """Its next line; nothing once it has ended."""
        line = "" if self._is_over else self._says.readline()
        self._is_over = line in ("", f"{_ENDED}\n")
        return "" if self._is_over else line

    def kill(self) -> None:
        """End it at once, as a power cut would; on a quick machine it may be over already."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def rest(self) -> str:
        """Everything else that it says, until it has ended."""
        return "".join(iter(self.said, ""))


@contextmanager
def forked(program: str, *arguments: object, **variables: str) -> Iterator[Forked]:
    """Run a program in a process of its own, one at a time; it is over when this is left."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    order = {"program": program, "arguments": [str(argument) for argument in arguments], "variables": variables}
    server.stdin.write(f"{json.dumps(order)}\n")
    server.stdin.flush()
    process = Forked(int(server.stdout.readline()), server.stdout)
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        process.rest()


@cache
def _server() -> subprocess.Popen[str]:
    """The process that others are forked from: it only imports and opens nothing, so each of them starts clean."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(server.communicate)
    return server
