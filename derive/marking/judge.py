"""Judges the lines of a written answer, each by itself: whether it holds when all that it reads has its true value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from derive.language.errors import LayerError
from derive.language.expr import Elem
from derive.language.traverse import names_read
from derive.marking.circular import circular_lines
from derive.marking.compare import line_difference, misshapen
from derive.marking.ground import Ground
from derive.marking.propagate import explain_line
from derive.marking.record import NOT_ELSEWHERE, PAST_THE_END, Line
from derive.marking.roles import roles
from derive.marking.sheet import Sheet
from derive.marking.values import Values, holds
from derive.marking.written.answer import Answer, AnswerLine


def judge(ground: Ground, answer: Answer) -> tuple[Line, ...]:
    """The marks of the lines, in their order; then one for each gradient that is answered at some places only."""
    judge = Judge(Sheet(ground, answer))
    lines: list[Line] = []
    doubtful: set[str] = set()  # names of which a line so far is wrong, or rests on a wrong one
    unread: set[str] = set()  # names of which a line cannot be read, and no other line is right
    for line in answer.lines:
        read = names_read(line.right) - {line.name} if line.right is not None else frozenset()
        rests_on_wrong = not read.isdisjoint(doubtful | unread)
        mark = judge.mark(line, rests_on_wrong)
        if line.error is not None:
            unread.add(line.name)
        elif mark.verdict in ("wrong", "follows") or rests_on_wrong:
            doubtful.add(line.name)
        elif mark.verdict == "right":
            unread.discard(line.name)
        lines.append(mark)
    names = dict.fromkeys(line.name for line in answer.lines if line.name in ground.parts)
    lines += [Line(n, "unjudged", remark=NOT_ELSEWHERE) for n in names if judge.sheet.leaves_out_places(n)]
    return tuple(lines)


@dataclass(frozen=True)
class Judge:
    """Judges the lines of one answer."""

    sheet: Sheet

    @property
    def ground(self) -> Ground:
        return self.sheet.ground

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """The gradients that the person's own names stand for, where that makes lines right."""
        return roles(self.sheet)

    @cached_property
    def circular(self) -> frozenset[AnswerLine]:
        """The lines that hold for the truth but are computed from themselves."""
        sheet = self.sheet
        about = {line for line in sheet.about_gradients if holds(sheet.values(line))}
        lines = [line for line in sheet.lines if line.name in sheet.answer.helpers or line in about]
        return circular_lines(sheet.plain[0], lines)

    def mark(self, line: AnswerLine, rests_on_wrong: bool) -> Line:
        """The mark of a line."""
        mark = Line(line.name, "wrong", line.number, line.text, right=self._right(line.name))
        if line.name in self.ground.given:
            return replace(mark, verdict="unjudged", remark=f"{line.name} is given from above; this line is not used")
        if line.error is not None:
            return self._with_error(line, mark, line.error)
        if line.left is None:
            return replace(mark, difference=misshapen(self.ground, line, self.sheet.plain), remark=line.remark)
        if line in self.circular:
            return replace(mark, remark=f"{line.name} is computed from itself: this holds whatever {line.name} is")
        if line.name in self.sheet.answer.helpers:
            return self._helper(line, mark, rests_on_wrong)
        return self._about_a_gradient(line, mark, rests_on_wrong)

    def _with_error(self, line: AnswerLine, mark: Line, error: LayerError) -> Line:
        """The mark of a line that cannot be read, or that reads what is not there: it may be right but for that."""
        told = replace(mark, remark=error.without_hint, advice=error.hint)
        if line.unguarded is None or line.left is None or line.name not in self.ground.parts:
            return told
        values = self.sheet.values(replace(line, right=line.unguarded, error=None))
        if not any(values):
            return told
        if holds(values):
            return replace(told, advice=f"{error.hint}\nwith that the line is right")
        return replace(self._wrong(line, line.name, mark, values), remark=error.without_hint, advice=error.hint)

    def _about_a_gradient(self, line: AnswerLine, mark: Line, rests_on_wrong: bool) -> Line:
        values = self.sheet.values(line)
        if not any(values):
            return self._past_the_end(line, mark)
        if holds(values):
            return replace(mark, verdict="follows" if rests_on_wrong else "right", right="")
        if any(name in self.roles for name in self.sheet.helpers_read(line)):
            standing = {h: [p.true(g) for p in self.ground.places] for h, g in self.roles.items()}
            if holds(self.sheet.values(line, self.sheet.readers(standing))):
                return replace(mark, verdict="follows", right="")
        return self._wrong(line, line.name, mark, values)

    def _wrong(self, line: AnswerLine, gradient: str, mark: Line, values: Values) -> Line:
        """The mark of a line whose value is not that of the gradient: how it differs, and by which mistake."""
        explained = explain_line(self.ground, gradient, values, self.sheet.gradients_read(line))
        difference = line_difference(self.ground, gradient, values)
        remark = "; ".join(filter(None, (mark.remark, line.remark)))
        return replace(mark, difference=difference, mistakes=explained.mistakes, others=explained.others, remark=remark)

    def _helper(self, line: AnswerLine, mark: Line, rests_on_wrong: bool) -> Line:
        """The mark of a person's own name: unjudged, unless it has to stand for a gradient."""
        gradient = self.roles.get(line.name)
        if gradient is None:
            return replace(mark, verdict="unjudged", right="", remark=line.remark)
        mark = replace(mark, right=self._right(gradient), remark=f"{line.name} is used as {gradient}")
        assert line.left is not None
        meant = replace(line, name=gradient, left=Elem(gradient, line.left.index))
        values = self.sheet.values(meant)
        if holds(values):
            return replace(mark, verdict="follows" if rests_on_wrong else "right", right="")
        return self._wrong(meant, gradient, mark, values)

    def _past_the_end(self, line: AnswerLine, mark: Line) -> Line:
        """The mark of a line about places that the gradient has not: ``da[T+1] = 0``."""
        if self.sheet.is_zero(line):
            return replace(mark, verdict="right", right="", remark=PAST_THE_END)
        return replace(mark, right="", remark=f"there is no {line.left}: what lies past the end is 0")

    def _right(self, name: str) -> str:
        """The right lines, in the language."""
        parts = self.ground.parts.get(name, ())
        return "\n".join(f"{part.left} = {part.right}" for part in parts)
