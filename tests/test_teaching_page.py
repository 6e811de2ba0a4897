"""The teacher's page tells the truth: its tables, pins, commands, settings and links."""

import re
from pathlib import Path

import pytest
import tasks
import teaching_tables
from test_environment import CONSTRAINED, version
from traitlets.config import PyFileConfigLoader

from helpers.exercises import bank
from helpers.exercises.exercise import POINTS

ROOT = Path(__file__).resolve().parent.parent
PAGE = teaching_tables.PAGE.read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def settings():
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT / "tools")).load_config()


def test_its_tables_are_those_of_the_notebooks_and_the_bank():
    said = "the tables are out of date: `python tools/teaching_tables.py` fills them in anew"
    assert teaching_tables.write(PAGE) == PAGE, said
    assert all(f"| `{exercise.name}` " in PAGE for exercise in bank.every())


def test_each_part_of_a_plan_is_stated_with_its_minutes():
    row = re.search(r"^\| 5 \| \[04 [^|]*\| (\d+) \| (\d+) \((.*?)\) \|$", PAGE, re.M)
    parts = [int(part) for part in row[3].split(" + ")]
    assert f"### 04 Softmax and cross-entropy\n\n**In class, {row[1]} minutes.**" in PAGE
    assert sum(parts) == int(row[2]) and len(parts) == len(bank.of_notebook("04"))
    assert f"| {row[1]} | {max(parts)} |" in teaching_tables.days()


def test_a_notebook_fits_into_a_meeting():
    for _, minutes in teaching_tables.lessons().values():
        assert minutes <= teaching_tables.MEETING


def test_the_minutes_of_a_half_page_add_up():
    """Each says its minutes and then those of its parts, as ", 10"."""
    for number in teaching_tables.lessons():
        half_page = PAGE.partition(f"\n### {number} ")[2].partition("\n### ")[0]
        first = re.search(r"In class.*", half_page)[0]
        claimed = re.search(r"In class, (\d+) minutes\.", first)
        taught = re.split(r"\*Predict, then run|Exercises 1", first[claimed.end() :])[0]
        parts = [int(minutes) for minutes in re.findall(r", (\d+)\b", taught)]
        assert sum(parts) == int(claimed[1]), (number, parts)


def test_a_notebook_without_its_half_page_is_named(monkeypatch, tmp_path):
    page = tmp_path / "TEACHING.md"
    page.write_text(PAGE.replace("In class, 20 minutes", "In class"), encoding="utf-8")
    monkeypatch.setattr(teaching_tables, "PAGE", page)
    with pytest.raises(ValueError, match="doesn't say of notebook 00"):
        teaching_tables.weeks()


def test_a_notebook_that_is_not_there_is_said_to_be_missing(monkeypatch):
    monkeypatch.setattr(teaching_tables, "WEEKS", ("00", "98"))
    monkeypatch.setattr(teaching_tables, "DAYS", (("98",),))
    assert "| 2 | 98 is not there yet |" in teaching_tables.weeks()
    assert "| 1 | 98 is not there yet |" in teaching_tables.days()
    assert "0 h 45 min" in teaching_tables.days()


def test_a_day_is_one_that_a_class_can_stand():
    for hours, minutes in re.findall(r"breaks: (\d+) h (\d+) min", teaching_tables.days()):
        assert int(hours) * 60 + int(minutes) <= 8 * 60


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match=r"no one place between the marks of 'weeks'"):
        teaching_tables.write("# For teachers")


def test_its_pins_are_the_projects():
    named = dict(re.findall(r"\b([a-z]+)==([\d.]*\d)", PAGE))
    assert set(named) == {"pip", "nbgrader"}
    assert all(CONSTRAINED[name] == version(pinned) for name, pinned in named.items())


def test_its_tasks_settings_and_links_exist():
    calls = re.findall(r"\bmake ([a-z ]+)", code(PAGE))
    called = {name for words in calls for name in words.split()}
    assert {"setup", "assets", "lab", "run", "assignments"} <= called <= set(tasks.TASKS)
    for name in set(re.findall(r"COURSE_[A-Z]+", PAGE)):
        assert f"`{name}" in README
    for link in re.findall(r"\]\((?!http)([^)]+)\)", PAGE):
        assert (teaching_tables.PAGE.parent / link).exists(), link
    for name in re.findall(r'solution\("([^"]+)"\)', PAGE):
        assert bank.find(name)
    assert "TEACHING.md" in README


def code(page):
    """Return what stands in code blocks and between backticks."""
    found = re.findall(r"```\n(.*?)```|`([^`\n]+)`", page, re.DOTALL)
    return "\n".join(block or word for block, word in found)


def test_what_it_says_of_points_and_patience_is_so(settings):
    parts = {stage: points for stage, points in POINTS.items() if stage.startswith("part ")}
    for stage in POINTS.keys() - parts.keys():
        assert re.search(rf"\*{stage}\*, {POINTS[stage]} points?:", PAGE)
    said = re.search(r"\*(part 1)\* to \*(part \d+)\*, (\d+) points each", PAGE)
    assert (said[1], said[2]) == (min(parts), max(parts))
    assert set(parts.values()) == {int(said[3])}
    assert settings.Execute.timeout == 60 and "longer than a minute" in PAGE


@pytest.mark.parametrize(
    ("file", "student"),
    [
        ("ada_exercises-04.ipynb", "ada"),
        ("ada_attempt_2026-11-23-15-30-00_exercises-04.ipynb", "ada"),
        ("ada.l_1234_assignsubmission_file_exercises-04.ipynb", "ada.l"),
        ("exercises-04.ipynb", None),
        ("ada_notes.ipynb", None),
    ],
)
def test_a_platforms_file_is_sorted_to_its_learner(settings, file, student):
    pattern = settings.FileNameCollectorPlugin.named_regexp
    found = re.match(pattern, f"/class/downloaded/exercises-04/extracted/{file}")
    if student is None:
        assert found is None
    else:
        assert (found["student_id"], found["file_id"]) == (student, "exercises-04")
