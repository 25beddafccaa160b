"""Writes marks for people and for other programs."""
