# Every target calls tools/course.py, which also works without make: see README.md.
# Another Python than python3: make lab PYTHON=python3.12
PYTHON ?= $(shell command -v python3 || command -v python)
ARGS ?=
TASKS := help lab test run notebooks book assignments bench assets lint format take setup clean
# A name that is no task goes to tools/course.py as well, which lists the tasks.
OTHERS := $(filter-out $(TASKS),$(MAKECMDGOALS))

.DEFAULT_GOAL := help
.PHONY: $(TASKS) $(OTHERS)

$(TASKS) $(OTHERS):
ifeq ($(strip $(PYTHON)),)
	@echo "No Python was found: install Python 3.11 or newer, then call make $@ again." >&2; exit 1
else ifeq ($(shell command -v "$(PYTHON)"),)
	@echo "There is no Python called '$(PYTHON)' here: install it, or name another, as in make $@ PYTHON=python3.12." >&2; exit 1
else
	@exec "$(PYTHON)" tools/course.py $@ $(ARGS)
endif
