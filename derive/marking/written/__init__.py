"""Reads what a person wrote: a text of equations becomes expressions over the layer's tensors and gradients."""
