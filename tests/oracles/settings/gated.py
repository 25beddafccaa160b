"""Settings of the gated layers: one step, one sample, one unit and one input among them."""

from __future__ import annotations

from tests.oracles.pytorch import Setting

STEPS = [(1, 1, 1, 1), (1, 3, 4, 2), (2, 1, 3, 4), (2, 4, 1, 3), (6, 2, 5, 1), (9, 3, 4, 7)]

SETTINGS = [Setting(layer, dict(zip("TNHD", sizes, strict=True))) for layer in ("lstm", "gru") for sizes in STEPS]
