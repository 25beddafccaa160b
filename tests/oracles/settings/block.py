"""Settings of blocks: one sample, one place, one head, one unit; a single block and several."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Array, Setting


def small(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """A number that is added to a variance."""
    return np.asarray(rng.uniform(1e-6, 1e-2))


KEYS = ("b_k",)  # adds the same number to all scores of a query
ONE_PLACE = ("W_q", "b_q", "W_k", "b_k")  # a softmax of a single score is 1

SETTINGS = [
    *(
        Setting("mlp", {"N": n, "I": i, "H": h, "O": o}, {"activation": activation})
        for n, i, h, o in [(1, 1, 1, 1), (5, 3, 4, 2), (1, 6, 2, 7), (7, 1, 5, 3), (2, 5, 1, 1)]
        for activation in ("relu", "gelu", "tanh")
    ),
    *(
        Setting("residual", {"N": n, "D": d}, {"activation": activation})
        for n, d in [(1, 1), (5, 3), (1, 6), (7, 2), (3, 4)]
        for activation in ("relu", "tanh")
    ),
    *(
        Setting("residual", {"N": n, "D": d, "L": depth}, {"blocks": "many", "activation": activation})
        for n, d, depth in [(1, 1, 1), (5, 3, 2), (1, 6, 4), (7, 2, 1), (3, 4, 6)]
        for activation in ("relu", "tanh")
    ),
    *(
        Setting(
            "transformer_block",
            {"N": n, "L": length, "H": h, "C": c, "D": d},
            options,
            {"eps": small},
            ONE_PLACE if length == 1 else KEYS,
        )
        for n, length, h, c, d in [(1, 1, 1, 2, 1), (2, 5, 3, 2, 4), (3, 1, 2, 4, 7), (1, 6, 1, 3, 5), (4, 3, 4, 1, 2)]
        for options in (
            {"activation": "relu", "mask": "none"},
            {"activation": "gelu", "mask": "none"},
            {"activation": "relu", "mask": "causal"},
            {"activation": "gelu", "mask": "causal"},
        )
    ),
]
