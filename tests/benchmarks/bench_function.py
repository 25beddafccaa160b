"""How fast the compiled functions are, beside PyTorch's own forward and backward pass: ``make bench``.

Double precision on the CPU, both libraries with their default threads; the arguments of a call are checked each time.
The first row of each group is ours.  A table at the end gives the ratio of the medians for each layer.
"""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.sides import WORK, Work, sides


@pytest.mark.parametrize("side", [0, 1], ids=["derive", "torch"])
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.layer)
def test_forward_and_backward(benchmark: BenchmarkFixture, work: Work, side: int) -> None:
    benchmark.group = work.layer
    benchmark.extra_info["ratio"] = side  # numerator and denominator of a ratio in the table
    benchmark.pedantic(sides(work)[side], rounds=60, warmup_rounds=10)
