"""The reverse sweep over a system of equations, and the rules it uses."""
