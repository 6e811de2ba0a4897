"""Read an answer that is a number, not a function, and say so if it is several numbers."""

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis


def one_number(answer: Answer) -> float:
    """Return the answer as one finite number, or raise a Diagnosis."""
    result = answer.result()
    if isinstance(result, list | tuple) and len(result) > 1:
        comma = " A comma between digits makes two numbers of one; leave it out."
        raise Diagnosis(
            f"You have {len(result)} numbers, expected one."
            + (comma if isinstance(result, tuple) else "")
        )
    return answer.number()
