"""How 07-loop is checked: its five parts, against the reference, and at last on newsroom."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import nn

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb07.loop_reference import (
    TRAINING,
    Watched,
    batches_of,
    cases,
    fitted,
    mean_loss,
    measured,
    one_epoch,
    runs,
)
from helpers.exercises.plain import as_array
from helpers.sources import corpora, published_vectors
from helpers.text.batches import pad
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary
from helpers.vectors.word_vectors import matrix_for

ACCURACY = 0.95  # what `solved` must reach on newsroom's validation part
CLOSE = 1e-4


def _loop(make: Callable, W: np.ndarray, b: np.ndarray, rate: float = 1.0) -> tuple:
    model = Watched(W, b)
    return model, make(model, torch.optim.SGD(model.parameters(), lr=rate))


def _its(loop: object, model: Watched) -> Watched:
    """Return the loop's model, which may be another by now, or the one that it was given."""
    own = getattr(loop, "model", None)
    return own if isinstance(own, Watched) else model


def _begun(answer: Answer) -> Answer:
    """Return the answer once it has given something, so that `...` is a part left out."""
    W, b, X, labels, size, rate = cases()[0].inputs
    answer.using(lambda make: _loop(make, W, b, rate)[1].epoch(batches_of(X, labels, size)))
    return answer


def _told(what: str, *given: object, **more: object) -> None:
    try:
        against(*given, tolerance=CLOSE, **more)
    except Diagnosis as found:
        raise Diagnosis(f"{what}. {found}") from None


def part_1(answer: Answer) -> None:
    """One epoch: the loss that it returns, and the weights after it."""

    def after(what: str) -> Callable:
        def way(make, W, b, X, labels, size, rate):
            model, loop = _loop(make, W, b, rate)
            model.eval()  # as evaluate leaves it
            loss = loop.epoch(batches_of(X, labels, size))
            return loss if loss is ... or what == "loss" else getattr(model, what)

        return way

    def ways(of: Callable) -> dict:
        return {
            "optimizer.step() is missing, or the gradients are set to zero before it": lambda *a: (
                of(*one_epoch(*a, still=True))
            ),
            "optimizer.zero_grad() is missing: backward() adds to the gradients that are there": (
                lambda *a: of(*one_epoch(*a, zero=False))
            ),
            "there is one step an epoch; take one for each batch": (
                lambda *a: of(*one_epoch(*a, at_end=True)),
                lambda *a: of(*one_epoch(*a, at_end=True, zero=False)),
            ),
            "model.train() is missing; this model, like dropout, is another in training": (
                lambda *a: of(*one_epoch(*a, scale=1))
            ),
            "the step goes up the loss": lambda *a: of(*one_epoch(*a[:5], -a[5])),
        }

    mistakes = ways(lambda W, b, losses: mean_loss(losses)) | {
        "that is the mean of the batch means; a short last batch must count for less": (
            lambda *a: float(np.mean([loss for loss, _ in one_epoch(*a)[2]]))
        ),
        "that is the loss of the last batch": lambda *a: one_epoch(*a)[2][-1][0],
        "that is the loss of the first batch": lambda *a: one_epoch(*a)[2][0][0],
        "that is the sum over the texts; divide by their number": (
            lambda *a: mean_loss(one_epoch(*a)[2]) * len(a[2])
        ),
        "that is the sum of the batch means": (
            lambda *a: float(np.sum([loss for loss, _ in one_epoch(*a)[2]]))
        ),
        "that is the loss after the epoch; each batch's is meant as it was before its step": (
            lambda *a: measured(*one_epoch(*a)[:2], *a[2:4])[0],
            lambda *a: measured(*one_epoch(*a)[:2], *a[2:4], TRAINING)[0],
        ),
    }
    _told(
        "The loss that epoch returns",
        answer.through(after("loss")),
        lambda *a: mean_loss(one_epoch(*a)[2]),
        cases(),
        mistakes=mistakes,
    )
    for place, name in enumerate("Wb"):
        _told(
            f"{name} after one epoch",
            _begun(answer).through(after(name)),
            lambda *a, i=place: one_epoch(*a)[i],
            cases(),
            mistakes=ways(lambda *found, i=place: found[i]),
        )


def _pair(found: object, place: int) -> object:
    if found is ... or found is None:
        return found
    if isinstance(found, tuple | list) and len(found) == 2:
        return found[place]
    kind = type(found).__name__
    raise Diagnosis(f"evaluate returns one {kind}; two numbers are asked for: loss, accuracy.")


