"""Right answers are right in any form, and wrong ones wrong: found on formulas rewritten and changed at random."""

from collections.abc import Callable
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
from derive.steps.record import Gradient
from tests import values
from tests.marking.corpus import Case
from tests.marking.rewriting import CHANGING, KEEPING, Place, guard_twice, nested, rewritten, somewhere

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
CLOSE = 1e-6  # a change of the value below this says nothing about whether it is equal

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
    expr = rewritten(part.right, place, random, (*KEEPING, guard_twice), times)
    lines = nested(part.left, part.indices, expr, random, place) if random.random() < 0.4 else [f"{part.left} = {expr}"]
    assume(len("\n".join(lines)) < 4000)
    marking = mark_text(ground, "\n".join(lines))
    assert marking.ok, (str(part.left), [(line.text, line.remark, line.difference) for line in marking.lines])


@anywhere
@given(gradients(), randoms)
def test_a_changed_answer_is_wrong(chosen: Chosen, random: Random) -> None:
    """Unless the change changes nothing, which an evaluation that shares no code with the marking finds out."""
    ground, part = chosen.ground, chosen.record
    changed = somewhere(part.right, chosen.place, random, CHANGING)
    assume(changed is not None)
    differs = None
    with suppress(AssertionError, ArithmeticError, TypeError, ValueError):  # outside the range, or undefined
        differs = any(different(point, part, changed, random) for point in ground.places)
    marking = mark_text(ground, f"{part.left} = {changed}")
    assert differs is None or marking.ok != differs, (f"{part.left} = {part.right}", f"changed to {changed}")


def different(point: Point, part: Gradient, changed: Expr, random: Random) -> bool:
    """Whether some entries of a changed formula are others than those of the formula."""
    names = names_read(part.right) | names_read(changed)
    point.know(names)
    system = point.derivation.backward
    tensors = {name: element(system, name, stored) for name, stored in point.tensors(names).items()}
    for _ in range(4):
        numbers = dict(point.point.sizes)
        for index in part.indices:
            numbers[index.name] = random.choice(values.span(index, numbers))
        right, other = (values.value(e, numbers, tensors) for e in (part.right, changed))
        if abs(right - other) > CLOSE * max(abs(right), abs(other)):
            return True
    return False


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
