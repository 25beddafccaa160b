"""The mistakes that people make in backpropagation, as mutations of the steps of the true derivation."""

from derive.marking.mutations.carried import carried
from derive.marking.mutations.mutant import Mutant, told_of
from derive.marking.mutations.starts import at_the_start
from derive.marking.mutations.table import KINDS, mutants

__all__ = ["KINDS", "Mutant", "at_the_start", "carried", "mutants", "told_of"]
