"""Settings of the normalizations: batches and groups of few numbers, images of one row, and both modes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Draw, Setting


def _eps(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(10.0 ** rng.uniform(-6, -1))


def _variance(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.1, 3.0, shape)


DRAW: Mapping[str, Draw] = {"eps": _eps}
RUNNING: Mapping[str, Draw] = {"eps": _eps, "v": _variance}

SETTINGS = [
    *(Setting("batchnorm1d", {"N": n, "C": c}, draw=DRAW) for n, c in [(2, 1), (5, 3), (3, 6), (9, 2), (2, 7)]),
    *(
        Setting("batchnorm1d", {"N": n, "C": c}, {"mode": "evaluation"}, RUNNING)
        for n, c in [(1, 1), (1, 4), (5, 3), (3, 6), (7, 1)]
    ),
    *(
        Setting("batchnorm2d", {"N": n, "C": c, "H": h, "W": w}, draw=DRAW)
        for n, c, h, w in [(2, 1, 1, 1), (1, 3, 2, 4), (4, 2, 1, 3), (3, 5, 4, 1), (2, 3, 3, 5)]
    ),
    *(
        Setting("batchnorm2d", {"N": n, "C": c, "H": h, "W": w}, {"mode": "evaluation"}, RUNNING)
        for n, c, h, w in [(1, 1, 1, 1), (1, 3, 2, 4), (4, 2, 1, 3), (3, 5, 4, 1), (2, 3, 3, 5)]
    ),
    *(Setting("layernorm", {"N": n, "D": d}, draw=DRAW) for n, d in [(1, 2), (1, 5), (4, 3), (6, 8), (3, 17)]),
    *(
        Setting("groupnorm", {"N": n, "G": g, "C": c, "H": h, "W": w}, draw=DRAW)
        for n, g, c, h, w in [(1, 1, 2, 1, 1), (2, 3, 1, 2, 2), (3, 2, 4, 1, 3), (1, 4, 2, 3, 2), (5, 1, 3, 2, 1)]
    ),
    *(
        Setting("instancenorm", {"N": n, "C": c, "H": h, "W": w}, draw=DRAW)
        for n, c, h, w in [(1, 1, 1, 2), (1, 3, 2, 4), (4, 2, 1, 3), (3, 5, 4, 2), (2, 3, 3, 5)]
    ),
    *(Setting("rmsnorm", {"N": n, "D": d}, draw=DRAW) for n, d in [(1, 1), (1, 5), (4, 3), (6, 8), (3, 17)]),
]
