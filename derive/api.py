"""The public surface in Python: a layer goes in, its derivation comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from derive.calculus import sweep
from derive.calculus.order import is_given
from derive.language.errors import LayerError, nearest
from derive.language.expr import Expr
from derive.language.integers import Integer
from derive.language.load import catalogue, load
from derive.language.load import layer as Layer
from derive.language.system import LOSS, System
from derive.steps import record

if TYPE_CHECKING:
    from derive.checking.evidence import Evidence
    from derive.checking.verify import Report
    from derive.forms.function import BackwardFunction
    from derive.forms.matrix import MatrixForm
    from derive.rendering.document import Document
    from derive.rendering.exercise_blanks import Blank

__all__ = ["Derivation", "Gradient", "Layer", "LayerError", "UnknownNameError", "catalogue", "gradients", "load"]

TARGETS = ("numpy", "torch")  # what the backward pass can be written for


class UnknownNameError(LayerError, KeyError):
    """A gradient, format or target that does not exist; the message says which do."""


def gradients(layer: str | Path | System, wrt: str | Sequence[str] | None = None) -> Derivation:
    """Derive the gradients of a layer.

    ``layer`` is a name of the catalogue, the path of a layer file, or what ``load`` and ``Layer`` give.  ``wrt`` names
    the tensors to take gradients by: all parameters and real inputs where it is not given.  Raises LayerError.
    """
    system = load(layer)
    names = None if wrt is None else (wrt,) if isinstance(wrt, str) else tuple(dict.fromkeys(wrt))
    for name in names or ():
        _check_wrt(system, name)
    return Derivation(sweep.derive(system, names))


def _check_wrt(system: System, name: str) -> None:
    """Raise LayerError unless a gradient can be taken by the tensor."""
    known = [n for n, t in system.tensors.items() if n != LOSS and not t.integer and not is_given(system, n)]
    if name in known:
        return
    if name == LOSS and system.loss:
        raise LayerError("gradients are those of the loss, by another tensor", hint=f"choose from {', '.join(known)}")
    if name not in system.tensors:
        hint = nearest(str(name), known) or f"it has {', '.join(known)}"
        raise LayerError(f"{system.name} has no tensor {name}", hint=hint)
    if system.tensors[name].integer:
        raise LayerError(f"{name} holds integers: there is no gradient by it", hint=f"choose from {', '.join(known)}")
    raise LayerError(
        f"the gradient by the output {name} is given to {system.name} from above: there is nothing to derive",
        hint=f"choose from {', '.join(known)}",
    )


class Derivation(Mapping[str, "Gradient"]):
    """The gradients of a layer by name of their tensor, in the order in which the backward pass computes them.

    Those of the tensors between the loss and what was asked for are there too: ``wrt`` says what was asked for.
    In Jupyter a derivation displays itself.
    """

    def __init__(self, derived: record.Derivation) -> None:
        self.record = derived

    @property
    def layer(self) -> System:
        return self.record.system

    @property
    def wrt(self) -> tuple[str, ...]:
        return self.record.wrt

    def __getitem__(self, name: str) -> Gradient:
        if name not in self.record.gradients:
            hint = nearest(str(name), self.record.gradients) or f"there are {', '.join(self.record.gradients)}"
            raise UnknownNameError(f"this derivation has no gradient by {name}", hint=hint)
        return Gradient(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.record.gradients)

    def __len__(self) -> int:
        return len(self.record.gradients)

    def __repr__(self) -> str:
        lines = (f"  {part}" for name in self for part in self[name].equations)
        return "\n".join([f"Derivation of {self.layer.name} ({self.layer.title})", *lines])

    def function(self) -> BackwardFunction:
        """The forward and backward pass as a function of NumPy arrays: ``fn(x=…, W=…, dy=…) -> {"y": …, "dW": …}``.

        Axes are in the order of the declared indices, and sizes are read off the shapes; those in no shape are given by
        name (``s=2``).  A call raises CallError, a ValueError, where an argument is missing or does not fit.
        """
        return self._function

    @cached_property
    def _function(self) -> BackwardFunction:
        from derive.forms.function import BackwardFunction

        return BackwardFunction(self.record)

    def code(self, target: str = "numpy") -> str:
        """The forward and backward pass as source, for ``numpy`` or ``torch``.  Raises LayerError for another."""
        if target not in TARGETS:
            raise UnknownNameError(f"no code for {target}", hint=f"it is written for {', '.join(TARGETS)}")
        if target == "torch":
            from derive.forms.torch_code import torch_source

            return torch_source(self.record)
        return self._function.source

    def evidence(self) -> Evidence:
        """The numeric check of every step: before and after, at random points.  Like ``verify`` it raises LayerError
        where no sizes or values are found at which the layer can be evaluated.
        """
        return self._evidence

    @cached_property
    def _evidence(self) -> Evidence:
        from derive.checking.evidence import evidence

        return evidence(self.record)

    def verify(self) -> Report:
        """The check of the final gradients by methods that share nothing with the derivation: ``.rows`` and ``.ok``."""
        return self._report

    @cached_property
    def _report(self) -> Report:
        from derive.checking.verify import verify

        return verify(self.record, self._function)

    def document(self) -> Document:
        """The derivation and what its checks found, as a document of no format yet.  Raises LayerError as they do."""
        return self._document

    @cached_property
    def _document(self) -> Document:
        from derive.rendering.compose import compose

        return compose(self.record, self.evidence(), self.verify())

    def render(self, to: str = "md", templates: str | Path | None = None) -> str | bytes:
        """The document in a format: ``md`` is Markdown with mathematics, ``tex`` LaTeX, ``typ`` Typst, ``html`` a file,
        ``ipynb`` a notebook with cells to try the code and check it.

        Bytes are ``pdf``, and as PDF too: ``slides``, on which one step appears at a time, and ``cheatsheet``.

        ``templates`` is a folder of templates that replace the program's own of the same name.
        Raises LayerError where the format or the folder does not exist or a template is wrong.
        """
        from derive.rendering.render import COMPOSED

        _check_format(to)
        if to == "ipynb":
            return _printed(self._notebook(templates), to, templates)
        make = COMPOSED.get(to)
        document = make(self.record, self.evidence(), self.verify()) if make else self._document
        return _printed(document, to, templates)

    def _notebook(self, templates: str | Path | None) -> Document:
        """The document with cells to try the code and to check it."""
        from derive.checking.trial import trial
        from derive.rendering.notebook_trial import with_trial

        return with_trial(self._document, trial(self.record), _folder(templates))

    def pictures(self, to: str = "md") -> dict[str, bytes]:
        """The pictures beside the document in a format, by the names of their files: SVG for ``md``, PDF for LaTeX.

        They are drawn here and not by ``render``; other formats have them inside.
        Raises LayerError for an unknown format.
        """
        from derive.rendering.render import pictures

        _check_format(to)
        return pictures(self._document, to)

    def exercise(self, blank: Blank = "steps", seed: int = 0) -> Exercise:
        """The same derivation as an exercise, with its solution and a blank answer file.

        ``blank`` is what is left out: ``results`` all that is a result, ``steps`` also parts of the way, as ``seed``
        chooses, ``all`` the whole way.  Raises LayerError for another.
        """
        from derive.checking.spots import spots
        from derive.rendering.exercise import exercise, to_find
        from derive.rendering.exercise_answer import answer
        from derive.rendering.exercise_blanks import BLANKS
        from derive.rendering.exercise_cells import with_answer_cells
        from derive.rendering.exercise_solution import solution
        from derive.rendering.page import page

        if blank not in BLANKS:
            hint = nearest(str(blank), BLANKS) or f"there are {', '.join(BLANKS)}"
            raise UnknownNameError(f"cannot leave out {blank!r}", hint=hint)
        here = page(self.record, None, None)
        asked = to_find(here)
        document = exercise(here, blank, seed, spots(self.record, seed))
        notebook = with_answer_cells(document, self.layer, asked)
        return Exercise(document, lambda: solution(self._document, here, asked), answer(here, asked), notebook)

    def _repr_markdown_(self) -> str:
        return str(self.render("md"))


class Exercise:
    """An exercise: gradients to find, with as much of their derivation as was wanted, and no answers.

    document  of no format yet; ``answer`` the text of a blank answer file, which ``check`` marks when it is filled in
    notebook  the document with cells that mark what is written in them
    """

    def __init__(self, document: Document, solution: Callable[[], Document], answer: str, notebook: Document) -> None:
        self.document = document
        self.answer = answer
        self.notebook = notebook
        self._make_solution = solution

    @cached_property
    def solution(self) -> Document:
        """The derivation, checked, with the points of each gradient."""
        return self._make_solution()

    def render(self, to: str = "md", templates: str | Path | None = None, solution: bool = False) -> str | bytes:
        """The exercise, or its solution, in a format, as ``Derivation.render`` has them."""
        exercise = self.notebook if to == "ipynb" else self.document
        return _printed(self.solution if solution else exercise, to, templates)

    def pictures(self, to: str = "md", solution: bool = False) -> dict[str, bytes]:
        """The pictures that go with what ``render`` gives, by the names of their files."""
        from derive.rendering.render import pictures

        _check_format(to)
        return pictures(self.solution if solution else self.document, to)

    def _repr_markdown_(self) -> str:
        return str(self.render("md"))


def _printed(document: Document, to: str, templates: str | Path | None) -> str | bytes:
    from derive.rendering.render import produced

    _check_format(to)
    return produced(document, to, _folder(templates))


def _folder(templates: str | Path | None) -> Path | None:
    folder = None if templates is None else Path(templates)
    if folder is not None and not folder.is_dir():
        raise LayerError("there is no such folder of templates", str(folder))
    return folder


def _check_format(name: str) -> None:
    from derive.rendering.render import FORMATS

    if name not in FORMATS:
        hint = nearest(str(name), FORMATS) or f"there are {', '.join(FORMATS)}"
        raise UnknownNameError(f"unknown format {name!r}", hint=hint)


class Gradient:
    """The gradient by one tensor.

    index   the result in index notation, over the tensor's declared range; its ``str`` is text of the language
    matrix  the result in matrix form, batched and per sample, or why there is none; its ``str`` is the batched form
    shape   its shape, which is that of the tensor, in the layer's sizes
    steps   how it was derived, from the chain rule to the result
    """

    def __init__(self, derivation: Derivation, name: str) -> None:
        self.derivation = derivation
        self.name = name
        self.parts = derivation.record.gradients[name]

    @property
    def index(self) -> Expr:
        return self.parts[0].right

    @cached_property
    def matrix(self) -> MatrixForm:
        from derive.forms.matrix import matrix_form

        part = self.parts[0]
        return matrix_form(self.derivation.record.backward, part.left, part.right, part.indices)

    @property
    def shape(self) -> tuple[Integer, ...]:
        return tuple(axis.extent for axis in self.derivation.layer.tensors[self.name].axes)

    @property
    def steps(self) -> tuple[record.Step, ...]:
        return self.parts[0].steps

    @property
    def equations(self) -> tuple[str, ...]:
        """The result in the language, a line for the declared range and one for each base case."""
        return tuple(f"{part.left} = {part.right}" for part in self.parts)

    def latex(self) -> str:
        """The result as LaTeX, in index notation, without dollar signs."""
        from derive.rendering.formula import EQUALS, row
        from derive.rendering.latex import latex
        from derive.rendering.operators import Style
        from derive.rendering.page import names_of
        from derive.rendering.typeset import typeset

        style = Style(names_of(self.derivation.record), limits=True)
        return latex(row(typeset(self.parts[0].left, style), EQUALS, typeset(self.index, style)))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        return "\n".join(self.equations)
