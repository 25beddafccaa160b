"""The lines of an answer on their way: as written, taken apart into their sides, in index form, or with an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from derive.language.errors import Fragment, LayerError
from derive.language.expr import Expr
from derive.language.scope import FUNCTIONS, Scope
from derive.marking.written.answer_record import AnswerLine
from derive.marking.written.left_side import LeftSide, left_side
from derive.marking.written.lines import Elaborated
from derive.marking.written.meaning import like
from derive.marking.written.spelling import Spelled, left_name, spelled
from derive.marking.written.statements import Statement
from derive.marking.written.vocabulary import Vocabulary, vocabulary


@dataclass(frozen=True)
class Draft:
    """The two sides of a line, not yet in index form; ``number`` of it in the file, ``position`` in the answer."""

    position: int
    number: int
    line: Spelled
    left: LeftSide

    @property
    def name(self) -> str:
        return self.left.name


@dataclass(frozen=True)
class Progress:
    """What is known so far of a line: its sides, then its index form, or what is wrong with it."""

    statement: Statement
    name: str = ""
    draft: Draft | None = None
    form: Elaborated | None = None
    error: LayerError | None = None
    unguarded: Expr | None = None
    remark: str = ""

    @property
    def right(self) -> Expr | None:
        """The right side by which the line can be evaluated."""
        return self.unguarded if self.error is not None else self.form.right if self.form is not None else None

    @property
    def line(self) -> AnswerLine:
        line = AnswerLine(self.statement.number, self.statement.written, self.name, error=self.error)
        if self.form is None or self.right is None:
            return line
        line = replace(line, left=self.form.left, indices=self.form.indices, remark=self.remark)
        line = replace(line, right=self.form.right if self.error is None else None, unguarded=self.unguarded)
        return replace(line, axes=() if self.form.left is not None else self.form.indices)


def drafts(statements: Sequence[Statement], scope: Scope) -> list[Progress]:
    """The sides of every line; a name that another line defines may stand in any."""
    words = vocabulary(scope)
    names = [_name_of(statement, words) for statement in statements]
    words = words.with_tensors([n for n in names if n and n not in scope.tensors])
    pairs = zip(statements, names, strict=True)
    return [_draft(position, statement, name, words, scope) for position, (statement, name) in enumerate(pairs)]


def _name_of(statement: Statement, words: Vocabulary) -> str:
    try:
        return left_name(statement.text, words)
    except LayerError:
        return ""


def _draft(position: int, statement: Statement, name: str, words: Vocabulary, scope: Scope) -> Progress:
    try:
        line = spelled(statement.text, words)
        left = left_side(line.left, scope)
        _check_name(left.name, line.left, scope)
    except LayerError as error:
        return Progress(statement, name, error=error)
    return Progress(statement, left.name, Draft(position, statement.number, line, left))


def _check_name(name: str, text: Fragment, scope: Scope) -> None:
    """Raise LayerError where a line cannot be about this name."""
    tensor = scope.tensors.get(name)
    if tensor is not None and tensor.kind == "upstream":
        raise text.error(f"{name} is given: it arrives from above, and is not for you to derive")
    if tensor is not None and tensor.kind != "gradient":
        hint = f"a line says a gradient, such as d{name}, or a name of your own"
        raise text.error(f"{name} is a tensor of the layer", 0, hint)
    if tensor is not None:
        return
    for known, what in ((scope.sizes, "a size"), (scope.indices, "an index")):
        if name in known:
            raise text.error(f"{name} is {what} of the layer", 0, "take another name")
    if name in FUNCTIONS or name in scope.functions:
        raise text.error(f"{name} is a function", 0, "take another name")
    if name.startswith("d") and name[1:] in scope.tensors:
        why = "holds whole numbers" if scope.tensors[name[1:]].integer else "is not asked for here"
        raise text.error(f"there is no gradient {name}: {name[1:]} {why}")
    stem, _, low = name.rpartition("_")
    if (
        stem in scope.tensors
        and scope.tensors[stem].kind == "gradient"
        and (low in scope.indices or low in scope.sizes)
    ):
        raise text.error(f"unknown gradient {name}", 0, f"an index stands in square brackets: {stem}[{low}]")
    if meant := like(name, {n: t for n, t in scope.tensors.items() if t.kind == "gradient"}):
        raise text.error(f"unknown gradient {name}", 0, f"did you mean {meant}?")


def without_repeats(lines: Sequence[Progress], judged: Callable[[str], bool]) -> list[Progress]:
    """The lines; one that says the same places of the same name as one before is wrong, for the names ``judged``."""
    first: dict[object, int] = {}
    out = []
    for line in lines:
        if line.draft is not None and line.error is None and judged(line.name):
            places = ["*" if isinstance(p, str) else p for p in line.draft.left.places]
            while places and places[-1] == "*":
                places.pop()
            key = (line.name, *places)
            if key in first:
                message = f"{line.draft.left.text.text} is on line {first[key]} already"
                line = replace(line, draft=None, form=None, error=line.draft.line.left.error(message))
            first.setdefault(key, line.statement.number)
        out.append(line)
    return out
