"""The mistakes that people make in backpropagation, as mutations of the steps of the true derivation."""

from derive.marking.mutations.carried import carried
from derive.marking.mutations.mutant import Mutant, told_of
from derive.marking.mutations.table import KINDS, mutants

__all__ = ["KINDS", "Mutant", "carried", "mutants", "told_of"]
