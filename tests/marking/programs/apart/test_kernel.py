"""Limits hold, and what is said to be kept is kept."""

import resource
from pathlib import Path

from tests.marking.programs.apart.confined import confined

LIMITED = """
import os, resource, signal
from derive.marking.programs.apart.kernel import set_limits
print(set_limits({"seconds": 2, "memory": 100 << 20, "files": 20}))
"""


def test_limits_are_set_for_good() -> None:
    names = ("RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE")
    asked = ", ".join(f"resource.getrlimit(resource.{name})" for name in names)
    told, limits = confined(f"{LIMITED}print({asked}, sep=';')").splitlines()
    assert "limit of processor time" in told and "limit of file size" in told
    assert limits == "(2, 3);(20, 20);(0, 0);(0, 0)"


def test_memory_is_counted_from_what_is_in_use() -> None:
    script = (
        LIMITED + "bytearray(50 << 20)\ntry: bytearray(200 << 20); print('had')\nexcept MemoryError: print('refused')"
    )
    told, came = confined(script).splitlines()
    assert came == "refused" or "limit of memory" not in told


def test_no_file_grows(tmp_path: Path) -> None:
    write = "\n  try: f.write(b'x'); print('written')\n  except OSError: print('refused')"
    script = (
        f"{LIMITED}import sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nwith open(sys.argv[1], 'wb', 0) as f:"
    )
    assert confined(script + write, str(tmp_path / "file")).endswith("refused")


def test_locking_says_what_it_keeps() -> None:
    script = "from derive.marking.programs.apart.kernel import lock, step_aside\nprint(step_aside())\n"
    script += "print(lock(['/usr']))\n"
    script += "import os\ntry: os.listdir('/etc'); print('read')\nexcept OSError: print('refused')"
    aside, kept, came = confined(script).splitlines()
    assert (came == "refused") == ("Landlock" in kept)
    assert aside.startswith("[") and resource.getrlimit(resource.RLIMIT_CPU)[0] != 2
