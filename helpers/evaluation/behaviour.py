"""Behavioural tests of a classifier with two classes: a model put through them, failures counted.

Notebook 16 builds it. Knows no model: it asks a function for the score of each text, the
probability of the first class. The tests are data: ``behaviour_cases``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers.evaluation.behaviour_cases import BehaviourTest, Case, fill
from helpers.evaluation.intervals import Interval, wilson

__all__ = ["BehaviourTest", "Case", "Found", "check", "check_all", "fill"]


@dataclass(frozen=True)
class Found:
    """What a model did in one test: ``scores`` of each case's texts, and which cases ``failed``.

    ``misses`` says by how much a case is off, the larger the worse: shape (cases,), as ``failed``.
    """

    test: BehaviourTest
    scores: tuple[np.ndarray, ...]
    misses: np.ndarray
    failed: np.ndarray

    @property
    def rate(self) -> Interval:
        """The share of cases that failed, with Wilson's interval; notebook 16 tells its limits."""
        return wilson(int(self.failed.sum()), len(self.failed))

    def worst(self, count: int = 3) -> list[tuple[Case, np.ndarray]]:
        """Return the failed cases that are furthest off, each with its scores."""
        order = np.argsort(-self.misses, kind="stable")
        return [(self.test.cases[i], self.scores[i]) for i in order if self.failed[i]][:count]

    def by_template(self) -> dict[str, float]:
        """Return the share that failed of each template's cases."""
        rows: dict[str, list[bool]] = {}
        for case, failed in zip(self.test.cases, self.failed, strict=True):
            rows.setdefault(case.template, []).append(bool(failed))
        return {template: float(np.mean(failures)) for template, failures in rows.items()}


def check(test: BehaviourTest, score: Callable[[list[str]], ArrayLike]) -> Found:
    """Put a model through one test.

    ``score`` takes texts and returns the probability of the first class for each, shape (texts,).

    >>> test = BehaviourTest("praise", "minimum", tuple(fill("A {w} film.", 1, w=["fine", "dull"])))
    >>> print(check(test, lambda texts: [0.9 if "fine" in text else 0.2 for text in texts]).rate)
    0.500 [0.095, 0.905]
    """
    return check_all([test], score)[test.name]


def check_all(
    tests: Iterable[BehaviourTest], score: Callable[[list[str]], ArrayLike]
) -> dict[str, Found]:
    """Put a model through tests, by name; a text that occurs several times is scored once.

    Raises
    ------
    ValueError
        If two tests have one name, or the scores are not one probability for each text.
    """
    tests = list(tests)
    names = [test.name for test in tests]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two tests are called {min(twice)!r}; give each its own name")
    texts = list(dict.fromkeys(t for test in tests for case in test.cases for t in case.texts))
    scores = np.asarray(score(texts), dtype=float)
    if scores.shape != (len(texts),):
        raise ValueError(
            f"the scores have shape {scores.shape}; {len(texts):,} texts need ({len(texts)},): the "
            "probability of the first class for each"
        )
    if wrong := np.flatnonzero(~((scores >= 0) & (scores <= 1))).tolist():
        text = texts[wrong[0]]
        raise ValueError(f"the score of {text!r:.60} is {scores[wrong[0]]}, no probability")
    return {test.name: _judged(test, dict(zip(texts, scores, strict=True))) for test in tests}


def _judged(test: BehaviourTest, known: Mapping[str, float]) -> Found:
    scores = tuple(np.array([known[text] for text in case.texts]) for case in test.cases)
    wanted = np.array([case.wanted for case in test.cases])
    if test.kind == "minimum":  # just 0.5 is no answer, so it fails
        misses = wanted * (0.5 - np.array([row[0] for row in scores]))
        failed = misses >= 0
    elif test.kind == "direction":
        pairs = zip(scores, wanted, strict=True)
        misses = np.array([(sign * (row[0] - row[1:])).max() for row, sign in pairs])
        failed = misses > test.tolerance
    else:
        misses = np.array([np.abs(row[1:] - row[0]).max() for row in scores])
        failed = np.array([len(set((row > 0.5).tolist())) > 1 for row in scores])
    return Found(test, scores, misses, failed)
