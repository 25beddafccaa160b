"""PDF out of Typst source: the compiler comes as a wheel, with its fonts, and reads no file."""

from __future__ import annotations

import re
import tempfile

from derive.language.errors import LayerError

_BLOCK = re.compile(r"^//: (.*)$")
_LINE = re.compile(r"\.typ:(\d+):")
_NO_GLYPH = "could not be displayed with font"


def compiled(source: str) -> bytes:
    """The document as PDF, with its fonts and tags (PDF/UA-1); the same source gives the same bytes.

    Letters that the fonts of the compiler lack, such as Chinese ones, are taken from the fonts of the system.
    Raises LayerError where the source, that is to say a template, is wrong.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="derive-") as empty:
        compiler = typst.Compiler(root=empty, ignore_system_fonts=True, package_path=empty, package_cache_path=empty)
        try:
            return _bytes(compiler.compile(source.encode(), format="pdf", pdf_standards=["ua-1"], timestamp=0))
        except typst.TypstError as error:
            if _NO_GLYPH not in error.diagnostic:
                raise _mistake(source, error.message, error.diagnostic) from error
        compiler = typst.Compiler(root=empty, package_path=empty, package_cache_path=empty)
        try:
            return _bytes(compiler.compile(source.encode(), format="pdf", timestamp=0))
        except typst.TypstError as error:
            raise _mistake(source, error.message, error.diagnostic) from error


def _bytes(result: object) -> bytes:
    assert isinstance(result, bytes)  # a list of them comes only of pictures, one a page
    return result


def _mistake(source: str, message: str, diagnostic: str) -> LayerError:
    """What the compiler complains of, with the line and the template that wrote it."""
    found = _LINE.search(diagnostic)
    if found is None:
        return LayerError(f"a template is wrong: {message}")
    lines = source.split("\n")
    number = int(found[1])
    blocks = [name[1] for line in lines[:number] if (name := _BLOCK.match(line))]
    return LayerError(
        f"a template is wrong: {message}: {lines[number - 1].strip()}", (blocks or ["document.typ.j2"])[-1]
    )
