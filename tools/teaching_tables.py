"""The tables of the teacher's page, made from the notebooks and the exercise bank.

Keeps notebooks/TEACHING.md in agreement with them: ``make notebooks`` fills the tables in again,
and so does ``python tools/teaching_tables.py``. The sentences around the tables are the page's own.
"""

import re
import sys

import nbformat
from kernels import ROOT, course_notebooks

from helpers.exercises import bank

PAGE = ROOT / "notebooks" / "TEACHING.md"
WEEKS = tuple(f"{number:02}" for number in range(10))
MEETING = 90  # minutes a week
DAYS = (("00", "01", "02"), ("04", "05"), ("06", "07", "08", "09"))
BREAKS = 45  # minutes a day
ABSENT = "is not there yet"


def write(page: str) -> str:
    """Return the page with its tables as the notebooks and the bank have them now."""
    for name, table in {"weeks": weeks, "days": days, "exercises": exercises}.items():
        marked = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if len(marked.findall(page)) != 1:
            raise ValueError(f"{PAGE.name} has no one place between the marks of {name!r}")
        filled = f"\n{table()}\n\n"
        page = marked.sub(lambda found, filled=filled: found[1] + filled + found[2], page)
    return page


def lessons() -> dict[str, tuple[str, int]]:
    """Return each notebook's title as a link and its minutes to read, by its number."""
    found = {}
    for path in course_notebooks():
        first = nbformat.read(path, as_version=4).cells[0].source
        title = re.search(r"^# \d\d (.+)", first)[1]
        link = f"[{path.name[:2]} {title}]({path.name})"
        found[path.name[:2]] = (link, int(re.search(r"(\d+) minutes to read", first)[1]))
    return found


def exercise_minutes(number: str) -> list[int]:
    """Return the minutes of a notebook's exercises; of notebook 00, which has none, an empty list.

    >>> exercise_minutes("00")
    []
    """
    if number not in bank.notebooks():
        return []
    return [exercise.minutes for exercise in bank.of_notebook(number)]


def weeks() -> str:
    """Return the ten-week plan: a notebook a week."""
    known, rows = lessons(), []
    for week, number in enumerate(WEEKS, 1):
        if number not in known:
            rows.append(f"| {week} | {number} {ABSENT} | | | |")
            continue
        link, read = known[number]
        each = exercise_minutes(number)
        left = MEETING - read - sum(each)
        rest = f"{left}" if left >= 0 else f"none; {-left} min of exercises at home"
        rows.append(f"| {week} | {link} | {read} | {shown(each)} | {rest} |")
    head = "| week | notebook | together, min | exercises, min | left of 90 for questions, min |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def days() -> str:
    """Return the plan in days, with the sum of each day."""
    known = lessons()
    rows = ["| day | notebook | together, min | exercises, min |", "| --- | --- | --- | --- |"]
    for day, numbers in enumerate(DAYS, 1):
        total = 0
        for number in numbers:
            if number not in known:
                rows.append(f"| {day} | {number} {ABSENT} | | |")
                continue
            link, read = known[number]
            each = exercise_minutes(number)
            total += read + sum(each)
            rows.append(f"| {day} | {link} | {read} | {shown(each)} |")
        hours, minutes = divmod(total + BREAKS, 60)
        rows.append(f"| {day} | *with {BREAKS} min of breaks: {hours} h {minutes:02} min* | | |")
    return "\n".join(rows)


def exercises() -> str:
    """Return what each exercise asks for, and the wrong answers that its check knows."""
    rows = [
        "| exercise | difficulty | min | points | what goes wrong: the learner … |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in bank.every():
        mistakes = "; ".join(wrong.mistake for wrong in one.wrong).replace("|", "\\|")
        rows.append(
            f"| `{one.name}` {one.title} | {one.difficulty} | {one.minutes} | {one.points} "
            f"| {mistakes} |"
        )
    return "\n".join(rows)


def shown(minutes: list[int]) -> str:
    """Write a sum with its parts.

    >>> shown([5, 10]), shown([])
    ('15 (5 + 10)', 'none')
    """
    return f"{sum(minutes)} ({' + '.join(map(str, minutes))})" if minutes else "none"


def main() -> int:
    """Fill in the page's tables; return 0."""
    before = PAGE.read_text(encoding="utf-8")
    after = write(before)
    if after != before:
        PAGE.write_text(after, encoding="utf-8")
        print(f"{PAGE.name}: tables filled in anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
