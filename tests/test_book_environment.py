"""The book's tools are set up once, beside the course's packages; the theme's pages are mended."""

from pathlib import Path

import book_environment as environment
import own_environment
import pytest
import setup_environment as setup
from book import sphinx_pages

EXTRA = '[project]\n[project.optional-dependencies]\nbook = ["sphinx==1"]\n'


def test_it_is_made_once_with_the_pins_of_the_extra_and_again_for_others(monkeypatch, tmp_path):
    for name in setup.PINS:
        (tmp_path / name).write_text(EXTRA if name.endswith("toml") else "")
    asked, seen = [], []

    def create(folder, log):
        python = setup.python_of(folder)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(setup, "create", create)
    monkeypatch.setattr(setup, "pip", lambda python, arguments, root, log: asked.append(arguments))
    monkeypatch.setattr(own_environment, "see", lambda python, course: seen.append(course))
    course = Path("course/python")
    assert not environment.is_whole(tmp_path, course)
    for _ in range(2):
        python = environment.ready(tmp_path, course)
    assert python == setup.python_of(tmp_path / "build" / "book-tools")
    assert asked == [["-c", "constraints.txt", "-c", "requirements.txt", "sphinx==1"]]
    assert seen == [course] and environment.is_whole(tmp_path, course)
    assert not environment.is_whole(tmp_path, Path("another/python"))
    (tmp_path / "constraints.txt").write_text("sphinx==2")
    assert not environment.is_whole(tmp_path, course)


PAGE = '<aside class="sidebar-drawer"><aside class="toc-drawer x"><div id="search-results"></div>'


def test_landmarks_get_names_and_the_search_page_a_heading():
    page = sphinx_pages.mended("search.html", PAGE + '<p role="heading">')
    assert (
        'aria-label="Chapters"' in page and 'aria-label="On this page" class="toc-drawer x"' in page
    )
    assert '<h1>Search</h1>\n<div id="search-results">' in page
    assert 'role="heading" aria-level="2"' in page
    figure = '<img alt="A curve" src="_images/a.png" />'
    boxed = sphinx_pages.mended("search.html", PAGE + figure)
    assert f'<div class="figure-box">{figure}</div>' in boxed
    assert "<h1>" not in sphinx_pages.mended("index.html", PAGE)


def test_a_theme_that_moved_on_is_noticed():
    with pytest.raises(ValueError, match=r"index\.html holds 0 times '<aside"):
        sphinx_pages.mended("index.html", PAGE.replace("sidebar-drawer", "drawer"))
