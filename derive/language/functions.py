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
    arguments   names of its arguments in the formulas below; none for a constant such as pi
    derivatives the partial derivative by each argument, in the language, over the arguments and the value ``y``
    notation    how it is printed: a symbol set before its argument (tanh, σ), one of the shapes ``e^x``, ``√x`` and
                ``|x|``, or a formula in the language over the arguments
    numpy       source over the arguments (real or complex arrays)
    real        shorter source for real arrays, if there is one
    domain      where it is smooth: conditions in the language, by which test points are chosen
    steepest    the largest size of the derivative, as a fraction: 1/4; empty where it has no bound or none is known
    kink        the argument values at which the derivative jumps, and the convention used there
    """

    name: str
    arguments: tuple[str, ...]
    derivatives: tuple[str, ...]
    notation: str
    numpy: str
    domain: str = ""
    kink: str = ""
    steepest: str = ""
    real: str = ""


def _row(
    name: str, derivative: str | tuple[str, ...], notation: str, numpy: str, domain: str = "", kink: str = "",
    arguments: tuple[str, ...] = ("x",), steepest: str = "", real: str = "",
) -> Function:  # fmt: skip
    derivatives = (derivative,) if isinstance(derivative, str) else derivative
    return Function(name, arguments, derivatives, notation, numpy, domain, kink, steepest, real)


# erf x = 2/sqrt(pi) x exp(-x²) (1 + 2x²/3 + (2x²)²/(3·5) + …), in which nothing cancels; beyond 6 it is 1 to rounding.
_ERF = (
    "(lambda at: 2 / np.sqrt(np.pi) * at * np.exp(-at * at)"
    " * np.polyval(1 / np.cumprod(np.arange(1.0, 280.0, 2.0))[::-1], 2 * at * at))"
    "(np.where(np.abs(np.real(x)) < 6, x, 6 * np.sign(np.real(x))))"
)

TABLE: Mapping[str, Function] = MappingProxyType(
    {
        row.name: row
        for row in (
            _row("linear", "1", "x", "x", steepest="1"),
            _row("pi", (), "π", "np.pi", arguments=()),
            _row("stop", "0", "stop", "np.real(x)", real="x", steepest="0"),
            _row("exp", "y", "e^x", "np.exp(x)"),
            _row("expm1", "exp(x)", "exp(x) - 1", "np.expm1(x)"),
            _row("log", "1/x", "log", "np.log(x)", domain="x > 0"),
            _row("sqrt", "1/(2*y)", "√x", "np.sqrt(x)", domain="x > 0"),
            _row("sin", "cos(x)", "sin", "np.sin(x)", steepest="1"),
            _row("cos", "-sin(x)", "cos", "np.cos(x)", steepest="1"),
            _row("erf", "2*exp(-x**2)/sqrt(pi)", "erf", _ERF),
            _row("tanh", "1 - y**2", "tanh", "np.tanh(x)", steepest="1"),
            _row("sigmoid", "y*(1 - y)", "σ", "0.5 * (1.0 + np.tanh(0.5 * x))", steepest="1/4"),
            _row("softplus", "sigmoid(x)", "softplus",
                 "np.where(np.real(x) > 0, x, 0) + np.log1p(np.exp(np.where(np.real(x) > 0, -x, x)))",
                 steepest="1"),
            _row("relu", "[x > 0]", "ReLU", "np.where(np.real(x) > 0, x, 0.0)",
                 kink="x = 0, where the derivative is taken as 0", steepest="1"),
            _row("abs", "sign(x)", "|x|", "np.sign(np.real(x)) * x", real="np.abs(x)",
                 kink="x = 0, where the derivative is taken as 0", steepest="1"),
            _row("sign", "0", "sign", "np.sign(np.real(x))", kink="x = 0, where it jumps"),
            _row("squared_error", ("2*(x - t)", "-2*(x - t)"), "(x - t)**2", "(x - t) ** 2",
                 arguments=("x", "t")),
            _row("cross_entropy", ("-t/x", "-log(x)"), "-t*log(x)", "-t * np.log(x)",
                 domain="x > 0", arguments=("x", "t")),
        )
    }
)  # fmt: skip
