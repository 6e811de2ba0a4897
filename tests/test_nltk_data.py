"""NLTK works on the course's own copies: no download, no network, no matter how often."""

import os
import subprocess
import sys

import nltk
import pytest
from nltk import corpus

from helpers.sources import assets
from helpers.sources.nltk_data import use_course_data

NAMES = ("nltk-data", "wordnet-3.0")


@pytest.fixture
def path(monkeypatch):
    """NLTK's search path as it stands before the course touches it."""
    monkeypatch.setattr(nltk.data, "path", ["somewhere-else"])
    return nltk.data.path


def test_the_courses_folders_come_first_and_once(path):
    for _ in range(3):
        use_course_data()
    assert sorted(path[:2]) == sorted(str(assets.path(name)) for name in NAMES)
    assert path[2:] == ["somewhere-else"]


def test_everything_that_the_course_uses_is_found_there(path):
    use_course_data()
    for resource in (
        "tokenizers/punkt_tab/english",
        "corpora/stopwords/english",
        "corpora/wordnet/index.noun",
    ):
        assert str(nltk.data.find(resource)).startswith(tuple(path[:2]))


def test_synsets_are_read_from_where_the_index_says():
    use_course_data()
    assert corpus.wordnet.synsets("share", "n")[0].definition().startswith("assets belonging to")
    assert sum(lemma.count() for lemma in corpus.wordnet.lemmas("run", "v")) > 100


def test_a_fresh_process_needs_no_network_and_never_downloads():
    code = (
        "import socket, nltk\n"
        "def refuse(*a, **k): raise AssertionError('the network was asked')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "nltk.download = refuse\n"
        "from helpers.sources.nltk_data import use_course_data\n"
        "from helpers.text.preprocess import lemmatize, remove_stop_words, tokenize\n"
        "use_course_data()\n"
        "print(lemmatize(remove_stop_words(tokenize('The shares were not rising.'))))\n"
    )
    # NLTK also looks where NLTK_DATA and the home folder point; show it nothing there.
    environment = {**os.environ, "NLTK_DATA": "", "HOME": os.devnull}
    environment["COURSE_DATA"] = str(assets.path("nltk-data").parent)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stdout == "['share', 'not', 'rise', '.']\n", done.stderr


def test_without_its_tables_each_step_says_how_to_get_them():
    code = (
        "from helpers.text import preprocess\n"
        "for step in (preprocess.tokenize, preprocess.remove_stop_words, preprocess.lemmatize):\n"
        "    try: step('words' if step is preprocess.tokenize else ['words'])\n"
        "    except LookupError as error: print(error)\n"
    )
    environment = {**os.environ, "NLTK_DATA": "", "HOME": os.devnull}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    for line, table in zip(lines, ("punkt_tab", "stopwords", "wordnet"), strict=True):
        assert line.startswith(f"NLTK does not find its table {table!r}; in the course, call")
        assert "use_course_data() first; elsewhere, nltk.download(" in line


def test_importing_the_helper_fetches_nothing():
    code = (
        "import nltk\n"
        "before = list(nltk.data.path)\n"
        "import helpers.text.preprocess\n"
        "print(before == nltk.data.path)\n"
    )
    environment = {**os.environ, "COURSE_DATA": os.path.join(os.devnull, "nowhere")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stdout == "True\n", done.stderr
