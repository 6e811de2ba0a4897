"""Word vectors: equal to the definitions worked out word by word, lawful, quick to the first
answer, and clear about words that have no vector."""

import math
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.sources import assets, published_vectors
from helpers.text.vocabulary import Vocabulary
from helpers.vectors import word_vectors
from helpers.vectors.word_vectors import UnknownWord, WordVectors, matrix_for


@pytest.fixture(scope="module")
def glove():
    return published_vectors.load("glove-6b-50d")


def random_vectors(seed, words=60, dimensions=4, dtype=np.float64):
    matrix = np.random.default_rng(seed).normal(0, 2, (words, dimensions)).astype(dtype)
    return WordVectors([f"w{i}" for i in range(words)], matrix)


def cosine(a, b):
    """By hand, number by number, with nothing but Python's own arithmetic."""
    a, b = [float(x) for x in a], [float(x) for x in b]
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(x * x for x in a)) / math.sqrt(sum(y * y for y in b))


def naive_nearest(vectors, direction, left_out, n):
    scored = [(w, cosine(vectors[w], direction)) for w in vectors.words if w not in left_out]
    return sorted(scored, key=lambda pair: -pair[1])[:n]


def same(found, expected, tolerance=1e-12):
    assert [w for w, _ in found] == [w for w, _ in expected]
    np.testing.assert_allclose([c for _, c in found], [c for _, c in expected], atol=tolerance)


# --- equal to the definitions ---------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(5))
def test_neighbours_equal_a_loop_over_all_words(seed, dtype):
    v = random_vectors(seed, dtype=dtype)
    tolerance = 1e-6 if dtype == np.float32 else 1e-12
    for word in ("w0", "w17", "w59"):
        same(v.neighbours(word, 7), naive_nearest(v, v[word], {word}, 7), tolerance)
    place = np.arange(1.0, 5.0)
    same(v.neighbours(place, 7), naive_nearest(v, place, set(), 7), tolerance)


@pytest.mark.parametrize("seed", range(5))
def test_analogies_equal_gensims_definition_worked_out_in_a_loop(seed):
    # gensim's most_similar(positive=[b, c], negative=[a]): the mean of the unit vectors with
    # their signs, then every other word by its cosine with that mean.
    v = random_vectors(seed)
    for a, b, c in (("w1", "w2", "w3"), ("w4", "w5", "w6"), ("w7", "w7", "w8")):
        units = [v[w] / math.sqrt(sum(x * x for x in v[w])) for w in (a, b, c)]
        mean = (units[1] + units[2] - units[0]) / 3
        same(v.analogy(a, b, c, n=5), naive_nearest(v, mean, {a, b, c}, 5))


def test_glove_gives_what_gensim_gives(glove):
    # gensim 4.4.0, KeyedVectors on the same matrix, most_similar(..., topn=3)
    frog = [("snake", 0.8445408), ("ape", 0.7937596), ("toad", 0.7907540)]
    same(glove.neighbours("frog", 3), frog, tolerance=1e-5)
    king = [("queen", 0.8523604), ("throne", 0.7664334), ("prince", 0.7592144)]
    same(glove.analogy("man", "woman", "king", n=3), king, tolerance=1e-5)
    assert glove.similarity("coffee", "tea") == pytest.approx(0.8079648, abs=1e-5)


# --- laws -----------------------------------------------------------------------------------

lists = hnp.arrays(np.float64, (3, 4), elements=st.floats(-1e6, 1e6, width=32)).filter(
    lambda m: (np.abs(m).max(axis=1) > 1e-3).all()
)


@given(lists)
def test_the_cosine_is_symmetric_and_between_minus_one_and_one(matrix):
    v = WordVectors(["a", "b", "c"], matrix)
    assert v.similarity("a", "b") == v.similarity("b", "a")
    assert -1 <= v.similarity("a", "c") <= 1
    assert v.similarity("a", "a") == pytest.approx(1, abs=1e-12)
    assert all(-1 <= cosine <= 1 for _, cosine in v.neighbours("a"))


@given(lists, st.floats(1e-3, 1e3))
def test_scaling_a_vector_changes_no_angle(matrix, factor):
    scaled = matrix * np.array([[factor], [1.0], [1.0]])
    before, after = WordVectors(["a", "b", "c"], matrix), WordVectors(["a", "b", "c"], scaled)
    for other in "bc":
        assert after.similarity("a", other) == pytest.approx(
            before.similarity("a", other), abs=1e-12
        )
    assert dict(after.neighbours("b")) == pytest.approx(dict(before.neighbours("b")), abs=1e-12)


@given(lists)
def test_turning_a_vector_round_turns_the_sign(matrix):
    v = WordVectors(["a", "b", "c"], matrix)
    turned = WordVectors(["a", "b", "c"], matrix * [[-1.0], [1.0], [1.0]])
    assert turned.similarity("a", "b") == -v.similarity("a", "b")


# --- order, ends, and words without a direction ---------------------------------------------


