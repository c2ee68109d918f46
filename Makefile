# The two commands of the README are `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
STAMP := $(VENV)/.installed
WEB_STAMP := web/dist/.built
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: demo test prove install web lint lock clean

demo: $(STAMP) $(WEB_STAMP)  ## The Easter truce of 2026, end to end, and its page
	$(BIN)/truceline demo

test: $(STAMP) $(WEB_STAMP) lint  ## All tests; long proofs at one per cent
	$(BIN)/python -m pytest -n auto --maxprocesses=4 --dist=loadfile

prove: $(STAMP) $(WEB_STAMP)  ## The long proofs whole; writes their figures into docs/reference/proofs.md
	TRUCELINE_PROVE=1 $(BIN)/python tools/prove.py

install: $(STAMP)  ## .venv from the hashed lock

web: $(WEB_STAMP)  ## The page

$(STAMP): $(LOCK) pyproject.toml tools/bootstrap.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r tools/bootstrap.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(LOCK)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(WEB_STAMP): $(STAMP) $(WEB_SOURCES) tools/web.sh
	VENV=$(VENV) bash tools/web.sh
	touch $@

lint: $(STAMP)
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/mypy --cache-dir=/dev/null
	$(BIN)/lint-imports --no-cache

lock: $(STAMP)  ## After a change of pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --group dev --group web --extra oidc --extra notify pyproject.toml -o $(LOCK)
	grep -A40 '^uv==' $(LOCK) | awk 'NR==1 || /^ /{print} NR>1 && !/^ /{exit}' > tools/bootstrap.txt

clean:
	rm -rf $(VENV) web/dist web/node_modules
