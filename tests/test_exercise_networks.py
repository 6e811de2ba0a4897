"""The networks of 08-silent have the gradients that they are said to have."""

import torch
from torch import nn

from helpers.exercises import bank
from helpers.exercises.marking import mark_here
from helpers.exercises.nb08.networks import filled, networks, weighted


def test_a_network_gets_the_gradients_that_are_asked_for():
    network = weighted(encoder__0__weight=[[1.0, -1.0]], encoder__0__bias=None, last=[0.0])
    gradients = {name: weight.grad for name, weight in network.named_parameters()}
    assert set(gradients) == {"encoder.0.weight", "encoder.0.bias", "last"}
    assert gradients["encoder.0.weight"].tolist() == [[1.0, -1.0]]
    assert gradients["encoder.0.bias"] is None and gradients["last"].tolist() == [0.0]


def test_one_that_the_loss_does_not_reach_has_none():
    assert all(weight.grad is None for weight in weighted(a=None, b=None).parameters())


def test_weights_are_the_same_each_time_and_the_generator_stays():
    before = torch.get_rng_state()
    one, other = (filled(nn.Linear(3, 2)) for _ in range(2))
    assert torch.equal(one.weight, other.weight)
    torch.set_rng_state(before)
    again = filled(one)
    assert torch.equal(torch.get_rng_state(), before) and torch.equal(again.bias, other.bias)


def test_every_kind_of_silence_and_of_gradient_is_among_them():
    kinds = set()
    for network, _ in networks():
        kinds |= {"buffer" for _ in network.named_buffers()}
        for weight in network.parameters():
            if weight.grad is None:
                kinds.add("frozen" if not weight.requires_grad else "out of reach")
            elif not weight.grad.any():
                kinds.add("zero")
            else:
                kinds |= {"cancels"} if weight.grad.sum() == 0 else set()
                kinds |= {"tiny"} if weight.grad.abs().max() < 1e-10 else set()
                kinds |= {"largest is zero"} if weight.grad.max() == 0 else set()
                kinds |= {"smallest is zero"} if weight.grad.min() == 0 else set()
                kinds |= (
                    {"all equal"} if len(weight.grad.unique()) == 1 < len(weight.grad) else set()
                )
    signs = {"largest is zero", "smallest is zero", "cancels", "tiny", "all equal"}
    assert kinds == signs | {"buffer", "frozen", "out of reach", "zero"}


def test_the_check_leaves_the_learners_generator_alone():
    before = torch.get_rng_state()
    mark_here(bank.find("08-silent"), lambda model: [])
    mark_here(bank.find("08-step"), lambda *inputs: 1.0)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_gradient_of_none_that_stops_an_answer_is_named():
    def without_asking(model):
        return [name for name, w in model.named_parameters() if (w.grad == 0).all()]

    said = mark_here(bank.find("08-silent"), without_asking).diagnosis
    assert "'bool' object has no attribute 'all'" in said and "is None, not a tensor" in said
    said = mark_here(bank.find("08-silent"), lambda model: model.no_such_thing).diagnosis
    assert "is None, not a tensor" not in said
