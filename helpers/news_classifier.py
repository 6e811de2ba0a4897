"""A news classifier from texts to predictions: the pieces of the course put together once.

Notebook 07 builds it cell by cell; notebook 00, the ladder and the benchmark call it. Leaves
every piece to its own room: words to ``text`` and ``vectors``, the network to ``models``, the
steps to ``loop``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import nn

from helpers.models.classifiers import PooledClassifier
from helpers.sources import published_vectors
from helpers.text.bags import BagDataset, with_pairs
from helpers.text.batches import TextDataset, loader
from helpers.text.labelled_texts import Corpus, Split
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary
from helpers.training.device import choose_device
from helpers.training.loop import History, TrainSettings, evaluate, train
from helpers.training.rows import one_thread, row_descent
from helpers.vectors import word_vectors
from helpers.vectors.word_vectors import WordVectors

# Chosen on validation parts: TRAINED on those of R8, R52 and 20 Newsgroups, FROZEN on that of
# newsroom. Where vectors are trained, GloVe's numbers are scaled down first, so that what is
# learned soon outweighs what was loaded.
TRAINED = TrainSettings(
    epochs=5, learning_rate=0.01, weight_decay=0.0, clip_norm=None, schedule="linear"
)
ROW_RATE = 1.5  # learning rate of the word vectors, where they are trained, a text of the batch
FROZEN = replace(TRAINED, epochs=30)
VECTOR_SCALE = 0.1
WORD_DROPOUT = 0.5  # where a plain mean's vectors are trained
BATCH_SIZE = 128
STEPS = 40  # an epoch, at least: fewer texts come in smaller batches
FROZEN_BATCH_SIZE = 32
FROZEN_EXTRA_WORDS = 100_000  # of the vectors' most frequent, beside those of the training part
MAX_LENGTH = 400  # words, where texts are padded; what matters stands first


@dataclass(frozen=True)
class NewsClassifier:
    """A trained network with all that it needs to read a new text.

    ``pairs`` is how many vectors word pairs share; they follow those of the vocabulary.
    """

    model: nn.Module
    vocabulary: Vocabulary
    label_names: list[str]
    tokenize: Callable[[str], list[str]] = simple_tokens
    pairs: int = 0

    def bags(self, texts: Sequence[str], labels: Sequence[int] | None = None) -> BagDataset:
        """Return texts as the network reads them; unknown words are left out."""
        sequences = _ids([self.tokenize(text) for text in texts], self.vocabulary, self.pairs)
        return BagDataset(sequences, [0] * len(texts) if labels is None else labels)

    @torch.inference_mode()
    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each class for each text, shape (texts, classes)."""
        device = next(self.model.parameters()).device
        inputs, _ = self.bags(texts)[range(len(texts))]
        scores = self.model.eval()(*(part.to(device) for part in inputs))
        return torch.softmax(scores.float(), dim=1).cpu().numpy()

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
    """Turn a part of a corpus into ids and labels for padded batches."""
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
    batch_size: int | None = None,
) -> tuple[NewsClassifier, History]:
    """Train the pooled classifier on a corpus's training part.

    Parameters
    ----------
    corpus
        The best epoch is chosen on its validation part; without one (no texts in it) the last
        weights are kept. The test part is not looked at.
    seed
        For the first weights and the order of the texts.
    vectors
        Word vectors to begin with; None loads GloVe.
    settings, device
        As ``train`` takes them; the seed of the settings is replaced by ``seed``. None takes
        the course's own, which fit ``train_vectors``.
    train_vectors
        True for thousands of texts: words weigh by TF-IDF, and their vectors learn. With a few
        hundred, False is better: the vectors stay as they are, a text is their plain mean, and
        words that the training texts lack still mean something.
    tokenize
        Cuts a text into lower-case words.
    pairs
        How many vectors word pairs share; 0 for none. Needs ``train_vectors``.
    batch_size
        Texts of a step; None takes the course's own.
    """
    if pairs and not train_vectors:
        raise ValueError("word pairs have no vectors to begin with; use train_vectors=True")
    device = choose_device(device)
    vectors = published_vectors.load("glove-6b-50d") if vectors is None else vectors
    tokens = [tokenize(text) for text in corpus.train.texts]
    extra = [] if train_vectors else [list(vectors.words[:FROZEN_EXTRA_WORDS])]
    vocabulary = Vocabulary.from_tokens(tokens + extra)
    matrix, _ = word_vectors.matrix_for(vectors, vocabulary, seed)
    sequences = _ids(tokens, vocabulary, pairs)
    dataset = BagDataset(sequences, corpus.train.labels)
    torch.manual_seed(seed)
    if train_vectors:
        unlearned = np.zeros((pairs, vectors.dimensions), np.float32)
        matrix = np.concatenate([matrix * VECTOR_SCALE, unlearned])
    model = PooledClassifier(
        matrix,
        classes=len(corpus.label_names),
        train_vectors=train_vectors,
        rarity=dataset.inverse_document_frequencies(len(matrix)) if train_vectors else None,
        sparse=train_vectors and device.type != "mps",  # which has no such gradients
    )
    if batch_size is None and train_vectors:
        batch_size = min(max(len(dataset) // STEPS, 8), BATCH_SIZE)
    batch_size = batch_size or FROZEN_BATCH_SIZE
    batches = loader(dataset, batch_size, shuffle=True, seed=seed, device=device)
    settings = replace(settings or (TRAINED if train_vectors else FROZEN), seed=seed)
    fitted = NewsClassifier(model, vocabulary, corpus.label_names, tokenize, pairs)
    validation = None
    if len(corpus.validation):
        held_out = fitted.bags(corpus.validation.texts, corpus.validation.labels)
        validation = loader(held_out, 4 * BATCH_SIZE, device=device)
    optimizer = None
    if train_vectors:
        rates = {"rate": settings.learning_rate, "row_rate": ROW_RATE * batch_size}
        optimizer = partial(row_descent, **rates)
    with one_thread():
        history = train(model, batches, validation, settings, optimizer=optimizer, device=device)
    return fitted, history


def predictions(fitted: NewsClassifier, split: Split) -> np.ndarray:
    """Return the predicted class of each text of a part, shape (texts,)."""
    dataset = fitted.bags(split.texts, split.labels)
    device = next(fitted.model.parameters()).device
    result = evaluate(fitted.model, loader(dataset, 4 * BATCH_SIZE, device=device), device)
    return np.asarray(result.predictions)


def _ids(tokens: Sequence[Sequence[str]], vocabulary: Vocabulary, pairs: int) -> list[list[int]]:
    sequences = [vocabulary.ids(words) for words in tokens]
    if pairs:
        sequences = [with_pairs(ids, len(vocabulary), pairs) for ids in sequences]
    return sequences
