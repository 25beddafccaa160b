"""Rules, steps and the one rewriting driver."""
