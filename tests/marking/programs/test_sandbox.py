"""Whatever a program does, its failure is told in a sentence, and the next one is run as if nothing had been."""

import os
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

from derive.marking.programs.sandbox import Call, Limits, Ran, protections, run

LIMITS = Limits(seconds=1.0, memory=200 << 20, results=1 << 20)
X = np.arange(6.0).reshape(2, 3)
GOOD = b"def backward(x): return {'dx': 2 * x}"

BAD = {
    "a loop": ("while True: pass", "stopped after 1 s"),
    "asleep": ("import time; time.sleep(100)", "stopped after 1 s"),
    "a slow import": ("...\nimport time; time.sleep(100)", "stopped after 1 s"),
    "many processes": ("import os\n  for _ in range(20): os.fork()", "tried to start a process at line 3, which is"),
    "a program": ("import subprocess; subprocess.run(['true'])", "tried to start a process at line 2, which is"),
    "a shell": ("import os; os.system('true')", "tried to start a process at line 2, which is not allowed"),
    "memory": ("a = [bytearray(1 << 20) for _ in range(10**6)]", "used more than 200 MiB of memory at line 2"),
    "an array too large": ("import numpy as np; np.ones((10**6, 10**6))", "used more than 200 MiB of memory at line 2"),
    "a crash": ("import faulthandler; faulthandler._sigsegv()", "ended with signal 11"),
    "machine code": ("import ctypes; ctypes.string_at(0)", "tried to run machine code through ctypes at line 2"),
    "exit": ("import sys; sys.exit(0)", "ended the program at line 2"),
    "exit at once": ("import os; os._exit(0)", "ended the program without an answer (exit code 0)"),
    "endless printing": ("while True: print('x' * 10**6)", "stopped after 1 s"),
    "a file": ("open('a', 'wb').write(bytes(10**9))", "tried to write or change a file at line 2"),
    "network": ("import socket; socket.create_connection(('127.0.0.1', 9))", "tried to use the network at line 2"),
    "passwords": ("open('/etc/passwd').read()", "tried to read /etc/passwd at line 2"),
    "listing": ("import os; os.listdir('/')", "tried to list / at line 2"),
    "derive": ("import derive", "tried to import derive at line 2, which is not allowed"),
    "a signal to the parent": ("import os; os.kill(os.getppid(), 15)", "tried to send a signal to another process"),
    "limits": ("import resource; resource.setrlimit(0, (9, 9))", "tried to change its limits at line 2"),
    "nothing": ("pass", "gave back nothing and no dictionary"),
    "objects": ("return {'dx': [object()]}", "gave back dx as a list and no array of numbers"),
    "pickles": ("import pickle; return {'dx': pickle.dumps(1)}", "gave back dx as a bytes and no array of numbers"),
    "text": ("return {'dx': 'wrong'}", "gave back dx as a str and no array of numbers"),
    "too much": ("import numpy as np; return {'dx': np.broadcast_to(1.0, (10**12,))}", "gave back more than 1 MiB"),
    "an error": ("raise ValueError('so')", "raised ValueError at line 2: so"),
    "an order to the terminal": ("raise ValueError('a\\x1b[2Jb')", "raised ValueError at line 2: a?[2Jb"),
    "syntax": ("return )", "is not Python: unmatched ')' at line 2"),
    "results of its own": (
        "import os\n  for n in range(3, 40):\n    try: os.write(n, b'DRV1' * 100)\n    except OSError: pass\n"
        "  return {'dx': x}",
        "sent something else than its results",
    ),
}


def program(body: str) -> bytes:
    return f"def backward(x):\n  {body}".encode()


def right(ran: Ran) -> bool:
    return ran.failure == "" and len(ran.values) == 1 and np.array_equal(ran.values[0]["dx"], 2 * X)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which folders are made for programs."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_program_is_told_and_the_next_is_unaffected(kind: str, temporary: Path) -> None:
    body, sentence = BAD[kind]
    ran = run(program(body), [Call({"x": X})], LIMITS)
    assert ran.failure.startswith(sentence) and ran.values == ()
    assert os.listdir(temporary) == []
    assert right(run(GOOD, [Call({"x": X})], LIMITS))


def test_no_function_is_there() -> None:
    assert run(b"def grad(x): pass", [Call({"x": X})]).failure == "defines no function backward; it defines grad"


def test_a_file_beside_the_program_is_not_read(tmp_path: Path) -> None:
    solution = tmp_path / "solution.npy"
    np.save(solution, 2 * X)
    for act in (f"return {{'dx': np.load({str(solution)!r})}}", f"return {{'dx': np.fromfile({str(solution)!r})}}"):
        ran = run(program(f"import numpy as np\n  {act}"), [Call({"x": X})], LIMITS)
        assert ran.failure and ran.values == ()


def test_attempts_are_told_though_the_answer_is_right() -> None:
    ran = run(program("try: open('/etc/passwd')\n  except OSError: pass\n  return {'dx': 2 * x}"), [Call({"x": X})])
    assert right(ran) and ran.attempts == ("tried to read /etc/passwd",)


def test_a_fork_that_goes_on_trying_is_stopped() -> None:
    body = "import os\n  for _ in range(10):\n    try: os.fork()\n    except OSError: pass\n  while True: pass"
    ran = run(program(body), [Call({"x": X})], LIMITS)
    assert (ran.failure, ran.attempts) == ("stopped after 1 s", ("tried to start a process",))


def test_printing_is_kept_as_far_as_a_limit() -> None:
    ran = run(program("print('x' * 10**7)\n  return {'dx': 2 * x}"), [Call({"x": X})])
    assert right(ran) and re.fullmatch("x+…", ran.printed) and len(ran.printed) < 1000


def test_a_program_that_fails_at_the_second_call() -> None:
    text = b"def backward(x): return {'dx': x[1]}"
    ran = run(text, [Call({"x": X}), Call({"x": X[:1]}), Call({"x": X})])
    assert len(ran.values) == 1 and ran.failure.startswith("raised IndexError at line 1")


def test_results_cannot_be_made_more_than_were_asked_for() -> None:
    forged = "if getattr(f, '__qualname__', '') == '_answer.<locals>.send': f({'values': True}, {'dx': x})"
    body = f"import gc\n  for f in gc.get_objects():\n    {forged}\n  return {{'dx': 2 * x}}"
    ran = run(program(body), [Call({"x": X})])
    assert ran.failure == "sent something else than its results"


def test_a_program_that_is_too_large() -> None:
    assert run(b"#" * (2 << 20), []).failure == "is larger than 1 MiB"


def test_protections_are_named() -> None:
    found = protections()
    assert found and all(isinstance(p, str) and p for p in found)
