"""From running text to the batches of an epoch: words drawn, windows drawn, noise words drawn.

Notebook 03 builds it. All draws of an epoch are made at once with NumPy; a batch then is a few
slices of them. Leaves the gradient to :mod:`helpers.vectors.skip_gram`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
import torch

from helpers.vectors.negative_sampling import (
    keep_probabilities,
    noise_probabilities,
    noise_table,
    reaches,
)
from helpers.vectors.skip_gram import Batch
from helpers.vectors.skip_gram_settings import SkipGramSettings


@dataclass(frozen=True)
class Text:
    """A text as numbers, without the words that have no vector.

    ids: each word's row, int32, shape (places,). sentences: the number of its sentence, int32,
    same shape. counts: how often each row's word occurs, int64, shape (words,).
    """

    ids: np.ndarray
    sentences: np.ndarray
    counts: np.ndarray


def number(sentences: Sequence[Sequence[str]], counts: Mapping[str, int]) -> Text:
    """Turn words into rows: the first word of ``counts`` gets row 0; other words are left out.

    >>> text = number([["a", "b", "x"], ["b"]], {"b": 2, "a": 1})
    >>> text.ids, text.sentences
    (array([1, 0, 0], dtype=int32), array([0, 0, 1], dtype=int32))
    """
    rows = dict(zip(counts, range(len(counts)), strict=True))
    lengths = [len(sentence) for sentence in sentences]
    found = map(rows.get, chain.from_iterable(sentences), repeat(-1))
    ids = np.fromiter(found, np.int32, count=sum(lengths))
    sentence_of = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    kept = ids >= 0
    return Text(ids[kept], sentence_of[kept], np.fromiter(counts.values(), np.int64))


class Epoch:
    """One way through a text: ``len(epoch)`` batches, ``epoch[i]`` is the i-th.

    Frequent words are thinned out first, and windows close up over the gaps, as in word2vec. The
    last batch is filled up with places that have no window and so no effect.

    Parameters
    ----------
    text
        What is gone through.
    settings
        How words, windows and noise words are drawn, and how many make a batch.
    generator
        Where all draws come from.
    device
        Where the batches shall be.
    """

    def __init__(
        self,
        text: Text,
        settings: SkipGramSettings,
        generator: np.random.Generator,
        device: torch.device | str = "cpu",
    ):
        self.settings = settings
        size, window, blocks = settings.block_size, settings.window, settings.blocks
        keep = keep_probabilities(text.counts, settings.subsample).astype(np.float32)
        kept = generator.random(len(text.ids), np.float32) < keep[text.ids]
        left, right = reaches(text.sentences[kept], window, generator)
        self.steps = -(-len(left) // (size * blocks))
        missing = self.steps * size * blocks - len(left)

        def tensor(array: np.ndarray, before: int, after: int) -> torch.Tensor:
            return torch.from_numpy(np.pad(array, (before, after))).to(device)

        self._ids = tensor(text.ids[kept].astype(np.int64), window, window + missing)
        # A window is one of (window + 1)², and its pattern of ones and zeros is looked up.
        self._windows = tensor(left * (window + 1) + right, 0, missing)
        self._patterns = torch.from_numpy(_patterns(window)).to(device)
        weight = (left + right) * np.float32(settings.negatives / settings.block_noise)
        self._weights = tensor(weight.astype(np.float32), 0, missing).view(-1, blocks, size, 1)
        table = noise_table(noise_probabilities(text.counts, settings.noise_power), generator)
        drawn = generator.integers(len(table), size=(self.steps, blocks, settings.block_noise))
        self._noise = torch.from_numpy(table[drawn].astype(np.int64)).to(device)
        self._samples = [torch.from_numpy(s).to(device) for s in _samples(settings)]

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, i: int) -> Batch:
        if not 0 <= i < self.steps:
            raise IndexError(f"batch {i} of {self.steps}")
        size, window, blocks = (
            self.settings.block_size,
            self.settings.window,
            self.settings.blocks,
        )
        places = size * blocks
        here = self._ids[i * places : (i + 1) * places + 2 * window]
        near = here.unfold(0, size + 2 * window, size)  # (blocks, size + 2 window)
        windows = self._windows[i * places : (i + 1) * places]
        return Batch(
            centres=here[window : window + places].view(blocks, size),
            others=torch.cat((near, self._noise[i]), dim=1),
            met=self._patterns.index_select(0, windows).view(blocks, size, -1),
            noise_weight=self._weights[i],
            centre_samples=self._samples[0],
            other_samples=self._samples[1],
        )


def _patterns(window: int) -> np.ndarray:
    """Row left * (window + 1) + right has a 1.0 for each place in such a window."""
    reach = np.arange(window + 1)[:, None]
    away = np.arange(-window, window + 1)
    to_left, to_right = (away < 0) & (away >= -reach), (away > 0) & (away <= reach)
    patterns = to_left[:, None] | to_right  # (window + 1, window + 1, 2 window + 1)
    return patterns.reshape(-1, len(away)).astype(np.float32)


def _samples(settings: SkipGramSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return how many samples a centre, and each of a block's others, stands for on average."""
    size, window, blocks = settings.block_size, settings.window, settings.blocks
    pairs = window + 1  # of a centre: to either side (1 + ... + window) / window on average
    centre = np.full((blocks, size), pairs * (1 + settings.negatives), np.float32)
    others = np.full((blocks, size + 2 * window + settings.block_noise), 0, np.float32)
    others[:, : size + 2 * window] = pairs * size / (size + 2 * window)
    others[:, size + 2 * window :] = pairs * size * settings.negatives / settings.block_noise
    return centre, others
