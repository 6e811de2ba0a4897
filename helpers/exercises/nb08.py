"""Notebook 08's exercises: two losses to expect, weights without a gradient, a step in order."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.diagnosis import Diagnosis, NotAttempted
from helpers.exercises.exercise import Exercise, Wrong
from helpers.sources import corpora

LABELS = np.array([0, 0, 0, 0, 0, 0, 1, 1])


def _losses_shape(answer: Answer) -> None:
    answer.array(LABELS, 2, shape=(2,))


def _losses_values(answer: Answer) -> None:
    for labels, classes in ((LABELS, 2), (np.array([0, 1, 1, 3]), 4)):
        shares = np.bincount(labels, minlength=classes) / len(labels)
        there = shares[shares > 0]
        entropy = -(there * np.log(there)).sum()
        both = np.array([math.log(classes), entropy])
        mistakes = {
            "the second is the entropy of the classes' shares, not that of guessing evenly": (
                np.array([both[0], both[0]])
            ),
            "the two have changed places": both[::-1],
            "logarithms to the base 2 count bits; the loss is in nats, so take ln": (
                both / math.log(2)
            ),
            "the shares weigh the logarithms; a plain mean of -ln(share) is not it": (
                np.array([both[0], -np.log(there).mean()])
            ),
            "the second is the loss of always naming the largest class with its share": (
                np.array([both[0], -math.log(shares.max())])
            ),
            "the sign is turned round": -both,
        }
        given = f"For the labels {labels.tolist()} of {classes} classes"
        expect(answer.array(labels, classes, shape=(2,)), both, given, mistakes)


def _losses_real(answer: Answer) -> None:
    labels = np.array(corpora.load("reuters-r8").train.labels)
    shares = np.bincount(labels) / len(labels)
    due = np.array([math.log(8), -(shares * np.log(shares)).sum()])
    expect(answer.array(labels, 8, shape=(2,)), due, "For R8's training labels")


LOSSES = Exercise(
    name="08-losses",
    title="Two losses to expect",
    difficulty=2,
    minutes=10,
    prompt="""
Before training, the loss should be near $\\ln K$. The next stop is known beforehand, too: a network
that has learned *only how frequent the classes are*, and nothing about texts, gives every text the
shares of the classes as probabilities. Its mean loss is the entropy of the shares. A network that
stays there has not yet looked at a text. Return both numbers.
""",
    answer="expected_losses",
    starter='''
import numpy as np


def expected_losses(labels, classes):
    """Class numbers (texts,), how many classes -> (at the start, with the shares learned)."""
    return ...  # your turn
''',
    hints=(
        "np.bincount(labels, minlength=classes) counts the classes. What does a text of class k "
        "cost if its class gets the probability share_k, and how many such texts are there?",
        "The second is the sum over the classes of -share * ln(share); a class that does not occur "
        "adds nothing, though ln(0) is infinite.",
    ),
    solution="""
import numpy as np


def expected_losses(labels, classes):
    shares = np.bincount(labels, minlength=classes) / len(labels)
    shares = shares[shares > 0]
    return np.log(classes), -(shares * np.log(shares)).sum()
""",
    stages={"shape": _losses_shape, "values": _losses_values, "real data": _losses_real},
    wrong=(
        Wrong(
            "returns one",
            "expected shape (2,)",
            ("np.log(classes), -(shares", "-(shares"),
            fails="shape",
        ),
        Wrong(
            "takes the logarithm of 0",
            "expected finite numbers",
            ("    shares = shares[shares > 0]\n", ""),
        ),
        Wrong(
            "takes bits",
            "take ln",
            code="""
import numpy as np


def expected_losses(labels, classes):
    shares = np.bincount(labels, minlength=classes) / len(labels)
    shares = shares[shares > 0]
    return np.log2(classes), -(shares * np.log2(shares)).sum()
