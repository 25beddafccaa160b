"""A marking as Gradescope wants it: ``results.json``, a test for each line of the answer.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
from typing import Any

from derive.marking.hints import at_tier
from derive.marking.record import NOT_ELSEWHERE, Line, Marking
from derive.marking.reports import words
from derive.marking.reports.json_text import readable
from derive.marking.reports.plain import plain
from derive.marking.reports.terminal import block, closing

_WIDTH = 88  # of the lines of a test's output, in characters
_WHOLE = 100.0  # what an answer gets without a scheme, where all of it is right


def gradescope(marking: Marking, hints: int) -> str:
    """``results.json``, with hints up to a tier.

    With a scheme, each test has its points; without one, the score is the share of the gradients that are right, times
    100.  All text is plain, so that Gradescope takes nothing in it for markup.
    """
    marking = at_tier(marking, hints)
    results: dict[str, Any] = {
        "output": readable(plain(closing(marking), _WIDTH)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(line, marking.hints) for line in marking.lines],
    }
    if words.total(marking) is None:
        results = {"score": _share(marking) * _WHOLE, **results}
    return json.dumps(results, ensure_ascii=False, allow_nan=False, indent=2)


def _test(line: Line, hints: int) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": readable(words.heading(line)),
        "name_format": "text",
        "output": readable(plain(block(line, hints), _WIDTH)),
        "output_format": "text",
        "visibility": "visible",
    }
    if line.points is not None and line.out_of is not None:
        test |= {"score": float(line.points), "max_score": float(line.out_of)}
    elif line.verdict != "unjudged":
        test["status"] = "passed" if line.verdict == "right" else "failed"
    return test


def _share(marking: Marking) -> float:
    """Which share of the gradients is right: those that the layer has, and those that are answered beside them."""
    verdicts: dict[str, bool] = dict.fromkeys(marking.unanswered, False)
    for line in marking.lines:
        if line.verdict != "unjudged" or line.remark == NOT_ELSEWHERE:
            verdicts[line.name] = verdicts.get(line.name, True) and line.verdict == "right"
    return 0.0 if marking.failure or not verdicts else sum(verdicts.values()) / len(verdicts)
