"""Generated NumPy source in the words of PyTorch, statement by statement: a function on tensors, on any device."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from derive.forms.numpy_code import Code
from derive.forms.numpy_helpers import of_reals
from derive.forms.torch_helpers import HELPERS
from derive.language.functions import TABLE

_ALIKE = ("abs", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "sign", "where", "broadcast_to")
_RENAMED: Mapping[str, str] = MappingProxyType(
    {
        **{f"np.{n}": f"torch.{n}" for n in _ALIKE},
        "np.clip": "torch.clamp",
        "erf": "torch.erf",
    }
)
_NUMBERS: Mapping[str, str] = MappingProxyType({"np.inf": "float('inf')", "np.pi": "torch.pi"})
_MADE = ("np.zeros", "np.empty", "np.full")  # with a shape and a type


def translated(made: Code) -> str:
    """The module of a generated function: ``import torch``, the helpers that it calls, the function itself.

    Arguments and results are those of the NumPy function, as tensors; autograd is not used.
    """
    function = made.source.split(f"\ndef {made.name}(")[1]
    lines = list(_lines(f"def {made.name}({function}".rstrip().splitlines()))
    if any("device=device" in line for line in lines):
        end = next(k for k, line in enumerate(lines) if line.endswith('"""'))  # of the docstring
        lines.insert(end + 1, f"    device = {next(iter(made.tensors.values()))}.device")
    code = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    used = set(re.findall(r"(?<![.\w])(\w+)\(", code))
    used |= {"positions"} if used & {"windows", "add_windows"} else set()
    parts = ["import torch", *(_helper(n) for n in (*HELPERS, *TABLE) if n in used), "\n".join(lines)]
    return "\n\n\n".join(parts) + "\n"


def _helper(name: str) -> str:
    if name in HELPERS:
        return HELPERS[name].strip("\n")
    row = TABLE[name]
    formula = _statement(of_reals(row))
    return f"def {row.name}({', '.join(row.arguments)}):\n    return {formula}"


def _lines(lines: Sequence[str]) -> Iterator[str]:
    """The function line by line; comments, the docstring and the result stay as they are."""
    documented = returned = False
    for number, line in enumerate(lines):
        text = line.strip()
        if number == 0 or not text or text.startswith("#") or returned:
            yield line
        elif text.startswith('"""') or documented:
            documented = not text.endswith('"""') or text == '"""' and not documented
            yield line
        elif text.startswith("return"):
            returned = True
            yield line
        else:
            indent = line[: len(line) - len(line.lstrip())]
            yield indent + (_statement(text.removesuffix(":")) + ":" if text.endswith(":") else _statement(text))


def _statement(text: str) -> str:
    """One statement, or the head of a block, in the words of PyTorch."""
    block = text.startswith(("for ", "if "))
    tree = ast.parse(f"{text}: pass" if block else text)
    new = ast.unparse(ast.fix_missing_locations(_Words().visit(tree)))
    new = new.split(":\n")[0] if block else new
    return re.sub(r"'([a-zA-Z,]*->[a-zA-Z]*)'", r'"\1"', new)


class _Words(ast.NodeTransformer):
    """NumPy's words replaced by those of PyTorch."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        called = ast.unparse(node.func)
        if called == "float" and isinstance(node.args[0], ast.Call):  # a function of a Python number
            inner = node.args[0]
            value = f"torch.tensor(float({ast.unparse(inner.args[0])}), dtype=torch.float64)"
            return _parsed(f"{_word(ast.unparse(inner.func))}({value}).item()")
        self.generic_visit(node)
        arguments = [ast.unparse(a) for a in node.args]
        if called == "np.einsum":
            return _parsed(f"torch.einsum({', '.join(arguments)})")
        if called == "np.matmul":
            return _parsed(f"torch.matmul({', '.join(arguments)}, out={ast.unparse(node.keywords[0].value)})")
        if called == "np.arange":
            return _parsed(f"torch.arange({', '.join(arguments)}, device=device)")
        if called in _MADE:
            return _parsed(f"torch.{called[3:]}({', '.join(arguments[:-1])}, dtype=dtype, device=device)")
        if called == "np.result_type":
            return _parsed(f"{arguments[0]}.dtype" if arguments[0] != "float" else "torch.get_default_dtype()")
        if called == "np.add.at":
            return _parsed(f"add_at({', '.join(arguments)})")
        if called in ("np.array", "np.ascontiguousarray"):
            method = "clone" if called == "np.array" else "contiguous"
            return _parsed(f"({arguments[0]}).{method}()")
        if called == "dtype.type":
            return _parsed(f"torch.tensor({arguments[0]}, dtype=dtype, device=device)")
        if called in _RENAMED:
            return _parsed(f"{_RENAMED[called]}({', '.join(arguments)})")
        return self._method(node, arguments) if isinstance(node.func, ast.Attribute) else node

    def _method(self, node: ast.Call, arguments: list[str]) -> ast.expr:
        assert isinstance(node.func, ast.Attribute)
        base, method = f"({ast.unparse(node.func.value)})", node.func.attr
        axis = ast.unparse(node.keywords[0].value) if node.keywords else ""
        if method == "transpose":
            return _parsed(f"{base}.permute({', '.join(arguments)})")
        if method == "astype":
            return _parsed(f"{base}.to(dtype)")
        if method == "max":
            return _parsed(f"{base}.amax({f'dim={axis}' if axis else ''})")
        if method == "prod" and axis.startswith("("):
            first, *others = sorted(ast.literal_eval(axis), reverse=True)
            return _parsed(f"{base}.prod({first})" + "".join(f".prod({a})" for a in others))
        if axis:
            return _parsed(f"{base}.{method}(dim={axis})")
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if ast.unparse(node.value) == "np.s_":
            marks = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return ast.Tuple([_as_slice(m) for m in marks], ast.Load())
        marks = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        turned = [k for k, m in enumerate(marks) if isinstance(m, ast.Slice) and m.step and ast.unparse(m.step) == "-1"]
        if not turned:
            return node
        dims = [k - sum(not isinstance(m, ast.Slice) for m in marks[:k]) for k in turned]
        kept = [":" if k in turned else ast.unparse(m) for k, m in enumerate(marks)]
        while kept and kept[-1] == ":":
            kept.pop()
        base = ast.unparse(node.value) + (f"[{', '.join(kept)}]" if kept else "")
        return _parsed(f"{base}.flip({', '.join(map(str, dims))})")

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return _parsed(_NUMBERS.get(ast.unparse(node), ast.unparse(node)))


def _word(called: str) -> str:
    return _RENAMED.get(called, called)


def _as_slice(mark: ast.expr) -> ast.expr:
    if not isinstance(mark, ast.Slice):
        return mark
    return _parsed(f"slice({', '.join(ast.unparse(e) if e else 'None' for e in (mark.lower, mark.upper, mark.step))})")


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