def part_2(answer: Answer) -> None:
    """Loss and accuracy, exact with a short last batch, and nothing recorded or changed."""

    def way(make, W, b, X, labels, size, rate, place):
        model, loop = _loop(make, W, b, rate)
        model.train()  # as epoch leaves it
        found = _pair(loop.evaluate(batches_of(X, labels, size)), place)
        if found is not ... and model.recorded:
            raise Diagnosis("evaluate records gradients; put its loop under torch.no_grad().")
        if found is not ... and not torch.equal(model.W, Watched(W, b).W):
            raise Diagnosis("evaluate changes the weights; it should only look.")
        return found

    def by_batch(W, b, X, labels, size, rate) -> np.ndarray:
        cuts = range(0, len(X), size)
        return np.array([measured(W, b, X[i : i + size], labels[i : i + size]) for i in cuts])

    for place, name in enumerate(("loss", "accuracy")):
        mistakes = {
            "that is the mean of the batches' numbers; a short last batch must count for less": (
                lambda *a, i=place: by_batch(*a).mean(axis=0)[i]
            ),
            "that is the last batch's": lambda *a, i=place: by_batch(*a)[-1, i],
            "model.eval() is missing; this model, like dropout, is another in training": (
                lambda *a, i=place: measured(*a[:4], TRAINING)[i]
            ),
            "that is a sum over the texts; divide by their number": (
                lambda *a, i=place: measured(*a[:4])[i] * len(a[2])
            ),
            "a share is asked for, not per cent": lambda *a, i=place: measured(*a[:4])[i] * 100,
            "that is the share of errors": lambda *a, i=place: 1 - measured(*a[:4])[i],
        }
        _told(
            f"The {name}",
            _begun(answer).through(lambda *a, i=place: way(*a, i)),
            lambda *a, i=place: measured(*a[:4])[i],
            cases(),
            mistakes=mistakes,
        )


def part_3(answer: Answer) -> None:
    """How long fit runs, and which weights it leaves."""

    def way(make, W, b, X, labels, size, rate, held, truth, epochs, patience, what):
        model, loop = _loop(make, W, b, rate)
        train, validation = batches_of(X, labels, size), batches_of(held, truth, 3)
        losses = loop.fit(train, validation, epochs, patience)
        if losses is ... or losses is None:
            return losses
        return as_array(losses) if what == "losses" else getattr(_its(loop, model), what)

    def stopped(*a: object, later: int = 0, **how: object) -> np.ndarray:
        return np.array(fitted(*a[:9], a[9] + later, **how)[0])

    mistakes = {
        "it runs one epoch too long: stop after `patience` epochs without a new lowest loss": (
            lambda *a: stopped(*a, later=1)
        ),
        "it stops one epoch too early": lambda *a: stopped(*a, later=-1),
        "it never stops early": lambda *a: stopped(*a, later=1000),
        "the epochs without a new lowest loss must be in a row; start to count anew after one": (
            lambda *a: stopped(*a, total=True)
        ),
        "the validation part is to be measured after each epoch, not before": (
            lambda *a: stopped(*a, first=True)
        ),
        "you seem to go by accuracy; here the lowest loss is asked for": (
            lambda *a: stopped(*a, by=lambda loss, accuracy: (-accuracy, loss)),
            lambda *a: stopped(*a, by=lambda loss, accuracy: -accuracy),
        ),
    }
    _told(
        "The validation losses that fit returns",
        _begun(answer).through(lambda *a: way(*a, "losses")),
        lambda *a: np.array(fitted(*a)[0]),
        runs(),
        mistakes=mistakes,
        read=_as_long,
    )
    for place, name in enumerate("Wb"):

        def at(epoch: Callable, *a: object, i: int = place) -> np.ndarray:
            losses, weights = fitted(*a)
            return weights[epoch(losses)][i]

        mistakes = {
            "those are the last epoch's weights. Keep those of the lowest validation loss, as a "
            "copy: state_dict() hands out the tensors that the next step changes": (
                lambda *a, at=at: at(lambda losses: -1, *a)
            ),
            "those are the weights of the highest validation loss": (
                lambda *a, at=at: at(np.argmax, *a)
            ),
            "those are the first weights": lambda *a, i=place: a[i],
        }
        _told(
            f"{name} after fit",
            _begun(answer).through(lambda *a, n=name: way(*a, n)),
            lambda *a, at=at: at(np.argmin, *a),
            runs(),
            mistakes=mistakes,
        )


