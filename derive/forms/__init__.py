"""Readings of one gradient: matrix form and NumPy code."""
