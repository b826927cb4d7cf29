# Each target does its own set-up; a second run finds it done.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python

.PHONY: run demo test coverage screenshots mutants bench setup machine app lint format lock clean translations

run: .venv/.ready
	$(BIN)/python app.py

demo: .venv/.ready
	$(BIN)/python -m simulator.demo

PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# Each process that a test starts would compile everything anew.
test coverage: export PYTHONDONTWRITEBYTECODE =
test: setup lint
	$(PYTEST)

# What the tests cover; a fifth slower than without.
coverage: setup
	$(PYTEST) --cov --cov-report=term

# Pictures of every page in dist/screenshots, and the README's in docs/screenshots: to be looked at, nothing compares them.
screenshots: .venv/.ready-to-test machine
	$(BIN)/python -m tests.screenshots

# Do the tests notice small changes? N of each package, the same ones for a SEED, or all that begin with ONLY=file:line.
mutants: .venv/.ready-to-test
	$(BIN)/python tests/mutants.py --n $(or $(N),15) --seed $(or $(SEED),1) --only '$(ONLY)'

bench: .venv/.ready-to-test
	$(BIN)/python -m bench

setup: .venv/.ready .venv/.ready-to-test machine

# What the tests need of the machine itself: installed, or named in a line.
machine: .venv/.installer
	$(BIN)/python tests/machine.py

app: .venv/.ready
	$(BIN)/python -m services.app_package dist

lint: .venv/.ready-to-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/.ready-to-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Resolve the dependencies anew, after a change of pyproject.toml.
lock: .venv/.ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache

.venv/.installer: requirements-setup.txt
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or later is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) tests/machine.py venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	touch $@

.venv/.ready: requirements.txt .venv/.installer
	$(INSTALL) -r requirements.txt
	touch $@

# Compiled once, and not by each of the many processes that tests start.
.venv/.ready-to-test: requirements-dev.txt .venv/.ready
	$(INSTALL) -r requirements-dev.txt
	$(BIN)/python -m compileall -q -j 0 .venv/lib
	touch $@

# Collect the interface's texts into every language's catalogue; new ones are left empty, and a test asks for them.
translations: .venv/.ready
	$(BIN)/pybabel --quiet extract --keyword=_ --keyword=N_ --keyword=text --keyword=count:1,2 --no-location --sort-output --omit-header --output=dist-messages.pot pages services
	for po in locales/*.po; do $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap --input-file=dist-messages.pot --output-file=$$po --locale=$$(basename $$po .po) || exit 1; done
	rm dist-messages.pot
