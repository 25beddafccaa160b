"""Acts that no computation needs are told in words."""

import os
import sys
from pathlib import Path

import pytest

from derive.marking.programs.apart.watch import Refused, Watch
from tests.marking.programs.apart.confined import confined

WATCH = Watch((os.path.realpath(sys.prefix),), ("derive",), print)
INSIDE = os.path.join(sys.prefix, "file")

ACTS = (
    ("os.fork", (), "tried to start a process"),
    ("os.posix_spawn", ("/bin/true", [], {}), "tried to start a process"),
    ("subprocess.Popen", ("true", [], None, None), "tried to start a process"),
    ("os.system", ("true",), "tried to start a process"),
    ("_thread.start_new_thread", (print, (), None), "tried to start a thread"),
    ("socket.__new__", (None, 2, 1, 0), "tried to use the network"),
    ("socket.getaddrinfo", ("host", 80), "tried to use the network"),
    ("open", ("new", "w", 0), "tried to write or change a file"),
    ("open", ("new", None, os.O_CREAT), "tried to write or change a file"),
    ("open", (INSIDE, "r+", 0), "tried to write or change a file"),
    ("os.remove", (INSIDE, -1), "tried to write or change a file"),
    ("open", ("/etc/passwd", "r", 0), "tried to read /etc/passwd"),
    ("open", (b"/etc/passwd", "r", 0), "tried to read /etc/passwd"),
    ("open", (INSIDE + "/../../../../../../../etc/passwd", "r", 0), "tried to read"),
    ("os.listdir", ("/etc",), "tried to list /etc"),
    ("os.kill", (os.getppid(), 9), "tried to send a signal"),
    ("import", ("derive.api", None, [], [], []), "tried to import derive.api"),
    ("resource.setrlimit", (0, (1, 1)), "tried to change its limits"),
    ("ctypes.dlopen", (None,), "tried to run machine code"),
)

HARMLESS = (
    ("open", (INSIDE, "r", 0)),
    ("open", (3, "w", 0)),
    ("os.listdir", (sys.prefix,)),
    ("os.kill", (os.getpid(), 10)),
    ("import", ("numpy", None, [], [], [])),
    ("import", ("derived", None, [], [], [])),
    ("compile", (None, "file")),
    ("exec", (None,)),
    ("object.__getattr__", (None, "name")),
)


@pytest.mark.parametrize(("event", "details", "told"), ACTS)
def test_what_is_refused(event: str, details: tuple[object, ...], told: str) -> None:
    assert WATCH.refused(event, details).startswith(told)


@pytest.mark.parametrize(("event", "details"), HARMLESS)
def test_what_is_not(event: str, details: tuple[object, ...]) -> None:
    assert WATCH.refused(event, details) == ""


def test_each_act_is_told_once_and_refused_every_time(tmp_path: Path) -> None:
    script = """
import os, sys
from derive.marking.programs.apart.watch import Refused, Watch
told = []
Watch((sys.prefix,), (), told.append).begin()
refused = 0
for k in range(3):
    for act in (lambda: os.system('true'), lambda: os.listdir('/'), lambda: os.listdir(f'/{k}')):
        try: act()
        except Refused: refused += 1
print(refused, *told, sep=';')
"""
    assert (
        confined(script)
        == "9;tried to start a process;tried to list /;tried to list /0;tried to list /1;tried to list /2"
    )


def test_a_refused_act_is_an_error_of_permission() -> None:
    assert issubclass(Refused, PermissionError)
