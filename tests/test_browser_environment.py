"""Playwright is set up only beside a browser, once, and a failure is a line, not the end."""

import browser_environment as environment
import pytest
import setup_environment as setup


@pytest.fixture
def root(tmp_path):
    for name in setup.PINS:
        (tmp_path / name).write_text("")
    extra = '[project]\n[project.optional-dependencies]\nbrowser = ["playwright==1"]\n'
    (tmp_path / "pyproject.toml").write_text(extra)
    return tmp_path


@pytest.fixture
def made(monkeypatch):
    """Pretend a browser, and that environments can be made; return what pip was asked for."""
    asked = []

    def create(folder, log):
        python = setup.python_of(folder)
        python.parent.mkdir(parents=True)
        python.touch()

    monkeypatch.setattr(environment, "browser", lambda: "chromium")
    monkeypatch.setattr(setup, "create", create)
    monkeypatch.setattr(setup, "pip", lambda python, arguments, root, log: asked.append(arguments))
    return asked


def test_it_is_made_once_with_the_pins_of_the_extra(root, made):
    environment.ready_if_there_is_a_browser(root)
    environment.ready_if_there_is_a_browser(root)
    assert made == [["-c", "constraints.txt", "-c", "requirements.txt", "playwright==1"]]
    assert environment.is_whole(root)
    (root / "constraints.txt").write_text("playwright==2")
    assert not environment.is_whole(root)


def test_without_a_browser_nothing_is_made(root, made, monkeypatch):
    monkeypatch.setattr(environment, "browser", lambda: None)
    environment.ready_if_there_is_a_browser(root)
    assert made == [] and not environment.is_whole(root)


def test_a_playwright_that_cannot_be_had_is_a_line(root, made, monkeypatch, capsys):
    def none(*_):
        raise setup.SetupError("pip found no playwright for this system.")

    monkeypatch.setattr(setup, "pip", none)
    environment.ready_if_there_is_a_browser(root)
    said = capsys.readouterr().out
    assert "Note: the tests in a browser will be skipped. pip found no playwright" in said
    assert not environment.is_whole(root)


def test_any_of_the_usual_names_is_found(monkeypatch):
    monkeypatch.setattr(environment.shutil, "which", {"google-chrome": "/x/google-chrome"}.get)
    assert environment.browser() == "/x/google-chrome"
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    assert environment.browser() is None
