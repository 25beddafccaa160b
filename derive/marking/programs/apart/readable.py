"""The files that a computation may need to read: Python's library, NumPy, and the system's shared libraries."""

from __future__ import annotations

import os
import sys
import sysconfig
from glob import glob

_THIRD_PARTY = frozenset({"site-packages", "dist-packages"})
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")  # without what lies in folders below
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def readable(site: str) -> list[str]:
    """Real paths of files and folders; ``site`` is the folder in which NumPy is installed.

    The folder of Python's library is taken apart, since other packages may be installed inside it.
    """
    found = [os.path.join(site, name) for name in ("numpy", "numpy.libs")]
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        found += [os.path.join(folder, name) for name in os.listdir(folder) if name not in _THIRD_PARTY]
    found += [path for path in sys.path if path.endswith(("lib-dynload", ".zip"))]
    triplet = sysconfig.get_config_var("MULTIARCH")
    if triplet:
        found += [f"/lib/{triplet}", f"/usr/lib/{triplet}"]
    found += ["/etc/ld.so.cache", *(path for folder in _LIBRARIES for path in glob(f"{folder}/*.so*"))]
    return sorted({os.path.realpath(path) for path in (*found, *_DEVICES) if os.path.exists(path)})
