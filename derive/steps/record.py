"""The records of a derivation: what was changed, by which rule, why, and the evidence that it is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from derive.language.expr import Elem, Expr, Index, Partial
from derive.language.system import Equation, System


@dataclass(frozen=True)
class Step:
    """One line of a derivation: ``before = after``.

    rule      name of the rule, or of the pass where the step gathers several rewrites
    sentence  why it holds, in words; ``{...}`` already filled; formulas in it stand between backquotes, in the language
    before    the whole right side before the step, ``after`` the whole right side after it
    changed   the subterm of ``before`` that the step rewrites, and ``into`` what it becomes
    substeps  the single rewrites inside, in order
    indices   the free indices of the line: what it holds for
    """

    rule: str
    sentence: str
    before: Expr
    after: Expr
    changed: Expr
    into: Expr
    indices: tuple[Index, ...]
    substeps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Reader:
    """An equation that reads the tensor, and its part in the chain rule.

    element     the reader's element there: a[s,n,k]; ``over`` the indices of it that are summed
    partial     the local derivative of ``element``, not worked out; ``derivative`` what it comes to, by ``steps``
    """

    equation: Equation
    element: Elem
    over: tuple[Index, ...]
    partial: Partial
    derivative: Expr
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Case:
    """The gradient at a special place or setting: ``where`` (such as ``[t == T]``) and what it becomes there."""

    where: str
    left: Elem
    right: Expr
    indices: tuple[Index, ...]
    sentence: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Gradient:
    """The derivation of one gradient on one part of its tensor (its range, or a base case such as ``h[0]``).

    left      the gradient's element: Elem("dh", (t, n, i)); ``of`` is the element it is taken by: h[t,n,i]
    right     the result, over the tensors of the forward pass and the gradients named before
    steps     from the chain rule to the result
    """

    tensor: str
    left: Elem
    of: Elem
    indices: tuple[Index, ...]
    readers: tuple[Reader, ...]
    steps: tuple[Step, ...]
    right: Expr
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True)
class ClosedForm:
    """An adjoint recurrence solved: dv[t] = sum over s >= t of (J[t+1]^T … J[s]^T) g[s].

    tensor    v; ``index`` the index it recurs in, ``step`` +1 where dv[t] needs dv[t+1]
    local     g[t,…], the part of dv[t] that does not come by way of dv[t+step]
    jacobian  J: the derivative of v[t+step, row] by v[t, column], as an expression over ``row`` and ``column``; what
              an entry hands on to itself alone stands beside ``delta(row, column)``, in a term of its own
    """

    tensor: str
    index: Index
    step: int
    left: Elem
    indices: tuple[Index, ...]
    local: Expr
    jacobian: Expr
    row: Index
    column: Index


@dataclass(frozen=True)
class EntrywiseForm:
    """An adjoint recurrence in which every entry hands on to itself alone, solved.

    ``dv[t] = sum over s >= t of f[t+1] * … * f[s] * g[s]``, for each entry.

    tensor    v; ``index`` the index it recurs in, ``step`` +1 where dv[t] needs dv[t+1]
    local     g[t,…], the part of dv[t] that does not come directly from dv[t+step]
    factor    f[t+step]: the derivative of v[t+step,…] by v[t,…], the other indices being the same
    given     the tensors that recur together with v and by whose gradients the local part is said; these depend on
              later steps too, so that the sum follows one path only.  None where the recurrence is solved
    """

    tensor: str
    index: Index
    step: int
    left: Elem
    indices: tuple[Index, ...]
    local: Expr
    factor: Expr
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bound:
    """How large a product of the Jacobians of a closed form can be: ||J[s] … J[t+1]|| <= (γ ||W||)^(s-t).

    matrix    W, an expression over row and column of the form
    scale     what each row of W is multiplied by in J; 1 where it is nothing
    function  the elementwise function whose derivative the scale is, read at ``argument``; None where it is none
    steepest  γ, the largest size of that derivative; None where it is not known
    """

    form: ClosedForm
    matrix: Expr
    scale: Expr
    function: str | None
    argument: Expr | None
    steepest: Fraction | None


@dataclass(frozen=True)
class Truncation:
    """The recurrence of a gradient cut short: how far back it goes is an index of its own, the reach.

    tensor    whose gradient recurs over ``index``; ``step`` +1 where dv[t] needs dv[t+1]
    reach     how many steps the gradient goes back at most: 1..R, and 0
    system    the backward system, and the equations of what is kept and of what is left out
    kept      by name of each gradient that the recurrence reaches, the tensor of what the cut one keeps
    left_out  by name of each gradient of the recurrence itself, the tensor of what the cut one lacks
    """

    tensor: str
    index: Index
    step: int
    reach: Index
    system: System
    kept: Mapping[str, str]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Derivation:
    """All gradients of a system, by name of their tensor, in the order in which the backward pass computes them.

    backward  the forward equations and those of the gradients, as one system that can be evaluated
    gradients the declared part first, then one for each base case that something reads
    closed_forms, entrywise_forms  of the recurrences among them: each is solved in one of the two ways, or in none
    bound, truncation  of the recurrence that the layer wants studied, where it has them
    """

    system: System
    wrt: tuple[str, ...]
    backward: System
    gradients: Mapping[str, tuple[Gradient, ...]]
    closed_forms: tuple[ClosedForm, ...] = ()
    bound: Bound | None = None
    truncation: Truncation | None = None
    entrywise_forms: tuple[EntrywiseForm, ...] = ()


def gradient_name(tensor: str) -> str:
    """The name of the gradient by a tensor: ``dW_h``."""
    return f"d{tensor}"


def upstream_name(output: str) -> str:
    """The name of the given upstream gradient of an output that is also read inside the layer."""
    return f"d{output}_up"
