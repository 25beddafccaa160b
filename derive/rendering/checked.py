"""What rendering needs to know of the numeric checks; the records themselves are made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from derive.steps.record import Bound, Case, ClosedForm, EntrywiseForm, Gradient, Step, Truncation


class StepCheck(Protocol):
    """The check of one record: the largest relative error, the points at which it was looked for, whether it holds."""

    @property
    def error(self) -> float: ...
    @property
    def points(self) -> Sequence[str]: ...
    @property
    def ok(self) -> bool: ...


class StepChecks(Protocol):
    """The checks of everything that a derivation records."""

    def of(self, record: Step | Case | ClosedForm | EntrywiseForm | Gradient | Bound | Truncation, /) -> StepCheck: ...


class GradientCheck(Protocol):
    """The check of one gradient by one method at certain sizes."""

    @property
    def gradient(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def sizes(self) -> str: ...
    @property
    def error(self) -> float: ...
    @property
    def ok(self) -> bool: ...


class GradientChecks(Protocol):
    """The checks of the final gradients."""

    @property
    def rows(self) -> Sequence[GradientCheck]: ...
