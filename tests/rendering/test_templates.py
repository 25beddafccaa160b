import pytest

from derive.language.errors import LayerError
from derive.rendering import document as D
from derive.rendering.formula import Name
from derive.rendering.render import TEXTS, printed
from derive.rendering.templates import environment, template_folder

PAGE = D.Document("A title", (), (D.Paragraph(D.text("A paragraph.")), D.Equation(Name("a", "a"), "1")))
KINDS = {c.__name__.lower() for c in D.Block.__subclasses__()}


@pytest.mark.parametrize("format", TEXTS)
def test_every_block_has_a_template_in_every_format(format):
    there = {name.split(".")[0] for name in environment(format).list_templates()}
    assert there >= KINDS | {"document"} and (template_folder() / format / f"document.{format}.j2").is_file()


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
    with pytest.raises(LayerError, match=r"paragraph.md.j2:1: a template is wrong: .* no attribute 'nothing'"):
        printed(PAGE, "md", tmp_path)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("a\n<% if %>", 2),
        ("\n\n<< 1 // 0 >>", 3),
        ("<< 5 | inline >>", 1),
        ("\n<< nothing >>", 2),
        ("<% include 'x' %>", 1),
    ],
)
def test_a_mistake_is_told_with_template_and_line(tmp_path, template, line):
    (tmp_path / "paragraph.md.j2").write_text(template)
    with pytest.raises(LayerError, match=rf"paragraph.md.j2:{line}: "):
        printed(PAGE, "md", tmp_path)


@pytest.mark.parametrize(
    "template",
    [
        "<< block.__class__.__mro__ >>",
        "<< ''.__class__.__base__.__subclasses__() >>",
        "<< inline.__globals__ >>",
        "<< self.__init__.__globals__ >>",
        "<< cycler.__init__.__globals__.os.popen('id').read() >>",
        "<< range.__self__ >>",
        "<< document.blocks.__len__ >>",
        "<< lipsum.__globals__['os'] >>",
        "<< '{0.__class__}'.format(block) | upper | attr('__len__') >>",
        "<% include '../secret.txt' %>",
        "<% include '/etc/hostname' %>",
        "<< open('/etc/hostname') >>",
        "<% import os %>",
    ],
)
@pytest.mark.parametrize("format", ["md", "typ"])
def test_a_template_reaches_nothing_but_what_it_is_given(tmp_path, template, format):
    (tmp_path / "secret.txt").write_text("SECRET")
    own = tmp_path / "own"
    own.mkdir()
    (own / f"paragraph.{format}.j2").write_text(template)
    with pytest.raises(LayerError, match="paragraph"):
        printed(PAGE, format, own)


def test_the_templates_of_a_format_can_call_its_own_filters():
    assert environment("md").filters["text"]("_") == r"\_"
    assert environment("tex").filters["text"]("%") == r"\%"
