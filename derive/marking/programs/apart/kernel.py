"""What the system itself keeps from a process: limits, a network of its own, no gaining of privileges."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable, Mapping

from derive.marking.programs.apart.landlock import read_only
from derive.marking.programs.apart.seccomp import filter_calls

_DIE_WITH_PARENT, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38  # of prctl
_NEW_USER, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000  # of unshare
_CAPABILITIES_3 = 0x20080522
_SUPERUSER = os.geteuid() == 0  # looked at first, as a namespace hides it


def libc() -> ctypes.CDLL | None:
    """The C library, on Linux."""
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def step_aside() -> list[str]:
    """Leave the network and the parent's privileges; what of that the kernel grants.  One thread may be running."""
    library = libc()
    got: list[str] = []
    if library is None:
        return got
    library.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if library.unshare(_NEW_USER | _NEW_NETWORK | _NEW_IPC) == 0:
        got.append("no network, and no rights over other processes (namespaces)")
    return got


def set_limits(limits: Mapping[str, int]) -> list[str]:
    """Limit time, memory, files and processes from here on; which limits the system took."""
    seconds = limits["seconds"]
    wanted = {
        "processor time": ("RLIMIT_CPU", (seconds, seconds + 1)),
        "memory": ("RLIMIT_AS", (limits["memory"] + _in_use(),) * 2),
        "file size": ("RLIMIT_FSIZE", (0, 0)),
        "open files": ("RLIMIT_NOFILE", (limits["files"],) * 2),
        "processes": ("RLIMIT_NPROC", (0, 0)),
    }
    _limited("RLIMIT_CORE", (0, 0))
    return [f"limit of {told}" for told, (name, pair) in wanted.items() if _limited(name, pair)]


def _limited(name: str, pair: tuple[int, int]) -> bool:
    number = getattr(resource, name, None)
    if number is None or (name == "RLIMIT_NPROC" and _SUPERUSER):  # whom it does not bind
        return False
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, pair)
        return True
    return False


def _in_use() -> int:
    """Bytes of address space that are taken before the program begins."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def lock(readable: Iterable[str]) -> list[str]:
    """Give up, for good, all that a computation does not need; what of that the kernel keeps."""
    library = libc()
    got: list[str] = []
    if library is None or library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return got
    library.prctl(_DUMPABLE, 0, 0, 0, 0)
    _drop_capabilities(library)
    if read_only(library, readable):
        got.append("reads only Python and NumPy (Landlock)")
    if filter_calls(library):
        got.append("no processes, sockets or writing (seccomp)")
    return got


def _drop_capabilities(library: ctypes.CDLL) -> None:
    library.capset(struct.pack("<Ii", _CAPABILITIES_3, 0), bytes(24))
