"""Near-duplicates are those of a plain comparison of all pairs."""

import numpy as np
import pytest

from helpers.evaluation.near_duplicates import near_duplicates, shingles

WORDS = np.array("oil rose fell a lot today said bank grain trade".split())


def texts(count, seed):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, size=random.integers(0, 12))) for _ in range(count)]


def jaccard(one, other, words):
    a, b = shingles(one, words), shingles(other, words)
    return len(a & b) / len(a | b) if a | b else 0.0


@pytest.mark.parametrize("words", [1, 2, 5])
def test_equal_to_a_loop_over_all_pairs(words):
    asked, known = texts(40, 0), [*texts(60, 1), *texts(40, 0)[:5]]
    found = near_duplicates(asked, known, threshold=0.4, words=words)
    due = {}
    for i, text in enumerate(asked):
        best = max(jaccard(text, other, words) for other in known)
        if best >= 0.4:
            due[i] = best
    assert len(due) >= 4
    assert {pair.index: pair.similarity for pair in found} == pytest.approx(due)
    for pair in found:
        assert jaccard(asked[pair.index], known[pair.other], words) == pytest.approx(
            pair.similarity
        )
    assert [p.similarity for p in found] == sorted((p.similarity for p in found), reverse=True)


def test_short_texts_are_one_shingle_and_empty_ones_none():
    assert shingles("oil rose", 5) == {"oil rose"} and shingles("  ", 5) == set()
    (pair,) = near_duplicates(["oil rose", ""], ["", "oil rose"])
    assert (pair.index, pair.other, pair.similarity) == (0, 1, 1.0)


def test_nothing_to_compare():
    assert near_duplicates([], ["a"]) == near_duplicates(["a"], []) == []
    assert near_duplicates(["", " "], [""]) == []
    assert near_duplicates(["oil rose"], ["", "bank"]) == []


def test_words_and_their_borders_count_not_letters():
    """Runs never cross from one text into the next, and "oil" "rose" is not "oilr" "ose"."""
    assert near_duplicates(["rose fell"], ["oil rose", "fell bank"], 0.01, words=2) == []
    assert near_duplicates(["oil rose"], ["oilr ose"], 0.01, words=2) == []


@pytest.mark.parametrize("options", [{"threshold": 0}, {"threshold": 1.1}, {"words": 0}])
def test_bad_settings(options):
    with pytest.raises(ValueError, match="give 0 < threshold <= 1"):
        near_duplicates(["a"], ["a"], **options)
