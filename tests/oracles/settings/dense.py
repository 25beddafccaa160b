"""Settings of the dense layers."""

from __future__ import annotations

from tests.oracles.pytorch import Setting

SETTINGS = [
    Setting("linear", {"N": n, "I": i, "O": o}) for n, i, o in [(1, 1, 1), (5, 3, 4), (1, 6, 2), (7, 1, 3), (2, 5, 1)]
]
