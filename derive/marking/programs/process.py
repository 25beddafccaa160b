"""Runs a command for a limited time, reads what it sends and prints as far as a limit, and kills all that is left."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Literal

_START = 60.0  # seconds until the process is ready, which a busy machine may take
_LOOK = 0.05  # seconds after which it is looked whether the process has ended, though its pipes are open
_PRINTED = 1 << 14  # bytes of what is printed that are kept
_CHUNK = 1 << 16

Stopped = Literal["", "time", "amount"]


@dataclass(frozen=True)
class Finished:
    """What a process sent and printed, its exit code (minus the number of a signal), and why it was stopped."""

    sent: bytes
    printed: bytes
    code: int
    stopped: Stopped


def finished(
    command: Sequence[str], folder: str, environment: Mapping[str, str], given: IO[bytes], seconds: float, most: int
) -> Finished:
    """Run a command until it ends, ``seconds`` after it first sent something, or when it sent more than ``most`` bytes.

    The number of the file on which it is to send is put behind the command.  ``given`` is its standard input.
    """
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as results:
        try:
            process = subprocess.Popen(
                [*command, str(writing)],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=dict(environment),
                pass_fds=(writing,),
                start_new_session=True,
            )
        finally:
            os.close(writing)
        with _to_the_end(process) as printing:
            sent, printed, stopped = _heard(process, results.fileno(), printing.fileno(), seconds, most)
    return Finished(sent, printed, process.returncode, stopped)


@contextmanager
def _to_the_end(process: subprocess.Popen[bytes]) -> Iterator[IO[bytes]]:
    """What the process prints; in the end the whole group is killed, also what a process that has ended left behind."""
    assert process.stdout is not None
    with process.stdout as printing:
        try:
            yield printing
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # it is waited for only afterwards, so the number is still its
            process.wait()


def _heard(
    process: subprocess.Popen[bytes], results: int, printing: int, seconds: float, most: int
) -> tuple[bytes, bytes, Stopped]:
    """What the process sends and prints until it ends or is to be stopped."""
    kept = {results: bytearray(), printing: bytearray()}
    deadline, ready, ended = time.monotonic() + _START, False, False
    with selectors.DefaultSelector() as selector:
        for number in kept:
            os.set_blocking(number, False)
            selector.register(number, selectors.EVENT_READ)
        while True:
            events = selector.select(0.0 if ended else _LOOK) if selector.get_map() else []
            for key, _ in events:
                data = os.read(key.fd, _CHUNK)
                kept[key.fd] += data if key.fd == results else data[: _PRINTED - len(kept[printing])]
                if not data:
                    selector.unregister(key.fd)
            if kept[results] and not ready:
                deadline, ready = time.monotonic() + seconds, True
            if len(kept[results]) > most:
                return b"", bytes(kept[printing]), "amount"
            if ended and not events:
                return bytes(kept[results]), bytes(kept[printing]), ""
            if time.monotonic() > deadline:
                return bytes(kept[results]), bytes(kept[printing]), "time"
            ended = _has_ended(process, 0.0 if selector.get_map() else _LOOK)


def _has_ended(process: subprocess.Popen[bytes], patience: float) -> bool:
    """Whether it has, looked at without taking note of it: its number stays its own as long as it is not waited for."""
    time.sleep(patience)
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
