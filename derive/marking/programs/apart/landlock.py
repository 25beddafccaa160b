"""Which files a process may read, kept by the kernel (Linux, Landlock): some, and no other; none may be written."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, by the same numbers on every machine
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights on files each version of Landlock knows
_BENEATH = 1
_O_PATH = getattr(os, "O_PATH", 0)


def read_only(libc: ctypes.CDLL, readable: Iterable[str]) -> bool:
    """Leave this process nothing of the file system but reading these files and folders; whether the kernel does."""
    version = int(libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1))
    if version < 1:
        return False
    files = (1 << max(count for since, count in _RIGHTS.items() if since <= version)) - 1
    network = 0b11 if version >= 4 else 0  # bind and connect, with TCP
    scopes = 0b11 if version >= 6 else 0  # abstract sockets, and signals to processes outside
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    record = struct.pack("<QQQ", files, network, scopes)[:size]
    rules = int(libc.syscall(_CREATE, record, ctypes.c_size_t(size), 0))
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(libc, rules, path)
        return int(libc.syscall(_RESTRICT, rules, 0)) == 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    """Allow a file or all of a folder to be read; one that is not there is passed over."""
    try:
        place = os.open(path, _O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | _READ_FOLDER if os.path.isdir(path) else _READ_FILE
        libc.syscall(_ADD, rules, _BENEATH, struct.pack("<Qi", rights, place), 0)
    finally:
        os.close(place)
