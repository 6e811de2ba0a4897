"""Predictions: numbers that a learner commits before they are measured ("predict, then run").

The two stages of such an exercise. ``shares`` looks at what was written down, ``compared`` measures
and explains the first number that is off. What is asked and measured, the exercise says.
"""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis


def shares(count: int = 3, least: float = 0, what: str = "a share") -> Callable[[Answer], None]:
    """Return a stage: ``count`` numbers from ``least`` to 1, and no percentages.

    >>> shares()(Answer([0.5, 30, 0.1]))
    Traceback (most recent call last):
    helpers.exercises.diagnosis.Diagnosis: Prediction 2 is 30; a share lies between 0 and 1 \
(write 30 % as 0.3).
    """

    def stage(answer: Answer) -> None:
        for place, number in enumerate(answer.array(shape=(count,)), 1):
            if not least <= number <= 1:
                raise Diagnosis(
                    f"Prediction {place} is {number:g}; {what} lies between {least:g} and 1 "
                    "(write 30 % as 0.3)."
                )

    return stage


def compared(
    measured: Callable[[], Sequence[float]],
    questions: Sequence[tuple[str, ...]],
    near: float | Sequence[float] = 0.1,
) -> Callable[[Answer], None]:
    """Return a stage: each number near to what is measured, or its explanation.

    Parameters
    ----------
    measured
        Gives the numbers; called once a check.
    questions
        For each, what it is ("the share of stop words") and why it is as it is, with no full
        stop: one sentence, or one for a prediction that is too low and one for too high.
    near
        How far off a prediction may be, for all of them or for each.

    >>> check = compared(lambda: [0.5], [("the share of heads", "A coin has two sides")])
    >>> check(Answer([0.9]))
    Traceback (most recent call last):
    helpers.exercises.diagnosis.Diagnosis: For the share of heads you predicted 0.90; we measured \
0.50. A coin has two sides. Put the measured number in, and look at the next one.
    """

    def stage(answer: Answer) -> None:
        guesses = answer.array(shape=(len(questions),))
        limits = np.broadcast_to(near, len(questions))
        for guess, found, limit, (what, *why) in zip(
            guesses, measured(), limits, questions, strict=True
        ):
            if abs(guess - found) > limit:
                reason = why[0] if guess < found else why[-1]
                raise Diagnosis(
                    f"For {what} you predicted {guess:.2f}; we measured {found:.2f}. {reason}. Put "
                    "the measured number in, and look at the next one."
                )

    return stage
