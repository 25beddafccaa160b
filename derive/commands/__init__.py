"""Commands that are more than a few lines: what ``derive.cli`` hands on to."""
