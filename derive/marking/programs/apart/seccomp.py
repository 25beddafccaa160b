"""A filter of system calls: what a program needs that only computes, and nothing else (Linux, seccomp-BPF).

Calls that are not listed fail with EPERM: starting processes and threads, running programs, sockets, making and
removing files, signals to others, and whatever a later kernel adds.  Files may be opened for reading only.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator, Sequence
from types import MappingProxyType

_Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of the classic Berkeley packet filter
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _EACCES = 1, 13
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # offsets in the record that a filter sees
_FOREIGN = 0x40000000  # calls of x86-64's other interface (x32) begin here
_WRITING = os.O_WRONLY | os.O_RDWR | getattr(os, "O_CREAT", 0) | getattr(os, "O_TRUNC", 0) | getattr(os, "O_APPEND", 0)
_TMPFILE = 0x400000
_TCGETS = 0x5401
_FCNTL = (0, 1, 2, 3, 4, 1030)  # duplicate, get and set flags, duplicate with close-on-exec

# Calls that are harmless whatever they are given, with their numbers on x86-64 and on 64-bit ARM.
_ALWAYS = """
access 21 -, alarm 37 -, arch_prctl 158 -, brk 12 214, chdir 80 49, clock_getres 229 114, clock_gettime 228 113,
clock_nanosleep 230 115, close 3 57, close_range 436 436, dup 32 23, dup2 33 -, dup3 292 24, exit 60 93,
exit_group 231 94, faccessat 269 48, faccessat2 439 439, fstat 5 80, futex 202 98, get_robust_list 274 100,
getcpu 309 168, getcwd 79 17, getdents64 217 61, getegid 108 177, geteuid 107 175, getgid 104 176, getitimer 36 102,
getpid 39 172, getppid 110 173, getrandom 318 278, getrlimit 97 163, getrusage 98 165, gettid 186 178,
gettimeofday 96 169, getuid 102 174, lseek 8 62, lstat 6 -, madvise 28 233, membarrier 324 283, mincore 27 232,
mmap 9 222, mprotect 10 226, mremap 25 216, msync 26 227, munmap 11 215, nanosleep 35 101, newfstatat 262 79,
pipe 22 -, pipe2 293 59, poll 7 -, ppoll 271 73, pread64 17 67, pselect6 270 72, pwrite64 18 68, read 0 63,
readlink 89 -, readlinkat 267 78, readv 19 65, restart_syscall 219 128, rseq 334 293, rt_sigaction 13 134,
rt_sigprocmask 14 135, rt_sigreturn 15 139, sched_getaffinity 204 123, sched_getparam 143 121,
sched_getscheduler 145 120, sched_yield 24 124, select 23 -, set_robust_list 273 99, set_tid_address 218 96,
setitimer 38 103, sigaltstack 131 132, stat 4 -, statx 332 291, sysinfo 99 179, times 100 153, uname 63 160,
write 1 64, writev 20 66
"""
# Calls that are so with some arguments only: see ``_rules``.
_SOMETIMES = "open 2 -, openat 257 56, ioctl 16 29, fcntl 72 25, kill 62 129, tgkill 234 131, prlimit64 302 261"

# For each kind of machine: its number in the record, its column above, and the number of the call ``seccomp``.
_X86_64, _AARCH64 = (0xC000003E, 1, 317), (0xC00000B7, 2, 277)
_MACHINES = MappingProxyType({"x86_64": _X86_64, "aarch64": _AARCH64, "arm64": _AARCH64})


def filter_calls(libc: ctypes.CDLL) -> bool:
    """Install the filter for all threads of this process, for good; whether the kernel took it.

    The process must have given up gaining privileges before (``PR_SET_NO_NEW_PRIVS``).
    """
    known = _MACHINES.get(os.uname().machine)
    if known is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    machine, column, seccomp = known
    program = _program(machine, column)
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in program))
    # struct sock_fprog { unsigned short len; struct sock_filter *filter; }
    record = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(code)))
    set_filter, all_threads = 1, 1
    return int(libc.syscall(seccomp, set_filter, all_threads, record)) == 0


def _program(machine: int, column: int) -> list[_Instruction]:
    rules = _rules(os.getpid())
    program = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine), _end(_KILL), (_LOAD, 0, 0, _NUMBER)]
    program += [(_AT_LEAST, 0, 1, _FOREIGN), _end(_ERRNO | _EPERM)]
    for name, number in _numbers(_SOMETIMES, column):
        program += [(_EQUAL, 0, len(rules[name]), number), *rules[name]]
    for _, number in _numbers(_ALWAYS, column):
        program += [(_EQUAL, 0, 1, number), _end(_ALLOW)]
    return [*program, _end(_ERRNO | _EPERM)]


def _numbers(calls: str, column: int) -> Iterator[tuple[str, int]]:
    """The names and numbers of the calls that a kind of machine has."""
    for call in calls.split(","):
        row = call.split()
        if row[column] != "-":
            yield row[0], int(row[column])


def _rules(own: int) -> dict[str, list[_Instruction]]:
    """What follows once it is known which call it is; each ends in an answer."""
    return {
        "open": _unless_bits(1, _WRITING | _TMPFILE),
        "openat": _unless_bits(2, _WRITING | _TMPFILE),
        "ioctl": _if_one_of(1, (_TCGETS,)),
        "fcntl": _if_one_of(1, _FCNTL),
        "kill": _if_one_of(0, (own,)),
        "tgkill": _if_one_of(0, (own,)),
        "prlimit64": [(_LOAD, 0, 0, _low(2) + 4), (_EQUAL, 1, 0, 0), _end(_ERRNO | _EPERM), *_if_one_of(2, (0,))],
    }


def _unless_bits(argument: int, bits: int) -> list[_Instruction]:
    return [(_LOAD, 0, 0, _low(argument)), (_ANY_BIT, 0, 1, bits), _end(_ERRNO | _EACCES), _end(_ALLOW)]


def _if_one_of(argument: int, values: Sequence[int]) -> list[_Instruction]:
    answers = [line for value in values for line in ((_EQUAL, 0, 1, value), _end(_ALLOW))]
    return [(_LOAD, 0, 0, _low(argument)), *answers, _end(_ERRNO | _EPERM)]


def _low(argument: int) -> int:
    """Where the lower half of an argument is; machines with the other order of bytes are not in the table."""
    return _ARGUMENTS + 8 * argument


def _end(answer: int) -> _Instruction:
    return (_RETURN, 0, 0, answer)
