"""The gallery in ``output/`` is what the program writes now."""

from pathlib import Path

import pytest

import derive
from tests.rounding import without_errors

OUTPUT = Path(__file__).parents[1] / "output"


@pytest.mark.parametrize("name", derive.catalogue())
def test_page_is_what_the_program_writes(name: str) -> None:
    kept = (OUTPUT / f"{name}.md").read_text(encoding="utf-8")
    assert without_errors(kept) == without_errors(derive.gradients(name).render("md")), "run `make output`"


def test_the_gallery_has_the_catalogue_and_nothing_else() -> None:
    assert sorted(p.name for p in OUTPUT.iterdir()) == sorted(f"{name}.md" for name in derive.catalogue())
