"""Prints, after the rows, how long we take for each that PyTorch takes, and the geometric mean."""

from statistics import geometric_mean
from typing import Any


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    session = getattr(config, "_benchmarksession", None)
    medians: dict[str, dict[int, float]] = {}
    for row in session.benchmarks if session else ():
        if "ratio" in row.extra_info:
            medians.setdefault(row.group, {})[row.extra_info["ratio"]] = row.stats.median
    ratios = {name: sides[0] / sides[1] for name, sides in medians.items() if len(sides) == 2}
    if ratios:
        terminalreporter.section("time of derive / time of PyTorch")
        for name, ratio in ratios.items():
            terminalreporter.write_line(f"{name:15}{ratio:6.2f}")
        terminalreporter.write_line(f"{'geometric mean':15}{geometric_mean(ratios.values()):6.2f}")
