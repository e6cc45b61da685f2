# Words for the few commands there are. `PYTHON=python3.12 make test` uses another Python.

ifeq ($(origin PYTHON), undefined)
VENV := .venv
PYTHON := $(firstword $(foreach name, python3 python3.13 python3.12 python3.11, \
	$(shell $(name) -c 'import sys; print("$(name)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
else
VENV := .venv-$(notdir $(PYTHON))
endif

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint config/constraints.txt

.PHONY: setup demo test sanitize bench style screenshots

setup: $(VENV)/.done  ## the `roomwatch` command, in .venv/bin
	@echo 'ready: $(BIN)/roomwatch'

demo: $(VENV)/.done  ## three acted rooms, in the control room of your browser
	@$(BIN)/roomwatch demo $(ARGS)

test: $(VENV)/.done-test  ## everything that can be checked; ARGS go to pytest
	@tests/install_services.sh
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

sanitize: $(VENV)/.done-test  ## what is compiled, its tests under the sanitizers of the compiler
	@$(BIN)/python -m tests.speedups.sanitized $(ARGS)

bench: $(VENV)/.done  ## how fast it is here
	@$(BIN)/roomwatch bench $(or $(ARGS), engine)

style: $(VENV)/.done-test  ## put the code into shape and check its types
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(BIN)/mypy

screenshots: $(VENV)/.done-test  ## the pictures of README, in .github/pictures
	@$(BIN)/python -m tests.browser.screenshots .github/pictures

$(VENV)/.done: pyproject.toml config/constraints.txt $(wildcard monitor/speedups/*.[ch])
	@test -n "$(PYTHON)" || { echo 'roomwatch needs Python 3.11 or newer: install it, or name it with `make PYTHON=/path/to/python3.12`'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(PYTHON) is not Python 3.11 or newer: name another with `make PYTHON=/path/to/python3.12`'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) can not make virtual environments: `sudo apt-get install python3-venv` (or the venv package of that Python)'; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(VENV)/.done-test: $(VENV)/.done
	@$(PIP) --editable '.[test]'
	@touch $@
