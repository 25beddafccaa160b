"""Elementwise functions of kernels, as plain arithmetic: a compiler turns a loop over it into vector instructions.

``exp`` is right to 1.5 units in the last place, ``sigmoid`` and ``tanh`` to 3; infinite arguments and NaN give what
they should.  They are compiled without the freedom to reorder sums, on which the subtraction in ``exp`` rests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# exp x = 2^k exp r with |r| <= ln(2)/2, where k*ln(2) is subtracted in two parts (Cody and Waite, Software Manual for
# the Elementary Functions, 1980, chapter 6); exp r by its series; 2^k in two factors, as neither may overflow.
_EXP = """
def exp(x):
    x = 800.0 if x > 800.0 else x
    x = -800.0 if x < -800.0 else x
    k = np.rint(x * 1.4426950408889634)
    r = x - k * 6.93147180369123816490e-01
    r = r - k * 1.90821492927058770002e-10
    y = 1 / 6227020800
    y = 1 / 479001600 + r * y
    y = 1 / 39916800 + r * y
    y = 1 / 3628800 + r * y
    y = 1 / 362880 + r * y
    y = 1 / 40320 + r * y
    y = 1 / 5040 + r * y
    y = 1 / 720 + r * y
    y = 1 / 120 + r * y
    y = 1 / 24 + r * y
    y = 1 / 6 + r * y
    y = 1 / 2 + r * y
    y = 1.0 + r * (1.0 + r * y)
    whole = np.int64(k)
    half = whole >> 1
    low, high = np.int64((half + 1023) << 52), np.int64((whole - half + 1023) << 52)
    return y * low.view(np.float64) * high.view(np.float64)
"""

_SIGMOID = """
def sigmoid(x):
    return 1.0 / (1.0 + exp(-x))
"""

# The rational approximation near 0 is that of Cody and Waite, chapter 13, in the coefficients of Moshier's Cephes.
_TANH = """
def tanh(x):
    z = x * x
    above = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3
    below = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3
    near = x + x * z * above / below
    size = abs(x)
    far = 1.0 - 2.0 / (exp(2.0 * size) + 1.0)
    return near if size < 0.625 else np.copysign(far, x)
"""

_RELU = """
def relu(x):
    return x if x > 0.0 else 0.0
"""

_SQRT = """
def sqrt(x):
    return np.sqrt(x)
"""

ELEMENTWISE: Mapping[str, str] = MappingProxyType(
    {"exp": _EXP, "sigmoid": _SIGMOID, "tanh": _TANH, "relu": _RELU, "sqrt": _SQRT}
)

LARGER = "larger"

# It may take a NaN for any number; without this freedom a compiler finds no vector instructions for a maximum.
_LARGER = """
def larger(x, y):
    return x if x > y else y
"""

SOURCES: Mapping[str, str] = MappingProxyType({**ELEMENTWISE, LARGER: _LARGER})