def test_of_equal_cosines_the_earlier_word_comes_first_and_is_the_one_kept():
    v = WordVectors(list("abcdef"), np.array([[1.0, 0.0], *[[1.0, 1.0]] * 5]))
    assert [w for w, _ in v.neighbours("a", 2)] == ["b", "c"]
    assert [w for w, _ in v.neighbours("d", 3)] == ["b", "c", "e"]


def test_fewer_neighbours_come_back_if_there_are_no_more():
    v = random_vectors(0, words=4)
    assert len(v.neighbours("w0", 10)) == 3
    assert len(v.neighbours(np.ones(4), 10)) == 4
    assert len(v.analogy("w0", "w1", "w2", n=10)) == 1


def test_a_zero_vector_is_nobodys_neighbour_and_has_none():
    v = WordVectors(["a", "zero", "b"], np.array([[1.0, 0.0], [0.0, 0.0], [-1.0, 0.0]]))
    assert v.neighbours("a", 10) == [("b", -1.0)]
    for ask in (lambda: v.similarity("a", "zero"), lambda: v.neighbours("zero")):
        with pytest.raises(ValueError, match=r"the vector of 'zero' has length 0\.0, so it has no"):
            ask()
    with pytest.raises(ValueError, match=r"'a' - 'b' \+ 'b' has length|the vector has length"):
        v.neighbours(v["a"] + v["b"])


def test_most_frequent_keeps_the_first_words_and_copies_nothing(glove):
    some = glove.most_frequent(1000)
    assert len(some) == 1000 and some.words == glove.words[:1000]
    assert np.shares_memory(some.matrix, glove.matrix)
    assert glove.words[1000] not in some


def test_a_vector_that_was_handed_out_can_be_changed_without_harm():
    v = random_vectors(0)
    before = v["w3"]
    v["w3"][:] = 0
    assert (v["w3"] == before).all()


# --- the asset ------------------------------------------------------------------------------


def test_glove_is_whole_and_in_its_order(glove):
    assert (len(glove), glove.dimensions, glove.matrix.dtype) == (400_000, 50, np.float32)
    assert glove.words[:3] == ["the", ",", "."] and glove.index("the") == 0
    assert glove.index(glove.words[-1]) == 399_999
    # GloVe's own file begins: the 0.418 0.24968 -0.41242 0.1217 ...
    np.testing.assert_allclose(glove["the"][:4], [0.418, 0.24968, -0.41242, 0.1217], atol=1e-6)


def test_glove_stays_on_disk_until_it_is_needed(glove):
    assert isinstance(glove.matrix.base, np.memmap)
    assert not glove.matrix.flags.writeable
    assert glove["the"].flags.writeable


COLD = """
from helpers.sources import published_vectors
vectors = published_vectors.load("glove-6b-50d")
assert vectors.neighbours("france", 1)[0][0] == "french"
import sys
heavy = {"torch", "scipy", "pandas", "sklearn", "nltk", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
"""


def test_the_first_answer_of_a_new_process_takes_less_than_a_second(glove):
    took = []
    for _ in range(5):
        before, start = os.times(), time.perf_counter()
        subprocess.run([sys.executable, "-c", COLD], check=True)
        clock, after = time.perf_counter() - start, os.times()
        work = sum(after[2:4]) - sum(before[2:4])  # of the process; 0 where that is not counted
        took.append((clock, work))
        # On a busy machine the clock counts what others do, so its own work may count instead.
        if clock < 1 or 0 < work < 0.8:
            return
    raise AssertionError(f"(seconds by the clock, of its own work): {took}")


# --- clear errors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("elephnat", "no vector for 'elephnat'; near in spelling: 'elephant'"),
        ("telegrahpic", "'telegraphic'"),
        ("Paris", "no vector for 'Paris'; near in spelling: 'paris'"),
        ("qzxjkv qzx", "no vector for 'qzxjkv qzx'"),
        ("", "no vector for ''"),
    ],
)
def test_an_unknown_word_gets_near_spellings_quickly(word, message, glove):
    assert word not in glove
    start = time.process_time()
    with pytest.raises(KeyError) as raised:
        glove[word]
    assert time.process_time() - start < 2
    assert isinstance(raised.value, UnknownWord)
    assert message in str(raised.value)
    assert str(raised.value).count("'") <= 8  # the word and at most three others


def test_every_way_to_ask_for_an_unknown_word_says_so(glove):
    for ask in (
        lambda: glove.index("xqzw"),
        lambda: glove.unit("xqzw"),
        lambda: glove.similarity("cat", "xqzw"),
        lambda: glove.neighbours("xqzw"),
        lambda: glove.analogy("man", "woman", "xqzw"),
    ):
        with pytest.raises(UnknownWord, match=r"^no vector for 'xqzw'"):
            ask()


