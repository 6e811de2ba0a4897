"""pip, conda and the running environment have the same versions of everything, all pinned."""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def version(text):
    """Return a version that compares as pip compares it, without torch's +cpu or +cu130."""
    return Version(Version(text).public)


def pins(lines):
    """Return {name: version} of lines ``name==version``; refuse lines that pin nothing."""
    found = {}
    for line in lines:
        text = line.partition("#")[0].strip()
        if text:
            match = re.fullmatch(r"([\w.-]+)==(\d[\w.]*)", text)
            assert match, f"{text!r} pins no version"
            name = canonicalize_name(match[1])
            assert name not in found, f"{name} is pinned twice"
            found[name] = version(match[2])
    return found


def file_pins(name):
    return pins((ROOT / name).read_text(encoding="utf-8").splitlines())


def conda_pip_lines():
    (section,) = [part["pip"] for part in CONDA["dependencies"] if isinstance(part, dict)]
    return section


REQUIRED, CONSTRAINED = file_pins("requirements.txt"), file_pins("constraints.txt")
EXTRA = pins(PROJECT["optional-dependencies"]["bench"])
TEACHING = pins(PROJECT["optional-dependencies"]["teaching"])
BROWSER = pins(PROJECT["optional-dependencies"]["browser"])
BOOK = pins(PROJECT["optional-dependencies"]["book"])


def test_pyproject_requirements_and_conda_agree():
    assert len(REQUIRED) > 15
    assert pins(PROJECT["dependencies"]) == REQUIRED
    options = [line for line in conda_pip_lines() if line.startswith("-")]
    assert options == ["-c constraints.txt", "-e ."]
    assert pins(line for line in conda_pip_lines() if line not in options) == REQUIRED


def test_conda_takes_the_same_pip_and_a_python_that_fits():
    plain = dict(part.split("=") for part in CONDA["dependencies"] if isinstance(part, str))
    assert version(plain["pip"]) == CONSTRAINED["pip"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(plain["python"])
    assert CONDA["name"] == PROJECT["name"]


def test_no_package_is_pinned_in_two_places():
    assert not set(REQUIRED) & set(CONSTRAINED)
    for extra in (EXTRA, TEACHING, BROWSER, BOOK):
        assert extra and {name: CONSTRAINED.get(name) for name in extra} == extra


def installed(name):
    return version(importlib.metadata.version(name))


@pytest.mark.parametrize("name", REQUIRED)
def test_the_running_version_is_the_pinned_one(name):
    assert installed(name) == REQUIRED[name]


def closure():
    """Return {name: who asks for it} for all that the requirements need, here and now."""
    asked = dict.fromkeys(REQUIRED, "requirements.txt")
    todo = [(name, "") for name in REQUIRED]
    seen = set(todo)
    while todo:
        name, extra = todo.pop()
        for text in importlib.metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker and not needed.marker.evaluate({"extra": extra}):
                continue
            found = canonicalize_name(needed.name)
            exact = any(spec.operator == "==" for spec in needed.specifier)
            if asked.get(name) == "torch" or (name == "torch" and exact):
                asked.setdefault(found, "torch")  # its CUDA libraries: torch pins them itself
            else:
                asked.setdefault(found, name)
            for pair in {(found, ""), *((found, option) for option in needed.extras)} - seen:
                seen.add(pair)
                todo.append(pair)
    return asked


def test_all_that_is_needed_in_turn_is_pinned_and_so_installed():
    asked = closure()
    assert len(asked) > 100
    theirs = {name for name, by in asked.items() if by == "torch"}
    in_turn = set(asked) - set(REQUIRED) - {n for n in theirs if n.startswith(("nvidia", "triton"))}
    wrong = {
        name: f"{installed(name)} is installed, {CONSTRAINED.get(name, 'none')} is pinned"
        for name in in_turn
        if installed(name) != CONSTRAINED.get(name)
    }
    assert wrong == {}, "other versions than those in constraints.txt"


def test_every_constraint_has_a_reason():
    elsewhere = {"appnope", "colorama", "pywinpty", "overrides"}  # other systems, other Pythons
    cuda = {"cuda-bindings", "cuda-pathfinder", "cuda-toolkit"}
    bench = {*EXTRA, "pybind11", "smart-open", "wrapt"}
    teaching = {*TEACHING, "notebook", "sqlalchemy", "alembic", "mako", "rapidfuzz"}
    teaching |= {"ipywidgets", "jupyterlab-widgets", "widgetsnbextension"}
    browser = {*BROWSER, "greenlet"}
    book = {*BOOK, "accessible-pygments", "alabaster", "docutils", "imagesize", "jupyter-cache"}
    book |= {"importlib-metadata", "lazy-importer", "mdit-py-plugins", "myst-parser", "zipp"}
    book |= {"roman-numerals", "snowballstemmer", "sphinx-basic-ng", "tabulate", "ziafont"}
    book |= {f"sphinxcontrib-{kind}help" for kind in ("apple", "dev", "html", "qt")}
    book |= {"sphinxcontrib-jsmath", "sphinxcontrib-serializinghtml"}
    posix = {"pexpect", "ptyprocess"}
    reasons = elsewhere | cuda | bench | teaching | browser | book | posix | {"pip"}
    assert set(CONSTRAINED) - set(closure()) <= reasons


def test_this_python_is_one_that_the_project_takes():
    import course

    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert SpecifierSet(PROJECT["requires-python"]).contains(here)
    assert course.OLDEST <= sys.version_info[:2] <= course.NEWEST
    assert PROJECT["requires-python"] == ">={}.{}".format(*course.OLDEST)


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.*", "numpy == 2 ; x"])
def test_a_line_that_pins_nothing_is_refused(line):
    with pytest.raises(AssertionError, match="pins no version"):
        pins([line])


@pytest.mark.parametrize(
    ("pinned", "says"),
    [
        ("13.0.3", "13.0.3.0"),  # as cuda-toolkit calls itself
        ("2026.9.1", "2026.09.01"),
        ("2.13.0", "2.13.0+cu130"),
        ("1.0rc1", "1.0.rc1"),
    ],
)
def test_a_version_written_in_another_way_is_the_same(pinned, says):
    assert pins([f"it=={pinned}"])["it"] == version(says)


@pytest.mark.parametrize("says", ["13.0.3.1", "13.0.30", "13.0.3rc1", "13.0.3.post1", "13.0"])
def test_another_version_is_another(says):
    assert pins(["it==13.0.3"])["it"] != version(says)
