"""Finds which gradient a person's own name stands for, by what makes the lines right that read it.

``delta`` of an answer is not judged by itself: nothing says what it should be.  But if a wrong line comes out right
with the true ``da`` in place of ``delta``, then ``delta`` is meant to be ``da``, and it is ``delta`` that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.language.system import Tensor
from derive.language.traverse import names_read
from derive.marking.sheet import Sheet
from derive.marking.values import holds
from derive.marking.written.answer import AnswerLine


def roles(sheet: Sheet) -> Mapping[str, str]:
    """The gradient for which each helper stands that makes a line wrong, by the helper's name."""
    found: dict[str, str] = {}
    for line in sheet.about_gradients:
        if not holds(sheet.values(line)):
            found |= next(_meant(sheet, line, found), {})
    return found


def _meant(sheet: Sheet, line: AnswerLine, known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for helper in sheet.helpers_read(line):
        for gradient in _candidates(sheet, line, sheet.answer.helpers[helper]):
            if helper not in known or known[helper] == gradient:
                true = [place.true(gradient) for place in sheet.ground.places]
                if holds(sheet.values(line, sheet.readers({helper: true}))):
                    yield {helper: gradient}


def _candidates(sheet: Sheet, line: AnswerLine, helper: Tensor) -> Iterator[str]:
    """The gradients that the true line reads and that have the axes of a helper."""
    shape = [axis.extent for axis in helper.axes]
    for name in dict.fromkeys(n for part in sheet.ground.parts[line.name] for n in sorted(names_read(part.right))):
        axes = sheet.ground.derivation.backward.tensors[name].axes
        if name in sheet.ground.parts and [axis.extent for axis in axes] == shape:
            yield name
