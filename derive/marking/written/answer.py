"""Reads a person's answer: lines of the language, in index or matrix form, about the gradients of a layer.

A text is parsed and never executed.  Every line is read on its own, so that an error in one stops no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from derive.language.errors import Fragment, LayerError
from derive.language.expr import Index
from derive.language.memo import once_per_system
from derive.language.ranges import facts_of
from derive.language.scope import FUNCTIONS, Scope, scope_of
from derive.language.system import System, Tensor
from derive.language.traverse import names_read
from derive.marking.written.answer_record import Answer, AnswerLine
from derive.marking.written.boundaries import Boundaries
from derive.marking.written.drafts import Progress, drafts, without_repeats
from derive.marking.written.lines import Elaborated, in_index_form
from derive.marking.written.own_axes import Known, because, own_tensors
from derive.marking.written.own_names import misplaced, vanishing
from derive.marking.written.own_system import definitions, evaluable, own_equations, without_readers
from derive.marking.written.shape_reader import shape_text
from derive.marking.written.statements import statements
from derive.steps.record import Derivation, upstream_name

__all__ = ["Answer", "AnswerLine", "read"]

MAX_LENGTH = 200_000  # characters of an answer
MAX_LINES = 300


def read(derivation: Derivation, text: str, file: str = "") -> Answer:
    """Read an answer.  What cannot be read is said in its lines; nothing is raised."""
    if len(text) > MAX_LENGTH:
        error = LayerError(f"answer too long: {len(text)} characters, {MAX_LENGTH} at most", file)
        return Answer((AnswerLine(1, text[:60], "", error=error),), {}, derivation.backward)
    found = list(islice((s for s in statements(text, file) if not s.is_unanswered), MAX_LINES + 1))
    scope = _scope(derivation.backward)
    answer = _Reading(derivation, scope).answer(drafts(found[:MAX_LINES], scope))
    if len(found) > MAX_LINES:
        last = found[MAX_LINES]
        error = last.text.error(f"more than {MAX_LINES} lines: the rest is not read")
        answer = replace(answer, lines=(*answer.lines, AnswerLine(last.number, last.written, "", error=error)))
    return answer


@once_per_system
def _scope(backward: System) -> Scope:
    """All that a line may name: tensors, gradients, sizes, indices, and the functions that were chosen for options."""
    scope = scope_of(backward)
    known = {*scope.tensors, *scope.sizes, *scope.indices, *scope.functions}
    functions = {*FUNCTIONS, *scope.functions}
    options = {n: Fragment.of(c) for n, c in backward.chosen.items() if n not in known and c in functions}
    return replace(scope, options=options)


@dataclass(frozen=True)
class _Reading:
    """The reading of one answer; ``scope`` is what every line may name."""

    derivation: Derivation
    scope: Scope

    @property
    def backward(self) -> System:
        return self.derivation.backward

    def answer(self, lines: Sequence[Progress]) -> Answer:
        lines = without_repeats(lines, lambda name: name not in self.backward.tensors)
        own = [line.draft for line in lines if line.draft is not None and line.name not in self.backward.tensors]
        told = {*self.backward.tensors, *(draft.name for draft in own)}
        options = {name: option for name, option in self.scope.options.items() if name not in told}
        scope = replace(self.scope, options=options)  # a person's own name goes before that of an option
        broken = {s.name: because(s.name, s.statement.number) for s in lines if s.name not in told}
        known = own_tensors(own, scope, facts_of(self.backward), broken)
        reader = replace(self, scope=replace(scope, tensors={**scope.tensors, **known.tensors}))
        lines = [reader.in_index_form(line, known) for line in lines]
        lines = without_readers(lines, known)
        lines = without_repeats(lines, lambda name: name in self.backward.tensors)
        bounds = reader.boundaries(lines, known)
        lines = without_readers([reader.within(line, bounds) for line in lines], known)
        lines, system = evaluable(lines, known, self.backward)
        helpers = {name: tensor for name, tensor in known.tensors.items() if name in system.tensors}
        return Answer(tuple(line.line for line in self.with_strangers(lines)), helpers, system)

    def with_strangers(self, lines: Sequence[Progress]) -> Iterator[Progress]:
        """The lines; it is said of a person's own name that looks like a gradient's and that nothing reads."""
        read = {name for line in lines if line.right is not None for name in names_read(line.right)}
        for line in lines:
            if line.name.startswith("d") and line.name not in {*read, *self.backward.tensors} and line.error is None:
                remark = f"{line.name} is a name of your own: there is no tensor {line.name[1:]} in this layer"
                line = replace(line, remark=line.remark or remark)
            yield line

    def in_index_form(self, line: Progress, known: Known) -> Progress:
        """The line over the layer's tensors and the person's own."""
        draft = line.draft
        if draft is None:
            return line
        if draft.position in known.errors:
            return replace(line, error=known.errors[draft.position])
        try:
            if draft.name in known.missing:
                raise draft.line.left.error(known.missing[draft.name])
            tensor = self.scope.tensors[draft.name]
            facts = facts_of(self.backward)
            form = in_index_form(draft.line, draft.left, self.scope, facts, tensor, known.missing)
            if draft.name in known.tensors and (message := self.misfit(form, tensor)):
                raise draft.line.left.error(message)
        except LayerError as error:
            return replace(line, error=error)
        return replace(line, form=form)

    def misfit(self, form: Elaborated, own: Tensor) -> str:
        """What is wrong with a line that defines a person's tensor: another shape than elsewhere, or no such place."""
        if form.left is None:
            return f"{own.name} has shape {shape_text(form.indices)}, and elsewhere {shape_text(own.axes)}"
        return misplaced(form.left, form.indices, own.axes, facts_of(self.backward))

    def boundaries(self, lines: Sequence[Progress], known: Known) -> Boundaries:
        """Where everything is defined."""
        bounds = Boundaries(self.derivation.system, self.backward, {}, frozenset())
        own = own_equations(lines, known, self.backward)
        by_name = {name: [e for e in own if e.name == name] for name in dict.fromkeys(e.name for e in own)}
        return replace(bounds, own=by_name, vanishing=vanishing(definitions(lines, known), bounds.is_gradient))

    def within(self, line: Progress, bounds: Boundaries) -> Progress:
        """The line, with what it reads outside a range guarded or told."""
        form, draft = line.form, line.draft
        if form is None or draft is None:
            return line
        if form.left is not None and line.name in self.backward.tensors:
            message = bounds.left_error(form.left, self.backward.tensors[line.name])
            if message:
                return replace(line, error=draft.line.left.error(message), form=None)
        indices: dict[str, Index] = {**self.scope.indices, **{i.name: i for i in form.indices}}
        found = bounds.checked(form.right, form.indices, draft.line, replace(self.scope, indices=indices))
        form = replace(form, right=found.right)
        remark = form.remark or found.remark or self.remark(line)
        return replace(line, form=form, error=found.error, unguarded=found.unguarded, remark=remark)

    def remark(self, line: Progress) -> str:
        """What helps to know of the gradient of an output that the layer reads as well."""
        given = upstream_name(line.name[1:])
        if line.form is not None and given in self.backward.tensors and given not in names_read(line.form.right):
            return f"`{given}` is the gradient that arrives from above; `{line.name}` is the whole of it"
        return ""
