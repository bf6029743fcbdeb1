# Everything a person does with onedoor. Needs Python 3.11+ with venv, and make; nothing else.
# The system's own Python, where it can make environments, before one on the path: distributions build theirs with all
# optimisations, and the services run on it in six sevenths of the time.
PYTHON ?= $(shell /usr/bin/python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo /usr/bin/python3 || echo python3)
BIN := .venv/bin
UV_VERSION := 0.13.9
LOCKED := . deploy/images/kafka deploy/images/mongo
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help run fresh demo status audit calendar test browser gallery test-containers simulate chaos bench check format lock docs schemas messages clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.stamp ## start Kafka, MongoDB and all five services, and print the address (ARGS="…")
	@$(BIN)/python -m shared.cli run $(ARGS)

fresh: .venv/run.stamp ## delete all local data; the next `make run` starts over
	@$(BIN)/python -m shared.cli fresh

demo: .venv/run.stamp ## carry one application through a running hall (ARGS="--json FILE")
	@$(BIN)/python -m shared.cli demo $(ARGS)

status: .venv/run.stamp ## show a running hall at a glance
	@$(BIN)/python -m shared.cli status $(ARGS)

audit: .venv/run.stamp ## prove the audit chain (ARGS="verify [--case NO | --day DATE] [--json]")
	@$(BIN)/python -m shared.cli audit $(or $(ARGS),verify)

calendar: .venv/run.stamp ## working days and notices of days (ARGS="due 2026-02-12 5", "check FILE", "publish FILE")
	@$(BIN)/python -m services.supervision $(ARGS)

test: .venv/dev.stamp ## run all tests, on a real Kafka and MongoDB (ARGS="-k word")
	@$(BIN)/python -m pytest $(ARGS)

browser: .venv/dev.stamp ## run the journeys in a real Chromium; pictures stay in .onedoor/browser (ARGS="-k word")
	@$(BIN)/python -m pytest tests/browser $(ARGS)

gallery: .venv/dev.stamp ## take the pictures of docs/gallery anew, from a sample hall
	@$(BIN)/python -m tests.browser.gallery

test-containers: .venv/dev.stamp ## run a small part of the integration tests on a container engine
	@ONEDOOR_TEST_BACKEND=containers $(BIN)/python -m pytest tests/integration -m containers $(ARGS)

simulate: .venv/dev.stamp ## run the five cores on virtual time, one world a seed (SEEDS=300, ARGS="--seed N")
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),300) $(ARGS)

chaos: .venv/dev.stamp ## kill, stop and cut the parts of a loaded hall, then check what is left (ROUNDS=20)
	@$(BIN)/python -m tests.chaos --rounds $(or $(ROUNDS),20) $(ARGS)

bench: .venv/dev.stamp ## measure, with results under tests/bench/results (ARGS="--quick --json FILE")
	@$(BIN)/python -m tests.bench $(ARGS)

check: .venv/dev.stamp ## format, lint, types, import rules
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev.stamp ## format the code and sort its imports
	$(BIN)/ruff check --fix-only --exit-zero
	$(BIN)/ruff format

lock: .venv/dev.stamp ## bring all locks in line with their .in files (ARGS=--upgrade: newest versions)
	@$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	@for place in $(LOCKED); do for wanted in $$place/requirements*.in; do \
	  echo "$$wanted" && $(BIN)/uv pip compile --quiet --universal --system-certs --generate-hashes --no-emit-index-url \
	    --python-version 3.11 --no-header --no-annotate $(ARGS) "$$wanted" -o "$${wanted%.in}.lock" || exit 1; \
	done; done

docs schemas: .venv/dev.stamp ## regenerate schemas, AsyncAPI and the picture from the topics table
	@$(BIN)/python -m shared.contracts.generate

messages: .venv/dev.stamp ## bring the English catalogue in line with the texts of the pages
	@$(BIN)/pybabel -q extract --no-location --sort-output --omit-header -F shared/web/locale/babel.cfg -k _ -k _text -o .onedoor/pages.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -l en -i .onedoor/pages.pot -o shared/web/locale/en.po

clean: ## remove the environment and all caches, but no data
	rm -rf .venv .onedoor/cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment follows its lock: a stamp older than the lock installs again. Locks are complete, so
# nothing is resolved, and the development lock contains the other.
.venv/run.stamp: requirements.lock
	$(environment)
	@$(BIN)/python -m pip install --quiet --progress-bar on --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.lock
	$(environment)
	@$(BIN)/python -m pip install --quiet --progress-bar on --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch .venv/run.stamp $@

# An environment that is half-made, or that an upgrade of Python broke, counts as none.
$(shell $(BIN)/python -c 'import pip' 2>/dev/null || rm -f .venv/*.stamp)

define environment
@echo "正在准备运行环境 .venv($<)…"
@$(BIN)/python -c 'import pip' 2>/dev/null || { \
  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
    echo "需要 Python 3.11 或更高版本,而 $(PYTHON) 是:$$($(PYTHON) --version 2>&1)。" \
      "请安装后指定,例如 make run PYTHON=python3.11" >&2; exit 1; }; \
  $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
    echo "$(PYTHON) 缺少 venv。请安装(Debian/Ubuntu):sudo apt-get install python3-venv" >&2; exit 1; }; \
  $(PYTHON) -m venv --clear .venv; }
endef