""",
        ),
        Wrong(
            "forgets to weigh",
            "a plain mean",
            ("-(shares * np.log(shares)).sum()", "-np.log(shares).mean()"),
        ),
        Wrong(
            "swaps them",
            "have changed places",
            (
                "np.log(classes), -(shares * np.log(shares)).sum()",
                "-(shares * np.log(shares)).sum(), np.log(classes)",
            ),
        ),
        Wrong(
            "guesses evenly twice",
            "not that of guessing evenly",
            ("-(shares * np.log(shares)).sum()", "np.log(classes)"),
        ),
    ),
    shows="Two milestones before any text was read: ln K, and the entropy of the classes.",
)


class _Faulty(nn.Module):
    """One layer cut off, one frozen, one multiplied by zero, one in order."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.cut, self.frozen = nn.Linear(4, 5), nn.Linear(5, 5)
        self.zero, self.last = nn.Linear(5, 5), nn.Linear(5, 3)
        self.frozen.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.frozen(self.cut(x).detach())
        return self.last(h + 0 * self.zero(h))


def _backward() -> nn.Module:
    model = _Faulty()
    functional.cross_entropy(model(torch.ones(6, 4)), torch.arange(6) % 3).backward()
    return model


def _names(answer: Answer, model: nn.Module) -> list[str]:
    got = answer.using(lambda named: named(model))  # a copy would lose the gradients
    if not isinstance(got, list | tuple | set) or not all(isinstance(n, str) for n in got):
        raise Diagnosis(f"You return {type(got).__name__}, expected a list of names.")
    return sorted(got)


def _silent_shape(answer: Answer) -> None:
    _names(answer, _backward())


def _silent_values(answer: Answer) -> None:
    due = ["cut.bias", "cut.weight", "frozen.bias", "frozen.weight", "zero.bias", "zero.weight"]
    got = _names(answer, _backward())
    if got == due:
        return
    if missing := sorted(set(due) - set(got)):
        kind = missing[0].split(".")[0]
        why = {
            "cut": "its grad is None: the loss does not reach it",
            "frozen": "its grad is None: it is frozen",
            "zero": "its grad is there and all zero",
        }[kind]
        raise Diagnosis(f"{missing[0]!r} is missing: {why}.")
    extra = sorted(set(got) - set(due))[0]
    raise Diagnosis(f"{extra!r} has a gradient that is not zero, and is in your list.")


def _silent_real(answer: Answer) -> None:
    torch.manual_seed(0)
    fine = nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.Linear(24, 3))
    functional.cross_entropy(fine(torch.tensor([[1, 2, 3]])), torch.tensor([1])).backward()
    if got := _names(answer, fine):
        raise Diagnosis(
            f"For a sound network with an embedding you name {got}. Three of its fifty rows have a "
            "gradient, so the weight as a whole has one."
        )


SILENT = Exercise(
    name="08-silent",
    title="Who learns nothing?",
    difficulty=2,
    minutes=10,
    prompt="""
After `loss.backward()`, return the names of all parameters of a network that will not learn: those
without a gradient, and those whose gradient is zero everywhere.
""",
    answer="silent_parameters",
    starter='''
def silent_parameters(model):
    """A network after backward() -> a list of names."""
    return ...  # your turn
''',
    hints=(
        "model.named_parameters() gives pairs of name and parameter; its gradient is .grad.",
        "A gradient that does not exist is None. Of one that exists, .any() says whether a number "
        "in it is not zero.",
    ),
    solution="""
def silent_parameters(model):
    return [
        name
        for name, weight in model.named_parameters()
        if weight.grad is None or not weight.grad.any()
    ]
""",
    stages={"shape": _silent_shape, "values": _silent_values, "real data": _silent_real},
    wrong=(
        Wrong(
            "counts them",
            "expected a list of names",
            code="def silent_parameters(model):\n    return 6",
            fails="shape",
        ),
        Wrong("forgets the zeros", "all zero", (" or not weight.grad.any()", "")),
        Wrong(
            "asks whether it is frozen",
            "the loss does not reach it",
            ("weight.grad is None or not weight.grad.any()", "not weight.requires_grad"),
        ),
        Wrong(
            "forgets those without",
            "its grad is None",
            ("weight.grad is None or not", "weight.grad is not None and not"),
        ),
        Wrong(
            "wants every number to be there",
            "Three of its fifty rows",
            ("not weight.grad.any()", "not weight.grad.all()"),
            fails="real data",
        ),
    ),
    shows="None and zero are two ways to be silent, and neither raises an error.",
)


