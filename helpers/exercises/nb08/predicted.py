"""08-predicted: three numbers about symptoms, committed before they are measured."""

from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb08.repair_check import Batch, newsroom
from helpers.exercises.predictions import compared, shares
from helpers.sources import corpora
from helpers.text.batches import pad
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary

NEAR = (0.1, 0.15, 0.04)  # how far each prediction may be off
QUESTIONS = (
    (
        "the accuracy with a vocabulary of its own",
        "Nearly every id now names another word than it did in training, so the network reads a "
        "text of random words, and guesses. No error says so, for all ids exist",
    ),
    (
        "the share of training texts with shuffled labels",
        "Each text has words of its own, and a vector for each of them is enough to learn any "
        "label by rote. On validation it is a third, as guessing is. So a training accuracy "
        "proves nothing, and a validation accuracy that stayed high would prove a leak",
    ),
    (
        "the best of twenty",
        "A share of 100 guesses varies by about 0.05 around 1/3, and the largest of twenty lies "
        "nearly two such steps up, though nobody knows anything",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers: means over three seeds, three seeds, and 2,000 draws."""
    batches, _, words = newsroom()
    with torch.random.fork_rng(devices=[]):
        own = float(np.mean([_with_own_vocabulary(seed) for seed in range(3)]))
        shuffled = []
        for seed in range(3):
            pairs = _shuffled(batches, seed)
            shuffled.append(_share(_trained(pairs, words, seed, epochs=40), pairs))
    guesses = np.random.default_rng(0).binomial(100, 1 / 3, size=(2_000, 20))
    return own, float(np.mean(shuffled)), float(guesses.max(axis=1).mean() / 100)


def _trained(batches: list[Batch], words: int, seed: int, epochs: int = 20) -> nn.Module:
    """Return averaged word vectors with one layer, trained by Adam."""
    torch.manual_seed(seed)
    vectors = nn.EmbeddingBag(words, 50, mode="mean", padding_idx=0)
    vectors.weight.data *= 0.1
    network = nn.Sequential(vectors, nn.Linear(50, 3))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for ids, labels in batches * epochs:
        loss = functional.cross_entropy(network(ids), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


def _share(network: nn.Module, batches: list[Batch]) -> float:
    right = sum((network(ids).argmax(dim=1) == labels).sum().item() for ids, labels in batches)
    return right / sum(len(labels) for _, labels in batches)


def _with_own_vocabulary(seed: int) -> float:
    """Return the validation accuracy if that part's ids come from a vocabulary of its own."""
    batches, _, words = newsroom()
    part = corpora.load("newsroom").validation
    texts = list(map(simple_tokens, part.texts))
    own = Vocabulary.from_tokens(texts)
    ids = torch.from_numpy(pad([own.ids(text) for text in texts])[0])
    return _share(_trained(batches, words, seed), [(ids, torch.tensor(part.labels))])


def _shuffled(batches: list[Batch], seed: int) -> list[Batch]:
    every = torch.cat([labels for _, labels in batches])
    order = torch.randperm(len(every), generator=torch.Generator().manual_seed(seed))
    mixed = every[order].split([len(labels) for _, labels in batches])
    return [(ids, labels) for (ids, _), labels in zip(batches, mixed, strict=True)]


PREDICTED = Exercise(
    name="08-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that is off. A prediction that misses is no mistake: it shows you where your picture differs
from the program.

1. A network of averaged word vectors is trained on newsroom and classifies 87 % of the validation
   texts correctly. Then somebody makes the validation part's ids with **a vocabulary of its own**,
   counted on that part alone. What is the validation **accuracy** now (within 0.1)?
2. Newsroom's **training labels are shuffled**, so no text says anything about its label. The same
   network is trained on them for forty epochs. What **share of the training texts** does it
   classify "correctly", that is, as the shuffled labels say (within 0.15)?
3. **Twenty** programs guess among three classes at random, on a test part of **100** texts. The one
   with the best accuracy is reported. What is its **accuracy**, on average (within 0.04)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.8, 0.5, 0.5]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [accuracy, share of the training texts, accuracy of the best]
""",
    hints=(
        "For the first: which words do the ids 40 and 900 name in training, and which in "
        "validation? For the third: the share of 100 guesses has a standard deviation of about "
        "0.05.",
        "For the first, the text that the network reads has nothing to do with the text that was "
        "written. For the second, it has many more weights than there are texts. The largest of "
        "twenty draws lies nearly two standard deviations above the mean.",
    ),
    solution="""
# 1. About a third: nearly all ids name other words than in training, so that is guessing.
# 2. Nearly all: 342 texts have some 2,600 words, and a word that only one text has gives it away.
# 3. 1/3 plus nearly two standard deviations of sqrt(1/3 * 2/3 / 100) = 0.047.
predicted = [0.33, 1.0, 0.42]
# Instead of reasoning you could simulate: the third is one line with numpy's binomial.
""",
    stages={
        "shape": shares(what="each of the three"),
        "values": compared(measured, QUESTIONS, NEAR),
    },
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("0.33, 1.0, 0.42", "0.33, 1.0"), fails="shape"),
        Wrong("writes per cent", "write 30 % as 0.3", ("0.42]", "42]"), fails="shape"),
        Wrong("gives a negative share", "between 0 and 1", ("[0.33", "[-0.33"), fails="shape"),
        Wrong("expects no loss", "names another word", ("[0.33", "[0.87")),
        Wrong("expects half of it", "names another word", ("[0.33", "[0.5")),
        Wrong("expects nothing", "names another word", ("[0.33", "[0.0")),
        Wrong("expects guessing", "by rote", (", 1.0,", ", 0.333,")),
        Wrong("expects a half", "by rote", (", 1.0,", ", 0.5,")),
        Wrong("expects a third of the best", "two such steps", ("0.42]", "0.333]")),
        Wrong("expects half of the best", "two such steps", ("0.42]", "0.5]")),
        Wrong("takes one step", "two such steps", ("0.42]", "0.375]")),
    ),
    right=(
        Right("as a tuple", code="predicted = (0.3, 0.98, 0.42)"),
        Right(
            "as an array",
            code="import numpy as np\npredicted = np.array([1 / 3, 1, 1 / 3 + 1.87 * 0.047])",
        ),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.28, 0.95, 0.43])"),
        Right(
            "simulated",
            code="import numpy as np\nbest = np.random.default_rng(1).binomial(100, 1 / 3, "
            "(900, 20)).max(1).mean()\npredicted = [0.33, 0.97, best / 100]",
        ),
    ),
    shows="Measured: a third with a vocabulary of its own, nearly all shuffled labels learned by "
    "rote, and 0.42 for the luckiest of twenty guessers.",
)
