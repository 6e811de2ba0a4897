"""Imports between helpers point one way, pure pieces first and what fetches last; no circle."""

from graphlib import CycleError, TopologicalSorter

import pytest

from helpers.take import graph

# A module imports only from its own room and from rooms above it. A folder is a room.
ROOMS = [
    ("text",),
    ("vectors",),
    ("scratch",),
    ("models",),
    ("training",),
    ("evaluation",),
    ("sources",),  # the only room that fetches, caches, or knows where data lie
    ("news_classifier", "fine_tuning"),
    ("saved_classifier",),
    ("classify",),
    ("experiments",),  # long runs, whose stored results notebooks show
    ("exercises",),
]
FLOOR = {name: floor for floor, names in enumerate(ROOMS) for name in names}
BESIDE = {
    "course_size",
    "plots",
    "progress",
    "take",
    "whole_files",
}  # import no helper; any helper may import them


def faults(sources):
    """Return what is wrong between modules, given as {dotted name: source}."""
    edges = {
        name: graph.imported(source, name, sources) - {name} for name, source in sources.items()
    }
    wrong = []
    for name, others in sorted(edges.items()):
        room = name.split(".")[1] if "." in name else None
        if room is None:
            wrong += [f"{name} itself imports {other}" for other in others]
        elif room in BESIDE:
            own = (f"helpers.{room}", f"helpers.{room}.")  # its own files, if it is a folder
            wrong += [
                f"{name} imports {other}; it may import no helper"
                for other in others
                if other != own[0] and not other.startswith(own[1])
            ]
        elif room not in FLOOR:
            wrong.append(f"{name} has no room: give it one in tests/test_import_direction.py")
        else:
            rooms = {other: other.split(".")[1] for other in sorted(others)}
            wrong += [
                f"{name} imports {other}, which stands below it"
                for other, theirs in rooms.items()
                if theirs not in BESIDE and FLOOR.get(theirs, -1) > FLOOR[room]
            ]
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        wrong.append("a circle: " + " imports ".join(reversed(error.args[1])))
    return wrong


def test_helpers_import_one_way():
    sources = graph.sources()
    some = {"helpers.sources.assets", "helpers.training.loop", "helpers.text.vocabulary"}
    assert some <= set(sources)
    edges = [graph.imported(source, name, sources) for name, source in sources.items()]
    assert sum(map(len, edges)) > 10  # imports are seen at all
    assert faults(sources) == []


@pytest.mark.parametrize(
    ("module", "source", "said"),
    [
        ("helpers.text.a", "from helpers.training.loop import train", "stands below it"),
        ("helpers.text.a", "from helpers.training import loop", "stands below it"),
        ("helpers.text.a", "import helpers.training.loop", "stands below it"),
        ("helpers.text.a", "def f():\n    from ..training import loop", "stands below it"),
        ("helpers.plots", "from helpers.text import vocabulary", "may import no helper"),
        ("helpers.plots.style", "from helpers import course_size", "may import no helper"),
        ("helpers.progress", "from . import plots", "may import no helper"),
        ("helpers.odd", "", "has no room"),
        ("helpers.text.a", "from helpers.sources import corpora", "stands below it"),
        ("helpers", "from helpers.sources import corpora", "helpers itself imports"),
        ("helpers.text.vocabulary", "from helpers.text import batches", "a circle"),
    ],
)
def test_a_wrong_import_is_found(module, source, said):
    house = {
        "helpers": "",
        "helpers.sources": "",
        "helpers.sources.corpora": "",
        "helpers.course_size": "",
        "helpers.plots": "from helpers.plots.style import BLUE",
        "helpers.plots.style": "",
        "helpers.text": "",
        "helpers.text.vocabulary": "from helpers import course_size",
        "helpers.text.batches": "from helpers.text.vocabulary import PAD",
        "helpers.training": "",
        "helpers.training.loop": "from helpers.text import batches",
    }
    assert faults(house) == []
    found = faults(house | {module: source})
    assert found and all(said in fault for fault in found)
