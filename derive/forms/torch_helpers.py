"""Helper functions that generated PyTorch source carries with it; they do what those of ``numpy_helpers`` do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_POSITIONS = '''
def positions(place, device):
    """The positions start + step*k + step'*k' + ... of (start, (n, step), (m, step'), ...), one axis for each run."""
    start, *runs = place
    at = torch.tensor(start, device=device)
    for n, step in runs:
        at = at[..., None] + step * torch.arange(n, device=device)
    return at
'''

_WINDOWS = '''
def windows(x, places, outside=None):
    """x with some axes replaced by strided windows.

    places maps an axis to (start, (n, step), (m, step'), ...): it becomes axes of lengths n, m, ... that run over the
    positions start + step*k + step'*k' + ...  Outside the tensor stands the value ``outside``, or the nearest element.
    """
    for axis in sorted(places, reverse=True):
        at = positions(places[axis], x.device)
        flat, last = at.flatten(), x.shape[axis] - 1
        read = x.index_select(axis, flat.clamp(0, last))
        if outside is not None:
            inside = (flat >= 0) & (flat <= last)
            read = torch.where(inside.reshape([-1] + [1] * (x.ndim - 1 - axis)), read, outside)
        x = read.reshape(x.shape[:axis] + at.shape + x.shape[axis + 1 :])
    return x
'''

_ADD_WINDOWS = '''
def add_windows(shape, parts, places):
    """The transpose of ``windows``: zeros of a shape, each part added at its position; those outside are left out."""
    found = {axis: positions(place, parts.device) for axis, place in places.items()}
    lengths = [found[axis].shape if axis in found else (n,) for axis, n in enumerate(shape)]
    parts = parts.expand([n for group in lengths for n in group])
    for axis, n in enumerate(shape):
        if axis in found:
            flat = found[axis].flatten()
            inside = (flat >= 0) & (flat < n)
            rest = parts.shape[axis + found[axis].ndim :]
            parts = parts.reshape(parts.shape[:axis] + (-1,) + rest)
            out = parts.new_zeros(parts.shape[:axis] + (n,) + rest)
            parts = out.index_add_(axis, flat[inside], parts.index_select(axis, inside.nonzero().flatten()))
    return parts
'''

_ADD_AT = '''
def add_at(out, index, values):
    """``out[index] += values`` for integer tensors and slices, once for each time a place is named."""
    index = index if isinstance(index, tuple) else (index,)
    index += (slice(None),) * (out.ndim - len(index))
    named = [axis for axis, at in enumerate(index) if not isinstance(at, slice)]
    shared = torch.broadcast_shapes(*(index[axis].shape for axis in named))
    together = named == list(range(named[0], named[-1] + 1))
    before = named[0] if together else 0  # the slices in front of the axes that the tensors share
    rank, places, slices = len(shared) + out.ndim - len(named), [], 0
    for axis, at in enumerate(index):
        if isinstance(at, slice):
            place = slices if slices < before else slices + len(shared)
            at = torch.arange(out.shape[axis], device=out.device)[at].reshape([-1] + [1] * (rank - 1 - place))
            slices += 1
        else:
            at = at.expand(shared).reshape(shared + (1,) * (rank - before - len(shared)))
        places.append(at)
    out.index_put_(tuple(places), values, accumulate=True)
'''

_SOFTMAX = '''
def softmax(x, axis):
    """exp(x) / sum(exp(x)) along an axis or several; the largest x is subtracted first, so that nothing overflows."""
    e = torch.exp(x - x.amax(dim=axis, keepdim=True))
    return e / e.sum(dim=axis, keepdim=True)
'''

_LOGSUMEXP = '''
def logsumexp(x, axis):
    """log(sum(exp(x))) along an axis or several."""
    return torch.logsumexp(x, dim=axis)
'''

_FIRST_MAX = '''
def first_max(x, axes):
    """1 where the first of the largest elements along some axes stands, else 0."""
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = x.movedim(axes, last)
    flat = moved.flatten(x.ndim - len(axes))
    places = torch.arange(flat.shape[-1], device=x.device)
    largest = torch.where(flat == flat.amax(dim=-1, keepdim=True), places, flat.shape[-1]).amin(dim=-1, keepdim=True)
    return (places == largest).to(x.dtype).reshape(moved.shape).movedim(last, axes)
'''

HELPERS: Mapping[str, str] = MappingProxyType(
    {
        "positions": _POSITIONS,
        "windows": _WINDOWS,
        "add_windows": _ADD_WINDOWS,
        "add_at": _ADD_AT,
        "softmax": _SOFTMAX,
        "logsumexp": _LOGSUMEXP,
        "first_max": _FIRST_MAX,
    }
)
