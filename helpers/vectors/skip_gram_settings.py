"""All that decides how word vectors are trained, besides the text.

Notebook 03 explains each of them. Used by :mod:`helpers.vectors.word2vec`.
"""

import math
from dataclasses import dataclass

_COUNTED = "dimensions window negatives epochs min_count block_size block_noise blocks".split()


@dataclass(frozen=True)
class SkipGramSettings:
    """Settings of skip-gram with negative sampling; the defaults are word2vec's usual ones.

    Parameters
    ----------
    dimensions
        Numbers in a vector.
    window
        How many words to either side count as context, at most.
    negatives
        Noise words for each pair of centre and context.
    epochs
        How often the text is gone through.
    min_count
        Words that occur less often are dropped before anything else.
    subsample, noise_power
        See ``keep_probabilities`` and ``noise_probabilities`` in
        :mod:`helpers.vectors.negative_sampling`.
    learning_rate, final_learning_rate
        The step falls along a straight line from the first to the second.
    block_size, block_noise
        So many neighbouring words share so many noise words: :mod:`helpers.vectors.skip_gram`.
    blocks
        So many blocks make one step.
    step_limit
        A word whose learning rate times samples in one step is above this has its step scaled
        back to it: their gradients are all taken at the same point, and their sum would overshoot.
        ``math.inf`` lets every step through.
    seed
        Of everything that is drawn. The same seed gives the same vectors on the same machine
        (on a GPU sums are added in an order that varies, so their last digits do too).

    Raises
    ------
    ValueError
        If a setting makes no sense; the message names it.

    >>> SkipGramSettings(dimensions=50).window
    5
    >>> SkipGramSettings(epochs=0)
    Traceback (most recent call last):
        ...
    ValueError: epochs is 0; use a whole number, 1 or more
    """

    dimensions: int = 100
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    min_count: int = 5
    subsample: float = 1e-3
    noise_power: float = 0.75
    learning_rate: float = 0.025
    final_learning_rate: float = 0.0001
    block_size: int = 16
    block_noise: int = 16
    blocks: int = 32
    step_limit: float = 4.0
    seed: int = 0

    def __post_init__(self):
        for name in _COUNTED:
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is {value!r}; use a whole number, 1 or more")
        if type(self.seed) is not int or self.seed < 0:
            raise ValueError(f"seed is {self.seed!r}; use a whole number, 0 or more")
        if not 0 <= self.subsample < 1:
            raise ValueError(f"subsample is {self.subsample}; use a share such as 1e-3, or 0")
        if not 0 <= self.noise_power < math.inf:
            raise ValueError(f"noise_power is {self.noise_power}; use 0 or more, such as 0.75")
        if not self.step_limit > 0:
            raise ValueError(f"step_limit is {self.step_limit}; use a number above 0, such as 4")
        if not 0 <= self.final_learning_rate <= self.learning_rate < math.inf:
            raise ValueError(
                f"the learning rate would go from {self.learning_rate} to "
                f"{self.final_learning_rate}; it can neither be negative nor rise"
            )
