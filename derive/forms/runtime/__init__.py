"""What fused code calls: compiled kernels and products, on all processors."""
