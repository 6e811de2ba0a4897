"""Which parameters have no gradient."""

import re
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb08.networks import filled, networks
from helpers.exercises.plain import as_list, plain, short


def _silent(weight: nn.Parameter) -> bool:
    return weight.grad is None or not weight.grad.any()


def _called(named: Callable, network: nn.Module) -> object:
    """Return what the answer says; what stops it at a gradient of None is told with its cause."""
    try:
        return plain(named(network))
    except (AttributeError, TypeError) as error:
        without = [name for name, weight in network.named_parameters() if weight.grad is None]
        if not without or not re.search(r"\bNoneType\b|\bbool\b", str(error)):
            raise
        raise Diagnosis(
            f"Your code stopped with {type(error).__name__}: {str(error)[:120]}. The .grad "
            f"of {without[0]!r} is None, not a tensor; ask for that first, with `is None`."
        ) from None


def _names(answer: Answer, network: nn.Module, given: str) -> list[str]:
    """Return the names that the answer gives, in order; each of a parameter, and once."""
    before = {name: plain(weight.grad) for name, weight in network.named_parameters()}
    # a copy would lose the gradients
    got = answer.using(lambda named: _called(named, network))
    if got is None:
        raise Diagnosis("Your function returns None; is its return line missing?")
    names = as_list(sorted(got, key=str) if isinstance(got, set) else got, str, "names")
    for name, weight in network.named_parameters():
        now, then = weight.grad, before[name]
        if (now is None) != (then is None) or (now is not None and not torch.equal(now, then)):
            raise Diagnosis(
                f"Your function changes the gradient of {name!r}; it should only look at it."
            )
    buffers = dict(network.named_buffers())
    for name in names:
        if name in buffers:
            raise Diagnosis(
                f"For {given}, you name {name!r}, which is no parameter but a buffer: it is not "
                "learned at all. named_parameters() leaves such out."
            )
        if name not in before:
            known = ", ".join(list(before)[:4])
            raise Diagnosis(
                f"For {given}, you name {short(name)}, which is no parameter of it; "
                f"its parameters are {known}{', …' if len(before) > 4 else ''}."
            )
        if names.count(name) > 1:
            raise Diagnosis(f"For {given}, you name {name!r} {names.count(name)} times.")
    return sorted(names)


def _silent_shape(answer: Answer) -> None:
    for network, given in networks():
        _names(answer, network, given)
        return


def _silent_values(answer: Answer) -> None:
    for network, given in networks():
        got = _names(answer, network, given)
        for name, weight in network.named_parameters():
            if _silent(weight) and name not in got:
                if not weight.requires_grad:
                    why = "its grad is None: it is frozen"
                elif weight.grad is None:
                    why = "its grad is None: the loss does not reach it"
                else:
                    why = "its grad is there and all zero"
                raise Diagnosis(f"For {given}, {name!r} is missing: {why}.")
            if name in got and not _silent(weight):
                held = show(weight.grad) if weight.grad.numel() < 8 else "not zero everywhere"
                raise Diagnosis(
                    f"For {given}, you name {name!r}, but it learns: its gradient is {held}."
                )


def _silent_real(answer: Answer) -> None:
    fine = filled(nn.Sequential(nn.Embedding(50, 8), nn.Flatten(), nn.Linear(24, 3)))
    functional.cross_entropy(fine(torch.tensor([[1, 2, 3]])), torch.tensor([1])).backward()
    if got := _names(answer, fine, "a sound network with an embedding"):
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
        Wrong(
            "joins the names",
            "expected a list of names",
            code="""
def silent_parameters(model):
    return ", ".join(name for name, w in model.named_parameters() if w.grad is None)
""",
            fails="shape",
        ),
        Wrong(
            "returns the parameters",
            "Item 0 of your result is tensor(",
            code="""
def silent_parameters(model):
    return [w for w in model.parameters() if w.grad is None or not w.grad.any()]
""",
            fails="shape",
        ),
        Wrong(
            "names a parameter twice",
            "'cut.weight' 2 times",
            code="""
def silent_parameters(model):
    named = list(model.named_parameters())
    none = [name for name, weight in named if weight.grad is None]
    return none + [name for name, w in named if w.grad is None or not w.grad.any()]
""",
            fails="shape",
        ),
        Wrong(
            "names layers",
            "'cut', which is no parameter of it",
            code="""
def silent_parameters(model):
    named = model.named_parameters()
    return {name.split(".")[0] for name, w in named if w.grad is None or not w.grad.any()}
""",
            fails="shape",
        ),
        Wrong(
            "clears the gradients",
            "changes the gradient of 'zero.weight'",
            ("    return", "    model.zero_grad()\n    return"),
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
            "adds up",
            "its gradient is [[1, -1]]",
            ("not weight.grad.any()", "weight.grad.sum() == 0"),
        ),
        Wrong(
            "asks for the largest",
            "its gradient is [-1, 0]",
            ("not weight.grad.any()", "weight.grad.max() == 0"),
        ),
        Wrong(
            "takes small ones for zero",
            "its gradient is [1e-12, 2e-12]",
            ("not weight.grad.any()", "weight.grad.norm() < 1e-6"),
        ),
        Wrong(
            "looks at the first row", "'high.bias', but it learns", ("grad.any()", "grad[0].any()")
        ),
        Wrong(
            "names buffers",
            "no parameter but a buffer",
            code="""
def silent_parameters(model):
    known = dict(model.named_parameters())
    return [
        name
        for name in model.state_dict()
        if name not in known or known[name].grad is None or not known[name].grad.any()
    ]
""",
        ),
        Wrong(
            "wants every number to be there",
            "'low.bias', but it learns",
            ("not weight.grad.any()", "not weight.grad.all()"),
        ),
        Wrong(
            "wants a tenth of the numbers to be there",
            "Three of its fifty rows",
            ("not weight.grad.any()", "(weight.grad != 0).float().mean() < 0.1"),
            fails="real data",
        ),
    ),
    right=(
        Right(
            "a set",
            code="""
import torch


def silent_parameters(model):
    named = model.named_parameters()
    return {name for name, w in named if w.grad is None or torch.count_nonzero(w.grad) == 0}
""",
        ),
        Right(
            "a tuple, backwards",
            code="""
def silent_parameters(model):
    named = reversed(list(model.named_parameters()))
    return tuple(name for name, w in named if w.grad is None or (w.grad == 0).all())
""",
        ),
        Right(
            "an array of names",
            code="""
import numpy as np


def silent_parameters(model):
    named = model.named_parameters()
    return np.array([name for name, w in named if w.grad is None or w.grad.abs().sum() == 0])
""",
        ),
        Right(
            "keys of a dictionary",
            code="""
def silent_parameters(model):
    slopes = {name: weight.grad for name, weight in model.named_parameters()}
    return {name: g for name, g in slopes.items() if g is None or g.abs().max() == 0}.keys()
""",
        ),
        Right(
            "one at a time, with random numbers",
            code="""
import torch


def silent_parameters(model):
    for name, weight in model.named_parameters():
        torch.rand(3)
        if weight.grad is None or not weight.grad.numpy().any():
            yield name
""",
        ),
    ),
    shows="None and zero are two ways to be silent, and neither raises an error.",
)
