"""Prints, after the rows, how long we take for each that PyTorch takes, and the geometric mean."""

from statistics import geometric_mean
from typing import Any


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    session = getattr(config, "_benchmarksession", None)
    found: dict[str, dict[int, Any]] = {}
    for row in session.benchmarks if session else ():
        if "ratio" in row.extra_info:
            found.setdefault(row.group, {})[row.extra_info["ratio"]] = row.stats
    both = {name: (sides[0], sides[1]) for name, sides in found.items() if len(sides) == 2}
    if not both:
        return
    medians = [ours.median / theirs.median for ours, theirs in both.values()]
    fastest = [ours.min / theirs.min for ours, theirs in both.values()]  # what a busy machine disturbs least
    terminalreporter.section("time of derive / time of PyTorch")
    terminalreporter.write_line(f"{'':15}{'median':>8}{'fastest':>9}")
    for name, median, least in zip(both, medians, fastest, strict=True):
        terminalreporter.write_line(f"{name:15}{median:8.2f}{least:9.2f}")
    terminalreporter.write_line(f"{'geometric mean':15}{geometric_mean(medians):8.2f}{geometric_mean(fastest):9.2f}")
