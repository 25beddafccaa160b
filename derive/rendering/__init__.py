"""Derivation to document model to Markdown and LaTeX."""
