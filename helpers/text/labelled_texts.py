"""What a corpus is: texts, integer labels, label names, three parts; and how parts are cut.

Used by ``own_csv`` beside it and by :mod:`helpers.sources.corpora`. Knows no file and no corpus by
name.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Split:
    """One part of a corpus: ``texts[i]`` has the class ``labels[i]`` (an index into the names).

    ``titles[i]`` is the headline of ``texts[i]`` where the corpus has headlines, else empty.
    """

    texts: list[str]
    labels: list[int]
    titles: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, indices: Sequence[int]) -> "Split":
        """Return the items at ``indices``, in that order."""
        return Split(
            [self.texts[i] for i in indices],
            [self.labels[i] for i in indices],
            [self.titles[i] for i in indices] if self.titles else [],
        )


@dataclass(frozen=True)
class Corpus:
    """A text-classification corpus; ``notes`` says what was dropped or decided, and why."""

    name: str
    label_names: list[str]
    train: Split
    validation: Split
    test: Split
    notes: list[str] = field(default_factory=list)

    def describe(self) -> str:
        """Return one line: name, classes, and the size of each part."""
        return (
            f"{self.name}: {len(self.label_names)} classes, {len(self.train):,} train, "
            f"{len(self.validation):,} validation, {len(self.test):,} test texts"
        )


def stratified_cut(
    labels: Sequence[int], share: float, seed: int, groups: Sequence[str] | None = None
) -> tuple[list[int], list[int]]:
    """Cut positions into two parts, class by class, so that both have the same mix of classes.

    Parameters
    ----------
    labels
        Class of each item, shape (items,).
    share
        Wanted share of the second part, 0 ≤ share < 1. A class gives its rounded share, and
        never its last item.
    seed
        Seed of the shuffle inside each class.
    groups
        Optional name of each item's group, e.g. its film: then whole groups are cut, so that
        no group stands in both parts, and classes are only balanced as far as groups are.

    Returns
    -------
    Positions of the first and of the second part, each in rising order.

    >>> stratified_cut([0, 0, 0, 0, 1, 1], share=0.5, seed=0)[1]
    [0, 2, 4]
    """
    if not 0 <= share < 1:
        raise ValueError(f"share is {share}; it must be at least 0 and below 1")
    shuffler = random.Random(seed)
    if groups is not None:
        order = sorted(set(groups))
        shuffler.shuffle(order)
        chosen = set(order[: round(share * len(order))])
        second = [i for i, group in enumerate(groups) if group in chosen]
    else:
        members = defaultdict(list)
        for i, label in enumerate(labels):
            members[label].append(i)
        second = []
        for label in sorted(members):
            shuffler.shuffle(members[label])
            wanted = min(int(share * len(members[label]) + 0.5), len(members[label]) - 1)
            second += members[label][:wanted]
    kept_out = set(second)
    return [i for i in range(len(labels)) if i not in kept_out], sorted(second)
