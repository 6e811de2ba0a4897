"""Checks for notebook 01's exercises: a vocabulary by hand, negation glued on, a padding mask.

Each check goes from type to values to the cases at the edge, and names the mistake in the
learner's own numbers. The references are worked out here, never taken from the learner.
"""

from collections.abc import Callable

import numpy as np


def ids(answer: Callable) -> str | None:
    """Padding 0, unknown 1, then by falling count and, where counts are equal, by letters."""
    if wrong := _no_function(answer):
        return wrong
    texts = [["tea", "milk", "tea"], ["cup", "tea", "milk"], ["bun", "cup"]]
    expected = {"tea": 2, "cup": 3, "milk": 4}
    got = answer([list(tokens) for tokens in texts], 2)
    if not isinstance(got, dict):
        return f"You return {type(got).__name__}, expected a dictionary from token to id."
    if "bun" in got:
        return f"{got}: 'bun' occurs once, and with min_count = 2 it has no id of its own."
    if lost := sorted(set(expected) - set(got)):
        return f"{got}: {lost[0]!r} occurs often enough (at least twice) and is missing."
    if min(got.values()) < 2:
        token = min(got, key=got.get)
        return f"{got}: {token!r} has id {got[token]}, but 0 is padding and 1 is unknown."
    if got != expected:
        if got == {"tea": 2, "milk": 3, "cup": 4}:
            why = "'milk' and 'cup' both occur twice, so the letters decide and 'cup' comes first"
        elif got["tea"] != 2:
            why = "'tea' occurs most often, so it comes first, with id 2"
        else:
            why = "ids go up by one, without gaps"
        return f"{got}, expected {expected}: {why}."
    shuffled = answer([["milk", "cup"], ["cup", "bun", "tea"], ["tea", "tea", "milk"]], 2)
    if shuffled != expected:
        return f"The same words in another order gave {shuffled}, expected the same {expected}."
    if (every := answer(texts, 1)) != expected | {"bun": 5}:
        return f"With min_count = 1 you return {every}; 'bun' should be there, with id 5."
    return None


def mark_negation(answer: Callable) -> str | None:
    """After "not", "good" is now another word, even for a model that counts single words."""
    if wrong := _no_function(answer):
        return wrong
    cases = {
        "it is not good .": "it is not NOT_good .",
        "not good , but long": "not NOT_good , but long",
        "good": "good",
        "is n't very funny . great cast": "is n't NOT_very NOT_funny . great cast",
        "no plot": "no NOT_plot",
        "why not ?": "why not ?",
        "not a bad film": "not NOT_a NOT_bad NOT_film",
        "": "",
    }
    for text, expected in cases.items():
        tokens = text.split()
        got = answer(list(tokens))
        if not isinstance(got, list):
            return f"You return {type(got).__name__}, expected a list of tokens."
        if got == expected.split():
            continue
        if got == tokens:
            why = "nothing is marked"
        elif len(got) != len(tokens):
            why = f"{len(tokens)} tokens went in and {len(got)} came out; mark, don't drop"
        elif any(token.startswith("NOT_") and token[4:] in ".,;:!?" for token in got):
            why = "a mark of punctuation ends the negation; it is not negated itself"
        elif got[0] != tokens[0] or "NOT_n't" in got or "NOT_not" in got or "NOT_no" in got:
            why = "the marking starts after the negation word, which stays as it is"
        elif sum(map(_marked, got)) > sum(map(_marked, expected.split())):
            why = "the marking stops at the next mark of punctuation"
        elif any(map(_marked, got)):
            why = "every word is marked up to the next punctuation, not the first one only"
        else:
            why = "the words not, no and n't all begin a negation"
        return f"{text!r} became {' '.join(got)!r}, expected {expected!r}: {why}."
    return None


def wasted(answer: Callable) -> str | None:
    """One long text makes a whole batch long: sort or cut, and the waste goes down."""
    if wrong := _no_function(answer):
        return wrong
    got = answer(np.array([2, 4, 10, 4]))
    if isinstance(got, bool) or np.ndim(got) != 0 or not np.issubdtype(type(got), np.number):
        return f"You return {got!r}; a number between 0 and 1 is asked for."
    known = {
        20.0: "that is the number of places with padding; divide by all places",
        40.0: "that is the number of all places",
        1.0: "that is the padding for each real id; divide by all places, 4 times 10",
        50.0: "that is in per cent; give a share between 0 and 1",
    }
    if abs(got - 0.5) > 1e-9:
        why = known.get(round(float(got), 9), "4 rows of 10 places hold 20 real ids")
        return f"Lengths 2, 4, 10, 4 gave {got:g}, expected 0.5: {why}."
    for lengths, expected in (([3, 3], 0.0), ([1, 4], 0.375), ([0, 2], 0.5), ([6], 0.0)):
        got = answer(np.array(lengths))
        if abs(got - expected) > 1e-9:
            if abs(got - (1 - expected)) < 1e-9:
                why = "that is the share of real ids; padding is what is left"
            else:
                why = "all rows are as long as the longest of this batch"
            return f"Lengths {lengths} gave {got:g}, expected {expected:g}: {why}."
    return None


def _marked(token: str) -> bool:
    return token.startswith("NOT_")


def _no_function(answer: object) -> str | None:
    if not callable(answer):
        return f"{type(answer).__name__} can't be called; give the function itself, without ()."
    return None
