"""Helper functions that generated source carries with it: only those that it uses.

Each is plain NumPy and stands by itself; the texts are written into the source as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from derive.language.functions import TABLE, Function

WINDOWS = '''
def windows(x, places, outside=None):
    """x with some axes replaced by strided windows, as a view.

    places maps an axis to (start, (n, step), (m, step'), ...): it becomes axes of lengths n, m, ... that run over the
    positions start + step*k + step'*k' + ...  Outside the array stands the value ``outside``, or the nearest element.
    """
    margins = overhang(x.shape, places)
    if not any(before or after for before, after in margins):
        return strided(x, places, margins)
    if outside is None:
        return strided(np.pad(x, margins, "edge"), places, margins)
    whole = np.full([n + before + after for n, (before, after) in zip(x.shape, margins)], outside, x.dtype)
    whole[tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, margins))] = x
    return strided(whole, places, margins)
'''

ADD_WINDOWS = '''
def add_windows(shape, parts, places):
    """The transpose of ``windows``: zeros of a shape, each part added at its position; those outside are left out."""
    margins = overhang(shape, places)
    runs = [places.get(axis, (0, (n, 1)))[1:] for axis, n in enumerate(shape)]
    parts = np.broadcast_to(parts, [n for group in runs for n, _ in group])
    whole, looped, axis = [], [], 0  # of the axes that share positions the longest is added at once
    for group in runs:
        first, *others = sorted(range(len(group)), key=lambda k: (group[k][1] == 0, -group[k][0]))
        whole.append(axis + first)
        looped += [axis + k for k in others]
        axis += len(group)
    order = np.argsort([-parts.strides[a] for a in whole], kind="stable")  # laid out in memory as the parts are
    lengths = [n + before + after for n, (before, after) in zip(shape, margins)]
    out = np.zeros([lengths[k] for k in order], parts.dtype).transpose(np.argsort(order))
    view = strided(out, places, margins)
    for offsets in np.ndindex(*(parts.shape[a] for a in looped)):
        at = [slice(None)] * parts.ndim
        for a, offset in zip(looped, offsets):
            at[a] = offset
        view[tuple(at)] += parts[tuple(at)]
    return out[tuple(slice(before, before + n) for n, (before, _) in zip(shape, margins))]
'''

OVERHANG = '''
def overhang(shape, places):
    """By how much the positions of each axis reach out of it, (before, after)."""
    margins = [(0, 0)] * len(shape)
    for axis, (start, *runs) in places.items():
        first = start + sum(min(0, (n - 1) * step) for n, step in runs)
        last = start + sum(max(0, (n - 1) * step) for n, step in runs)
        margins[axis] = (max(0, -first), max(0, last - shape[axis] + 1))
    return margins
'''

STRIDED = '''
def strided(x, places, margins):
    """The view of an array, already widened by ``margins``, that has the axes of ``windows``."""
    shape, strides, starts = [], [], []
    for axis, (length, stride) in enumerate(zip(x.shape, x.strides)):
        start, *runs = places.get(axis, (0, (length, 1)))
        starts.append(slice(start + margins[axis][0], None))
        shape += [n for n, _ in runs]
        strides += [step * stride for _, step in runs]
    return np.lib.stride_tricks.as_strided(x[tuple(starts)], shape, strides)
'''

SOFTMAX = '''
def softmax(x, axis):
    """exp(x) / sum(exp(x)) along an axis or several; the largest x is subtracted first, so that nothing overflows."""
    e = x - x.max(axis=axis, keepdims=True)
    np.exp(e, out=e)
    e /= e.sum(axis=axis, keepdims=True)
    return e
'''

LOGSUMEXP = '''
def logsumexp(x, axis):
    """log(sum(exp(x))) along an axis or several; the largest x is taken out first, so that nothing overflows."""
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.exp(x - top).sum(axis=axis)) + top.reshape(np.sum(top, axis=axis).shape)
'''

FIRST_MAX = '''
def first_max(x, axes):
    """1 where the first of the largest elements along some axes stands, else 0."""
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = np.moveaxis(x, axes, last)
    outer = moved.shape[: x.ndim - len(axes)]
    flat = moved.reshape(*outer, int(np.prod(moved.shape[len(outer) :])))  # the size of an empty array is not inferred
    hits = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]
    return np.moveaxis(hits.reshape(moved.shape), last, axes).astype(x.dtype)
'''

ERF = '''
def erf(x):
    """The error function, 2/sqrt(pi) times the integral of exp(-t**2) from 0 to x, number by number."""
    return np.vectorize(math.erf, otypes=[np.result_type(x, np.float32)])(x)
'''

_ARRAYS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "overhang": (OVERHANG, ()),
        "strided": (STRIDED, ()),
        "windows": (WINDOWS, ("overhang", "strided")),
        "add_windows": (ADD_WINDOWS, ("overhang", "strided")),
        "softmax": (SOFTMAX, ()),
        "logsumexp": (LOGSUMEXP, ()),
        "first_max": (FIRST_MAX, ()),
        "erf": (ERF, ()),
    }
)


def plain_call(function: str) -> str | None:
    """The NumPy function that a row of the table simply is: ``np.tanh``; "" for the identity; None for all else."""
    formula = of_reals(TABLE[function])
    if formula == "x":
        return ""
    name = formula.removesuffix("(x)")
    return name if formula == f"{name}(x)" and name.isidentifier() | name.replace(".", "_").isidentifier() else None


def _elementwise(function: str) -> str:
    row = TABLE[function]
    return f"\ndef {row.name}({', '.join(row.arguments)}):\n    return {of_reals(row)}\n"


def of_reals(row: Function) -> str:
    """The source of a row of the table, which holds for complex x too, for real x."""
    return row.real or row.numpy.replace("np.real(x)", "x")


# What fused code calls besides; the functions are in ``runtime``.
RUN_KERNEL, PORTIONS = "run_kernel", "PORTIONS"
MULTIPLY, MULTIPLY_STACKS, ADD_PRODUCTS, CONTRACT = "multiply", "multiply_stacks", "add_products", "contract"
CONTIGUOUS, OPERAND, ADD_PRODUCT_WINDOWS = "contiguous", "operand", "add_product_windows"
_OF_WINDOWS = {CONTIGUOUS, OPERAND, ADD_PRODUCT_WINDOWS}
FUSED_NAMES = frozenset({RUN_KERNEL, PORTIONS, MULTIPLY, MULTIPLY_STACKS, ADD_PRODUCTS, CONTRACT}) | _OF_WINDOWS
COMPILED_HELPER = "add_windows"  # fused code does not carry this helper with it, but is given a compiled one
BEGIN, END = "begin", "end"
TURN_NAMES = ("board", "portion", "number", "portions", "first", "last", BEGIN, END)

HELPER_NAMES = frozenset(_ARRAYS) | frozenset(TABLE)


def helper_sources(used: Iterable[str]) -> list[str]:
    """The definitions of the helpers named, with those that they call, each once and before it is used."""
    order: dict[str, str] = {}

    def include(name: str) -> None:
        if name in order:
            return
        if name not in _ARRAYS:
            order[name] = _elementwise(name).strip("\n")
            return
        text, needs = _ARRAYS[name]
        for need in needs:
            include(need)
        order[name] = text.strip("\n")

    for name in used:
        include(name)
    return list(order.values())
