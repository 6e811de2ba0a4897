# Every target calls tools/course.py, which also works without make: see README.md.
# Another Python than python3: make lab PYTHON=python3.12
PYTHON ?= $(shell command -v python3 || command -v python)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help lab test run notebooks assignments bench assets lint format take setup clean

help lab test run notebooks assignments bench assets lint format take setup clean:
ifeq ($(strip $(PYTHON)),)
	@echo "No Python was found: install Python 3.11 or newer, then call make $@ again." >&2; exit 1
else
	@"$(PYTHON)" tools/course.py $@ $(ARGS)
endif
