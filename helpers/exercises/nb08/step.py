"""A training step in its order."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import difference, near
from helpers.exercises.diagnosis import Diagnosis, NotAttempted
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb08.networks import filled
from helpers.exercises.plain import plain, short


@dataclass(frozen=True)
class _Setup:
    """A network, an optimizer and a batch; three steps are taken on it."""

    optimizer: str
    make: Callable
    texts: int
    classes: int

    def run(self, step: Callable) -> tuple[list, np.ndarray, bool]:
        """Return what each step returns, all weights after them, and whether the mode stayed."""
        x = torch.tensor(np.random.default_rng(8).normal(size=(self.texts, 4)))
        y = torch.arange(self.texts) % self.classes
        network = filled(nn.Linear(4, self.classes).double())
        optimizer = self.make(network.parameters())
        returned = [plain(step(network, optimizer, x, y)) for _ in range(3)]
        weights = [weight.detach().numpy().ravel() for weight in network.parameters()]
        return returned, np.concatenate(weights), network.training


def _setups() -> list[_Setup]:
    return [
        _Setup("plain descent", lambda w: torch.optim.SGD(w, lr=0.5), 6, 3),
        _Setup("momentum", lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9), 5, 2),
        _Setup("Adam", lambda w: torch.optim.Adam(w, lr=0.05), 9, 4),
    ]


def _variant(
    order: str = "zbs", loss: Callable = functional.cross_entropy, after: bool = False
) -> Callable:
    """A training step: z clears, b goes backward, s steps, d descends by hand."""

    def step(model, optimizer, x, y) -> float:
        value = loss(model(x), y)
        for letter in order:
            if letter == "z":
                optimizer.zero_grad()
            elif letter == "b":
                value.backward()
            elif letter == "s":
                optimizer.step()
            else:
                for weight in model.parameters():
                    weight.data -= optimizer.param_groups[0]["lr"] * weight.grad
        return (loss(model(x), y) if after else value).item()

    return step


def _by_own_optimizer(model, optimizer, x, y) -> float:
    own = type(optimizer)(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    return _variant()(model, own, x, y)


MISTAKES = {
    "the gradients of earlier steps were not cleared, so they add up": _variant("bs"),
    "the step is taken before backward(), with the gradients of the step before": _variant("sb"),
    "the weights do not move. Is a step taken? Are the gradients still there by then?": (
        _variant("zb")
    ),
    "cross_entropy does the softmax itself; give it the scores": _variant(
        loss=lambda scores, y: functional.cross_entropy(scores.softmax(-1), y)
    ),
    "that is the loss after the step; keep the one from before": _variant(after=True),
    "that is the sum over the texts; cross_entropy's own choice is the mean": _variant(
        loss=lambda scores, y: functional.cross_entropy(scores, y, reduction="sum")
    ),
    "nll_loss wants logarithms of probabilities, and these are the scores": _variant(
        loss=functional.nll_loss
    ),
    "nll_loss wants logarithms of probabilities, and these are probabilities": _variant(
        loss=lambda scores, y: functional.nll_loss(scores.softmax(-1), y)
    ),
    "the softmax runs over the texts; it belongs over the classes": _variant(
        loss=lambda scores, y: functional.nll_loss(scores.log_softmax(0), y)
    ),
    "that is the loss of the first text alone": _variant(
        loss=lambda scores, y: functional.cross_entropy(scores[:1], y[:1])
    ),
    "two steps are taken on one gradient": _variant("zbss"),
    "the weights move by plain descent; optimizer.step() knows the optimizer's own rule": (
        _variant("zbd")
    ),
    "what the optimizer remembers from step to step is lost; is a new one made each "
    "time?": _by_own_optimizer,
}


def _step_shape(answer: Answer) -> None:
    setup = _setups()[0]
    setup.run(_variant())  # torch reads half of itself at the first step; not in the learner's time
    returned, _, _ = answer.using(setup.run)
    for value in returned:
        if value is ...:
            raise NotAttempted
        if value is None:
            raise Diagnosis("Your function returns None; is its return line missing?")
        if isinstance(value, torch.Tensor):
            raise Diagnosis(
                "You return a tensor, expected a plain number: loss.item(). A tensor may hold on "
                "to the whole computation."
            )
        number = isinstance(value, int | float | np.number) or np.shape(value) == ()
        if isinstance(value, bool | str) or not number:
            kind = type(value).__name__
            raise Diagnosis(f"You return {short(value)} (a {kind}), expected one number, the loss.")
        if not np.isfinite(float(value)):
            raise Diagnosis(f"You return {value}, expected a finite number.")


def _step_values(answer: Answer) -> None:
    runs = [(setup, answer.using(setup.run), setup.run(_variant())) for setup in _setups()]
    for setup, (returned, weights, training), (due, due_weights, _) in runs:
        if not training:
            raise Diagnosis(
                "Your function leaves the network in evaluation mode: from then on it trains "
                "without dropout. A training step leaves the mode alone."
            )
        losses = np.array([float(value) for value in returned])
        if near(losses, due, 1e-5) and near(weights, due_weights, 1e-5):
            continue
        why = _explained(runs)
        if near(losses, due, 1e-5):
            said = "give the right losses, but not the weights"
            why = why or "expected those of clearing, backward() and one optimizer.step()"
        else:
            _, shown, right = difference(losses, due)
            said, why = f"give the losses {shown}", why or f"expected {right}"
        end = "" if why.endswith("?") else "."
        raise Diagnosis(f"With {setup.optimizer}, three steps on one batch {said}: {why}{end}")


def _explained(runs: list) -> str:
    """Return the mistake that gives the learner's losses and weights with every optimizer."""

    def gives(mistake: Callable) -> bool:
        for setup, (returned, weights, _), _ in runs:
            theirs, others, _ = setup.run(mistake)
            alike = near([float(value) for value in returned], theirs, 1e-5)
            if not (alike and near(weights, others, 1e-5)):
                return False
        return True

    return next((words for words, mistake in MISTAKES.items() if gives(mistake)), "")


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
        "Gradients add up until they are cleared, a step uses the gradients that are there, and a "
        "tensor that was computed before the weights moved keeps its number. In which order, then? "
        "Clearing and stepping are the optimizer's methods, the way back is the loss's.",
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
        Wrong(
            "returns it detached",
            "expected a plain number",
            ("loss.item()", "loss.detach()"),
            fails="shape",
        ),
        Wrong(
            "returns nothing",
            "is its return line missing",
            ("    return loss.item()\n", ""),
            fails="shape",
        ),
        Wrong("clears nothing", "so they add up", ("    optimizer.zero_grad()\n", "")),
        Wrong(
            "clears too late",
            "Are the gradients still there",
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
        Wrong("takes no step", "Is a step taken", ("    optimizer.step()\n", "")),
        Wrong(
            "takes two steps",
            "two steps are taken",
            ("optimizer.step()\n", "optimizer.step()\n    optimizer.step()\n"),
        ),
        Wrong(
            "does softmax twice",
            "does the softmax itself",
            ("model(x), y", "model(x).softmax(-1), y"),
        ),
        Wrong(
            "descends by hand",
            "the optimizer's own rule",
            (
                "    optimizer.step()\n",
                '    rate = optimizer.param_groups[0]["lr"]\n'
                "    for weight in model.parameters():\n"
                "        weight.data -= rate * weight.grad\n",
            ),
        ),
        Wrong(
            "makes an optimizer of its own",
            "With momentum",
            (
                "    loss = torch.nn",
                "    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)\n    loss = torch.nn",
            ),
        ),
        Wrong(
            "returns the loss after the step",
            "the loss after the step",
            ("loss.item()", "torch.nn.functional.cross_entropy(model(x), y).item()"),
        ),
        Wrong(
            "adds up over the texts",
            "the sum over the texts",
            ("(model(x), y)", '(model(x), y, reduction="sum")'),
        ),
        Wrong(
            "divides by six",
            "With momentum",
            ("(model(x), y)", '(model(x), y, reduction="sum") / 6'),
        ),
        Wrong(
            "leaves evaluation mode on",
            "evaluation mode",
            ("    loss = torch", "    model.eval()\n    loss = torch"),
        ),
        Wrong(
            "shortens the gradients",
            "expected [1.39",
            (
                "    optimizer.step()\n",
                "    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)\n"
                "    optimizer.step()\n",
            ),
        ),
    ),
    right=(
        Right(
            "a number of NumPy",
            code="""
import numpy as np
import torch


def training_step(model, optimizer, x, y):
    loss = torch.nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return np.float32(loss.item())
""",
        ),
        Right(
            "clears first",
            code="""
from torch import nn


def training_step(model, optimizer, x, y):
    model.train()
    optimizer.zero_grad(set_to_none=True)
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return float(loss.detach())
""",
        ),
        Right(
            "clears last",
            code="""
import torch


def training_step(model, optimizer, x, y):
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()
""",
        ),
        Right(
            "a closure",
            code="""
import torch


def training_step(model, optimizer, x, y):
    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        return loss

    return optimizer.step(closure).item()
""",
        ),
        Right(
            "cross-entropy by hand",
            code="""
import torch


def training_step(model, optimizer, x, y):
    scores = model(x)
    loss = (scores.logsumexp(dim=1) - scores[torch.arange(len(y)), y]).mean()
    model.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach().numpy()
""",
        ),
    ),
    shows="Clear, backward, step: get the order wrong, and no error tells you.",
)
