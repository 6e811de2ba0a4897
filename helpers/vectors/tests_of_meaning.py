"""Do word vectors know what words mean? Analogies, and similarities that people judged.

Notebook 02 builds it, notebook 03 tests its own vectors with it. What cannot be asked, because a
word has no vector, is always counted beside the result. The vectors are a ``WordVectors``, or
whatever has its ``words``, ``matrix``, ``lengths``, ``index``, ``similarity`` and ``in``.
Published tests are read by :mod:`helpers.sources.word_tests`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from helpers.progress import progress

Question = tuple[str, str, str, str]
_BLOCK = 25_600_000  # scores held at a time: 100 MB in float32


@dataclass(frozen=True)
class AnalogyScore:
    """What came of a section's questions, or of all.

    ``total`` questions, of which ``covered`` have a vector for all four words, of which
    ``correct`` were answered with the fourth.
    """

    total: int
    covered: int
    correct: int

    @property
    def coverage(self) -> float:
        """The share of questions that could be asked."""
        return self.covered / self.total if self.total else float("nan")

    @property
    def accuracy(self) -> float:
        """The share of right answers among the covered questions, NaN if there are none."""
        return self.correct / self.covered if self.covered else float("nan")


@dataclass(frozen=True)
class SimilarityScore:
    """Spearman's rank correlation with people's scores over the ``covered`` of ``total`` pairs."""

    total: int
    covered: int
    correlation: float


class Answers(NamedTuple):
    """Answers under two rules, in the questions' order; None where a question is not covered.

    ``barred``: the question's words a, b and c may not be the answer, as in all published
    figures. ``free``: every word may.
    """

    barred: list[str | None]
    free: list[str | None]


def answer_analogies(vectors, questions: Sequence[Question]) -> Answers:
    """Answer each question by 3CosAdd: the word nearest to b - a + c, all of length one.

    Many questions go through one matrix product, as in ``vectors.analogy`` one does.

    Parameters
    ----------
    vectors
        Answers are looked for among all of its words; ``vectors.most_frequent(30_000)`` is quicker
        and keeps rare words from being answers.
    questions
        (a, b, c, d), a is to b as c is to d; the fourth word is not looked at, except that it too
        must have a vector.
    """
    asked = [i for i, q in enumerate(questions) if all(word in vectors for word in q)]
    rows = np.array([[vectors.index(word) for word in questions[i]] for i in asked]).reshape(-1, 4)
    lengths = vectors.lengths[:, None]
    units = np.divide(vectors.matrix, lengths, where=lengths > 0, out=vectors.matrix * 0)
    without_direction = np.flatnonzero(lengths == 0)
    answers = Answers([None] * len(questions), [None] * len(questions))
    size = min(max(1, _BLOCK // len(vectors)), len(rows)) or 1
    held = np.empty((size, len(vectors)), units.dtype)
    for start in progress(range(0, len(rows), size), "analogies"):
        a, b, c, _ = rows[start : start + size].T
        scores = held[: len(a)]  # (questions, words), the same memory for every block
        np.matmul(units[b] - units[a] + units[c], units.T, out=scores)
        scores[:, without_direction] = -np.inf
        free = scores.argmax(axis=1)
        scores[np.arange(len(a)), (a, b, c)] = -np.inf
        barred = scores.argmax(axis=1)
        for i, own, any_word in zip(asked[start : start + size], barred, free, strict=True):
            answers.barred[i], answers.free[i] = vectors.words[own], vectors.words[any_word]
    return answers


def score_analogies(
    vectors,
    sections: Mapping[str, Sequence[Question]],
    exclude_question_words: bool = True,
) -> dict[str, AnalogyScore]:
    """Ask analogy questions and count the right answers, section by section.

    Parameters
    ----------
    vectors
        As for :func:`answer_analogies`.
    sections
        Questions by name of their section, e.g. ``word_tests.analogies()``.
    exclude_question_words
        Whether a, b and c are barred from being the answer, as in all published figures.

    Returns
    -------
    A score for each section, in order, and last one for ``"all"`` of them.
    """
    questions = [question for section in sections.values() for question in section]
    answers = answer_analogies(vectors, questions)
    return count_correct(sections, answers.barred if exclude_question_words else answers.free)


def count_correct(
    sections: Mapping[str, Sequence[Question]], answers: Sequence[str | None]
) -> dict[str, AnalogyScore]:
    """Count the answers, given in the order of the sections' questions, as score_analogies does.

    >>> count_correct({"family": [("man", "woman", "king", "queen")]}, ["throne"])["all"]
    AnalogyScore(total=1, covered=1, correct=0)
    """
    count = sum(len(section) for section in sections.values())
    if len(answers) != count:
        raise ValueError(f"{len(answers):,} answers to {count:,} questions")
    left, scores = iter(answers), {}
    for name, section in sections.items():
        pairs = [(next(left), question[3]) for question in section]
        covered = [answer == right for answer, right in pairs if answer is not None]
        scores[name] = AnalogyScore(len(section), len(covered), sum(covered))
    return scores | {"all": total(scores.values())}


def total(scores: Iterable[AnalogyScore]) -> AnalogyScore:
    """Add several sections up: each question counts the same, in whatever section.

    >>> total([AnalogyScore(10, 8, 4), AnalogyScore(2, 2, 2)])
    AnalogyScore(total=12, covered=10, correct=6)
    """
    scores = list(scores)
    return AnalogyScore(
        *(sum(getattr(s, n) for s in scores) for n in ("total", "covered", "correct"))
    )


def score_similarity(vectors, pairs: Sequence[tuple[str, str, float]]) -> SimilarityScore:
    """Correlate the cosines of word pairs with people's scores, by ranks.

    Parameters
    ----------
    vectors
        Pairs with a word that has none are left out and show in ``covered``.
    pairs
        (word, word, people's score), e.g. ``word_tests.similarity_pairs("simlex999")``.

    Raises
    ------
    ValueError
        If fewer than three pairs have vectors: too few for a correlation.
    """
    known = [(a, b, score) for a, b, score in pairs if a in vectors and b in vectors]
    if len(known) < 3:
        raise ValueError(f"only {len(known)} of {len(pairs)} pairs have vectors for both words")
    cosines = [vectors.similarity(a, b) for a, b, _ in known]
    correlation = spearmanr(cosines, [score for _, _, score in known]).statistic
    return SimilarityScore(len(pairs), len(known), float(correlation))
