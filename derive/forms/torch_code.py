"""A derivation as a ``torch.autograd.Function``: PyTorch calls the derived code, forward and backward.

A layer with outputs gives these back; a layer with a loss gives back the loss.
"""

from __future__ import annotations

import re

from derive.forms.layout import laid_out
from derive.forms.numpy_code import Code, code
from derive.forms.torch_words import translated
from derive.language.system import LOSS
from derive.steps.record import Derivation, gradient_name

_OWN = ("ctx", "torch", "forward", "backward", "found", "tensors")  # names that the class itself uses


def torch_source(derivation: Derivation) -> str:
    """The source of a module with one class, whose ``apply`` takes the inputs, the parameters and then the settings."""
    system = derivation.system
    outputs = (LOSS,) if system.loss else system.outputs
    gradients = tuple(gradient_name(name) for name in derivation.wrt)
    forward = code(system, outputs, "forward")
    backward = code(derivation.backward, gradients, "backward")
    sections = dict.fromkeys(s for f in (forward, backward) for s in translated(f).rstrip().split("\n\n\n"))
    return laid_out("\n\n\n".join([*sections, _class(derivation, forward, backward)]) + "\n")


def _class(derivation: Derivation, forward: Code, backward: Code) -> str:
    system = derivation.system
    tensors = [t.name for t in (*system.inputs, *system.params)]
    names = [_free(forward.tensors[t]) for t in tensors]
    settings = {k: _free(k) for k in (*_settings(forward), *_settings(backward))}
    outputs = (LOSS,) if system.loss else system.outputs
    upstream = [gradient_name(o) for o in outputs]
    handed_down = [] if system.loss else upstream
    scale = f" * {upstream[0]}" if system.loss else ""
    gradients = [_tensor(gradient_name(t)) + scale if t in derivation.wrt else "None" for t in tensors]
    kept = [f"{k}=ctx.{k}" for k in _settings(backward)]
    arrays = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    lines = [
        f"class {_class_name(system.name)}(torch.autograd.Function):",
        f'    """{", ".join(outputs)} of {", ".join(tensors)}."""',
        "",
        "    @staticmethod",
        f"    def forward({', '.join(['ctx', *names, *settings.values()])}):",
        f"        ctx.save_for_backward({', '.join(names)})",
        *(f"        ctx.{key} = {value}" for key, value in settings.items()),
        f"        tensors = [t.detach() for t in {arrays}]",
        f"        found = forward({', '.join(['*tensors', *(f'{k}={settings[k]}' for k in _settings(forward))])})",
        f"        return {', '.join(map(_tensor, outputs))}",
        "",
        "    @staticmethod",
        f"    def backward(ctx, {', '.join(upstream)}):",
        "        tensors = [t.detach() for t in ctx.saved_tensors]",
        f"        found = backward({', '.join(['*tensors', *handed_down, *kept])})",
        "        return (",
        *(f"            {gradient}," for gradient in (*gradients, *("None" for _ in settings))),
        "        )",
    ]
    return "\n".join(lines)


def _settings(function: Code) -> tuple[str, ...]:
    """The keyword arguments of a function: sizes that no shape tells, and abstract functions."""
    return (*function.sizes.values(), *function.functions.values())


def _tensor(name: str) -> str:
    return f'found["{name}"]'


def _free(name: str) -> str:
    return f"{name}_" if name in _OWN else name


def _class_name(name: str) -> str:
    """``my-layer`` as ``MyLayer``."""
    words = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", name))
    return words if words[:1].isalpha() else f"Layer{words}"
