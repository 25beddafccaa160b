"""A process is stopped in time, read as far as a limit, and leaves nothing running."""

import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from derive.marking.programs.process import Finished, finished

SEND = "import os, subprocess, sys, time\nout = int(sys.argv[1])\ndef send(b):\n  while b: b = b[os.write(out, b):]\n"


def run(script: str, folder: Path, seconds: float = 60.0, most: int = 1000) -> Finished:
    with tempfile.TemporaryFile() as given:
        given.write(b"given")
        given.seek(0)
        command = [sys.executable, "-c", SEND + script]
        return finished(command, str(folder), {"PATH": os.defpath}, given, seconds, most)


def gone(number: int) -> bool:
    """Whether a process ends within a few seconds of having been killed; its name may stay."""
    for _ in range(200):
        try:
            os.kill(number, 0)
            state = Path(f"/proc/{number}/stat")
            if state.is_file() and state.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def test_what_is_sent_and_printed(tmp_path: Path) -> None:
    ended = run("send(b'sent'); print('printed', sys.stdin.read(), os.getcwd()); sys.exit(3)", tmp_path)
    assert ended == Finished(b"sent", f"printed given {tmp_path.resolve()}\n".encode(), 3, "")


def test_a_signal(tmp_path: Path) -> None:
    assert run("os.kill(os.getpid(), 6)", tmp_path).code == -6


@pytest.mark.parametrize(
    "rest", ["while True: pass", "time.sleep(100)", "os.close(out); os.close(1); os.close(2); time.sleep(100)"]
)
def test_time_is_limited(rest: str, tmp_path: Path) -> None:
    ended = run(f"send(b'ready')\n{rest}", tmp_path, seconds=0.2)
    assert (ended.stopped, ended.sent, ended.code) == ("time", b"ready", -9)


def test_the_amount_sent_is_limited(tmp_path: Path) -> None:
    ended = run("while True: send(bytes(100))", tmp_path)
    assert (ended.stopped, ended.code) == ("amount", -9)


def test_printing_is_cut_and_does_not_hold_up(tmp_path: Path) -> None:
    ended = run("print('x' * 10**7); send(b'sent')", tmp_path)
    assert ended.sent == b"sent" and ended.printed == b"x" * len(ended.printed) and len(ended.printed) < 10**5


@pytest.mark.parametrize("end", ["", "time.sleep(100)"])
def test_children_are_killed_too(end: str, tmp_path: Path) -> None:
    begun = "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)']); send(str(p.pid).encode())"
    ended = run(f"{begun}; {end}", tmp_path, seconds=0.5)
    assert gone(int(ended.sent))


def test_a_child_that_holds_the_pipes_open_is_not_waited_for(tmp_path: Path) -> None:
    begun = "p = subprocess.Popen(['sleep', '100'], pass_fds=(out,)); send(str(p.pid).encode())"
    ended = run(begun, tmp_path)
    assert (ended.stopped, ended.code) == ("", 0) and gone(int(ended.sent))
