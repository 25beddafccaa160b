# make        set up a virtual environment and write the derivation of the RNN to output/rnn.md
# make test   set one up with the tools of the tests, and run the tests
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: rnn test bench output clean

rnn: $(VENV)/installed
	$(BIN)/derive doc rnn --to md --out output

test: $(VENV)/installed-test
	$(BIN)/pytest -n 2

bench: $(VENV)/installed-test
	$(BIN)/pytest -p no:xdist -o python_files='bench_*.py' --benchmark-enable tests/benchmarks

output: $(VENV)/installed
	$(BIN)/derive doc --to md --out output

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $(VENV)/installed $@
