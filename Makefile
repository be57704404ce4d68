# make run                          the sample archive, from nothing to a report
# make run ARCHIVE='~/Downloads/takeout-*.zip'    your own; quoted, almanac expands it itself
# make run ARCHIVE=… ARGS='--home-zone Europe/Paris'
# Each target installs what it needs, once; all that it installs lies in .venv.

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
PYTHON ?= python
else
BIN := .venv/bin
PYTHON ?= python3
endif

PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
RUN_READY := .venv/ready-to-run
DEV_READY := .venv/ready-to-develop

# The archive's path travels in the environment, so that spaces and quotes in it reach almanac as they are.
export ARCHIVE

.PHONY: run test lint bench lock clean

run: $(RUN_READY)
	$(BIN)/almanac run $(if $(ARCHIVE),"$$ARCHIVE",--sample) $(ARGS)

test: $(DEV_READY)
	$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile $(ARGS)

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV_READY)
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/patterns.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/models.py

# The lock files hold hashes for every platform and name no registry.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-strip-extras --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --group build pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-strip-extras --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --group build --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	$(PYTHON) -c "import shutil; [shutil.rmtree(d, ignore_errors=True) for d in ('.venv', 'dist', 'build', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.hypothesis')]"

.venv/pyvenv.cfg:
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'Almanac needs Python 3.11 or later; name one with: make run PYTHON=python3.12')"
	$(PYTHON) -m venv .venv

$(RUN_READY): requirements.txt pyproject.toml | .venv/pyvenv.cfg
	@echo "Installing Almanac and what it needs into .venv (about a minute, once) …"
	@$(PIP) --require-hashes --no-deps -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c "open('$(RUN_READY)', 'w').close()"

$(DEV_READY): requirements-dev.txt pyproject.toml | .venv/pyvenv.cfg
	@echo "Installing Almanac and the development tools into .venv (about two minutes, once) …"
	@$(PIP) --require-hashes --no-deps -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c "[open(p, 'w').close() for p in ('$(RUN_READY)', '$(DEV_READY)')]"
