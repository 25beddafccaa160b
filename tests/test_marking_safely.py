"""What the page on marking programs safely says of a program is what its mark says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from derive.marking.programs.functions import mark_program
from derive.marking.programs.sandbox import Limits
from tests.marking.program_texts import ground

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "marking-safely.md").read_text(encoding="utf-8")
TABLE = PAGE.split("## What is told of it")[1].split("##")[0]
TOLD = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", TABLE, re.M))

FORGER = """
import os
for n in range(3, 40):
    try: os.write(n, b"all right")
    except OSError: pass
def backward(x): return {}
"""

PROGRAMS = {
    "loops, sleeps, prints without end": "def backward(x):\n  while True: print(x)",
    "takes all memory": "def backward(x):\n  a = []\n  while True:\n    a.append(bytearray(1 << 26))",
    "crashes": "def backward(x): import faulthandler; faulthandler._sigsegv()",
    "ends itself": "def backward(x):\n  import sys\n  sys.exit()",
    "starts processes": "import os\nos.fork()",
    "uses the network": "import socket\nsocket.socket()",
    "reads a file": "\nopen('/etc/passwd')",
    "imports another package": "import scipy",
    "writes to where its results go": FORGER,
    "gives back something else than arrays": "def backward(x): return {'dx': [[1], [1, 2]]}",
    "fails at some sizes only": "\n\n\n\n\ndef backward(x, h):\n  return {'dW_h': h[1]}",
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_what_is_told(what: str) -> None:
    marking = mark_program(ground("rnn"), PROGRAMS[what], limits=Limits(seconds=20.0 if "memory" in what else 2.0))
    said = ".*".join(re.escape(part) for part in TOLD[what].replace("20 s", "2 s").split("…"))
    assert re.match(re.sub("T=1, N=3, ", r"T=1, N=\\d+, ", said.replace(r"\ ", " ")), marking.failure), marking.failure


def test_every_row_is_tried() -> None:
    assert TOLD.keys() - {"What a program does", "---"} == PROGRAMS.keys()


def test_the_list_of_protections() -> None:
    (script,) = re.findall(r"```sh\n(.*protections\(\).*\n)```", PAGE)
    script = script.replace("python3", f'"{sys.executable}"')
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    (all_of_them,) = re.findall(r"On Linux with all of them:\n\n```text\n((?:.*\n)*?)```", PAGE)
    assert done.returncode == 0 and "limit of memory" in done.stdout, done.stderr
    assert set(done.stdout.splitlines()) <= set(all_of_them.splitlines())
