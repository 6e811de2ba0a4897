"""A piece can be lifted out with a file or two: what it pulls in, counted in lines, has a limit."""

import pytest

from helpers.take import graph

MODULES = graph.sources()
LIMITS = {"text": 400, "vectors": 400, "scratch": 400, "models": 400, "evaluation": 400}
LIMITED = {
    name: LIMITS[name.split(".")[1]]
    for name in MODULES
    if name.count(".") == 2 and name.split(".")[1] in LIMITS
} | {"helpers.training.loop": 700}


def parts(name, modules):
    """Return the lines of each file that Python runs when a module is imported."""
    return {part: len(modules[part].splitlines()) for part in graph.closure(name, modules)}


def told(name, modules):
    lines = parts(name, modules)
    each = "".join(f"\n  {count:5} {part}" for part, count in lines.items())
    return f"{name} pulls in {sum(lines.values())} lines:{each}"


@pytest.mark.parametrize("name", LIMITED)
def test_a_piece_pulls_in_little(name):
    assert sum(parts(name, MODULES).values()) <= LIMITED[name], told(name, MODULES)


def test_every_room_is_measured_with_all_that_its_pieces_import():
    rooms = {name.split(".")[1] for name in LIMITED}
    assert rooms == {*LIMITS, "training"}
    house = {
        "helpers": "#\n" * 5,
        "helpers.text": "#\n",
        "helpers.text.a": "from helpers.text import b\n" + "#\n" * 9,
        "helpers.text.b": "import os\n",
        "helpers.text.c": "#\n" * 999,
    }
    assert told("helpers.text.a", house) == (
        "helpers.text.a pulls in 17 lines:\n      5 helpers\n      1 helpers.text\n"
        "     10 helpers.text.a\n      1 helpers.text.b"
    )
