"""The PyTorch lines of every layer file: run, and their numbers are the layer's, at odd settings too."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import derive
from tests.oracles import settings
from tests.oracles.pytorch import Setting, compare

SETTINGS: list[Setting] = [
    setting
    for module in pkgutil.iter_modules(settings.__path__)
    for setting in importlib.import_module(f"{settings.__name__}.{module.name}").SETTINGS
]
LEAST = 5  # settings of each layer


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_lines_compute_what_the_layer_does(setting):
    compare(setting)


def test_every_layer_with_a_counterpart_is_compared_at_five_settings_or_more():
    for name in derive.catalogue():
        if derive.load(name).pytorch.run:
            assert sum(s.layer == name for s in SETTINGS) >= LEAST, name
