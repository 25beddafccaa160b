"""Settings of the activations: one number, one sample, one feature; values on every kink, and far out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Array, Draw, Setting

FAR = (0.0, -40.0, 40.0, 1e-9, -1e-9, -800.0, 800.0)  # at a kink, beside it, and where exponentials overflow
SHAPES = [(1, 1), (5, 3), (1, 6), (7, 1), (2, 5)]


def among(*special: float) -> Draw:
    """Normal numbers three times as wide as usual, every other one replaced by one of those given, in turn."""

    def draw(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
        values = 3 * rng.normal(size=shape).reshape(-1)
        values[::2] = np.resize(special, len(values[::2]))
        return values.reshape(shape)

    return draw


def always(number: float) -> Draw:
    return lambda rng, sizes, shape: np.array(number)


def elementwise(layer: str, special: tuple[float, ...] = FAR, **options: str) -> list[Setting]:
    return [Setting(layer, {"N": n, "D": d}, options, {"x": among(*special)}) for n, d in SHAPES]


def with_constant(layer: str, name: str, numbers: list[float], special: tuple[float, ...] = FAR) -> list[Setting]:
    return [
        Setting(layer, {"N": n, "D": d}, {}, {"x": among(*special), name: always(number)})
        for (n, d), number in zip(SHAPES, numbers, strict=True)
    ]


CORNERS = (-3.0, 3.0, -2.9999999, 2.9999999, *FAR)
BELOW_THE_THRESHOLD = (0.0, 6.5, -30.0, 60.0, -900.0)  # times a factor of up to 3: below 20, or far above it

SETTINGS = [
    *elementwise("relu"),
    *elementwise("gelu", approximate="none"),
    *elementwise("gelu", approximate="tanh"),
    *elementwise("silu"),
    *elementwise("sigmoid"),
    *elementwise("tanh"),
    *elementwise("mish"),
    *elementwise("hardswish", CORNERS),
    *with_constant("leaky_relu", "a", [0.01, 0.2, 0.0, 1.0, 1.5]),
    *with_constant("elu", "alpha", [1.0, 0.5, 2.0, 0.1, 3.0]),
    *with_constant("softplus", "beta", [1.0, 0.5, 2.0, 3.0, 1.7], BELOW_THE_THRESHOLD),
    *(
        Setting("prelu", {"N": n, "C": c, "S": s}, {}, {"x": among(*FAR)})
        for n, c, s in [(1, 1, 1), (3, 2, 5), (1, 4, 3), (2, 1, 6), (4, 5, 1)]
    ),
    *(
        Setting(layer, {"N": n, "K": k}, {}, {"z": among(*special)})
        for layer in ("softmax", "log_softmax")
        for n, k, special in [(1, 1, FAR), (5, 3, (0.5,)), (1, 6, (2.0, 2.0)), (7, 1, FAR), (4, 7, (1e3, -1e3))]
    ),
    *(Setting("glu", {"N": n, "D": d}, {}, {"x": among(*FAR)}) for n, d in SHAPES),
    *(
        Setting("swiglu", {"N": n, "I": i, "H": h, "O": o})
        for n, i, h, o in [(1, 1, 1, 1), (5, 3, 4, 2), (1, 6, 2, 6), (7, 1, 3, 5), (2, 5, 8, 1)]
    ),
]
