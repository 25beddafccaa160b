"""Text to System: tensors, indices, ranges, parser, binding.  Knows nothing of gradients."""
