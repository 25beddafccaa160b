"""Settings of the recurrent layers: one step, one sample, one unit and one layer among them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Setting

STEPS = [(1, 1, 1, 1, 1), (1, 3, 4, 2, 2), (2, 1, 3, 4, 2), (5, 3, 4, 2, 6), (9, 2, 7, 3, 4)]
RNN = [dict(zip("TNHDO", sizes, strict=True)) for sizes in STEPS]


def probabilities(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> np.ndarray:
    """Positive numbers whose sum over the last axis is 1."""
    drawn = rng.random(shape)
    return drawn / drawn.sum(axis=-1, keepdims=True)


def above_the_sums(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> np.ndarray:
    """Biases that keep outputs positive, so that they have a logarithm."""
    return 10.0 * sizes["H"] + rng.random(shape)


def gentle(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> np.ndarray:
    """Weights with which a state does not grow, and no probability comes out as 0."""
    return rng.uniform(-1, 1, shape) / sizes["H"]


SETTINGS = [
    *(Setting("rnn", sizes, {"f": f}) for f in ("tanh", "relu") for sizes in RNN),
    *(Setting("rnn", sizes, {"g": "softmax"}) for sizes in RNN[::2]),
    *(Setting("rnn", sizes, {"g": "softmax", "ell": "cross_entropy"}, {"target": probabilities}) for sizes in RNN),
    *(
        Setting("rnn", sizes, {"ell": "cross_entropy"}, {"target": probabilities, "b_y": above_the_sums})
        for sizes in RNN[1::2]
    ),
    *(Setting("rnn_many_to_one", sizes, {"f": f}) for f in ("tanh", "relu") for sizes in RNN),
    *(
        Setting("rnn_one_to_many", dict(zip("TNHD", sizes, strict=False)), {"f": f, "ell": ell}, draw)
        for f in ("tanh", "relu")
        for ell, draw in (
            ("squared_error", {}),
            ("cross_entropy", {"target": probabilities, "W_h": gentle, "W_y": gentle}),
        )
        for sizes in STEPS
    ),
    *(
        Setting(
            "encoder_decoder",
            dict(zip(("T_x", "T_y", "N", "H", "D", "O"), sizes, strict=True)),
            {"feed": feed},
            {"target": probabilities},
        )
        for feed in ("target", "output")
        for sizes in [
            (1, 1, 1, 1, 1, 1),
            (1, 4, 2, 3, 5, 2),
            (6, 1, 3, 2, 1, 4),
            (3, 5, 1, 4, 2, 6),
            (4, 2, 3, 5, 3, 1),
        ]
    ),
    *(
        Setting("birnn", dict(zip("TNHD", sizes, strict=False)), {"merge": merge, "f": f})
        for merge in ("concat", "sum")
        for f in ("tanh", "relu")
        for sizes in STEPS
    ),
    *(
        Setting("stacked_rnn", dict(zip("MTNH", sizes, strict=True)), {"f": f})
        for f in ("tanh", "relu")
        for sizes in [(1, 1, 1, 1), (1, 4, 2, 3), (4, 1, 3, 2), (2, 5, 1, 4), (3, 3, 2, 5)]
    ),
]
