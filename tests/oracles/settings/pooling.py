"""Settings of the pooling layers: overlaps, gaps, remainders, padding that counts or not, ties, the whole signal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Setting


def ties(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> np.ndarray:
    """Few values, so that most windows hold their maximum several times; all are negative."""
    return rng.integers(-3, 0, shape).astype(float)


def line(layer: str, values: str, options: dict[str, str] | None = None, tied: bool = False) -> Setting:
    """``values`` are N C L K s q, and the dilation of a maximum."""
    names = "NCLKsqd"
    return _setting(layer, dict(zip(names, map(int, values.split()), strict=False)), options, tied)


def plane(
    layer: str, count: str, height: str, width: str, options: dict[str, str] | None = None, tied: bool = False
) -> Setting:
    """``count`` is N C; ``height`` and ``width`` are L K s q, and the dilation of a maximum, along each axis."""
    sizes = dict(zip("NC", map(int, count.split()), strict=True))
    for axis, values in (("h", height), ("w", width)):
        sizes |= {f"{n}_{axis}": int(v) for n, v in zip("LKsqd", values.split(), strict=False)}
    return _setting(layer, sizes, options, tied)


def _setting(layer: str, sizes: dict[str, int], options: dict[str, str] | None, tied: bool) -> Setting:
    return Setting(layer, sizes, options or {}, {"x": ties} if tied else {})


MEANS = [
    line("avgpool1d", values, {"count_include_pad": count})
    for count in ("true", "false")
    for values in (
        "3 2 8 2 2 0",
        "1 1 7 2 5 1",  # a stride over the window
        "2 3 9 5 2 2",  # overlaps, a remainder, half of a window is padding
        "2 1 6 6 1 0",  # the whole signal
        "1 2 1 3 1 1",  # one value
    )
] + [
    plane("avgpool2d", count_of, height, width, {"count_include_pad": count})
    for count in ("true", "false")
    for count_of, height, width in (
        ("3 2", "6 2 2 0", "8 2 2 0"),
        ("1 1", "7 2 3 1", "5 3 4 1"),  # strides over the window
        ("2 3", "9 4 3 2", "7 5 2 2"),  # overlaps, remainders, padding
        ("2 1", "5 5 1 0", "4 4 2 0"),  # the whole image
        ("1 2", "1 2 1 1", "3 1 2 0"),  # one row
    )
]

SETTINGS = [
    line("maxpool1d", "3 2 7 2 2 0 1"),
    line("maxpool1d", "1 1 8 2 3 1 1"),  # a stride over the window
    line("maxpool1d", "2 3 9 4 2 2 2"),  # overlaps, a remainder, padding, dilation
    line("maxpool1d", "2 1 5 5 1 0 1"),  # the whole signal
    line("maxpool1d", "3 2 12 3 1 1 1", tied=True),
    line("maxpool1d", "2 2 11 4 3 2 2", tied=True),
    plane("maxpool2d", "3 2", "6 2 2 0 1", "8 2 2 0 1"),
    plane("maxpool2d", "1 1", "7 2 3 1 1", "6 2 4 0 1"),  # strides over the window
    plane("maxpool2d", "2 3", "9 4 2 2 2", "8 3 2 1 3"),  # all at once
    plane("maxpool2d", "2 1", "4 4 1 0 1", "3 3 2 0 1"),  # the whole image
    plane("maxpool2d", "2 2", "7 3 1 1 1", "6 2 1 1 2", tied=True),
    plane("maxpool2d", "1 2", "5 1 2 0 1", "1 3 1 1 1", tied=True),
    *MEANS,
]