def _two_steps(step, rate: float = 0.5) -> tuple[list, dict]:
    torch.manual_seed(0)
    model = nn.Linear(4, 3).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    x = torch.tensor(np.random.default_rng(0).normal(size=(6, 4)))
    y = torch.arange(6) % 3
    returned = [step(model, optimizer, x, y) for _ in range(3)]
    return returned, {name: w.detach().clone() for name, w in model.named_parameters()}


def _reference(model, optimizer, x, y, order="zbs", twice=False) -> float:
    loss = functional.cross_entropy(model(x).softmax(-1) if twice else model(x), y)
    for letter in order:
        if letter == "z":
            optimizer.zero_grad()
        elif letter == "b":
            loss.backward()
        else:
            optimizer.step()
    return loss.item()


def _step_shape(answer: Answer) -> None:
    _two_steps(_reference)  # the first optimizer of all takes torch seconds, which are not theirs
    returned, _ = answer.using(_two_steps)
    if returned[0] is ...:
        raise NotAttempted
    for value in returned:
        if isinstance(value, torch.Tensor):
            raise Diagnosis(
                "You return a tensor that holds on to the whole computation; loss.item() is the "
                "number alone."
            )
        if isinstance(value, bool) or not isinstance(value, float | int):
            raise Diagnosis(f"You return {type(value).__name__}, expected the loss as a number.")


def _step_values(answer: Answer) -> None:
    returned, weights = answer.using(_two_steps)
    due, due_weights = _two_steps(_reference)
    mistakes = {
        "the gradients of earlier steps were not cleared, so they add up": {"order": "bs"},
        "the step is taken before backward(), with the gradients of the step before": {
            "order": "sb"
        },
        "the weights do not move: is a step taken, and are the gradients still there when it is": {
            "order": "zb"
        },
        "cross_entropy does the softmax itself; give it the scores": {"twice": True},
    }
    same = np.allclose(returned, due) and all(
        torch.allclose(weights[n], due_weights[n]) for n in weights
    )
    if same:
        return
    why = "expected " + ", ".join(f"{loss:.4f}" for loss in due)
    for words, options in mistakes.items():
        losses, ends = _two_steps(lambda *a, options=options: _reference(*a, **options))
        if np.allclose(returned, losses) and all(torch.allclose(weights[n], ends[n]) for n in ends):
            why = words
    got = ", ".join(f"{loss:.4f}" for loss in returned)
    raise Diagnosis(f"Three steps on one batch give the losses {got}: {why}.")


STEP = Exercise(
    name="08-step",
    title="A training step, in order",
    difficulty=2,
    minutes=10,
    prompt="""
Write one step of training: scores, cross-entropy, gradients, step. `model` gives scores (not
probabilities), `optimizer` is one of PyTorch's. Return the loss *before* the step, as a plain
number. Every part of it is one line; the order is the exercise.
""",
    answer="training_step",
    starter='''
import torch


def training_step(model, optimizer, x, y):
    """Network, optimizer, inputs, class numbers -> the loss before the step, a float."""
    return ...  # your turn
''',
    hints=(
        "Where do the gradients of the step before stay, and who clears them?",
        "loss = torch.nn.functional.cross_entropy(model(x), y); then zero_grad, backward, step; "
        "and loss.item().",
    ),
    solution="""
import torch


def training_step(model, optimizer, x, y):
    loss = torch.nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
""",
    stages={"shape": _step_shape, "values": _step_values},
    wrong=(
        Wrong(
            "returns the tensor",
            "loss.item()",
            ("return loss.item()", "return loss"),
            fails="shape",
        ),
        Wrong("clears nothing", "so they add up", ("    optimizer.zero_grad()\n", "")),
        Wrong(
            "clears too late",
            "are the gradients still there",
            (
                "optimizer.zero_grad()\n    loss.backward()",
                "loss.backward()\n    optimizer.zero_grad()",
            ),
        ),
        Wrong(
            "steps first",
            "before backward()",
            (
                "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()",
                "    optimizer.step()\n    loss.backward()",
            ),
        ),
        Wrong("takes no step", "is a step taken", ("    optimizer.step()\n", "")),
        Wrong(
            "does softmax twice",
            "does the softmax itself",
            ("model(x), y", "model(x).softmax(-1), y"),
        ),
    ),
    shows="Clear, backward, step: three lines whose order no error message guards.",
)

EXERCISES = (LOSSES, SILENT, STEP)
