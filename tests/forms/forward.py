"""The statements that a few equations become, without comments."""

from typing import Any

from derive.forms.numpy_code import source
from derive.language.load import layer


def statements(name: str = "y", **fields: Any) -> list[str]:
    """The lines of the function that computes a tensor of a layer, its last line left out."""
    system = layer(**{"title": "Forward", "output": name, **fields})
    body = source(system, [name]).split("def backward")[1].splitlines()[1:]
    start = next(k for k, line in enumerate(body) if line.startswith("    #"))
    lines = [line.removeprefix("    ") for line in body[start:] if not line.lstrip().startswith("#")]
    return lines[: lines.index(next(line for line in lines if line.startswith("return")))]


def statement(equations: str, **fields: Any) -> str:
    """The one statement that one equation becomes: the right side of ``y = ...``."""
    (line,) = statements(equations=equations, **fields)
    return line.removeprefix("y = ")
