# holdshort. `make` alone lists what there is; every target does its own set-up.

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench accuracy pictures lock clean distclean \
	style layout types imports docstrings tests

# What the user's shell adds to Python's import path is not ours.
unexport PYTHONPATH PYTHONHOME

PYTHON_ENV := .venv/bin/python
# Each is a target; `make test` runs all of them even when an early one fails.
LINTS := style layout types imports docstrings
GATES := $(LINTS) tests

define run_all
@failed=; for gate in $(1); do \
	echo "== $$gate"; $(MAKE) --silent $$gate || failed="$$failed $$gate"; \
done; \
if [ -n "$$failed" ]; then echo "make $@: FAILED:$$failed"; exit 1; fi; \
echo "make $@: all passed: $(1)"
endef

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{printf "%-16s %s\n", $$1, $$2}'

run: ## open holdshort on a sample in build/sample; REPO=path opens it on your own repository
	@requirements/install.sh runtime
	@.venv/bin/holdshort $(if $(REPO),--repo "$$REPO",demo --folder build/sample)

test: ## every gate: style, layout, types, imports, docstrings, tests with coverage
	@requirements/install.sh dev
	$(call run_all,$(GATES))

lint: ## every gate but the tests
	@requirements/install.sh dev
	$(call run_all,$(LINTS))

style:
	@$(PYTHON_ENV) -m ruff check --quiet --output-format concise .

layout:
	@$(PYTHON_ENV) -m ruff format --check .

types:
	@$(PYTHON_ENV) -m mypy src tests $(wildcard bench/*.py)

imports:
	@.venv/bin/lint-imports --no-logo

docstrings:
	@$(PYTHON_ENV) -m interrogate --quiet src || { $(PYTHON_ENV) -m interrogate -vv src; exit 1; }

tests:
	@$(PYTHON_ENV) -m pytest --numprocesses 2 --cov --quiet

format: ## lay out the code and apply the safe fixes
	@requirements/install.sh dev
	@$(PYTHON_ENV) -m ruff format --quiet .
	@$(PYTHON_ENV) -m ruff check --fix .

bench: ## the benchmarks, one after the other
	@requirements/install.sh dev
	@for benchmark in $$(grep -l __main__ bench/*.py); do echo "== $$benchmark"; $(PYTHON_ENV) "$$benchmark" || exit 1; done

accuracy: ## count how often the checks are right; CLONES=folder holds the public repositories
	@requirements/install.sh dev
	@$(PYTHON_ENV) docs/accuracy.py --clones "$(or $(CLONES),clones)"

pictures: ## draw the README's pictures again, from the app itself
	@requirements/install.sh dev
	@$(PYTHON_ENV) docs/pictures/make.py

# Run by maintainers who have uv. Neither lock names a registry; the second extends the first.
UV_COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --upgrade

lock: ## solve requirements/*.txt again (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH"; exit 1; }
	@$(UV_COMPILE) pyproject.toml --output-file requirements/runtime.txt
	@$(UV_COMPILE) pyproject.toml requirements/dev.in --constraint requirements/runtime.txt --output-file requirements/dev.txt
	@git diff --stat -- requirements

clean: ## remove build/ (the sample and what tests leave behind)
	@rm -rf build dist

distclean: clean ## remove .venv and the caches too
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage .coverage.*
