"""What answers are held against: a layer's derivation, test points, and the true values of its gradients there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from derive.checking.forward import completed
from derive.checking.places import Stored
from derive.checking.points import Point, PointError, point
from derive.checking.reference import Interpreter
from derive.checking.sizes import choose_sizes, steps_of
from derive.checking.tree import Forest
from derive.checking.truth import given_gradients, terms_interpreter_of, true_gradients
from derive.language.errors import LayerError
from derive.language.system import System
from derive.marking.differences.reading import largest
from derive.marking.sides import conditions_of, sides_shown
from derive.steps.record import Derivation, Gradient, gradient_name

RECURRENCES = (5, 1, 2, 7)  # how often things recur at the test points; sizes differ from point to point
_FURTHER = 16  # points that are tried where conditions on values were always true so far, or never
_SPREADS = (1.0, 4.0)  # of the values there
DENSE = 3  # and at a point where windows are laid as densely as they can be


@dataclass(frozen=True)
class Ground:
    """A derivation, and the places where answers are compared with the truth."""

    derivation: Derivation
    places: tuple[Place, ...]

    @property
    def system(self) -> System:
        return self.derivation.system

    @cached_property
    def numbers(self) -> Mapping[int, str]:
        """The number under which the document shows each step (D7), by the step's id."""
        from derive.rendering.page import page

        return page(self.derivation, None, None).steps

    @cached_property
    def parts(self) -> Mapping[str, tuple[Gradient, ...]]:
        """The gradients by their own names: dW_h."""
        return {gradient_name(name): parts for name, parts in self.derivation.gradients.items()}

    @cached_property
    def given(self) -> frozenset[str]:
        """The upstream gradients, which nobody derives."""
        return frozenset(t.name for t in self.derivation.backward.tensors.values() if t.kind == "upstream")


@dataclass
class Place:
    """A test point.  True gradients are computed when they are asked for, by complex step, and kept."""

    derivation: Derivation
    point: Point
    forest: Forest = field(default_factory=Forest)

    @cached_property
    def _tensors(self) -> dict[str, Stored]:
        """Values of the forward pass, the upstream gradients, and the true gradients known so far."""
        return {**self.point.forward, **given_gradients(self.derivation.backward, self.point)}

    @cached_property
    def reader(self) -> Interpreter:
        """Evaluates expressions with every tensor at its true value; ``know`` the gradients first that they read."""
        return Interpreter(self.point.sizes, self._tensors, self.derivation.backward, self.forest)

    @cached_property
    def terms_reader(self) -> Interpreter:
        """Knows how large the terms are of which each gradient is made."""
        return terms_interpreter_of(self.derivation, self.point, self.forest)

    @cached_property
    def elements(self) -> int:
        """How many elements all tensors have: how long it takes to compute anything here."""
        return sum(stored.array.size for stored in self.point.forward.values())

    @property
    def numbers(self) -> dict[str, float]:
        """The inputs that are single numbers: p, eps."""
        return {name: float(array) for name, array in self.point.inputs.items() if array.ndim == 0}

    def know(self, names: Iterable[str]) -> None:
        """Have the true values of these gradients ready, by their own names; other names are passed over."""
        wanted = [n for n in self.derivation.gradients if gradient_name(n) in set(names) - self._tensors.keys()]
        if wanted:
            self._tensors.update(true_gradients(self.derivation.system, self.point, wanted))

    def tensors(self, names: Iterable[str]) -> dict[str, Stored]:
        """The true values of the forward pass, of the upstream gradients, and of these gradients."""
        names = frozenset(names)
        self.know(names)
        derived = frozenset(map(gradient_name, self.derivation.gradients))
        return {name: stored for name, stored in self._tensors.items() if name in names or name not in derived}

    def reader_of(
        self, system: System, names: Iterable[str], standing: Mapping[str, Stored] | None = None
    ) -> Interpreter:
        """A reader of a larger system, whose own equations (a person's helpers) are computed from the true values.

        ``names`` are what will be read; ``standing`` holds values that stand for those which the system would compute.
        """
        tensors = completed(system, {**self.tensors(names), **(standing or {})}, self.point.sizes)
        return Interpreter(self.point.sizes, tensors, system, self.forest)

    def true(self, name: str) -> Stored:
        """The true value of a gradient, by its own name."""
        self.know((name,))
        return self._tensors[name]

    def scale(self, name: str) -> float:
        """The size of the largest terms that a gradient is made of (there are none at places that it has not)."""
        return largest(self.terms_reader.tensors[name].array)


def ground_of(derivation: Derivation, seed: int = 0) -> Ground:
    """The ground for marking answers on a layer.  Raises LayerError where the layer cannot be evaluated."""
    return Ground(derivation, tuple(_places(derivation, seed)))


def _places(derivation: Derivation, seed: int) -> Iterator[Place]:
    """Points with sizes of every kind and with values on both sides of every condition, as far as they are found."""
    places: list[Place] = []
    for place in _at_sizes(derivation, seed):
        places.append(place)
        yield place
    conditions = conditions_of(derivation.system)
    missing = {(c, side) for c in conditions for side in (True, False)}
    missing -= {side for place in places for side in sides_shown(conditions, place.reader)}
    for k in range(_FURTHER if missing else 0):
        sizes, drawn = places[k % len(places)].point.sizes, seed + len(places) + k
        with suppress(PointError):
            place = Place(
                derivation, point(derivation.system, sizes, drawn, _SPREADS[k % len(_SPREADS)]), places[0].forest
            )
            if shown := missing & sides_shown(conditions, place.reader):
                missing -= shown
                yield place
        if not missing:
            return


def _at_sizes(derivation: Derivation, seed: int) -> Iterator[Place]:
    """Points with sizes of every kind, and where there are strides and dilations, one without them: windows overlap."""
    earlier: list[Mapping[str, int]] = []
    system, forest = derivation.system, Forest()
    for k, length in enumerate(RECURRENCES):
        earlier.append(choose_sizes(system, length, seed + k, earlier=earlier, varied=True))
        yield Place(derivation, point(system, earlier[-1], seed + k), forest)
    if steps := steps_of(system):
        with suppress(LayerError):  # where the layer can do without them
            dense = choose_sizes(system, DENSE, seed, dict.fromkeys(steps, 1), earlier)
            yield Place(derivation, point(system, dense, seed), forest)
