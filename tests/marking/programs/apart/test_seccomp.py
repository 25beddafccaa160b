"""What the filter of system calls lets through, and what not, whatever Python would say to it."""

import os

import pytest

from derive.marking.programs.apart import kernel
from tests.marking.programs.apart.confined import confined

PREPARED = """
import ctypes, os, resource, signal, socket, sys, threading, time
import numpy as np
from derive.marking.programs.apart.kernel import libc
from derive.marking.programs.apart.seccomp import filter_calls
if libc() is None or libc().prctl(38, 1, 0, 0, 0) != 0 or not filter_calls(libc()):
    print("no filter"); sys.exit()
def fork():
    if os.fork() == 0:
        os._exit(0)
try:
    {act}
    print("done")
except (OSError, RuntimeError, ValueError) as error:
    print("refused", flush=True)
    os._exit(0)
"""

REFUSED = {
    "a process": "fork()",
    "a process by the C library": "libc().vfork() >= 0 or fork()",
    "another program": "os.execv('/bin/true', ['true'])",
    "a thread": "threading.Thread(target=print).start()",
    "a socket": "socket.socket()",
    "a socket pair": "socket.socketpair()",
    "a signal to the parent": "os.kill(os.getppid(), signal.SIGTERM)",
    "a signal to all": "os.kill(-1, 0)",
    "writing": "open(sys.argv[1], 'r+')",
    "making a file": "open(sys.argv[1] + '2', 'w')",
    "emptying a file": "os.open(sys.argv[1], os.O_RDONLY | os.O_TRUNC)",
    "removing a file": "os.remove(sys.argv[1])",
    "a new name": "os.rename(sys.argv[1], sys.argv[1] + '2')",
    "a folder": "os.mkdir(sys.argv[1] + '2')",
    "its mode": "os.chmod(sys.argv[1], 0)",
    "limits": "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    "limits of another": "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
    "keys typed for the terminal": "import_ = __import__('fcntl').ioctl(0, 0x5412, b'x')",
    "a file in memory": "os.memfd_create('a')",
}

ALLOWED = {
    "arithmetic": "assert np.linalg.solve(np.eye(200), np.ones(200)).sum() == 200",
    "random numbers": "np.random.default_rng().normal(size=3); os.urandom(3)",
    "reading": "assert open(sys.argv[1]).read() == 'text'",
    "listing": "os.listdir('/')",
    "memory": "[bytearray(n) for n in (10, 10**5, 10**8)]",
    "time": "time.sleep(0.001); time.time()",
    "its own number": "os.getpid()",
    "looking at limits": "resource.getrlimit(resource.RLIMIT_CPU)",
    "an exception": "eval('1 if True else 0')",
}


@pytest.fixture
def file(tmp_path: os.PathLike[str]) -> str:
    path = os.path.join(tmp_path, "file")
    with open(path, "w", encoding="ascii") as file:
        file.write("text")
    return path


@pytest.mark.parametrize("act", REFUSED)
def test_what_is_refused(act: str, file: str) -> None:
    found = confined(PREPARED.format(act=REFUSED[act]), file)
    if found == "no filter":
        pytest.skip("this system has no filter of system calls")
    assert found == "refused"
    with open(file, encoding="ascii") as unchanged:
        assert unchanged.read() == "text"
    assert os.listdir(os.path.dirname(file)) == ["file"]


@pytest.mark.parametrize("act", ALLOWED)
def test_what_a_computation_needs(act: str, file: str) -> None:
    assert confined(PREPARED.format(act=ALLOWED[act]), file) in ("done", "no filter")


def test_an_abort_still_ends_the_process() -> None:
    script = PREPARED.format(act="print(os.getpid(), flush=True); signal.raise_signal(signal.SIGUSR1)")
    with pytest.raises(AssertionError):
        found = confined(script)
        assert found != "no filter"


def test_there_is_a_c_library_on_linux() -> None:
    assert (kernel.libc() is None) == (os.uname().sysname != "Linux")