@pytest.mark.parametrize(
    ("words", "matrix", "message"),
    [
        (["a"], np.zeros((2, 3)), "1 words, but 2 rows in the matrix"),
        (["a", "b"], np.zeros(2), r"shape \(2,\) and type float64; expected floating point"),
        (["a", "b"], np.zeros((2, 3), int), r"type int64; expected floating point numbers"),
        (["a", "b"], np.zeros((2, 0)), r"shape \(2, 0\)"),
    ],
)
def test_words_and_matrix_that_do_not_fit_are_refused(words, matrix, message):
    with pytest.raises(ValueError, match=message):
        WordVectors(words, matrix)


def test_a_word_that_stands_twice_is_named():
    v = WordVectors(["a", "b", "c", "b"], np.eye(4))
    with pytest.raises(ValueError, match="'b' stands more than once"):
        v["a"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_found_and_its_word_named(bad):
    matrix = np.ones((3, 2))
    matrix[1, 1] = bad
    v = WordVectors(["a", "broken", "c"], matrix)
    with pytest.raises(ValueError, match="vector of 'broken'"):
        v.neighbours("a")
    with pytest.raises(ValueError, match=r"'broken' has length (nan|inf), so it has no direction"):
        v.similarity("a", "broken")


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda v: v.neighbours("w0", 0), ValueError, "n is 0; ask for one neighbour or more"),
        (lambda v: v.neighbours(np.ones(3)), ValueError, r"shape \(3,\); expected \(4,\)"),
        (lambda v: v.neighbours(np.ones((1, 4))), ValueError, r"shape \(1, 4\); expected \(4,\)"),
        (lambda v: v.neighbours(np.zeros(4)), ValueError, "length 0.0, so it has no direction"),
        (lambda v: v[0], TypeError, "a word is asked for, not int"),
    ],
)
def test_what_cannot_be_asked_is_said(ask, error, message):
    with pytest.raises(error, match=message):
        ask(random_vectors(0))


# --- a matrix for a vocabulary --------------------------------------------------------------


def test_matrix_for_puts_each_vector_at_its_words_id(glove):
    vocabulary = Vocabulary({"bank": 9, "river": 5, "xqzw": 3, "money": 1})
    matrix, share = matrix_for(glove, vocabulary)
    assert matrix.shape == (6, 50) and matrix.dtype == np.float32 and share == 0.75
    assert (matrix[:2] == 0).all()  # padding and the unknown word say nothing
    for word in ("bank", "river", "money"):
        assert (matrix[vocabulary[word]] == glove[word]).all()
    row = matrix[vocabulary["xqzw"]]
    assert np.abs(row).max() > 0 and (row != matrix[2]).any()


def test_matrix_for_refuses_a_word_with_two_rows():
    twins = WordVectors(["up", "down", "up"], np.eye(3))
    with pytest.raises(ValueError, match="the word 'up' stands more than once"):
        matrix_for(twins, ["<pad>", "<unk>", "up"])


def test_words_without_a_vector_get_rows_as_spread_out_as_the_others(glove):
    counts = {word: 2 for word in glove.words[:2000]} | {f"xqzw{i}": 1 for i in range(2000)}
    vocabulary = Vocabulary(counts)
    matrix, share = matrix_for(glove, vocabulary, seed=3)
    assert share == 0.5
    found = matrix[[vocabulary[word] for word in glove.words[:2000]]]
    random = matrix[[vocabulary[f"xqzw{i}"] for i in range(2000)]]
    assert random.std() == pytest.approx(found.std(), rel=0.02)
    assert abs(random.mean()) < 0.01
    again, other = (matrix_for(glove, vocabulary, seed=s)[0] for s in (3, 4))
    assert (again == matrix).all()
    assert (other != matrix).any() and (other[vocabulary["the"]] == glove["the"]).all()


def test_matrix_for_works_where_nothing_is_found_and_where_there_is_nothing():
    v = random_vectors(0)
    matrix, share = matrix_for(v, Vocabulary({"unknown": 1}))
    assert share == 0 and matrix.shape == (3, 4) and np.isfinite(matrix).all() and matrix[2].any()
    matrix, share = matrix_for(v, Vocabulary({}))
    assert share == 0 and matrix.shape == (2, 4)


# --- opening a folder -----------------------------------------------------------------------


def test_a_word_list_that_was_cut_off_is_not_used(tmp_path):
    np.save(tmp_path / "vectors.npy", np.eye(3, dtype=np.float32))
    (tmp_path / "words.txt").write_bytes(b"a\nb\nc")
    with pytest.raises(ValueError, match=r"words\.txt is cut off: its last line has no end"):
        word_vectors.load(tmp_path)
    (tmp_path / "words.txt").write_bytes(b"a\nb\n")
    with pytest.raises(ValueError, match="2 words, but 3 rows"):
        word_vectors.load(tmp_path)


def test_an_asset_that_does_not_exist_is_named():
    with pytest.raises(assets.AssetError, match="no-such-vectors"):
        published_vectors.load("no-such-vectors")


def test_an_asset_without_vectors_is_refused():
    with pytest.raises(assets.AssetError, match="word-tests: this asset holds no word vectors"):
        published_vectors.load("word-tests")


def test_a_folder_without_vectors_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no vectors\.npy in .*formats\.save"):
        word_vectors.load(tmp_path)
