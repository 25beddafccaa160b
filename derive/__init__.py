"""Derive: from the forward equations of a layer to its backward pass, step by step, every step checked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.answers import assert_gradients as assert_gradients
    from derive.answers import check as check
    from derive.api import Derivation as Derivation
    from derive.api import Gradient as Gradient
    from derive.api import Layer as Layer
    from derive.api import catalogue as catalogue
    from derive.api import gradients as gradients
    from derive.api import load as load
    from derive.language.errors import LayerError as LayerError

_HOME = {"assert_gradients": "derive.answers", "check": "derive.answers"}  # where the other names are from
__version__ = "0.1.0.dev0"
__all__ = [
    "Derivation",
    "Gradient",
    "Layer",
    "LayerError",
    "assert_gradients",
    "catalogue",
    "check",
    "gradients",
    "load",
]


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: ``derive --help`` need not wait for SymPy."""
    if name not in __all__:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "derive.api")), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
