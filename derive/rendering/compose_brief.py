"""What a page says in place of steps: that a gradient is passed on, or has the steps of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.language.expr import Elem, Partial
from derive.language.system import LOSS
from derive.rendering import formula as F
from derive.rendering.coverage import Briefly, Repeated, main_steps
from derive.rendering.document import Code, Inlines, listed, said, text
from derive.rendering.naming import command
from derive.rendering.page import Page, equation_number, to_step
from derive.rendering.renaming import Renaming
from derive.steps.record import Gradient, Step


def instead_of_steps(page: Page, one: Gradient) -> Inlines:
    """Why the steps of a gradient need not be shown."""
    how = page.covers(one)
    return _as_for(page, how) if isinstance(how, Repeated) else _passed_on(page, one)


def _passed_on(page: Page, one: Gradient) -> Inlines:
    (reader,) = one.readers
    number = equation_number(page, reader.equation)
    name = page.math(Elem(reader.equation.name, reader.equation.left.index))
    words = "Equation {} gives it another name, {}, and nothing else reads it: the gradient is passed on as it is."
    return said(words, number, name)


def _as_for(page: Page, how: Repeated) -> Inlines:
    """The steps are those for an earlier gradient: which, and what stands in place of what."""
    steps = main_steps(how.earlier)
    first, last = to_step(page, steps[0]), to_step(page, steps[-1])
    where = said("{}", first) if first == last else said("{} to {}", first, last)
    start = said("As for {} (", page.name(how.earlier.tensor)) + where + text(")")
    return start + _in_place(page, how.names, how.earlier.tensor) + text(".")


def others(page: Page, steps: Sequence[Step]) -> Inlines:
    """What the other steps of a line put in, and for what."""
    pieces: Inlines = ()
    for k, step in enumerate(steps):
        between = "Likewise " if not k else " and " if k + 1 == len(steps) else ", "
        of = step.changed.of if isinstance(step.changed, Partial) else step.changed
        pieces += said(between + "{} for {}", page.math(step.into), page.math(of))
    return pieces + text(".") if pieces else ()


def as_before(page: Page, step: Step) -> Inlines:
    """Where the single rewrites of a step stand, if not below it."""
    like = page.likes.get(id(step))
    if like is None:
        return ()
    start = said("Its single steps are those of {}", to_step(page, like.earlier))
    return start + _in_place(page, like.names, "") + text(".")


def _in_place(page: Page, names: Renaming, subject: str) -> Inlines:
    """``, with a, b in place of c, d``: the tensors but the one that is spoken of, and the author's indices."""
    gradients = {**page.style.notation.gradients, **page.style.notation.upstream}
    tensors = {a: b for a, b in names.tensors.items() if a != b and a not in gradients and a not in (subject, LOSS)}
    indices = {a: b for a, b in names.indices.items() if a != b and a in page.system.indices}
    if not tensors and not indices:
        return ()
    new, old = (_names(page, tensors, indices, side) for side in (1, 0))
    return text(", with ") + new + text(" in place of ") + old


def _names(page: Page, tensors: Mapping[str, str], indices: Mapping[str, str], side: int) -> Inlines:
    notation = page.style.notation
    shown: list[F.Formula] = [notation.tensor(pair[side]) for pair in tensors.items()]
    return listed([*shown, *(notation.index(pair[side]) for pair in indices.items())])


def how_to_see_steps(page: Page) -> Inlines:
    """Why the gradients of constants come without steps, and the command that prints them."""
    gradients = page.derivation.gradients
    names = [n for n in page.derivation.wrt if any(isinstance(page.covers(p), Briefly) for p in gradients[n])]
    constants = listed([page.style.notation.tensor(n) for n in names])
    given = (
        "; of the gradients by them only the results are given" if len(names) > 1 else "; only its gradient is given"
    )
    words = said(f"{given}, and {{}} prints the steps.", Code(command("show", page.system, "--wrt", names[0])))
    return text("Nobody trains ") + constants + words
