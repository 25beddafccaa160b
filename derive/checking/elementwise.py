"""Elementwise functions on real or complex arrays: those of the table, powers, and stand-ins for abstract functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from zlib import crc32

import numpy as np

from derive.checking.arrays import Array
from derive.language.functions import TABLE


@cache
def numeric(name: str) -> Callable[..., Array]:
    """The function as one of arrays; the source of a row of the table is turned into code once."""
    row = TABLE.get(name)
    if row is None:
        return stand_in(name)
    function: Callable[..., Array] = eval(f"lambda {', '.join(row.arguments)}: {row.numpy}", {"np": np})
    return function


@cache
def stand_in(name: str) -> Callable[[Array], Array]:
    """An analytic function in the place of an abstract one, and its exact derivatives for ``f'``, ``f''``, …"""
    function: Callable[[Array], Array] = eval(f"lambda x: {stand_in_source(name)}", {"np": np})
    return function


def stand_in_source(name: str) -> str:
    """The same as an expression of ``x`` in NumPy.

    f(x) = sin(w*x + p) + x/3 + 1/5, with w and p by the name, so that two abstract functions differ.
    """
    stem = name.rstrip("'")
    order = len(name) - len(stem)
    frequency, phase = 0.8 + crc32(stem.encode()) % 7 / 20, crc32(stem.encode()) % 11 / 10
    wave = f"{frequency**order!r} * np.sin({frequency!r} * x + {phase + order * np.pi / 2!r})"
    return f"{wave} + x / 3 + 0.2" if order == 0 else f"{wave} + 1 / 3" if order == 1 else wave


def power(base: Array, exponent: Array) -> Array:
    """``base**exponent``; a whole exponent is a repeated product, which holds for negative and complex bases."""
    if not np.iscomplexobj(exponent) and (np.abs(exponent) <= 64).all() and (exponent == np.round(exponent)).all():
        value = np.broadcast_to(np.ones(1, base.dtype), np.broadcast_shapes(base.shape, exponent.shape))
        for n in np.unique(exponent):
            whole = _whole_power(base, abs(int(n)))
            value = np.where(exponent == n, whole if n >= 0 else 1.0 / whole, value)
        return value
    if np.iscomplexobj(base) or np.iscomplexobj(exponent):
        return np.asarray(np.exp(exponent * np.log(base.astype(complex))))
    return np.asarray(np.power(base, exponent))


def _whole_power(base: Array, n: int) -> Array:
    if n < 2:
        return base if n == 1 else np.ones_like(base)
    half = _whole_power(base, n // 2)
    return half * half * base if n % 2 else half * half


@cache
def kinks(name: str) -> tuple[float, ...]:
    """The values of the argument at which a function of the table has a kink or a jump."""
    row = TABLE.get(name)
    stated = re.match(r"x = (.*?)(, where|$)", row.kink) if row and row.kink else None
    return tuple(float(v) for v in re.findall(r"-?\d+(?:\.\d+)?", stated[1])) if stated else ()


def domain_bound(name: str) -> float | None:
    """The value above which the first argument of a function of the table must lie, or None."""
    stated = re.fullmatch(r"x > (-?\d+(?:\.\d+)?)", TABLE[name].domain) if name in TABLE else None
    return float(stated[1]) if stated else None
