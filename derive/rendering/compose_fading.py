"""How gradients fade over a recurrence, measured and drawn: the norms against the distance, of several layers."""

from __future__ import annotations

from collections.abc import Iterator

from derive.forms.measured import Setting, measurable, norms_by_distance, recurrence_of
from derive.language.load import load
from derive.language.study import Measured
from derive.language.system import LOSS, System
from derive.rendering import formula as F
from derive.rendering.document import Block, Curve, Heading, Inlines, Paragraph, Plot, figure, said, text
from derive.rendering.naming import picture
from derive.rendering.page import Page
from derive.rendering.recurrence import slashed

_STEPS = 50


def fading(page: Page) -> Iterator[Block]:
    """The plot, where the layer asks for one, and what its author says of it; a gradient that is 0 has no curve."""
    study = page.system.study
    setting = Setting(_STEPS)
    found = {one: _curve(page.system, one, setting) for one in study.norms}
    found = {one: curve for one, curve in found.items() if len(curve.points) > 1}
    if not found:
        return
    curves = tuple(found.values())
    yield Heading(2, text("Measured"))
    yield Paragraph(_question(list(dict.fromkeys(one.layer for one in found))))
    yield Plot(
        picture(page.system, "gradient-norms"),
        curves,
        "steps between the state and the last one, which the loss reads",
        "norm of the gradient by the state",
        _in_words(curves),
        _caption(page, curves, setting),
    )
    if study.notes:
        yield Paragraph(page.prose(study.notes))


def _curve(system: System, one: Measured, setting: Setting) -> Curve:
    """The norms of a layer: the page's own with its options, where these can be run, any other with its defaults."""
    own = one.layer == system.name and measurable(recurrence_of(system, one.tensor).system)
    chosen = system if own else load(one.layer)
    options = [f"{o} = {chosen.chosen[o]}" for o, values in chosen.options.items() if chosen.chosen[o] != values[0]]
    label = f"{one} ({', '.join(options)})" if options else str(one)
    norms = norms_by_distance(recurrence_of(chosen, one.tensor), setting, dict(one.fixed))
    return Curve(label, tuple((float(d), norm) for d, norm in enumerate(norms) if norm > 0.0))


def _question(layers: list[str]) -> Inlines:
    listed = " and ".join([", ".join(layers[:-1]), layers[-1]]) if len(layers) > 1 else layers[0]
    words = (
        f"How far back a loss is felt can be tried out. Let it read the last state only, and follow the gradient back "
        f"step by step; here for {listed}, each with its own gradients as this program derives them."
    )
    return text(words)


def _caption(page: Page, curves: tuple[Curve, ...], setting: Setting) -> Inlines:
    """The setting, and what is seen."""
    tensor = next((one.tensor for one in page.system.study.norms if one.layer == page.system.name), "")
    names: Inlines = ()
    if tensor in page.style.notation.tensors:
        of, by = (page.style.notation.tensor(name) for name in (LOSS, tensor))
        names = said(", {},", F.Fenced("‖", slashed(of, by), "‖"))
    units, width = F.Number(str(setting.units)), F.Number(str(round(setting.units**-0.5, 3)))
    where = (
        f" of a loss that reads only the last of {setting.steps} states, at each distance from it; 1 at the last. "
        f"{{}} units, {setting.others} samples and {setting.others} inputs; weights drawn as PyTorch draws them, "
        "uniformly between ±{} (one over the root of the units), inputs normal, first states zero; seeded. "
    )
    start = text("The norm of the gradient by the state") + names + said(where, units, width)
    return start + text(_seen(curves))


def _seen(curves: tuple[Curve, ...]) -> str:
    by_step = {c.label: (c.points[-1][1] / c.points[0][1]) ** (1 / max(c.points[-1][0], 1.0)) for c in curves}
    listed = ", ".join(f"{factor:.2f} ({label})" for label, factor in by_step.items())
    slowest, fastest = max(by_step, key=lambda k: by_step[k]), min(by_step, key=lambda k: by_step[k])
    words = f"A straight line means the same factor at every step. On average that factor is {listed}"
    if len(by_step) == 1:
        return words + "."
    return words + f": the gradient fades fastest in {fastest} and slowest in {slowest}."


def _in_words(curves: tuple[Curve, ...]) -> str:
    ends = "; ".join(
        f"{c.label} goes from {figure(c.points[0][1])} to {figure(c.points[-1][1])} over {c.points[-1][0]:.0f} steps"
        for c in curves
    )
    return f"Line plot with a logarithmic vertical axis: norm of the gradient against distance in steps. {ends}."
