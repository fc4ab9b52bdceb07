# Every command sets up what it needs the first time: .venv with the locked dependencies.
PYTHON ?= python3
PACKAGES = libs/common libs/simulator libs/cli services/ingest services/executor services/sheets services/analytics
SEEDS ?= 20000
CODE = libs services tests bench deploy

.PHONY: setup up demo test lint check format bench bench-compare bench-check endurance soak chaos
setup: .venv/.installed

.venv/.installed: requirements/all.txt pyproject.toml $(addsuffix /pyproject.toml,$(PACKAGES))
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/all.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(PACKAGES))
	touch $@

up: setup
	.venv/bin/novalgo up

demo: setup
	.venv/bin/novalgo demo

# The tests sync a great many small files: in memory a slow disk cannot stall them.
test: export PYTEST_DEBUG_TEMPROOT ?= $(wildcard /dev/shm)
test: setup
	.venv/bin/python -m pytest -n auto --dist worksteal

lint: setup
	.venv/bin/ruff format --check $(CODE)
	.venv/bin/ruff check $(CODE)
	.venv/bin/mypy $(CODE)

check: lint
	.venv/bin/python -m pytest -q tests/unit tests/architecture

format: setup
	.venv/bin/ruff format $(CODE)
	.venv/bin/ruff check --fix $(CODE)

soak: setup
	.venv/bin/python -m tests.simulation --seeds $(SEEDS)

bench: setup
	.venv/bin/python -m bench

# The two newest whole runs; `make bench-compare RUNS="var/bench/A.json var/bench/B.json"` others.
bench-compare: setup
	.venv/bin/python -m bench.compare $(RUNS)

# Against bench/baseline.json; `make bench-check UPDATE=--update` keeps what is measured.
bench-check: setup
	.venv/bin/python -m bench.check $(UPDATE)

endurance: setup
	.venv/bin/python -m bench.endurance --minutes $(or $(MINUTES),60)

chaos: setup
	.venv/bin/python -m tests.chaos --minutes $(or $(MINUTES),10)
