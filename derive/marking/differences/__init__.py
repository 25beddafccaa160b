"""Says how a value differs from the right one: its shape, which entries, by which factor."""
