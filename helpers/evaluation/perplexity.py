"""How well a language model predicts, from its loss: perplexity, and bits per character.

Notebook 12 derives both. Knows numbers, neither models nor texts.
"""

import math


def perplexity(loss: float) -> float:
    """Return among how many equally likely tokens the model seems to choose: e to the loss.

    Parameters
    ----------
    loss
        The mean cross-entropy of a token, in nats, 0 or more.

    Source: Jelinek et al. (1977).

    >>> round(perplexity(math.log(1000)), 6)
    1000.0
    """
    _check(loss=loss)
    return math.exp(loss)


def bits_per_character(loss: float, tokens: int, characters: int) -> float:
    """Return what a character costs, in bits; models with different tokens can be compared by it.

    Perplexities of different vocabularies can't be: longer tokens are harder to guess, and there
    are fewer of them. Give bytes instead of characters, and it is bits per byte.

    Parameters
    ----------
    loss
        The mean cross-entropy of a token, in nats.
    tokens, characters
        How many of each the text has; 1 or more.

    >>> bits_per_character(math.log(16), tokens=100, characters=400)  # 4 bits for 4 characters
    1.0
    """
    _check(loss=loss)
    for name, value in {"tokens": tokens, "characters": characters}.items():
        if value < 1:
            raise ValueError(f"{name} is {value}; a text has 1 or more")
    return loss * tokens / characters / math.log(2)


def _check(loss: float) -> None:
    if not 0 <= loss < math.inf:
        raise ValueError(f"the loss is {loss}; a mean cross-entropy is a number, 0 or more")
