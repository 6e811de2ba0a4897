"""What the proof of an assignment found: the points of every hand-in beside those that are due.

Compares and reports only; grading_circle.py hands in and lets nbgrader grade.
"""

import html
from dataclasses import asdict, dataclass, field

from assignment_hand_ins import HandIn
from assignment_source import assignment_name


@dataclass
class Proof:
    """What nbgrader gave each hand-in of an assignment, and what it should have given."""

    number: str
    worth: dict[str, int]  # exercise → points
    earned: dict[str, dict[str, float]] = field(default_factory=dict)  # hand-in → exercise → points
    expected: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0

    def as_dict(self) -> dict:
        """Return everything as plain data, to be written as JSON."""
        return asdict(self)

    def table(self) -> str:
        """Return the points of every hand-in, a line each, with what should have been."""
        name = assignment_name(self.number)
        head = (
            f"{name}: {len(self.worth)} exercises, {sum(self.worth.values())} points, "
            f"{len(self.earned)} hand-ins, {self.seconds:.0f} s"
        )
        rows = [["hand-in", *self.worth], ["points", *(str(p) for p in self.worth.values())]]
        for student, earned in self.earned.items():
            expected = self.expected[student]
            rows.append([student, *(compared(earned.get(n), expected[n]) for n in self.worth)])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = []
        for first, *others in rows:
            cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
            lines.append("  ".join([f"  {first.ljust(widths[0])}", *cells]))
        return "\n".join([head, *lines])


def take(proof: Proof, hand_in: HandIn, earned: dict[str, float]) -> None:
    """Note what a hand-in earned, and say so if that is not what it should."""
    proof.earned[hand_in.student], proof.expected[hand_in.student] = earned, hand_in.expected
    for name in sorted({*earned, *hand_in.expected}):
        got, due = earned.get(name), hand_in.expected.get(name)
        if got != due:
            proof.problems.append(
                f"{assignment_name(proof.number)}: {name} of the hand-in {hand_in.student!r} "
                f"earned {points(got)}, and should earn {points(due)}"
            )


def look_at_feedback(proof: Proof, student: str, page: str, says: list[str]) -> None:
    """Note a problem for every diagnosis that a learner's feedback page lacks."""
    text = " ".join(html.unescape(page).split())
    for words in says:
        if " ".join(words.split()) not in text:
            proof.problems.append(
                f"{assignment_name(proof.number)}: the feedback for the hand-in {student!r} lacks "
                f"the diagnosis {words!r}"
            )


def compared(got: float | None, due: int) -> str:
    """Return points for the table, with what is due if that differs."""
    return points(got) if got == due else f"{points(got)} (not {due})"


def points(value: float | None) -> str:
    """Write points without needless digits.

    >>> points(3.0), points(None)
    ('3', 'nothing')
    """
    return "nothing" if value is None else f"{value:g}"
