"""The inside of the process in which an untrusted program runs: it imports none of the rest of Derive."""
