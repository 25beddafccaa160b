"""How wrong the gradients of the weights are where the recurrence is cut short, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from derive.forms.measured import Setting, measurable, recurrence_of, truncation_errors
from derive.language.system import LOSS
from derive.rendering import formula as F
from derive.rendering.document import Block, Inlines, Math, Paragraph, Table, figure, said, text
from derive.rendering.page import Page
from derive.rendering.recurrence import slashed
from derive.steps.record import Truncation

_REACHES = (1, 2, 4, 8, 16)
_STEPS = 40
_MANY = 4  # gradients with a column of their own at most
_ENDS: tuple[tuple[str, Callable[[Iterable[float]], float]], ...] = (("smallest", min), ("largest", max))


def cut_error(page: Page, record: Truncation, reach: F.Formula) -> Iterator[Block]:
    """A table of relative errors, where values can be drawn and no gradient is 0 at them."""
    recurrence = recurrence_of(page.system, record.tensor)
    setting = Setting(_STEPS)
    with np.errstate(divide="ignore", invalid="ignore"):  # of gradients that are 0 at these values
        errors = truncation_errors(recurrence, _REACHES, setting) if measurable(recurrence.system) else None
    if not errors or not np.isfinite(list(errors.values())).all():
        return
    words = (
        "What that costs, measured: the relative error of each gradient (the norm of what is missing, over that of the "
        f"whole) for {setting.steps} steps, {{}} units and weights drawn as PyTorch draws them, with a random gradient "
        "coming to the state of each step from its own loss."
    )
    yield Paragraph(said(words, F.Number(str(setting.units))))
    columns = [(_gradient(page, param), found) for param, found in errors.items()]
    if len(columns) > _MANY:
        by_reach = list(zip(*errors.values(), strict=True))
        columns = [(text(f"{word} of all gradients"), tuple(map(of, by_reach))) for word, of in _ENDS]
    header: tuple[Inlines, ...] = ((Math(reach),), *(name for name, _ in columns))
    rows = tuple((text(str(r)), *(text(figure(found[k])) for _, found in columns)) for k, r in enumerate(_REACHES))
    yield Table((1, *(2 for _ in columns)), header, rows)


def _gradient(page: Page, param: str) -> Inlines:
    names = page.style.notation
    return (Math(slashed(names.tensor(LOSS), names.tensor(param))),)
