"""An exercise's hints and its explained solution, folded, in Markdown for below its cell.

Taken from the exercise bank, as the notebook's own hints are. The solutions can be left out, for
a class that is to find them first.
"""

from helpers.exercises import bank


def below(name: str, solutions: bool) -> str:
    """Return what a reader can unfold below the exercise ``name``: each hint, the solution."""
    exercise = bank.find(name)
    parts = [details(f"Hint {i}", hint) for i, hint in enumerate(exercise.hints, 1)]
    if solutions:
        code = exercise.solution.strip("\n")
        parts.append(details("Solution", f"```python\n{code}\n```\n\n{exercise.shows}"))
    return "\n\n".join(parts)


def details(summary: str, text: str) -> str:
    """Return a folded block of Markdown."""
    kind = "solution" if summary == "Solution" else "hint"
    return f'<details class="{kind}"><summary>{summary}</summary>\n\n{text.strip()}\n\n</details>'
