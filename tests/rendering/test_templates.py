import pytest
from jinja2 import UndefinedError

from derive.rendering import document as D
from derive.rendering.formula import Name
from derive.rendering.render import printed
from derive.rendering.templates import environment, template_folder

PAGE = D.Document("A title", (), (D.Paragraph(D.text("A paragraph.")), D.Equation(Name("a", "a"), "1")))
KINDS = {c.__name__.lower() for c in D.Block.__subclasses__()}


@pytest.mark.parametrize("format", ["md", "tex"])
def test_every_block_has_a_template_in_every_format(format):
    there = {p.name.split(".")[0] for p in (template_folder() / format).iterdir()}
    assert there >= KINDS | {"document"}


def test_a_template_of_ones_own_goes_first(tmp_path):
    (tmp_path / "paragraph.md.j2").write_text("Mine: << block.inlines | inline >>\n")
    assert "Mine: A paragraph." in printed(PAGE, "md", tmp_path)
    assert "$$a" in printed(PAGE, "md", tmp_path)
    assert "Mine" not in printed(PAGE, "tex", tmp_path)


def test_a_folder_of_ones_own_may_have_a_folder_a_format(tmp_path):
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "paragraph.tex.j2").write_text("Mine.\n")
    assert "Mine." in printed(PAGE, "tex", tmp_path)
    assert "Mine." not in printed(PAGE, "md", tmp_path)


def test_a_name_that_does_not_exist_is_an_error(tmp_path):
    (tmp_path / "paragraph.md.j2").write_text("<< block.nothing >>")
    with pytest.raises(UndefinedError):
        printed(PAGE, "md", tmp_path)


def test_the_templates_of_a_format_can_call_its_own_filters():
    assert environment("md").filters["text"]("_") == r"\_"
    assert environment("tex").filters["text"]("%") == r"\%"
