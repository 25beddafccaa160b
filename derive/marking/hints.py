"""How much a marking tells: right or wrong only, where, which mistake, or the right line as well."""

from __future__ import annotations

from dataclasses import replace

from derive.language.errors import LayerError
from derive.marking.record import Line, Marking

TIERS = ("right or wrong", "where", "which mistake", "the right line")
DEFAULT = 2


def at_tier(marking: Marking, hints: int) -> Marking:
    """The marking with nothing left in it that a tier does not tell, so that no format can.

    At 0 right or wrong; at 1 also how the value differs: shape, places, entries, ratio; and what to write
    where a line cannot be read; at 2 also which mistake it is;
    at 3 also the right line.  What was cut before does not come back.  Raises LayerError where there is no such tier.
    """
    if hints not in range(len(TIERS)):
        said = ", ".join(f"{k} {words}" for k, words in enumerate(TIERS))
        raise LayerError(f"there is no tier {hints} of hints", hint=f"there are {said}")
    kept = min(hints, marking.hints)
    return replace(marking, lines=tuple(_cut(line, kept) for line in marking.lines), hints=kept)


def _cut(line: Line, hints: int) -> Line:
    """A line with what the tier tells."""
    if hints < 3:
        line = replace(line, right="")
    if hints < 2:
        line = replace(line, mistakes=(), others=())
    if hints < 1:
        line = replace(line, difference=None, advice="")
    return line
