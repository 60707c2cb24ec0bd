# Needs make and Python 3.11 or newer; everything else goes into .venv, by itself, once.
# Another Python than python3: make night PYTHON=python3.13

PYTHON ?= python3
PIP = .venv/bin/python -m pip install -q --disable-pip-version-check

help:
	@echo "make night   render the default night into this folder"
	@echo "make test    run the tests"
	@echo "make check   run the linters, the types and the layers"
	@echo "make soak    run the long tests"
	@echo "make clean   remove .venv and everything that was built"

night: .venv/.night
	@.venv/bin/lullaby render

test: .venv/.test
	@.venv/bin/python -m pytest -q --durations=15 -n auto --dist worksteal

soak: .venv/.test
	@.venv/bin/python -m pytest -q --durations=15 -m soak

check: .venv/.check
	@MAKEFLAGS= scripts/check

clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache build dist
	find lullaby tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A .venv left half made, moved here from another folder or without its Python is made anew.
BROKEN = { test -e .venv/.half || test "$$(cat .venv/.place 2>/dev/null || pwd)" != "$$(pwd)" \
	|| ! .venv/bin/python -c "" 2>/dev/null; }
ANEW := $(shell if $(BROKEN); then echo anew; fi)

# Says in one line what keeps a .venv from being made, or nothing.
TROUBLE = version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); \
	if command -v apt-get >/dev/null; then get="sudo apt install python3 python3-venv"; \
	else get="get it from python.org/downloads"; fi; \
	if test -z "$$version"; then \
	  echo "lullaby needs Python 3.11 or newer, and $(PYTHON) is not here: $$get"; \
	elif ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "lullaby needs Python 3.11 or newer, and $(PYTHON) is $$version: name a newer one, as in" \
	    "make night PYTHON=python3.13, or get one from python.org/downloads"; \
	elif ! $(PYTHON) -c 'import venv, ensurepip; ensurepip.version()' >/dev/null 2>/dev/null; then \
	  if command -v apt-get >/dev/null; then get="sudo apt install python$$version-venv"; \
	  else get="install the package that brings its venv module (often python3-venv)"; fi; \
	  echo "Python $$version cannot make a virtual environment here: $$get"; \
	fi
stop = $(if $(1),$(error $(1)))

# .half stands for as long as the work is under way: what is interrupted leaves it behind, and is made
# anew the next time. Where pip itself says no (no network, say), a .venv that worked is left to work.
define SETUP
@$(call stop,$(shell $(TROUBLE)))if $(BROKEN); then rm -rf .venv; fi
@test -x .venv/bin/python || echo "Setting up .venv: once, some minutes, about 600 MB."
@mkdir -p .venv && : > .venv/.half
@test -x .venv/bin/python || $(PYTHON) -m venv .venv
@$(PIP) -e '$(1)' || { code=$$?; test $$code -gt 128 || rm -f .venv/.half; exit $$code; }
@pwd > .venv/.place && rm -f .venv/.half
endef

.venv/.night: pyproject.toml $(ANEW)
	$(call SETUP,.)
	@touch $@

.venv/.test: pyproject.toml $(ANEW)
	$(call SETUP,.[test])
	@touch .venv/.night $@

.venv/.check: pyproject.toml $(ANEW)
	$(call SETUP,.[test$(COMMA)check])
	@touch .venv/.night .venv/.test $@

COMMA := ,

.NOTPARALLEL:
.PHONY: help night test soak check clean anew
anew:
