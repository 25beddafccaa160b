"""Settings of the losses: one sample, one class, labels that repeat; kinks, far scores and targets of 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.oracles.pytorch import Array, Setting
from tests.oracles.settings.activation import FAR, SHAPES, always, among

CLASSES = [(1, 1), (5, 3), (1, 6), (7, 2), (4, 5)]


def labels(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    return rng.integers(0, sizes["K"], shape)


def distributions(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """Probabilities; of every other sample the first class has none, where there is a second."""
    values = rng.random(shape)
    if shape[1] > 1:
        values[::2, 0] = 0.0
    return values / values.sum(axis=1, keepdims=True)


def log_probabilities(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    return np.log(distributions(rng, sizes, shape) + 1e-3)


def positive(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    return rng.uniform(0.2, 3.0, shape)


def answers(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """0, 1, or a number in between."""
    return rng.choice([0.0, 1.0, 0.3], shape)


def whole(rng: np.random.Generator, sizes: Mapping[str, int], shape: tuple[int, ...]) -> Array:
    """Small whole numbers, of which many are equal: errors come out as 0 and as 1 exactly."""
    return rng.integers(-1, 2, shape).astype(float)


def regression(layer: str, **draw: float) -> list[Setting]:
    drawn = {"y": whole, "target": whole, **{name: always(number) for name, number in draw.items()}}
    plain = {name: always(number) for name, number in draw.items()}
    return [
        Setting(layer, {"N": n, "O": o}, {"reduction": reduction}, values)
        for reduction in ("mean", "sum")
        for n, o in SHAPES
        for values in (plain, drawn)
    ]


def classification(draw: dict[str, object], **options: str) -> list[Setting]:
    given = {"z": among(*FAR), **draw}
    return [
        Setting("cross_entropy", {"N": n, "K": k}, {**options, "reduction": reduction}, given)  # type: ignore[arg-type]
        for reduction in ("sum", "mean")
        for n, k in CLASSES
    ]


SETTINGS = [
    *regression("mse"),
    *regression("l1"),
    *regression("huber", c=1.0),
    *regression("huber", c=0.3),
    *classification({"target": distributions}, targets="probabilities"),
    *classification({"label": labels}, targets="indices"),
    *classification({"label": labels, "eps": always(0.1)}, targets="smoothed"),
    *classification({"target": distributions, "w": positive}, targets="weighted"),
    *(
        Setting("nll", {"N": n, "K": k}, {"reduction": reduction}, {"q": log_probabilities, "label": labels, **weights})
        for reduction, weights in (("mean", {}), ("sum", {}), ("weighted", {"w": positive}))
        for n, k in CLASSES
    ),
    *(
        Setting("kl_div", {"N": n, "K": k}, {"reduction": r}, {"q": log_probabilities, "target": distributions})
        for r in ("batchmean", "sum")
        for n, k in CLASSES
    ),
    *(
        Setting(
            "bce_with_logits", {"N": n, "O": o}, {"weighted": weighted, "reduction": r},
            {"z": among(*FAR), "target": answers, **({"w": positive} if weighted == "true" else {})},
        )
        for weighted in ("false", "true")
        for r in ("mean", "sum")
        for n, o in SHAPES
    ),
]  # fmt: skip
