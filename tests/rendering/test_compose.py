import pytest

from derive.calculus.sweep import derive
from derive.language.load import catalogue, layer
from derive.rendering import document as D
from derive.rendering import formula as F
from derive.rendering.compose import compose
from derive.rendering.compose_gradient import SMALL
from derive.rendering.metrics import width
from derive.rendering.page import WIDTH, indices_of, page
from derive.rendering.recurrence import letters_of

NO_GRADIENT = "There is no gradient to derive: all that the layer reads is whole numbers."


def formulas_in(value):
    """Every formula in a part of a document."""
    if isinstance(value, F.Formula):
        return [value]
    if isinstance(value, tuple):
        return [f for part in value for f in formulas_in(part)]
    return [f for part in getattr(value, "__dict__", {}).values() for f in formulas_in(part)]


def section(document, title):
    """The blocks of a section."""
    out, inside = [], False
    for block in document.blocks:
        if isinstance(block, D.Heading) and block.level == 1:
            inside = block.inlines == D.text(title)
        elif inside:
            out.append(block)
    return out


def test_the_sections_of_a_page(derivation, evidence_of, report_of):
    document = compose(derivation("rnn"), evidence_of("rnn"), report_of(derivation("rnn")))
    headings = [
        "".join(i.text for i in b.inlines) for b in document.blocks if isinstance(b, D.Heading) and b.level == 1
    ]
    assert headings == [
        "Symbols", "Sizes and parameters", "Forward pass", "Backward pass", "Vanishing and exploding gradients",
        "Truncated backpropagation through time", "Update (SGD)", "In PyTorch", "Code", "Numeric checks", "Rules used",
    ]  # fmt: skip
    assert document.title == derivation("rnn").system.title


def test_without_records_there_is_no_badge_and_no_figure(derivation):
    document = compose(derivation("rnn"), None, None)
    assert all(b.evidence is None for b in document.blocks if isinstance(b, D.Step | D.Equation))
    assert not section(document, "Numeric checks")
    assert "Checked." not in [
        i.text for b in document.blocks if isinstance(b, D.Paragraph) for i in b.inlines[:1] if isinstance(i, D.Strong)
    ]


def test_a_layer_of_whole_numbers_has_no_gradient_and_says_so():
    counted = layer(indices="n:N", inputs="k[n]", integers="k", equations="y[n] = 2*k[n]", output="y")
    document = compose(derive(counted), None, None)
    assert section(document, "Backward pass") == [D.Paragraph(D.text(NO_GRADIENT))]
    assert not section(document, "Rules used")
    assert not any(isinstance(block, D.Items) for block in document.blocks)


@pytest.mark.parametrize("name", catalogue())
def test_every_gradient_has_its_section_in_the_order_of_the_backward_pass(name, derivation):
    derived = derivation(name)
    document = compose(derived, None, None)
    results = [b for b in document.blocks if isinstance(b, D.Result)]
    assert len(results) == sum(map(len, derived.gradients.values()))
    numbers = [b.number for b in document.blocks if isinstance(b, D.Step)]
    assert numbers == [f"D{k}" for k in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("name", catalogue())
def test_no_name_is_printed_that_is_not_introduced(name, derivation):
    """Tensors, sizes, indices with a stated range or with limits; in closed forms the letters that they introduce."""
    derived = derivation(name)
    here = page(derived, None, None)
    system = derived.system
    known = {*system.tensors, *system.sizes, *system.derived, *here.style.notation.ranges, "e", "eta", "delta", "loss"}
    known |= {"pi"}  # the number
    known |= {i.name for i in indices_of(derived)}  # those with several ranges are said to be shown with limits
    for form in (*derived.closed_forms, *derived.entrywise_forms):
        known |= set(vars(letters_of(here, form)).values()) | {"I", "E"}
    if derived.bound:  # a matrix, the steepest slope, where it is taken, and how many steps apart
        known |= {"M", "gamma", "lambda", "u", "w", "tau"}
    if derived.truncation:  # what the cut gradients keep, and lack
        known |= {letter + label for letter in "KE" for label in ("", *(f"_{name}" for name in derived.gradients))}
    document = compose(derived, None, None)
    blocks = [b for b in document.blocks if not isinstance(b, D.Items)]
    rules = set(map(id, section(document, "Rules used")))
    captions = [b.caption for b in blocks if isinstance(b, D.Drawing)]  # which say what the letters in pictures are
    known |= {n.source for f in formulas_in(tuple(captions)) for n in F.walk(f) if isinstance(n, F.Name)}
    for formula in (f for b in blocks if id(b) not in rules for f in formulas_in(b)):
        limited = {
            n.source
            for big in F.walk(formula)
            if isinstance(big, F.Big) and big.above
            for n in F.walk(big.below)
            if isinstance(n, F.Name)
        }
        bare = {n.source for n in F.walk(formula) if isinstance(n, F.Name)}
        assert bare - limited - known - {n for n in bare if argmax_name(formula, n)} == set()


def argmax_name(formula, name):
    """Whether a name is only that by which an argmax runs."""
    bigs = [n for n in F.walk(formula) if isinstance(n, F.Big) and n.operator == "argmax"]
    return any(isinstance(n, F.Name) and n.source == name for big in bigs for n in F.walk(big))


def test_the_same_derivation_gives_the_same_document(derivation):
    assert compose(derivation("rnn"), None, None) == compose(derivation("rnn"), None, None)


def displayed(blocks):
    """Every displayed formula with what stands left of it, those of single steps too."""
    for block in blocks:
        match block:
            case D.Step(formula, indent, details=details):
                yield formula, indent
                yield from displayed(details.blocks if details else ())
            case D.Equation(formula) | D.Substep(formula):
                yield formula, None
            case D.Result(formulas):
                yield from ((formula, None) for formula in formulas)
            case D.Details(_, inner):
                yield from displayed(inner)


@pytest.mark.parametrize("name", catalogue())
def test_no_formula_is_wider_than_a_page(name, derivation):
    """By the estimate, which test_metrics compares with TeX; single steps are set smaller."""
    blocks = compose(derivation(name), None, None).blocks
    small = [f for b in blocks if isinstance(b, D.Step) and b.details for f in displayed(b.details.blocks)]
    large = [f for f in displayed(blocks) if f not in small]
    assert large and max(width(f) + width(left) for f, left in large) <= WIDTH
    assert max((width(f) for f, _ in small), default=0) <= SMALL


@pytest.mark.parametrize("name", catalogue())
def test_no_formula_in_running_text_is_too_long_for_it(name, derivation):
    """Browsers do not break a formula in a line of text."""
    for block in compose(derivation(name), None, None).blocks:
        said = (block.inlines,) if isinstance(block, D.Paragraph) else getattr(block, "remarks", ())
        for inlines in (*said, getattr(block, "reason", ())):
            assert all(width(i.formula) <= WIDTH for i in inlines if isinstance(i, D.Math))
