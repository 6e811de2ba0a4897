"""Behavioural tests as data: templates filled with words, and what must be true of the scores.

Notebook 16 builds it. ``behaviour`` puts a model through them, ``review_tests`` has those of film
reviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from string import Formatter

KINDS = ("minimum", "invariance", "direction")


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
        least = 1 if self.kind == "minimum" else 2
        signs = (0,) if self.kind == "invariance" else (1, -1)
        for place, case in enumerate(self.cases):
            few = len(case.texts) < least or (least == 1 and len(case.texts) > 1)
            if few or case.wanted not in signs:
                raise ValueError(
                    f"{self.name}, case {place}: {len(case.texts)} texts, wanted {case.wanted}; "
                    f"{self.kind} needs {'one text' if least == 1 else 'two texts or more'} and "
                    f"wanted {' or '.join(map(str, signs))}"
                )


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
