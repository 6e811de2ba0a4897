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
WEEKS = tuple(f"{number:02}" for number in range(17))
MEETING = 90  # minutes a week that a notebook may take
DAYS = (
    ("00", "01", "02"),
    ("04", "05"),
    ("06", "07"),
    ("08", "09"),
    ("10", "11"),
    ("12", "13"),
    ("14", "15"),
    ("16",),
)
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
    """Return each notebook's title as a link and its minutes in class, by its number.

    The minutes are those of the notebook's own half page further down on the teacher's page.
    """
    found, page = {}, PAGE.read_text(encoding="utf-8")
    for path in course_notebooks():
        first = nbformat.read(path, as_version=4).cells[0].source
        title = re.search(r"^# \d\d (.+)", first)[1]
        number = path.name[:2]
        half_page = page.partition(f"\n### {number} ")[2].partition("\n### ")[0]
        minutes = re.search(r"In class, (\d+) minutes", half_page)
        if not minutes:
            raise ValueError(f"{PAGE.name} doesn't say of notebook {number}: 'In class, … minutes'")
        found[number] = (f"[{number} {title}]({path.name})", int(minutes[1]))
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
    """Return the plan in weeks: a notebook a week, its exercises at home."""
    known, rows = lessons(), []
    for week, number in enumerate(WEEKS, 1):
        if number not in known:
            rows.append(f"| {week} | {number} {ABSENT} | | |")
            continue
        link, taught = known[number]
        rows.append(f"| {week} | {link} | {taught} | {shown(exercise_minutes(number))} |")
    return "\n".join(
        [
            "| week | notebook | in class, min | exercises, at home, min |",
            "| --- | --- | --- | --- |",
            *rows,
        ]
    )


def days() -> str:
    """Return the plan in days, with the sum of each day: teaching, then the longest exercise."""
    known = lessons()
    rows = ["| day | notebook | in class, min | build task, min |", "| --- | --- | --- | --- |"]
    for day, numbers in enumerate(DAYS, 1):
        total = 0
        for number in numbers:
            if number not in known:
                rows.append(f"| {day} | {number} {ABSENT} | | |")
                continue
            link, taught = known[number]
            longest = max(exercise_minutes(number), default=0)
            total += taught + longest
            rows.append(f"| {day} | {link} | {taught} | {longest or 'none'} |")
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
