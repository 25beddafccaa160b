"""Settings of the embedding: one word, words that repeat, a padding row that is read and one that is not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Array, Setting
from tests.oracles.settings.activation import always

SIZES = [(1, 1, 1, 1), (3, 5, 4, 2), (2, 9, 3, 6), (1, 8, 20, 3), (6, 1, 2, 1)]


def words(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    return rng.integers(0, sizes["V"], shape)


SETTINGS = [
    *(Setting("embedding", dict(zip("NSVE", s, strict=True)), {}, {"tok": words}) for s in SIZES),
    *(
        Setting("embedding", dict(zip("NSVE", s, strict=True)), {"padding": "true"}, {"tok": words, "pad": always(pad)})
        for s, pad in zip(SIZES, [0, 1, 2, 19, 1], strict=True)
    ),
]
