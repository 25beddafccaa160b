"""Evidence for steps and gradients, by paths that share nothing with the derivation."""
