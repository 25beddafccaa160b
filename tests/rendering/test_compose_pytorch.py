from dataclasses import replace

from derive.language.system import PyTorch
from derive.rendering import document as D
from derive.rendering.compose_pytorch import in_pytorch
from derive.rendering.latex import latex
from derive.rendering.page import page
from derive.rendering.pytorch_code import program


def words(inlines):
    return "".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in inlines)


def section(derived, lines=None):
    system = derived.system if lines is None else replace(derived.system, pytorch=lines)
    return list(in_pytorch(page(replace(derived, system=system), None, None)))


def test_the_program_stands_on_the_page_as_it_runs(derivation):
    (listing,) = (b for b in section(derivation("linear")) if isinstance(b, D.Listing))
    assert (listing.language, listing.source) == ("python", program(derivation("linear").system))


def test_names_of_parameters_there_and_here(derivation):
    (table,) = (b for b in section(derivation("linear")) if isinstance(b, D.Table))
    assert [[words(c) for c in row] for row in table.rows] == [["weight", "W", r"O\times I"], ["bias", "b", "O"]]
    lines = PyTorch(state={"weight": "torch.cat([W, W])"})
    (table,) = (b for b in section(derivation("linear"), lines) if isinstance(b, D.Table))
    assert table.rows == (((D.Code("weight"),), (D.Code("torch.cat([W, W])"),), ()),)


def test_notes_alone_are_a_section_too(derivation):
    heading, notes = section(derivation("linear"), PyTorch(notes="Like `W`."))
    assert words(heading.inlines) == "In PyTorch" and words(notes.inlines) == "Like W."
    assert not section(derivation("linear"), PyTorch())
