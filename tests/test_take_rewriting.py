"""Imports of helpers become relative and flat, and not one other character changes."""

import ast

import pytest

from helpers.take.rewriting import TakeError, rewritten

MODULES = dict.fromkeys(
    [
        "helpers",
        "helpers.progress",
        "helpers.text",
        "helpers.text.vocabulary",
        "helpers.text.batches",
        "helpers.plots",
        "helpers.plots.words",
    ],
    "",
)
FILES = {
    "helpers.progress": "progress",
    "helpers.text.vocabulary": "vocabulary",
    "helpers.text.batches": "batches",
    "helpers.plots": "plots",
    "helpers.plots.words": "plots_words",
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from helpers.progress import progress", "from .progress import progress"),
        (
            "from helpers.text.batches import a, b as c  # why",
            "from .batches import a, b as c  # why",
        ),
        (
            "from helpers.text.batches import (  # both\n    a,\n    b,  # b\n)\n",
            "from .batches import (  # both\n    a,\n    b,  # b\n)\n",
        ),
        ("from helpers.text.batches import *", "from .batches import *"),
        ("from helpers import progress", "from . import progress"),
        (
            "from helpers.text import batches, vocabulary as v",
            "from . import batches, vocabulary as v",
        ),
        ("from helpers.plots import words", "from . import plots_words as words"),
        ("from helpers.plots import words as w", "from . import plots_words as w"),
        (
            "from helpers.plots import words, BLUE",
            "from . import plots_words as words; from .plots import BLUE",
        ),
        ("from . import batches", "from . import batches"),
        ("from .vocabulary import PAD", "from .vocabulary import PAD"),
        ("from ..plots.words import Map", "from .plots_words import Map"),
        ("from .. import progress", "from . import progress"),
        ("import os, helpers.text.batches as b", "import os; from . import batches as b"),
        ("é = 1; from helpers import progress; ü = 2", "é = 1; from . import progress; ü = 2"),
        (
            "def f():\n    if 词:\n        from helpers.plots.words import Map",
            "def f():\n    if 词:\n        from .plots_words import Map",
        ),
        ("from helpersome import x", "from helpersome import x"),
        ("import os\nfrom os import path", "import os\nfrom os import path"),
        ("x = 'from helpers import progress'", "x = 'from helpers import progress'"),
        ("# from helpers import progress", "# from helpers import progress"),
    ],
)
def test_imports_change_and_nothing_else(before, after):
    found = rewritten(before, "helpers.text.vocabulary", MODULES, FILES)
    assert found == after
    ast.parse(found)


def test_examples_in_docstrings_change_and_the_prose_around_them_does_not():
    before = '''\
def f():
    """Write from helpers.progress import progress, see :mod:`helpers.text.batches`.

    >>> from helpers.progress import progress
    >>> for x in [1]:
    ...     from helpers.plots import words; "\\n"
    from helpers.progress import progress
    >>> "helpers"
    """


class A:
    r"""
    >>> import helpers.text.batches as b
    """
'''
    after = (
        before.replace(">>> from helpers.progress", ">>> from .progress")
        .replace("from helpers.plots import words;", "from . import plots_words as words;")
        .replace("import helpers.text.batches as b", "from . import batches as b")
    )
    assert rewritten(before, "helpers.a", MODULES, FILES) == after


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "\nimport helpers.text.batches",
            r"helpers\.a, line 2: 'import helpers\.text\.batches' cannot be carried over; write "
            r"'from helpers\.text import batches'",
        ),
        ("import helpers", r"'import helpers' cannot be carried over"),
        ("from helpers.text import x", r"helpers\.a, line 1: helpers\.text is not among the files"),
    ],
)
def test_what_cannot_be_rewritten_is_refused(source, told):
    with pytest.raises(TakeError, match=told):
        rewritten(source, "helpers.a", MODULES, FILES)
