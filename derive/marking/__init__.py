"""Marks gradients that a person derived by hand: right or wrong, where, and which mistake it is."""
