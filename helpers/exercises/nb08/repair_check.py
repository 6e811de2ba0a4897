"""How 08-repair is checked: by what the class does, part by part.

ids are int64 (texts, words), padded with 0; labels int64 (texts,); a batch is (ids, labels).
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_array, as_number, plain
from helpers.sources import corpora
from helpers.text.batches import pad
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary

WANTED, SEEDS = 0.8, range(3)  # validation accuracy on newsroom, for each seed
LEARNED = 0.05  # the loss on one batch, after learning it
Batch = tuple[torch.Tensor, torch.Tensor]


def batch(seed: int, texts: int = 9, words: int = 5, known: int = 20) -> Batch:
    """Return random ids without padding and labels that take turns."""
    random = torch.Generator().manual_seed(seed)
    return torch.randint(1, known, (texts, words), generator=random), torch.arange(texts) % 3


def scores(network: nn.Module, ids: torch.Tensor) -> np.ndarray:
    """Return what the network says of texts, checked for its shape."""
    with torch.no_grad():
        return as_array(plain(network(ids)), (len(ids), 3))


def within(answer: Answer, look: Callable[[Callable], object]) -> None:
    """Run ``look`` with the learner's class, which draws from a generator of its own."""

    def run(program: Callable) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(8)
            look(program)

    answer.using(run)


def part_1(answer: Answer) -> None:
    """The same scores twice in evaluation mode; dropout in training mode."""

    def look(program: Callable) -> None:
        network, (ids, _) = program(20, 3), batch(1)
        first, second = (scores(network.eval(), ids) for _ in range(2))
        if not np.allclose(first, second, atol=1e-5):
            raise Diagnosis(
                "In evaluation mode the same text gets two different scores, "
                f"{show(first[0])} and then {show(second[0])}. What is drawn at random, and who "
                "tells it that training is over?"
            )
        first, second = (scores(network.train(), ids) for _ in range(2))
        if np.allclose(first, second, atol=1e-7):
            raise Diagnosis(
                "In training mode the scores are the same each time, so dropout is gone for good; "
                "it should be on while training and off in evaluation mode."
            )

    within(answer, look)


def part_2(answer: Answer) -> None:
    """Padding counts for nothing."""

    def look(program: Callable) -> None:
        network = program(20, 3).eval()
        for length in (3, 1, 7):
            ids, _ = batch(length, texts=2, words=length)
            alone, longer = (
                scores(network, functional.pad(ids, (0, more)))[0] for more in (0, 2 * length)
            )
            if not np.allclose(alone, longer, atol=1e-4):
                raise Diagnosis(_of_padding(network, ids, alone, longer))
        if not np.isfinite(plain(network(torch.zeros(2, 4, dtype=torch.int64)))).all():
            raise Diagnosis("A text without words gets scores that are NaN: 0 / 0.")

    within(answer, look)


def _of_padding(network: nn.Module, ids: torch.Tensor, alone, longer) -> str:
    said = (
        f"A text of {ids.shape[1]} words has the scores {show(alone)}. With "
        f"{2 * ids.shape[1]} padding ids behind it they are {show(longer)}. "
    )
    with torch.no_grad():
        network.vectors.weight[0] = 0
    short, long = (scores(network, functional.pad(ids, (0, more)))[0] for more in (0, 6))
    if np.allclose(short, long, atol=1e-4):
        return said + "The vector of padding is in the sum."
    return said + "The sum is divided by the padded length; count the real words."


def part_3(answer: Answer) -> None:
    """It learns one batch, with all its weights, from fresh gradients."""

    def look(program: Callable) -> None:
        network, (ids, labels) = program(20, 3), batch(3)
        before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
        network.learn([(ids, labels)], epochs=200)
        for name, weight in network.named_parameters():
            if torch.equal(weight, before[name]):
                raise Diagnosis(
                    f"After learn() the weight {name!r} is where it was before. Which weights "
                    "does the optimizer know?"
                )
        said = scores(network.eval(), ids)
        loss = functional.cross_entropy(torch.tensor(said), labels).item()
        if not loss < LEARNED:
            raise Diagnosis(_of_loss(loss, said))
        _fresh_gradients(program)

    within(answer, look)


def _of_loss(loss: float, said: np.ndarray) -> str:
    words = f"After 200 steps on one batch of nine texts the loss is {loss:.2f}"
    if np.allclose(said.sum(axis=1), 1, atol=1e-3) and (said >= 0).all():
        return (
            f"{words}. Each row of the scores sums to 1, so they are probabilities already; "
            "cross_entropy takes the softmax itself, and twice is too often. The least that three "
            "classes can reach is then 0.55."
        )
    return f"{words}; it should be below {LEARNED}. Do gradient and step follow each other?"


