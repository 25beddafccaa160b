"""Settings of attention: one head, one place, more queries than keys, queries that see a single key, large scores.

A bias of the keys adds the same number to all scores of a query, so its gradient is zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Array, Setting


def lower(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """Every query sees the keys up to its own place, and the last one if there are more queries than keys."""
    return np.tril(np.ones(shape, dtype=int))


def one_each(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """Every query sees a single key."""
    mask = np.zeros(shape, dtype=int)
    mask[np.arange(shape[0]), rng.integers(0, shape[1], shape[0])] = 1
    return mask


def some(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """Every query sees some keys, and a query out of three a single one."""
    mask = one_each(rng, sizes, shape)
    mask |= rng.integers(0, 2, shape) * (np.arange(shape[0]) % 3 > 0)[:, None]
    return mask


def large(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """So large that the scores differ by hundreds."""
    return 30 * rng.normal(size=shape)


SIZES = [(1, 1, 1, 1, 1), (2, 5, 3, 4, 2), (3, 2, 6, 1, 3), (1, 7, 7, 5, 4), (4, 4, 1, 2, 1)]

SETTINGS = [
    *(
        Setting("attention", dict(zip(("N", "L", "S", "d_k", "d_v"), sizes, strict=True)), {"mask": mask})
        for sizes in SIZES
        for mask in ("none", "causal")
    ),
    *(
        Setting("attention", dict(zip(("N", "L", "S", "d_k", "d_v"), sizes, strict=True)), {"mask": "given"}, {"m": m})
        for sizes in SIZES
        for m in (lower, one_each, some)
    ),
    *(
        Setting("attention", {"N": 2, "L": 4, "S": 5, "d_k": 3, "d_v": 2}, {"mask": mask}, {"m": some, "Q": large})
        for mask in ("none", "causal", "given")
    ),
    *(
        Setting("multi_head_attention", {"N": n, "L": length, "H": h, "C": c}, {"attention": attention}, zero=("b_k",))
        for n, length, h, c in [(1, 1, 1, 1), (2, 5, 3, 2), (3, 1, 2, 4), (1, 6, 1, 5), (4, 3, 4, 1)]
        for attention in ("self", "causal")
    ),
    *(
        Setting("multi_head_attention", {"N": n, "L": q, "S": s, "H": h, "C": c}, {"attention": "cross"}, zero=("b_k",))
        for n, q, s, h, c in [(1, 1, 1, 1, 1), (2, 5, 3, 3, 2), (3, 1, 4, 2, 4), (1, 6, 1, 1, 5), (4, 2, 7, 4, 1)]
    ),
    *(
        Setting("rotary_embedding", {"N": n, "T": t, "P": p})
        for n, t, p in [(1, 1, 1), (2, 5, 3), (3, 1, 4), (1, 9, 1), (4, 2, 6)]
    ),
]
