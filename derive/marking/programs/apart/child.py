"""The process of an untrusted program: closes itself in, calls the program at each point, and sends back arrays.

It gets what it needs on standard input and never learns what is right.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from derive.marking.programs.apart import kernel


def main() -> None:
    """Answer the request on standard input.  The arguments: where NumPy is, and the number of the file to write on."""
    out = int(sys.argv[2])
    with open(0, "rb", closefd=False) as given:
        request = given.read()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    kept = kernel.step_aside()
    site = sys.argv[1]
    sys.path.append(site)
    _import_ahead()
    sys.path.remove(site)
    _answer(request, out, site, kept)


def _import_ahead() -> None:
    """Import what opens files of the system, before that is no longer allowed."""
    import numpy.random  # noqa: F401


def _answer(request: bytes, out: int, site: str, kept: list[str]) -> None:
    import numpy

    from derive.marking.programs.apart.program import ProgramError, called, loaded
    from derive.marking.programs.apart.readable import readable
    from derive.marking.programs.apart.watch import Watch
    from derive.marking.programs.apart.wire import packed, unpacked

    def send(words: dict[str, Any], arrays: dict[str, Any] | None = None) -> None:
        data = memoryview(packed(words, arrays))
        while data:
            data = data[os.write(out, data) :]

    words, arrays, at = unpacked(request)
    source = arrays["source"].tobytes()
    roots = readable(site)
    for name in [n for n in sys.modules if n.partition(".")[0] == "derive"]:
        del sys.modules[name]
    kept += kernel.set_limits(words["limits"])
    kept += kernel.lock([*roots, os.getcwd()])
    Watch([*roots, os.getcwd()], words["forbidden"], lambda act: send({"attempt": act})).begin()
    send({"ready": kept})
    try:
        function = loaded(source)
        for _ in range(words["calls"]):
            call, arrays, at = unpacked(request, at)
            offered = {name: arrays.pop(name) for name in call["offered"]}
            functions = {name: eval(f"lambda x: {text}", {"np": numpy}) for name, text in call["functions"].items()}
            found = called(function, {**call["numbers"], **arrays, **functions}, {**call["others"], **offered})
            if sum(a.nbytes for a in found.values()) > words["limits"]["results"]:
                raise ProgramError("gave back too much")
            send({"values": True}, found)
    except ProgramError as error:
        send({"failed": str(error), "unknown": error.unknown})
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
    os._exit(0)  # and nothing that the program wants done at exit
