"""Behavioural tests of a classifier with two classes: templates filled, and failures counted.

Notebook 16 builds it. A test is data: texts that belong together, and what must be true of their
scores. Knows no model: it asks a function for the score of each text, the probability of the
first class. Tests of film reviews are in ``review_tests``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from string import Formatter

import numpy as np
from numpy.typing import ArrayLike

from helpers.evaluation.intervals import Interval, wilson

KINDS = {"minimum": (1, "above or below 0.5"), "invariance": (2, "the same side of 0.5")}
KINDS["direction"] = (2, "no fall, or no rise")


@dataclass(frozen=True)
class Case:
    """Texts that belong together, and what is wanted of their scores.

    ``wanted`` is 1 (a score above 0.5, or no fall from the first text to the others), -1 (a score
    below 0.5, or no rise), or 0 (no change of side). ``template`` is what the texts were made of.
    """

    texts: tuple[str, ...]
    wanted: int = 0
    template: str = ""


@dataclass(frozen=True)
class BehaviourTest:
    """Cases of one kind under one name.

    ``minimum``: each text's score must lie on the wanted side of 0.5. ``invariance``: the scores of
    a case must all lie on the same side. ``direction``: from the first text to any other, the score
    must not fall (wanted 1) or not rise (-1) by more than ``tolerance``.

    Source: Ribeiro et al. (2020).
    """

    name: str
    kind: str
    cases: tuple[Case, ...]
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: kind is {self.kind!r}; it must be {', '.join(KINDS)}")
        if not self.cases:
            raise ValueError(f"{self.name} has no cases; fill a template")
        least, signs = KINDS[self.kind][0], (0,) if self.kind == "invariance" else (1, -1)
        for place, case in enumerate(self.cases):
            few = len(case.texts) < least or (least == 1 and len(case.texts) > 1)
            if few or case.wanted not in signs:
                raise ValueError(
                    f"{self.name}, case {place}: {len(case.texts)} texts, wanted {case.wanted}; "
                    f"{self.kind} needs {'one text' if least == 1 else 'two texts or more'} and "
                    f"wanted {' or '.join(map(str, signs))}"
                )


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


def fill(templates: str | Sequence[str], wanted: int = 0, **words: Sequence[str]) -> list[Case]:
    """Fill templates with every combination of the words for their slots, one case each.

    Parameters
    ----------
    templates
        A text with slots in braces, or some that get the same words: before and after a change.
    wanted
        As :class:`Case` has it.
    words
        The words of each slot.

    Raises
    ------
    ValueError
        If a slot has no words, or words have no slot.

    >>> [case.texts for case in fill("{who} is {how}.", 1, who=["He", "She"], how=["fun"])]
    [('He is fun.',), ('She is fun.',)]
    """
    templates = (templates,) if isinstance(templates, str) else tuple(templates)
    slots = {name for text in templates for _, name, _, _ in Formatter().parse(text) if name}
    if slots != set(words):
        odd = sorted(slots ^ set(words))[0]
        missing = "has no words" if odd in slots else "is in no template"
        raise ValueError(f"the slot {{{odd}}} {missing}; the templates are {templates}")
    filled = []
    for values in product(*words.values()):
        given = dict(zip(words, values, strict=True))
        filled.append(Case(tuple(t.format(**given) for t in templates), wanted, templates[-1]))
    return filled


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
