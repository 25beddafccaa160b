"""Runs a few lines in a process of their own that closes itself in first."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def confined(script: str, *arguments: str) -> str:
    """What a script prints; it can import Derive, and must end by itself."""
    command = [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
