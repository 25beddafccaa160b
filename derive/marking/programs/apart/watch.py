"""Watches what a program tries: acts that no computation needs are refused in Python itself, and told.

This gives the sentence that a person reads.  What keeps a program in that works around Python is the kernel.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

_PROCESS = ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.", "pty.")
_NETWORK = ("socket.", "http.", "urllib.", "ftplib.", "smtplib.", "poplib.", "imaplib.", "telnetlib.", "nntplib.")
_CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.utime")
_ATTRIBUTES = ("os.chmod", "os.chown", "os.chflags", "os.lockf", "os.setxattr", "os.removexattr", "shutil.")
_ACTS = {
    "tried to start a process": _PROCESS,
    "tried to start a thread": ("_thread.start",),
    "tried to use the network": _NETWORK,
    "tried to write or change a file": (*_CHANGES, *_ATTRIBUTES, "tempfile."),
    "tried to send a signal to another process": ("os.killpg",),
    "tried to change its limits": ("resource.setrlimit", "resource.prlimit"),
    "tried to run machine code through ctypes": ("ctypes.",),
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_TOLD = 5  # attempts at most


class Refused(PermissionError):
    """An act that is not allowed; the message says which."""


class Watch:
    """An audit hook; ``tell`` gets a sentence for each kind of refused act, the first few times."""

    def __init__(self, readable: Sequence[str], forbidden: Sequence[str], tell: Callable[[str], None]) -> None:
        self._roots = tuple(readable)
        self._forbidden = frozenset(forbidden)
        self._tell = tell
        self._told: list[str] = []

    def begin(self) -> None:
        sys.addaudithook(self._heard)

    def _heard(self, event: str, details: tuple[Any, ...]) -> None:
        act = self.refused(event, details)
        if not act:
            return
        if act not in self._told and len(self._told) < _TOLD:
            self._told.append(act)
            self._tell(act)
        raise Refused(act)

    def refused(self, event: str, details: tuple[Any, ...]) -> str:
        """What an event says that is not allowed, in words; or nothing."""
        match event, details:
            case "open", (path, mode, flags):
                return self._opening(path, mode, flags)
            case "os.listdir" | "os.scandir", (path, *_):
                return self._reading(path, "list")
            case "import", (str(name), *_) if name.partition(".")[0] in self._forbidden:
                return f"tried to import {name}"
            case "os.kill", (pid, *_):
                return "" if pid == os.getpid() else "tried to send a signal to another process"
        return next((act for act, events in _ACTS.items() if event.startswith(events)), "")

    def _opening(self, path: object, mode: object, flags: object) -> str:
        writing = isinstance(mode, str) and not set("wax+").isdisjoint(mode)
        if isinstance(path, int):
            return ""
        if writing or (isinstance(flags, int) and flags & _WRITING):
            return "tried to write or change a file"
        return self._reading(path, "read")

    def _reading(self, path: object, how: str) -> str:
        if isinstance(path, int):
            return ""
        name = os.fsdecode(path) if isinstance(path, str | bytes) else "."
        real = os.path.realpath(name)
        inside = any(real == root or real.startswith(root + os.sep) for root in self._roots)
        return "" if inside else f"tried to {how} {name[-100:]}"
