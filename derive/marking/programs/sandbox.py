"""Runs an untrusted program in a process of its own, which gives back plain arrays and can do nothing else.

The process gets the program and the arrays to call it with; what is right never enters it.  It closes itself in before
the program begins (``apart``); time, printing and the amount given back are limited from here.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from derive.marking.programs.apart.wire import Array, WireError, packed, unpacked
from derive.marking.programs.process import Finished, finished

_SOURCE = 1 << 20  # bytes of a program
_ATTEMPTS = 5  # that are told
_NO_RESULTS = "sent something else than its results"
_SHOWN = 300  # characters of what a program says of itself
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # without which some installations of Python do not start
# The packages are made by hand, so that none of Derive is imported but what runs inside.
_BOOT = """
import sys, types
root = sys.argv.pop(1)
for name in ("derive", "derive.marking", "derive.marking.programs"):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = ["/".join([root, *name.split(".")[1:]])]
from derive.marking.programs.apart.child import main
main()
"""


@dataclass(frozen=True)
class Limits:
    """What a program may take: seconds for all calls together, bytes of memory, of what it gives back, open files."""

    seconds: float = 10.0
    memory: int = 1 << 30
    results: int = 64 << 20
    files: int = 64


@dataclass(frozen=True)
class Call:
    """What a program's function is called with: ``given`` always, of ``offered`` what it asks for by name.

    Values are arrays and Python numbers; ``functions`` are expressions of an array ``x`` in NumPy.
    """

    given: Mapping[str, Any]
    offered: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ran:
    """What came of a program.

    values       the arrays of each call, until it failed
    failure      why it did not come to its end, in words that follow the program's name; else empty
    unknown      the argument that it asks for and nobody knows, where that is the failure
    attempts     what it tried that is not allowed
    printed      the beginning of what it printed
    protections  what kept it in
    """

    values: tuple[Mapping[str, Array], ...] = ()
    failure: str = ""
    unknown: str = ""
    attempts: tuple[str, ...] = ()
    printed: str = ""
    protections: tuple[str, ...] = ()


def protections() -> tuple[str, ...]:
    """What this machine's system keeps a program from, in words."""
    return run(b"def backward(): return {}", ()).protections


def run(source: bytes, calls: Sequence[Call], limits: Limits | None = None) -> Ran:
    """Call the function ``backward`` of a program with each of the arguments, one after another.

    Always returns, within the limits and the time that a process takes to start; leaves nothing running or on disk.
    """
    limits = limits or Limits()
    if os.name != "posix":
        return Ran(failure="was not run: programs are run apart on Linux and macOS only")
    if len(source) > _SOURCE:
        return Ran(failure=f"is larger than {_amount(_SOURCE)}")
    root, site = Path(__file__).parents[2], Path(np.__file__).parents[1]
    command = [sys.executable, "-I", "-S", "-B", "-c", _BOOT, os.fspath(root), os.fspath(site)]
    environment = _ENVIRONMENT | {name: os.environ[name] for name in _LOADER if name in os.environ}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile() as request:
        request.writelines(_request(source, calls, limits))
        request.seek(0)
        most = limits.results + (1 << 20)
        ended = finished(command, folder, environment, request, limits.seconds, most)
    return _understood(ended, len(calls), limits)


def _request(source: bytes, calls: Sequence[Call], limits: Limits) -> Iterator[bytes]:
    limited = {"seconds": int(limits.seconds) + 1, "memory": limits.memory, "files": limits.files}
    words = {"limits": {**limited, "results": limits.results}, "calls": len(calls), "forbidden": ["derive"]}
    yield packed(words, {"source": np.frombuffer(source, np.uint8)})
    for call in calls:
        numbers, arrays = _sorted_out(call.given)
        others, offered = _sorted_out({n: v for n, v in call.offered.items() if n not in call.given})
        words = {"numbers": numbers, "others": others, "offered": list(offered), "functions": dict(call.functions)}
        yield packed(words, {**arrays, **offered})


def _sorted_out(values: Mapping[str, Any]) -> tuple[dict[str, int | float], dict[str, Array]]:
    """Python numbers, and arrays."""
    numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
    return numbers, {name: value for name, value in values.items() if name not in numbers}


def _understood(ended: Finished, calls: int, limits: Limits) -> Ran:
    """What a process sent, believed as far as it is well made: a program may have written there itself."""
    values: list[Mapping[str, Array]] = []
    attempts: list[str] = []
    kept: tuple[str, ...] = ()
    failure, unknown, at = "", "", 0
    while at < len(ended.sent) and not failure:
        try:
            words, arrays, at = unpacked(ended.sent, at)
        except WireError:
            failure = "" if ended.stopped or ended.code < 0 else _NO_RESULTS
            break
        match words:
            case {"ready": list(said)} if not kept:
                kept = tuple(map(str, said))
            case {"attempt": str(act)} if len(attempts) < _ATTEMPTS:
                attempts.append(_plain(act))
            case {"values": True} if len(values) < calls:
                values.append(arrays)
            case {"failed": str(told), "unknown": str(name)}:
                failure, unknown = _plain(told), _plain(name)
            case _:
                failure = _NO_RESULTS
    failure = failure.replace("used too much memory", f"used more than {_amount(limits.memory)} of memory")
    failure = failure.replace("gave back too much", _too_much(limits))
    failure = _stopped(ended, limits) or failure
    if not failure and len(values) < calls:
        failure = _unfinished(ended, bool(kept))
    return Ran(tuple(values), failure, unknown, tuple(attempts), _plain(ended.printed.decode(errors="replace")), kept)


def _stopped(ended: Finished, limits: Limits) -> str:
    """Why the process had to be stopped, if it had."""
    if ended.stopped == "time" or ended.code == -signal.SIGXCPU:
        return f"stopped after {limits.seconds:g} s"
    return _too_much(limits) if ended.stopped == "amount" else ""


def _too_much(limits: Limits) -> str:
    return f"gave back more than {_amount(limits.results)}"


def _unfinished(ended: Finished, begun: bool) -> str:
    """How a process ended that did not answer."""
    if not begun:
        lines = ended.printed.decode(errors="replace").strip().splitlines()
        return f"could not be started: {_plain(lines[-1] if lines else 'no reason is given')}"
    if ended.code >= 0:
        return f"ended the program without an answer (exit code {ended.code})"
    try:
        name = f" ({signal.Signals(-ended.code).name})"
    except ValueError:
        name = ""
    return f"ended with signal {-ended.code}{name}"


def _amount(size: int) -> str:
    unit, name = next(((u, n) for u, n in ((1 << 30, "GiB"), (1 << 20, "MiB")) if size >= u), (1 << 10, "KiB"))
    return f"{size / unit:.3g} {name}"


def _plain(text: str) -> str:
    """A program's own words without what a terminal would take for an order, and not too long."""
    shown = "".join(c if c.isprintable() or c == "\n" else "?" for c in text[:_SHOWN])
    return shown.strip() + ("…" if len(text) > _SHOWN else "")
