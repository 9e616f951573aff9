# Python 3.11 or newer is all that a machine needs; everything else arrives in .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
PEERS  := $(VENV)/peers/.ready
DURABLE := $(VENV)/durable/.ready
SAM    := $(VENV)/sam/.ready
SITE   := $(VENV)/docs/.ready
JOBS   ?= auto
CLOUDS ?= 2
HALVES ?= 2

.DEFAULT_GOAL := help
# Every command that a test starts would compile all modules again where this is set.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup demo test clouds units slow lint docs docs-serve bench audit lock clean

help:   ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: $(STAMP)  ## install the locked dependencies and the command into .venv

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("shopfast-obs needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked dependencies into $(VENV) (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q shopfast_obs  # as pip does with what it installs
	@$(BIN)/shopfast-obs cloud environment --make >/dev/null  # the SDK that functions find, so that no test needs an index
	@touch $@

$(PEERS): tests/peers.lock
	@echo "installing the aws command and pip-audit into $(VENV)/peers"
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/peers.lock
	@touch $@

$(DURABLE): tests/durable.lock
	@echo "installing the durable execution SDK into $(VENV)/durable"
	@$(PYTHON) -m venv $(VENV)/durable
	@$(VENV)/durable/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/durable.lock
	@touch $@

$(SAM): tests/sam.lock
	@echo "installing the SAM CLI into $(VENV)/sam"
	@$(PYTHON) -m venv $(VENV)/sam
	@$(VENV)/sam/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/sam.lock
	@touch $@

$(SITE): docs/requirements.lock
	@echo "installing the generator of the documentation into $(VENV)/docs"
	@$(PYTHON) -m venv $(VENV)/docs
	@$(VENV)/docs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r docs/requirements.lock
	@touch $@

demo: setup  ## ShopFast fails, is diagnosed, instrumented and fixed, and works
	@$(BIN)/shopfast-obs demo

test: setup lint $(PEERS) $(DURABLE)  ## lint, types and every test
	@# Tests with a cloud often wait for it, and leave the cores to the others.
	@$(MAKE) --no-print-directory -j$(HALVES) clouds units

# A file is run by one worker, because its tests share what is slow to make. The longest come first: tests/conftest.py.
clouds:
	@$(BIN)/python -m pytest -n $(CLOUDS) --dist loadfile --no-loadscope-reorder -m "(cloud or synth) and not slow"

# What it says comes in one piece, when it is done, and not between the lines of the other.
units:
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not cloud and not synth and not slow" \
	  -o cache_dir=.pytest_cache/units > $(VENV)/units.txt 2>&1; code=$$?; cat $(VENV)/units.txt; exit $$code

slow: setup $(PEERS) $(DURABLE) $(SAM) $(SITE)  ## the proofs that take minutes each
	@$(BIN)/python -m pytest -m slow

lint: setup  ## ruff and strict mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

docs: $(SITE)  ## build the documentation into build/docs; a warning is an error
	@$(VENV)/docs/bin/sphinx-build --quiet --fail-on-warning --keep-going -b html -c docs . build/docs
	@echo "build/docs/index.html"

docs-serve: docs  ## serve the documentation on http://127.0.0.1:8000
	@$(VENV)/docs/bin/python -m http.server --bind 127.0.0.1 --directory build/docs 8000

bench: setup  ## measure on this machine, and write docs/figures.md
	@$(BIN)/python -m bench --write

audit: setup $(PEERS)  ## known vulnerabilities of the locked packages, where the databases can be reached
	@$(BIN)/python -m bench.audit

lock: setup  ## resolve pyproject.toml again into requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --quiet --extra workshop --extra prove --extra sam --extra mcp --group dev pyproject.toml build-requirements.in -o requirements.lock
	@for name in cloud runtime sam; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --quiet --group pyproject.toml:$$name $$([ $$name = runtime ] || echo -c requirements.lock) \
	    $$([ $$name != sam ] || printf -- '--no-emit-package %s ' boto3 botocore jmespath python-dateutil s3transfer six urllib3) -o shopfast_obs/environments/$$name.lock; \
	done
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --quiet tests/peers.in -o tests/peers.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --quiet tests/sam.in -o tests/sam.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --quiet tests/durable.in -o tests/durable.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --quiet docs/requirements.in -o docs/requirements.lock

clean:  ## remove everything that the targets above made
	@test ! -x $(BIN)/shopfast-obs || $(BIN)/shopfast-obs cloud stop --quiet || true
	@rm -rf $(VENV) .shopfast .mypy_cache .ruff_cache .pytest_cache .hypothesis cdk.out build *.egg-info
