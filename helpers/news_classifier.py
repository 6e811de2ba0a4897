"""A news classifier from texts to predictions: the pieces of the course put together once.

Notebook 07 builds it cell by cell; notebook 00, the ladder and the benchmark call it. Leaves
every piece to its own room: words to ``text`` and ``vectors``, the network to ``models``, the
steps to ``loop``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from helpers.models.classifiers import PooledClassifier
from helpers.sources import published_vectors
from helpers.text.batches import TextDataset, loader, pad
from helpers.text.labelled_texts import Corpus, Split
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary
from helpers.training.device import choose_device
from helpers.training.loop import History, TrainSettings, evaluate, train
from helpers.vectors import word_vectors
from helpers.vectors.word_vectors import WordVectors

# Chosen on validation parts: TRAINED on that of R8, as notebook 07 shows; FROZEN on that of
# newsroom. Where vectors are trained, GloVe's numbers are scaled down first, so that what is
# learned soon outweighs what was loaded.
TRAINED = TrainSettings(
    epochs=10, learning_rate=0.03, weight_decay=0.0, clip_norm=None, schedule="linear"
)
FROZEN = replace(TRAINED, epochs=30, learning_rate=0.01)
VECTOR_SCALE = 0.1
WORD_DROPOUT = 0.5
BATCH_SIZE = 128
FROZEN_BATCH_SIZE = 32  # a few hundred texts are few batches
FROZEN_EXTRA_WORDS = 100_000  # of the vectors' most frequent, beside those of the training part
MAX_LENGTH = 400  # words; few news items are longer, and what matters stands first


@dataclass(frozen=True)
class NewsClassifier:
    """A trained network with all that it needs to read a new text."""

    model: nn.Module
    vocabulary: Vocabulary
    label_names: list[str]
    tokenize: Callable[[str], list[str]]
    max_length: int

    @torch.inference_mode()
    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each class for each text, shape (texts, classes)."""
        device = next(self.model.parameters()).device
        sequences = [self.vocabulary.ids(self.tokenize(text)) for text in texts]
        ids, lengths = (torch.from_numpy(a).to(device) for a in pad(sequences, 0, self.max_length))
        return torch.softmax(self.model.eval()(ids, lengths).float(), dim=1).cpu().numpy()

    def classify(self, text: str) -> tuple[str, float]:
        """Return the most probable class of one text and its probability."""
        row = self.probabilities([text])[0]
        return self.label_names[int(row.argmax())], float(row.max())


def encode(
    split: Split,
    vocabulary: Vocabulary,
    tokenize: Callable[[str], list[str]] = simple_tokens,
    max_length: int = MAX_LENGTH,
) -> TextDataset:
    """Turn a part of a corpus into ids and labels, ready for a loader."""
    sequences = [vocabulary.ids(tokenize(text)) for text in split.texts]
    return TextDataset(sequences, split.labels, max_length=max_length)


def fit_pooled(
    corpus: Corpus,
    seed: int = 0,
    *,
    vectors: WordVectors | None = None,
    settings: TrainSettings | None = None,
    train_vectors: bool = True,
    tokenize: Callable[[str], list[str]] = simple_tokens,
    device: str | torch.device | None = None,
    pairs: int = 0,
) -> tuple[NewsClassifier, History]:
    """Train the pooled classifier on a corpus's training part.

    Parameters
    ----------
    corpus
        The best epoch is chosen on its validation part; without one (no texts in it) the last
        weights are kept. The test part is not looked at.
    seed
        For the first weights, the order of the texts and the words left out.
    vectors
        Word vectors to begin with; None loads GloVe.
    settings, device
        As ``train`` takes them; the seed of the settings is replaced by ``seed``. None takes
        the course's own, which fit ``train_vectors``.
    train_vectors
        True for thousands of texts. With a few hundred, False is better: the vectors stay as
        they are, and words that the training texts lack still mean something.
    tokenize
        Cuts a text into lower-case words.
    pairs
        How many vectors word pairs share; 0 for none.
    """
    device = choose_device(device)
    vectors = published_vectors.load("glove-6b-50d") if vectors is None else vectors
    tokens = [tokenize(text) for text in corpus.train.texts]
    extra = [] if train_vectors else [list(vectors.words[:FROZEN_EXTRA_WORDS])]
    vocabulary = Vocabulary.from_tokens(tokens + extra)
    matrix, _ = word_vectors.matrix_for(vectors, vocabulary, seed=seed)
    torch.manual_seed(seed)
    model = PooledClassifier(
        matrix * (VECTOR_SCALE if train_vectors else 1.0),
        classes=len(corpus.label_names),
        word_dropout=WORD_DROPOUT if train_vectors else 0.0,
        train_vectors=train_vectors,
        pairs=pairs,
    )
    sequences = [vocabulary.ids(words) for words in tokens]
    dataset = TextDataset(sequences, corpus.train.labels, max_length=MAX_LENGTH)
    batch_size = BATCH_SIZE if train_vectors else FROZEN_BATCH_SIZE
    batches = loader(dataset, batch_size, shuffle=True, seed=seed, device=device)
    settings = replace(settings or (TRAINED if train_vectors else FROZEN), seed=seed)
    validation = None
    if len(corpus.validation):
        held_out = encode(corpus.validation, vocabulary, tokenize)
        validation = loader(held_out, 4 * BATCH_SIZE, device=device)
    history = train(model, batches, validation, settings, device=device)
    fitted = NewsClassifier(model, vocabulary, corpus.label_names, tokenize, MAX_LENGTH)
    return fitted, history


def predictions(fitted: NewsClassifier, split: Split) -> np.ndarray:
    """Return the predicted class of each text of a part, shape (texts,)."""
    dataset = encode(split, fitted.vocabulary, fitted.tokenize, fitted.max_length)
    device = next(fitted.model.parameters()).device
    result = evaluate(fitted.model, loader(dataset, 4 * BATCH_SIZE, device=device), device)
    return np.asarray(result.predictions)
