"""Patterns choose whole parts of names, and say which of them chooses nothing."""

import pytest
from hypothesis import given, strategies

from helpers.models.name_patterns import matching

NAMES = [
    "encoder.embeddings.word.weight",
    "encoder.blocks.1.attention.query.weight",
    "encoder.blocks.1.attention.value.bias",
    "encoder.blocks.10.attention.query.weight",
    "head.weight",
]


@pytest.mark.parametrize(
    ("patterns", "places"),
    [
        ("query", [1, 3]),
        ("blocks.1", [1, 2]),  # and not 10
        ("blocks.1.attention.query", [1]),
        (["head", "embeddings"], [0, 4]),  # in the order of the names
        ("blocks.[0-9]", [1, 2]),
        (r"blocks.\d+", [1, 2, 3]),
        ("query|value", [1, 2, 3]),
        ("head.weight", [4]),
        (".*", [0, 1, 2, 3, 4]),
        (iter(["bias"]), [2]),
    ],
)
def test_a_pattern_fits_whole_parts(patterns, places):
    assert matching(NAMES, patterns) == [NAMES[place] for place in places]


PART = strategies.sampled_from(["a", "ab", "b", "1", "12"])


@given(strategies.lists(strategies.lists(PART, min_size=1), min_size=1, unique_by=tuple), PART)
def test_a_plain_word_fits_the_names_that_have_it_as_a_part(names, word):
    expected = [".".join(parts) for parts in names if word in parts]
    if expected:
        assert matching([".".join(parts) for parts in names], word) == expected
    else:
        with pytest.raises(ValueError, match=f"has the part '{word}'"):
            matching([".".join(parts) for parts in names], word)


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["query", "que"], r"no parameter has the part 'que'; did you mean 'query'\? The parts"),
        ("zzz", "has the part 'zzz'; The parts are encoder, embeddings, word, weight, blocks"),
        ("blocks.2", r"has the part 'blocks.2'"),
        ([], "there is no pattern; give at least one part of a parameter"),
        ("blocks.(", r"'blocks.\(' is no regular expression \(missing \)"),
    ],
)
def test_a_pattern_that_chooses_nothing_is_named(patterns, message):
    with pytest.raises(ValueError, match=message):
        matching(NAMES, patterns, "parameter")


def test_without_names_nothing_fits():
    with pytest.raises(ValueError, match="no name has the part 'head'; The parts are none"):
        matching([], "head")
