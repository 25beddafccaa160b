"""Settings of dropout: nothing dropped, nearly all, one number; the mask is the one that PyTorch draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from tests.oracles.pytorch import Array, Draw, Setting
from tests.oracles.settings.activation import SHAPES, always


def mask_of_pytorch(p: float) -> Draw:
    """The mask that follows the seed with which every comparison begins."""

    def draw(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
        torch.manual_seed(0)
        kept = torch.nn.Dropout(p)(torch.ones(shape, dtype=torch.float64))
        return (kept != 0).double().numpy()

    return draw


SETTINGS = [
    *(
        Setting("dropout", {"N": n, "D": d}, {}, {"m": mask_of_pytorch(p), "p": always(p)})
        for n, d, p in [(1, 1, 0.5), (5, 3, 0.1), (1, 6, 0.9), (7, 4, 0.0), (20, 30, 0.3)]
    ),
    *(Setting("dropout", {"N": n, "D": d}, {"mode": "evaluation"}) for n, d in SHAPES),
]
