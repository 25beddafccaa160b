"""Fused kernels: equations that only read and write whole arrays, evaluated together, one row after the other."""
