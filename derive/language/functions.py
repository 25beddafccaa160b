"""The table of elementwise functions: one row each.

A row states the partial derivatives in the language, in terms of the arguments ``x`` (``x, t`` for two) and of the
value ``y``; how it is printed; its NumPy source; and where it has a kink.  All else about a function follows from its
row.  The NumPy source must hold for complex arrays too (branches go by the real part), since gradients are checked
by complex step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Function:
    """An elementwise function.

    name        as written in the language
    arguments   names of its arguments in the formulas below
    derivatives the partial derivative by each argument, in the language, over the arguments and the value ``y``
    notation    how it is printed: a symbol set before its argument (tanh, σ), one of the shapes ``e^x``, ``√x`` and
                ``|x|``, or a formula in the language over the arguments
    numpy       source over the arguments (real or complex arrays)
    domain      where it is smooth: conditions in the language, by which test points are chosen
    kink        the argument values at which the derivative jumps, and the convention used there
    """

    name: str
    arguments: tuple[str, ...]
    derivatives: tuple[str, ...]
    notation: str
    numpy: str
    domain: str = ""
    kink: str = ""


def _row(
    name: str, derivative: str | tuple[str, ...], notation: str, numpy: str, domain: str = "", kink: str = "",
    arguments: tuple[str, ...] = ("x",),
) -> Function:  # fmt: skip
    derivatives = (derivative,) if isinstance(derivative, str) else derivative
    return Function(name, arguments, derivatives, notation, numpy, domain, kink)


TABLE: Mapping[str, Function] = MappingProxyType(
    {
        row.name: row
        for row in (
            _row("linear", "1", "x", "x"),
            _row("exp", "y", "e^x", "np.exp(x)"),
            _row("log", "1/x", "log", "np.log(x)", domain="x > 0"),
            _row("sqrt", "1/(2*y)", "√x", "np.sqrt(x)", domain="x > 0"),
            _row("sin", "cos(x)", "sin", "np.sin(x)"),
            _row("cos", "-sin(x)", "cos", "np.cos(x)"),
            _row("tanh", "1 - y**2", "tanh", "np.tanh(x)"),
            _row("sigmoid", "y*(1 - y)", "σ", "0.5 * (1.0 + np.tanh(0.5 * x))"),
            _row("softplus", "sigmoid(x)", "softplus",
                 "np.where(np.real(x) > 0, x, 0) + np.log(1.0 + np.exp(np.where(np.real(x) > 0, -x, x)))"),
            _row("relu", "[x > 0]", "ReLU", "np.where(np.real(x) > 0, x, 0.0)",
                 kink="x = 0, where the derivative is taken as 0"),
            _row("abs", "sign(x)", "|x|", "np.sign(np.real(x)) * x",
                 kink="x = 0, where the derivative is taken as 0"),
            _row("sign", "0", "sign", "np.sign(np.real(x))", kink="x = 0, where it jumps"),
            _row("squared_error", ("2*(x - t)", "-2*(x - t)"), "(x - t)**2", "(x - t) ** 2",
                 arguments=("x", "t")),
            _row("cross_entropy", ("-t/x", "-log(x)"), "-t*log(x)", "-t * np.log(x)",
                 domain="x > 0", arguments=("x", "t")),
        )
    }
)  # fmt: skip
