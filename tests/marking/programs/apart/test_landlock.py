"""Files outside the given folders cannot be read, whatever Python would say to it."""

import os
from pathlib import Path

import pytest

from tests.marking.programs.apart.confined import confined

PREPARED = """
import os, sys
from derive.marking.programs.apart.kernel import libc
from derive.marking.programs.apart.landlock import read_only
if libc() is None or libc().prctl(38, 1, 0, 0, 0) != 0 or not read_only(libc(), sys.argv[1:3]):
    print("not kept"); sys.exit()
try:
    print("done", {act})
except OSError:
    print("refused")
"""

ALLOWED = {
    "a file in the folder": "open(sys.argv[1] + '/inside').read()",
    "a file by itself": "open(sys.argv[2]).read()",
    "what is in the folder": "os.listdir(sys.argv[1])",
}
REFUSED = {
    "a file beside the folder": "open(sys.argv[3]).read()",
    "by way of the folder": "open(sys.argv[1] + '/../beside').read()",
    "by way of a link": "open(sys.argv[1] + '/link').read()",
    "what is beside": "os.listdir(os.path.dirname(sys.argv[3]))",
    "what is in another process": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "passwords": "open('/etc/passwd').read()",
    "writing": "open(sys.argv[1] + '/inside', 'r+')",
    "making": "open(sys.argv[1] + '/new', 'w')",
    "removing": "os.remove(sys.argv[1] + '/inside')",
}


def tried(act: str, tmp_path: Path) -> str:
    """What comes of an act of a process that may read a folder and a file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (folder / "inside", tmp_path / "alone", tmp_path / "beside"):
        path.write_text("text", encoding="ascii")
    os.symlink(tmp_path / "beside", folder / "link")
    found = confined(PREPARED.format(act=act), *map(str, (folder, tmp_path / "alone", tmp_path / "beside")))
    if found == "not kept":
        pytest.skip("this system does not restrict which files a process reads")
    assert sorted(os.listdir(folder)) == ["inside", "link"]
    return found


@pytest.mark.parametrize("act", ALLOWED)
def test_what_may_be_read(act: str, tmp_path: Path) -> None:
    assert tried(ALLOWED[act], tmp_path).startswith("done")


@pytest.mark.parametrize("act", REFUSED)
def test_nothing_else(act: str, tmp_path: Path) -> None:
    assert tried(REFUSED[act], tmp_path) == "refused"


def test_a_folder_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    script = PREPARED.format(act="len(sys.argv)").replace("sys.argv[1:3]", "['/no such folder', sys.argv[1]]")
    assert confined(script, str(tmp_path)) in ("done 2", "not kept")
