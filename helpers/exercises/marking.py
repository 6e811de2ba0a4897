"""Take an answer through the stages of an exercise's check: shape, values, real data.

The first stage that fails ends it; what the stages before it are worth, the answer earns.
Nothing that an answer does can stop the marking.
"""

from dataclasses import dataclass

from helpers.exercises.answer import Answer, Diagnosis, NotAttempted
from helpers.exercises.exercise import Exercise


@dataclass(frozen=True)
class Mark:
    """What a check found: ``failed`` is the stage, None if all passed or none was attempted."""

    exercise: Exercise
    attempted: bool
    failed: str | None = None
    diagnosis: str = ""

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
        return f"{self.exercise.name}: not yet. {self.diagnosis}"


def mark(exercise: Exercise, thing: object, seconds: float | None = None) -> Mark:
    """Check the learner's ``thing``; ``seconds`` instead of the exercise's own time limit."""
    answer = Answer(thing, seconds or exercise.seconds)
    for stage, look in exercise.stages.items():
        try:
            look(answer)
        except NotAttempted:
            return Mark(exercise, attempted=False)
        except Diagnosis as found:
            return Mark(exercise, True, stage, str(found))
        except Exception as error:  # an answer so odd that the check itself stumbles over it
            said = f"Your result made the check stop with {type(error).__name__}: {error}."
            return Mark(exercise, True, stage, said)
    return Mark(exercise, attempted=True)
