"""Python's library and NumPy may be read; other packages, and this one, may not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.marking.programs.apart.readable import readable

SITE = Path(np.__file__).parents[1]


def beneath(path: str | None, roots: list[str]) -> bool:
    assert path is not None
    return any(os.path.realpath(path).startswith(root) for root in roots)


@pytest.mark.parametrize("module", [json, subprocess, np, np.linalg], ids=lambda m: m.__name__)
def test_what_is_needed(module: object) -> None:
    assert beneath(getattr(module, "__file__", None), readable(str(SITE)))


@pytest.mark.parametrize("module", [derive, pytest], ids=lambda m: m.__name__)
def test_what_is_not(module: object) -> None:
    assert not beneath(getattr(module, "__file__", None), readable(str(SITE)))


def test_no_folder_holds_other_packages() -> None:
    for root in readable(str(SITE)):
        assert "site-packages" not in root or Path(root).name.startswith("numpy")
        assert not str(Path(sys.prefix)).startswith(root)