def _fresh_gradients(program: Callable) -> None:
    network = program(20, 3)
    ones, twos = (torch.full((3, 2), word) for word in (5, 6))
    labels = torch.arange(3)
    network.learn([(ones, labels), (twos, labels)], epochs=1)
    left = network.vectors.weight.grad
    if left is not None and (left.to_dense() if left.is_sparse else left)[5].abs().max() > 1e-12:
        raise Diagnosis(
            "It learned one batch. But then a batch of word 5 is followed by one of word 6, and "
            "at the end word 5 still has a gradient: those of earlier steps are never cleared, so "
            "they add up."
        )


def part_4(answer: Answer) -> None:
    """The share of all texts, measured without dropout; the mode stays as it was."""

    def look(program: Callable) -> None:
        for seed in range(4):
            network = program(20, 3)
            whole = [batch(10 * seed + place, texts) for place, texts in enumerate((8, 8, 2))]
            parts = [(ids, _named(network, ids)) for ids, _ in whole]
            parts[-1] = parts[-1][0], (parts[-1][1] + 1) % 3  # the short batch is all wrong
            kept = {name: weight.clone() for name, weight in network.state_dict().items()}
            for training in (True, False):
                found = as_number(plain(network.train(training).accuracy(parts)))
                if not np.isclose(found, 16 / 18, atol=1e-4):
                    raise Diagnosis(_of_accuracy(found, network, parts))
                if network.training != training:
                    raise Diagnosis(
                        "accuracy() changes the mode of the network: it was in "
                        f"{'training' if training else 'evaluation'} mode before the call and "
                        "isn't afterwards."
                    )
            if any(not torch.equal(w, kept[name]) for name, w in network.state_dict().items()):
                raise Diagnosis("accuracy() changes the weights; it should only look.")

    within(answer, look)


def _named(network: nn.Module, ids: torch.Tensor) -> torch.Tensor:
    return torch.tensor(scores(network.eval(), ids).argmax(axis=1))


def _of_accuracy(found: float, network: nn.Module, parts: list[Batch]) -> str:
    said = f"16 of 18 texts are classified correctly, a share of 0.889; you return {found:.4g}"
    if np.isclose(found, 2 / 3, atol=1e-4):
        return (
            f"{said}. The batches have 8, 8 and 2 texts, and the short one is all wrong: that is "
            "the mean of the batches' shares, in which two texts count as much as eight."
        )
    if np.isclose(found, 16, atol=1e-3):
        return f"{said}, which is how many; divide by the number of texts."
    if np.isclose(found, 1600 / 18, atol=0.1):
        return f"{said}, a percentage."
    if len({float(network.train().accuracy(parts)) for _ in range(6)}) > 1:
        return f"{said}, and something else the next time: dropout is on while it measures."
    return f"{said}."


@cache
def newsroom() -> tuple[list[Batch], list[Batch], int]:
    """Return batches of the training and the validation part, and the number of words."""
    corpus = corpora.load("newsroom")
    texts = [list(map(simple_tokens, part.texts)) for part in (corpus.train, corpus.validation)]
    words = Vocabulary.from_tokens(texts[0])
    order = np.random.default_rng(0).permutation(len(texts[0]))
    parts = []
    for part, labels, places in (
        (texts[0], corpus.train.labels, order),
        (texts[1], corpus.validation.labels, np.arange(len(texts[1]))),
    ):
        parts.append([])
        for start in range(0, len(places), 32):
            chosen = places[start : start + 32]
            ids, _ = pad([words.ids(part[i]) for i in chosen])
            parts[-1].append((torch.from_numpy(ids), torch.tensor([labels[i] for i in chosen])))
    return *parts, len(words)


def part_5(answer: Answer) -> None:
    """Newsroom, from three seeds."""
    training, held_out, words = newsroom()

    for seed in SEEDS:

        def look(program: Callable, seed: int = seed) -> None:
            torch.manual_seed(seed)
            network = program(words, 3)
            network.learn(training)
            right = sum((_named(network, ids) == labels).sum().item() for ids, labels in held_out)
            share = right / sum(len(labels) for _, labels in held_out)
            if share < WANTED:
                raise Diagnosis(
                    f"Trained on newsroom from seed {seed}, it classifies {share:.0%} of the "
                    f"validation texts correctly; {WANTED:.0%} are asked for. How large are "
                    "the numbers of the first word vectors, beside what 342 texts add to them?"
                )
            said = as_number(plain(network.accuracy(held_out)))
            if not np.isclose(said, share, atol=1e-4):
                raise Diagnosis(f"accuracy() says {said:.3f} of newsroom; it is {share:.3f}.")

        within(answer, look)


PARTS = (part_1, part_2, part_3, part_4, part_5)
