"""Take an answer through the stages of an exercise's check: shape, values, real data.

The first stage that fails ends it; what the stages before it are worth, the answer earns.
Nothing that an answer does can stop the marking, or reach the notebook that it is done in: it
runs in a child process where that is possible (``apart.py``), with the state of the libraries put
back (``untouched.py``) and its output cut (``printed.py``).
"""

import dataclasses
import os
import warnings
from dataclasses import dataclass

from helpers.exercises.answer import Answer, too_long
from helpers.exercises.apart import Say, can_fork, run_apart
from helpers.exercises.diagnosis import Diagnosis, NotAttempted
from helpers.exercises.exercise import Exercise
from helpers.exercises.printed import captured
from helpers.exercises.untouched import untouched

# What torch says of work that it can't do in a child of this process.
_NOT_IN_A_CHILD = ("forked subprocess", "fork-based multiprocessing")


@dataclass(frozen=True)
class Mark:
    """What a check found: ``failed`` is the stage, None if all passed or none was attempted.

    ``printed`` is the beginning of what the answer printed meanwhile.
    """

    exercise: Exercise
    attempted: bool
    failed: str | None = None
    diagnosis: str = ""
    printed: str = ""

    @property
    def right(self) -> bool:
        """Whether every stage passed."""
        return self.attempted and self.failed is None

    @property
    def points(self) -> int:
        """The points of the stages that passed."""
        if not self.attempted:
            return 0
        return self.exercise.points_before(self.failed) if self.failed else self.exercise.points

    def __str__(self) -> str:
        """Say it to the learner, in one line."""
        if not self.attempted:
            return f"{self.exercise.name}: not attempted yet."
        if self.right:
            return f"{self.exercise.name}: right. {self.exercise.shows}"
        part = ""
        if self.failed.startswith("part "):
            before = list(self.exercise.stages).index(self.failed)
            done = f"Parts 1 {'and' if before == 2 else 'to'} {before} are right. "
            done = {0: "", 1: "Part 1 is right. "}.get(before, done)
            part = f"{done}{self.failed.capitalize()}: "
        return f"{self.exercise.name}: not yet. {part}{self.diagnosis}"


def mark(exercise: Exercise, thing: object, seconds: float | None = None) -> Mark:
    """Check the learner's ``thing``; ``seconds`` instead of the exercise's own time limit."""
    if can_fork():
        try:
            if found := _mark_apart(exercise, thing, seconds):
                return found
        except OSError:
            pass  # no room for another process; it also goes without
    return mark_here(exercise, thing, seconds)


def mark_here(
    exercise: Exercise, thing: object, seconds: float | None = None, say: Say | None = None
) -> Mark:
    """Check as :func:`mark` does, in this process, which can't end a long call into C.

    ``say`` hears the stages, the time limits and what is printed, as they come.
    """
    say, printed = say or (lambda kind, value: None), []

    def take(text: str) -> None:
        printed.append(text)
        say("printed", text)

    with untouched(), captured(take):
        warnings.simplefilter("ignore")  # until untouched() puts the filters back
        answer = Answer(thing, seconds or exercise.seconds, lambda limit: say("limit", limit))
        found = _through_the_stages(exercise, answer, say)
    return dataclasses.replace(found, printed="".join(printed))


def _through_the_stages(exercise: Exercise, answer: Answer, say: Say) -> Mark:
    for stage, look in exercise.stages.items():
        say("stage", stage)
        try:
            look(answer)
        except NotAttempted:
            return Mark(exercise, attempted=False)
        except Diagnosis as found:
            return Mark(exercise, True, stage, str(found))
        except Exception as error:  # an answer so odd that the check itself stumbles over it
            said = (
                "Your result is of a kind that the check didn't foresee, and made it stop with "
                f"{type(error).__name__}: {error}."
            )
            return Mark(exercise, True, stage, said)
    return Mark(exercise, attempted=True)


def _mark_apart(exercise: Exercise, thing: object, seconds: float | None) -> Mark | None:
    """Check in a child process; None if that can't be done with this answer."""

    def job(say: Say) -> None:
        found = mark_here(exercise, thing, seconds, say)
        say("found", [found.attempted, found.failed, found.diagnosis])

    heard = run_apart(job)
    if heard.ending == "hung":
        return None
    if heard.ending == "done":
        attempted, failed, diagnosis = heard.last["found"]
        if any(words in diagnosis for words in _NOT_IN_A_CHILD):
            return None
        return Mark(exercise, attempted, failed, diagnosis, heard.printed)
    stage = heard.last.get("stage", next(iter(exercise.stages)))
    said = too_long(seconds or exercise.seconds)
    if heard.ending == "died":
        said = (
            "Your code ended the process that it was checked in. Does it leave Python, or need "
            f"more than this machine's memory ({_memory()})?"
        )
    return Mark(exercise, True, stage, said, heard.printed)


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 1e9:.0f} GB"
