"""Which equations go together in a kernel, evaluated one row after the other, and its source."""
