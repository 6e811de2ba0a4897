"""The tests of meaning: whole sets, counts that add up, answers equal to asking one by one, and
the figures that gensim gives for the same vectors."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sources import published_vectors, word_tests
from helpers.vectors import tests_of_meaning as meaning
from helpers.vectors.tests_of_meaning import AnalogyScore
from helpers.vectors.word_vectors import WordVectors


@pytest.fixture(scope="module")
def glove():
    return published_vectors.load("glove-6b-50d")


@pytest.fixture(scope="module")
def frequent(glove):
    return glove.most_frequent(30_000)


@pytest.fixture(scope="module")
def frequent_scores(frequent):
    return meaning.score_analogies(frequent, word_tests.analogies())


# --- the sets -------------------------------------------------------------------------------


def test_the_analogy_set_is_whole():
    sections = word_tests.analogies()
    sizes = {name: len(questions) for name, questions in sections.items()}
    assert sum(sizes.values()) == 19_544 and len(sizes) == 14
    grammar = sum(n for name, n in sizes.items() if name.startswith("gram"))
    assert (grammar, sum(sizes.values()) - grammar) == (10_675, 8_869)
    assert sections["capital-common-countries"][0] == ("athens", "greece", "baghdad", "iraq")
    assert all(len(q) == 4 and all(q) for questions in sections.values() for q in questions)


@pytest.mark.parametrize(
    ("name", "size", "first"),
    [("wordsim353", 353, ("love", "sex", 6.77)), ("simlex999", 999, ("old", "new", 1.58))],
)
def test_the_sets_of_pairs_are_whole(name, size, first):
    pairs = word_tests.similarity_pairs(name)
    assert len(pairs) == size and pairs[0] == first
    assert all(a and b and 0 <= score <= 10 for a, b, score in pairs)
    assert all(a == a.lower() and b == b.lower() for a, b, _ in pairs)


def test_an_unknown_set_is_refused():
    with pytest.raises(LookupError, match="called 'wordsim'; use wordsim353 or simlex999"):
        word_tests.similarity_pairs("wordsim")


# --- analogies ------------------------------------------------------------------------------


def sample(seed, count):
    questions = [q for section in word_tests.analogies().values() for q in section]
    picked = np.random.default_rng(seed).choice(len(questions), count, replace=False)
    return [questions[i] for i in picked]


def test_many_at_once_are_answered_as_one_by_one(frequent):
    questions = [q for q in sample(1, 200) if all(w in frequent for w in q)][:60]
    assert len(questions) == 60
    answers = meaning.answer_analogies(frequent, questions)
    assert answers.barred == [frequent.analogy(a, b, c)[0][0] for a, b, c, _ in questions]
    units = [frequent.unit(b) - frequent.unit(a) + frequent.unit(c) for a, b, c, _ in questions]
    assert answers.free == [frequent.neighbours(vector, 1)[0][0] for vector in units]
    assert answers.barred != answers.free


def test_the_rule_decides_which_answers_are_counted():
    v = WordVectors(["a", "b", "c", "d"], np.array([[1.0, 0], [0.9, 0.2], [0, 1], [0.1, 0.9]]))
    sections = {"one": [("a", "b", "c", "d")]}
    assert meaning.answer_analogies(v, sections["one"]) == (["d"], ["c"])
    barred = meaning.score_analogies(v, sections)
    free = meaning.score_analogies(v, sections, exclude_question_words=False)
    assert (barred["all"].correct, free["all"].correct) == (1, 0)


@pytest.mark.parametrize("size", [1, 30_000 * 7, 30_000 * 60])
def test_the_size_of_the_blocks_changes_nothing(size, frequent, monkeypatch):
    questions = sample(2, 40)
    expected = meaning.answer_analogies(frequent, questions)
    assert 0 < expected.barred.count(None) < 40
    monkeypatch.setattr(meaning, "_BLOCK", size)
    assert meaning.answer_analogies(frequent, questions) == expected


def test_the_counts_equal_gensims_for_the_30000_most_frequent_words(frequent_scores):
    # gensim 4.4.0: KeyedVectors.evaluate_word_analogies(..., restrict_vocab=30000)
    gensims = {
        "capital-common-countries": (403, 103),
        "capital-world": (2006, 709),
        "currency": (31, 205),
        "city-in-state": (354, 1849),
        "family": (259, 83),
        "gram1-adjective-to-adverb": (127, 743),
        "gram2-opposite": (45, 335),
        "gram3-comparative": (699, 633),
        "gram4-superlative": (202, 398),
        "gram5-present-participle": (397, 533),
        "gram6-nationality-adjective": (1362, 83),
        "gram7-past-tense": (586, 974),
        "gram8-plural": (680, 376),
        "gram9-plural-verbs": (242, 460),
        "all": (7393, 7484),
    }
    assert list(frequent_scores) == list(gensims)
    for name, (correct, wrong) in gensims.items():
        score = frequent_scores[name]
        # A question whose two best words all but tie may turn with the order of summation.
        assert abs(score.correct - correct) <= 2, name
        assert score.covered == correct + wrong, name
    assert frequent_scores["all"].total == 19_544
    assert frequent_scores["all"].accuracy == pytest.approx(0.49694, abs=5e-4)


@pytest.mark.notebooks
def test_the_whole_set_over_all_words_takes_less_than_30_seconds_of_two_cores(glove):
    start = time.process_time()
    scores = meaning.score_analogies(glove, word_tests.analogies())
    seconds = time.process_time() - start  # of all cores together, so a busy machine may run it
    score = scores["all"]
    assert (score.total, score.covered) == (19_544, 19_544) and score.coverage == 1
    assert score.accuracy == pytest.approx(0.4622, abs=5e-4)
    assert seconds < 2 * 30


def test_what_is_not_covered_is_counted_and_not_called_wrong():
    v = WordVectors(["a", "b", "c", "d"], np.array([[1.0, 0], [0, 1], [1, 0.1], [0.1, 1]]))
    sections = {
        "all there": [("a", "b", "c", "d"), ("b", "a", "d", "c"), ("a", "b", "c", "b")],
        "some": [("a", "b", "c", "d"), ("a", "b", "c", "missing"), ("missing", "b", "c", "d")],
        "none": [("x", "y", "z", "w")],
        "empty": [],
    }
    scores = meaning.score_analogies(v, sections)
    assert scores["all there"] == AnalogyScore(3, 3, 2)
    assert scores["some"] == AnalogyScore(3, 1, 1)
    assert scores["none"] == AnalogyScore(1, 0, 0)
    assert scores["all"] == AnalogyScore(7, 4, 3)
    assert scores["all"].accuracy == 0.75 and scores["all"].coverage == 4 / 7
    assert np.isnan(scores["none"].accuracy) and scores["none"].coverage == 0
    assert np.isnan(scores["empty"].accuracy) and np.isnan(scores["empty"].coverage)


def test_answers_that_belong_to_other_questions_are_refused():
    sections = {"one": [("a", "b", "c", "d")]}
    assert meaning.count_correct(sections, ["d"])["all"] == AnalogyScore(1, 1, 1)
    assert meaning.count_correct(sections, [None])["all"] == AnalogyScore(1, 0, 0)
    with pytest.raises(ValueError, match="2 answers to 1 questions"):
        meaning.count_correct(sections, ["d", "d"])
    with pytest.raises(ValueError, match="0 answers to 1 questions"):
        meaning.count_correct(sections, [])


def test_a_word_without_direction_is_never_the_answer():
    words, matrix = (
        ["a", "b", "c", "zero", "away"],
        np.array([[1.0, 0], [0, 1], [1, 0], [0, 0], [0, -1]]),
    )
    v = WordVectors(words, matrix)
    # b - a + c is b's own direction: every other word is at cosine 0 or below, zero excepted.
    assert meaning.answer_analogies(v, [("a", "b", "c", "away")]).barred == ["away"]
    assert v.analogy("a", "b", "c") == [("away", -1.0)]


# --- similarities ---------------------------------------------------------------------------


def ranks(values):
    """Ranks from 1, equal values sharing the mean of theirs: by counting, nothing else."""
    return [
        sum(other < v for other in values) + (sum(other == v for other in values) + 1) / 2
        for v in values
    ]


@pytest.mark.parametrize("name", ["wordsim353", "simlex999"])
def test_the_correlation_is_pearsons_of_the_ranks(name, glove):
    pairs = word_tests.similarity_pairs(name)
    cosines = [glove.similarity(a, b) for a, b, _ in pairs]
    expected = np.corrcoef(ranks(cosines), ranks([score for *_, score in pairs]))[0, 1]
    found = meaning.score_similarity(glove, word_tests.similarity_pairs(name))
    assert found.correlation == pytest.approx(expected, abs=1e-9)
    assert (found.total, found.covered) == (len(pairs), len(pairs))


@pytest.mark.parametrize(
    ("name", "covered", "correlation"), [("wordsim353", 353, 0.50332), ("simlex999", 998, 0.26306)]
)
def test_the_correlation_equals_gensims(name, covered, correlation, glove):
    # gensim 4.4.0: evaluate_word_pairs, which looks at the first 300,000 words
    found = meaning.score_similarity(
        glove.most_frequent(300_000), word_tests.similarity_pairs(name)
    )
    assert found.covered == covered
    assert found.correlation == pytest.approx(correlation, abs=1e-5)


@given(st.permutations(range(6)), st.floats(0.1, 5))
def test_only_the_order_of_peoples_scores_counts(order, power):
    angles = np.linspace(0.1, 1.5, 6)
    matrix = np.vstack([[1.0, 0.0], np.column_stack([np.cos(angles), np.sin(angles)])])
    v = WordVectors(["middle", *map(str, range(6))], matrix)
    scores = [1.0 + place for place in order]
    pairs = [("middle", str(i), score) for i, score in enumerate(scores)]
    bent = [(a, b, score**power) for a, b, score in pairs]
    plain = meaning.score_similarity(v, pairs).correlation
    assert meaning.score_similarity(v, bent).correlation == pytest.approx(plain, abs=1e-12)
    turned = [(a, b, -score) for a, b, score in pairs]
    assert meaning.score_similarity(v, turned).correlation == pytest.approx(-plain, abs=1e-12)


def test_pairs_without_vectors_are_counted_and_too_few_are_refused(glove):
    known = [("cat", "dog", 8.0), ("cat", "car", 2.0), ("car", "truck", 9.0)]
    score = meaning.score_similarity(glove, [*known, ("cat", "xqzw", 5.0)])
    assert (score.total, score.covered) == (4, 3)
    with pytest.raises(ValueError, match="only 2 of 3 pairs have vectors for both words"):
        meaning.score_similarity(glove, [*known[:2], ("cat", "xqzw", 5.0)])
