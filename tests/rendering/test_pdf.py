import io

import pypdf
import pytest

from derive.language.errors import LayerError
from derive.rendering.pdf import compiled

HEAD = '#set document(title: "T", date: none)\n'


def test_the_same_source_gives_the_same_bytes():
    first = compiled(f"{HEAD}Hello #strong[world]")
    assert first.startswith(b"%PDF") and first == compiled(f"{HEAD}Hello #strong[world]")


@pytest.mark.parametrize(
    "source",
    ['#read("/etc/passwd")', '#read("../../../../etc/passwd")', '#image("secret.png")', '#include "secret.typ"'],
)
def test_no_file_can_be_read(source, tmp_path, monkeypatch):
    (tmp_path / "secret.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.typ").write_text("SECRET")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LayerError, match="file not found|escape the project root"):
        compiled(HEAD + source)


def test_a_mistake_is_told_with_its_template_and_line():
    with pytest.raises(LayerError, match=r"^step.typ.j2: a template is wrong: unknown variable: nothing: #nothing\(\)"):
        compiled(f"{HEAD}//: paragraph.typ.j2\nfine\n//: step.typ.j2\n#nothing()\n//: table.typ.j2\n")


def test_a_mistake_before_the_first_block_is_that_of_the_document():
    with pytest.raises(LayerError, match=r"^document.typ.j2: "):
        compiled("#set nothing()\n//: step.typ.j2\n")


def test_letters_that_the_fonts_lack_do_no_harm():
    assert len(pypdf.PdfReader(io.BytesIO(compiled(f"{HEAD}Softmax 回归 😀"))).pages) == 1
