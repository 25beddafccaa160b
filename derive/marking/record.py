"""What was found of an answer: frozen records, and nothing of how they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["right", "follows", "wrong", "unjudged"]

# The remarks of lines that stand for what the answer does not say: nothing of a gradient, or not at all of its places.
NOT_ANSWERED, NOT_ELSEWHERE = MISSING = ("not answered", "not answered at other places")
PAST_THE_END = "past the end it is 0"  # the remark of a line that says so, rightly: it tells nothing of the gradient


@dataclass(frozen=True)
class Entry:
    """One element that differs: its place, by index values as the layer counts them, and the two values there."""

    place: tuple[int, ...]
    yours: float
    right: float


@dataclass(frozen=True)
class Difference:
    """How a value differs from the right one.

    shape       "dW has shape (I, O), W has shape (O, I)"; empty where the shapes agree
    transposed  the value is the right one with its axes in another order
    where       which elements differ, in words: "all right but t = T"; empty where nothing simple describes them
    entries     a few that differ, at sizes ``sizes``; ``names`` are the indices of their places
    ratio       yours is ``ratio`` times the right one, in the language: "-1", "N", "1/sqrt(d_k)"; empty where it is not
    error       the largest difference relative to the largest right value; infinite where one is undefined
    """

    shape: str = ""
    transposed: bool = False
    where: str = ""
    names: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    ratio: str = ""
    error: float = float("inf")


@dataclass(frozen=True)
class Mistake:
    """A mistake that, made in the true derivation, gives the value of the answer.

    kind      of which sort: "dropped path", "wrong sign", … (the table of ``mutations``)
    sentence  what is wrong, in words; formulas of the language between backquotes
    gradient  the gradient in whose derivation it is made; ``step`` the step of it as the document numbers it: "D7"
    """

    kind: str
    sentence: str
    gradient: str
    step: str = ""


@dataclass(frozen=True)
class Line:
    """The mark of one line of an answer, or of one array that a function gave back.

    name        what it says: "dW_h", or the name of the person's own helper
    number      of the line in the file, from 1; 0 where the answer has no lines; ``text`` the line as written
    verdict     right; follows: right given the earlier lines, some of which are wrong; wrong; unjudged: a helper
    difference  how the value differs; None where it does not
    mistakes    that explain it: one, or two that are made together; ``others`` explain it as well
    right       the right line, in the language
    remark      what else is to be said: what could not be read, is circular, stands for what, or was not judged and why
    advice      what would be right to write, where the line cannot be taken as it stands
    points      given, of ``out_of``; None without a marking scheme
    """

    name: str
    verdict: Verdict
    number: int = 0
    text: str = ""
    difference: Difference | None = None
    mistakes: tuple[Mistake, ...] = ()
    others: tuple[Mistake, ...] = ()
    right: str = ""
    remark: str = ""
    advice: str = ""
    points: float | None = None
    out_of: float | None = None


@dataclass(frozen=True)
class Marking:
    """The marks of an answer.

    layer       name of the layer, with its options; ``source`` where the answer came from: a file's name, or ""
    lines       in the order of the answer; then those that stand for what it does not say
    unanswered  the gradients that the layer has and the answer does not speak of, or at some places only
    resolution  relative differences smaller than this are not seen; ``sizes`` at which values were compared
    remarks     on the answer as a whole
    failure     why nothing could be marked: the file cannot be read, the program was stopped; else empty
    hints       how much is told: 0 right or wrong, 1 where, 2 which mistake, 3 the right line
    """

    layer: str
    lines: tuple[Line, ...]
    source: str = ""
    unanswered: tuple[str, ...] = ()
    resolution: float = 0.0
    sizes: tuple[Mapping[str, int], ...] = ()
    remarks: tuple[str, ...] = ()
    failure: str = ""
    hints: int = 3

    @property
    def ok(self) -> bool:
        """Whether something was answered, and all of it is right."""
        judged = [line for line in self.lines if line.verdict != "unjudged"]
        return not self.failure and bool(judged) and all(line.verdict == "right" for line in judged)

    def json(self, hints: int = 2) -> str:
        """The marking as JSON, with hints up to a tier from 0 to 3; docs/marking.md says what is in it."""
        from derive.marking.reports.json_text import json_text

        return json_text(self, hints)

    def __str__(self) -> str:
        """What ``derive check`` shows."""
        from derive.marking.hints import DEFAULT, at_tier
        from derive.marking.reports.plain import plain
        from derive.marking.reports.terminal import terminal

        return plain(terminal(at_tier(self, DEFAULT)), 100).rstrip("\n")

    def _repr_markdown_(self) -> str:
        from derive.marking.hints import DEFAULT, at_tier
        from derive.marking.reports.markdown import markdown

        return markdown(at_tier(self, DEFAULT))