def _as_long(result: object, expected: np.ndarray) -> np.ndarray:
    found = as_array(result)
    if found.shape != expected.shape:
        raise _Length(found, expected)
    return found


class _Length(Diagnosis):
    def __init__(self, found: np.ndarray, expected: np.ndarray) -> None:
        shown = ", ".join(f"{loss:.3f}" for loss in np.ravel(found)[:12])
        super().__init__(
            f"You return {found.size} losses ({shown}); this run has {expected.size} epochs."
        )


def part_4(answer: Answer) -> None:
    """Weights written by one loop and read by another, from a file without code."""

    def way(make, W, b, X, labels, size, rate, name):
        first, writer = _loop(make, W, b)
        second, reader = _loop(make, W * 0, b * 0)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "weights"
            if writer.save(path) is ...:
                return ...
            if not path.is_file():
                raise Diagnosis("save writes no file at the path it is given.")
            _check_file(path)
            if reader.load(path) is ...:
                return ...
        found = getattr(_its(reader, second), name)
        return found if torch.equal(first.W, Watched(W, b).W) else first.W

    for place, name in enumerate("Wb"):
        _told(
            f"{name} after load",
            _begun(answer).through(lambda *a, n=name: way(*a, n)),
            lambda *a, i=place: a[i],
            cases(),
            mistakes={"load leaves the model's weights as they are": lambda *a, i=place: a[i] * 0},
        )


def _check_file(path: Path) -> None:
    try:
        safetensors.torch.load_file(path)
    except Exception:
        try:
            torch.load(path, weights_only=True)
        except Exception:
            raise Diagnosis(
                "The file can be read neither by safetensors nor by torch.load(weights_only=True). "
                "If you saved the whole model, save its state_dict() instead: bare numbers."
            ) from None


@cache
def newsroom() -> tuple:
    """Return ids and labels of training and validation part, and GloVe's vectors for the ids."""
    corpus = corpora.load("newsroom")
    tokens = [[simple_tokens(text) for text in p.texts] for p in (corpus.train, corpus.validation)]
    vocabulary = Vocabulary.from_tokens(tokens[0] + tokens[1])  # GloVe knows words of both
    vectors, _ = matrix_for(published_vectors.load("glove-6b-50d"), vocabulary)
    train, validation = (
        (torch.tensor(pad([vocabulary.ids(words) for words in part])[0]), torch.tensor(p.labels))
        for part, p in zip(tokens, (corpus.train, corpus.validation), strict=True)
    )
    return train, validation, torch.tensor(vectors, dtype=torch.float32)


def part_5(answer: Answer) -> None:
    """A model of the learner's own, trained on newsroom, and on another question about it."""
    train, validation, vectors = newsroom()
    questions = {
        "newsroom": lambda labels: labels,
        "the question whether a text is entertainment": lambda labels: (labels == 0) * 1,
    }
    for name, change in questions.items():
        truth = change(validation[1]).numpy()

        def solved(
            make: Callable, train: tuple, validation: tuple, vectors: torch.Tensor
        ) -> object:
            before = vectors.clone()
            model = make.solved(train, validation, vectors)
            if model is ...:
                return ...
            if not torch.equal(before, vectors):
                raise Diagnosis("`solved` changes `vectors`; start from `vectors.clone()`.")
            if not isinstance(model, nn.Module):
                raise Diagnosis(f"solved returns a {type(model).__name__}; a model is asked for.")
            with torch.no_grad():
                scores = model.eval()(validation[0])
            given, due = scores.shape[-1], int(train[1].max()) + 1
            if scores.ndim == 2 and given != due:
                raise Diagnosis(
                    f"This call has {due} classes and your model gives {given} scores a text. Take "
                    f"the number of classes from `train`; don't fix {given} in your code."
                )
            return scores.numpy()

        given = (train[0], change(train[1])), (validation[0], change(validation[1])), vectors
        scores = as_array(
            _begun(answer).through(solved).result(*given), (len(truth), int(truth.max()) + 1)
        )
        share = float(np.mean(scores.argmax(axis=1) == truth))
        if share < ACCURACY:
            raise Diagnosis(
                f"For {name} your model classifies {share:.0%} of the validation texts correctly; "
                f"{ACCURACY:.0%} are asked for. Train longer or at a larger rate, start from the "
                "vectors and leave them as they are, and leave padding out of the mean."
            )


PARTS = (part_1, part_2, part_3, part_4, part_5)
