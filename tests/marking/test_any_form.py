"""Right answers are right in any form, and wrong ones wrong: found on formulas rewritten and changed at random."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from derive.checking.places import Stored
from derive.language.expr import Expr
from derive.language.system import System
from derive.language.traverse import names_read
from derive.marking.check import mark_text
from derive.marking.ground import Ground
from derive.marking.ground import Place as Point
from derive.marking.record import Line
from derive.steps.record import Gradient
from tests import values
from tests.marking.changing import CHANGING
from tests.marking.corpus import Case
from tests.marking.keeping import KEEPING
from tests.marking.rewriting import Place, depth, nested, rewritten, somewhere

LAYERS = [
    *(Case(name, name) for name in (
        "linear", "mlp", "cross_entropy", "softmax", "mse", "bce_with_logits", "dropout", "gelu", "silu", "swiglu",
        "rnn", "rnn_many_to_one", "stacked_rnn", "lstm", "gru", "conv1d", "maxpool1d", "avgpool1d", "embedding",
        "batchnorm1d", "layernorm", "rmsnorm", "groupnorm", "instancenorm", "attention", "multi_head_attention",
    )),
    Case("mlp-tanh", "mlp", options={"activation": "tanh"}),
    Case("rnn-softmax", "rnn", options={"g": "softmax", "ell": "cross_entropy"}),
    Case("cross_entropy-mean", "cross_entropy", options={"targets": "indices", "reduction": "mean"}),
    Case("attention-causal", "attention", options={"mask": "causal"}),
    *(Case(name, own=name) for name in ("highway", "bilinear", "returns")),
]  # fmt: skip
CLOSE, LEAST = 1e-9, 1e-12  # relative and absolute differences that are rounding

anywhere = settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Chosen:
    """A gradient of one of the layers, on one part of its tensor, and how points are drawn."""

    case: Case
    gradient: str
    part: int
    seed: int

    @property
    def ground(self) -> Ground:
        return self.case.ground(self.seed)

    @property
    def record(self) -> Gradient:
        return self.ground.parts[self.gradient][self.part]

    @property
    def place(self) -> Place:
        return Place(self.ground.derivation.backward, self.record.indices)


@st.composite
def gradients(draw: st.DrawFn) -> Chosen:
    case, seed = draw(st.sampled_from(LAYERS)), draw(st.integers(0, 2))
    parts = case.ground(0).parts
    name = draw(st.sampled_from(list(parts)))
    return Chosen(case, name, draw(st.integers(0, len(parts[name]) - 1)), seed)


randoms = st.integers(0, 2**32 - 1).map(Random)


@anywhere
@given(gradients(), randoms, st.integers(1, 8))
def test_a_right_answer_rewritten_is_right(chosen: Chosen, random: Random, times: int) -> None:
    ground, part, place = chosen.ground, chosen.record, chosen.place
    expr = rewritten(part.right, place, random, KEEPING, times)
    lines = nested(part.left, part.indices, expr, random) if random.random() < 0.4 else [f"{part.left} = {expr}"]
    assume(max(map(len, lines)) < 1200 and depth(expr, place) <= 10)  # more is refused as too large
    marking = mark_text(ground, "\n".join(lines))
    assert marking.ok, (str(part.left), [(line.text, line.remark, line.difference) for line in marking.lines])


@anywhere
@given(gradients(), randoms)
def test_a_changed_answer_is_wrong(chosen: Chosen, random: Random) -> None:
    """Unless the change changes nothing, which an evaluation that shares no code with the marking finds out."""
    ground, part = chosen.ground, chosen.record
    changed = somewhere(part.right, chosen.place, random, CHANGING)
    assume(changed is not None)
    line, *_ = mark_text(ground, f"{part.left} = {changed}").lines  # and what of the gradient is missing
    assert borne_out(line, ground, part, changed, random), (f"{part.left} = {part.right}", f"changed to {changed}")


def borne_out(line: Line, ground: Ground, part: Gradient, changed: Expr, random: Random) -> bool:
    """Whether entries drawn at random are equal, the verdict being right, or the one it names differs, being wrong."""
    with suppress(AssertionError, ArithmeticError, TypeError, ValueError):  # outside the range, or undefined
        if line.verdict == "right":
            return not any(differs(place, part, changed, drawn(place, part, random)) for place in ground.places * 3)
        if line.difference is not None and line.difference.entries:
            at = dict(zip(line.difference.names, line.difference.entries[0].place, strict=True))
            (place,) = (p for p in ground.places if p.point.sizes == line.difference.sizes)
            return differs(place, part, changed, at)
    return line.verdict == "wrong"


def drawn(place: Point, part: Gradient, random: Random) -> dict[str, int]:
    """An entry of a gradient, by the values of its indices."""
    return {i.name: random.choice(values.span(i, place.point.sizes)) for i in part.indices}


def differs(place: Point, part: Gradient, changed: Expr, at: Mapping[str, int]) -> bool:
    """Whether an entry of a changed formula is another than that of the formula."""
    names = names_read(part.right) | names_read(changed)
    place.know(names)
    system, stored = place.derivation.backward, place.tensors(names)
    tensors = {name: element(system, name, of) for name, of in stored.items()}
    single = {name: int(of.array) for name, of in stored.items() if of.array.ndim == 0}  # whole numbers of rank 0
    numbers = {**place.point.sizes, **single, **at}
    right, other = (values.value(e, numbers, tensors) for e in (part.right, changed))
    return abs(right - other) > max(CLOSE * max(abs(right), abs(other)), LEAST)


def element(system: System, name: str, stored: Stored) -> Callable[..., float]:
    """A stored tensor as a function of its places; outside of it is what the layer says."""
    array = stored.array if stored.array.ndim == len(stored.lows) else stored.array[..., 0]
    inside = values.element_of(array, stored.lows)
    if name not in system.outside:
        return inside

    def anywhere(*at: int) -> float:
        held = all(low <= p < low + n for p, low, n in zip(at, stored.lows, array.shape, strict=True))
        return inside(*at) if held else system.outside[name]

    return anywhere
