"""What an exercise is: everything about it in one readable definition.

The notebook's cells, the check, the hints, the solution, the teacher's assignment and the tests
are all made from it. The exercises themselves stand in ``nb01``, ``nb02`` …, one for each
notebook; ``nb04/rows.py`` is a good one to read first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpers.exercises.answer import Answer

# What a check looks at, in this order, and the points that passing it earns.
POINTS = {"shape": 1, "values": 2, "real data": 1} | {f"part {n}": 2 for n in range(1, 6)}
Stage = Callable[[Answer], None]


def changed(solution: str, change: tuple[str, str] | None, code: str | None, what: str) -> str:
    """Return ``code``, or ``solution`` with the text ``change[0]`` replaced by ``change[1]``.

    Raises
    ------
    ValueError
        Unless just one of ``change`` and ``code`` is given, and ``change[0]`` occurs once; the
        message names ``what``.

    >>> changed("x + 1", ("1", "2"), None, "another number")
    'x + 2'
    """
    if (change is None) == (code is None):
        raise ValueError(f"{what!r} needs either a change or its code")
    if code is not None:
        return code.strip("\n")
    old, new = change
    if solution.count(old) != 1:
        raise ValueError(f"{what!r}: {old!r} occurs {solution.count(old)} times, not 1")
    return solution.replace(old, new).strip("\n")


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that a learner could well give.

    ``mistake`` says what was done, ``says`` holds words that the diagnosis must contain, and
    ``fails`` names the stage that must find it. The answer is the solution with the text
    ``change[0]`` replaced by ``change[1]``, or the whole of ``code``.
    """

    mistake: str
    says: str
    change: tuple[str, str] | None = None
    code: str | None = None
    fails: str = "values"

    def source(self, solution: str) -> str:
        """Return the wrong answer's code; see :func:`changed`."""
        return changed(solution, self.change, self.code, self.mistake)


@dataclass(frozen=True)
class Right:
    """Another right answer: of other types, by another way; ``way`` says which.

    The answer is the solution with ``change``, or the whole of ``code``, as in :class:`Wrong`.
    """

    way: str
    change: tuple[str, str] | None = None
    code: str | None = None

    def source(self, solution: str) -> str:
        """Return the right answer's code; see :func:`changed`."""
        return changed(solution, self.change, self.code, self.way)


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    name
        Notebook and exercise, "04-rows": what the learner's cell calls it.
    title
        A few words, for the headings.
    difficulty
        From 1 (a line, straight from the notebook) to 5 (an evening).
    minutes
        How long it takes somebody who has just read the notebook.
    prompt
        The task, in Markdown.
    answer
        Name of the function or value that the starter defines and the check takes.
    starter, solution
        Code that runs by itself. The starter's function says ``return ...``, or its value is
        ``...``, which the check knows as not attempted.
    hints
        Two: the first says where to look, the second almost tells.
    stages
        What the check looks at, in the order of :data:`POINTS`: a function for each, which takes
        an :class:`Answer` and raises a :class:`.Diagnosis` if it is wrong.
    wrong
        At least three wrong answers with the diagnosis that each must get.
    right
        At least four other right answers, unlike the solution; each must pass.
    shows
        One sentence on what the right answer shows.
    seconds
        The longest that one call of the answer may take.
    """

    name: str
    title: str
    difficulty: int
    minutes: int
    prompt: str
    answer: str
    starter: str
    hints: tuple[str, str]
    solution: str
    stages: Mapping[str, Stage]
    wrong: tuple[Wrong, ...]
    shows: str
    right: tuple[Right, ...] = ()
    seconds: float = 5

    @property
    def notebook(self) -> str:
        """Number of the notebook, as "04"."""
        return self.name[:2]

    @property
    def points(self) -> int:
        """The points of a right answer."""
        return sum(POINTS[stage] for stage in self.stages)

    def points_before(self, stage: str) -> int:
        """Return the points of an answer that fails at ``stage``."""
        names = list(self.stages)
        return sum(POINTS[name] for name in names[: names.index(stage)])
