"""Marks answers that are programs, functions or arrays; programs run in a process of their own."""
