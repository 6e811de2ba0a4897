"""The loop learns, stops and reports as it says. Resuming is in test_checkpoint, places in
test_device."""

import math
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies
from torch import nn
from torch.nn import functional
from toy_training import blobs, network, one_thread, same, weights_of  # noqa: F401 (a fixture)

from helpers.training import evaluating, loop
from helpers.training.loop import TrainSettings, evaluate, train

# ---- it learns, and says truly what happened ----------------------------------------------


def test_learns_separable_classes():
    history = train(network(), blobs(), blobs(seed=1), TrainSettings(epochs=30, learning_rate=0.01))
    assert history.epochs == 30
    assert history.train_loss[0] > 0.8 and history.train_loss[-1] < 0.2
    assert max(history.validation_accuracy) > 0.9


def test_equals_a_loop_written_out_by_hand():
    """AdamW, clipping, cosine schedule with warm-up: the same weights as plain PyTorch gives."""
    batches = blobs()
    ours, theirs = network(), network()
    chosen = TrainSettings(
        epochs=3, learning_rate=0.05, weight_decay=0.1, clip_norm=0.5, schedule="cosine",
        warmup_share=0.25,
    )  # fmt: skip
    history = train(ours, batches, None, chosen, device="cpu")

    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in theirs.parameters() if p.ndim == 2], "weight_decay": 0.1},
            {"params": [p for p in theirs.parameters() if p.ndim == 1], "weight_decay": 0.0},
        ],
        lr=0.05,
    )
    losses, step, total = [], 0, 3 * len(batches)
    warmup = round(0.25 * total)
    for _ in range(3):
        for points, labels in batches:
            rate = (step + 1) / warmup if step < warmup else None
            if rate is None:
                rate = 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))
            for group in optimizer.param_groups:
                group["lr"] = 0.05 * rate
            loss = functional.cross_entropy(theirs(points), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
            optimizer.step()
            losses.append((loss.item(), len(labels)))
            step += 1
    for name, weight in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], weight, rtol=1e-5, atol=1e-6)
    last_epoch = losses[-len(batches) :]
    exact = sum(loss * n for loss, n in last_epoch) / sum(n for _, n in last_epoch)
    assert history.train_loss[-1] == pytest.approx(exact, rel=1e-5)
    assert history.learning_rate[-1] == pytest.approx(0.05 * rate)


def test_training_loss_is_a_mean_over_samples_not_over_batches():
    """90 samples in batches of 32, 32 and 26, weights frozen by a rate of nearly nothing."""
    batches, model = blobs(), network()
    before = [functional.cross_entropy(model(x), y).item() for x, y in batches]
    history = train(model, batches, None, TrainSettings(epochs=1, learning_rate=1e-12))
    samples = sum(b * len(y) for b, (_, y) in zip(before, batches, strict=True)) / 90
    assert abs(samples - np.mean(before)) > 1e-4  # so that the two can be told apart
    assert history.train_loss[0] == pytest.approx(samples, rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    strategies.lists(
        strategies.tuples(strategies.floats(-5, 5), strategies.integers(1, 64)), min_size=1
    ),
    strategies.integers(1, 7),
)
def test_training_loss_is_the_weighted_mean_however_often_it_is_looked_at(steps, check_every):
    class Same(nn.Module):  # gives its inputs back
        def __init__(self):
            super().__init__()
            self.nothing = nn.Parameter(torch.zeros(()))

        def forward(self, numbers):
            return numbers + 0 * self.nothing

    batches = [(torch.full((weight,), loss), torch.zeros(weight)) for loss, weight in steps]
    chosen = TrainSettings(epochs=1, check_every=check_every)
    history = train(Same(), batches, None, chosen, loss_function=lambda out, _: out.mean())
    losses, weights = zip(*steps, strict=True)
    expected = np.average(np.float32(losses), weights=weights)
    assert history.train_loss[0] == pytest.approx(expected, rel=1e-6, abs=1e-5)


def test_trains_in_training_mode_and_validates_in_evaluation_mode():
    modes = []

    class Spy(nn.Linear):
        def forward(self, points):
            modes.append((self.training, torch.is_grad_enabled()))
            return super().forward(points)

    model = Spy(4, 3).eval()  # as a model comes out of an earlier run
    train(model, blobs(), blobs(), TrainSettings(epochs=2), device="cpu")
    assert modes == 2 * (3 * [(True, True)] + 3 * [(False, False)])
    assert not model.training


def shuffled(seed=5):
    data = torch.utils.data.TensorDataset(*(torch.cat(part) for part in zip(*blobs(), strict=True)))
    generator = torch.Generator().manual_seed(seed)
    return torch.utils.data.DataLoader(data, batch_size=16, shuffle=True, generator=generator)


def test_the_same_call_twice_gives_the_same_run():
    def once(batches, seed=0):
        model = network(dropout=0.5)
        chosen = TrainSettings(epochs=3, seed=seed)
        return train(model, batches, blobs(seed=1), chosen), weights_of(model)

    batches = shuffled()
    (first, weights), (second, again) = once(batches), once(batches)
    assert same(weights, again)
    assert first.train_loss == second.train_loss
    assert not same(weights, once(batches, seed=1)[1])


def test_the_seed_of_the_settings_decides_the_order_and_what_is_dropped():
    """From the same first weights; the loader's own seed, and what was drawn before, do not."""

    def orders(seed, batches):
        seen = []

        class Spy(nn.Linear):
            def forward(self, points):
                seen.append(points.flatten().tolist())
                return functional.dropout(super().forward(points), 0.5)

        torch.manual_seed(0)
        model = Spy(4, 3)
        train(model, batches, None, TrainSettings(epochs=2, seed=seed))
        return seen[:6], seen[6:], weights_of(model)

    batches = shuffled()
    first, second, _ = orders(0, batches)
    assert first != second  # the same points, in another order
    assert sorted(p for part in first for p in part) == sorted(p for part in second for p in part)
    assert (first, second) == orders(0, batches)[:2] == orders(0, shuffled(seed=6))[:2]
    assert first != orders(1, batches)[0]
    plain = blobs()  # a list has no order to draw, so that only dropout is left
    assert same(orders(0, plain)[2], orders(0, plain)[2])
    assert not same(orders(0, plain)[2], orders(1, plain)[2])


def test_each_epoch_seeds_python_numpy_torch_and_hidden_generators():
    inner, outer = torch.Generator(), torch.Generator()
    sampler = torch.utils.data.BatchSampler(
        torch.utils.data.RandomSampler(range(8), generator=inner), 2, drop_last=False
    )
    loader = torch.utils.data.DataLoader(
        torch.arange(8), sampler=sampler, batch_size=None, generator=outer
    )
    found = loop._generators_of(loader)
    assert found == {inner, outer}
    assert loop._generators_of([1, 2]) == loop._generators_of(None) == set()

    def draw(seed, epoch):
        loop._seed(seed, epoch, found)
        drawn = [torch.rand(1, generator=generator).item() for generator in (inner, outer)]
        return [random.random(), np.random.rand(), torch.rand(1).item(), *drawn]

    first = draw(3, 0)
    assert draw(3, 0) == first
    for other in (draw(3, 1), draw(4, 0)):
        assert all(a != b for a, b in zip(other, first, strict=True))


def test_training_computes_in_mixed_precision_and_validation_as_the_model_predicts(monkeypatch):
    """bfloat16 on the CPU stands for that of a GPU."""

    def bfloat16(device, wanted=True):
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=wanted)

    monkeypatch.setattr(evaluating, "autocast", bfloat16)
    seen = []

    class Spy(nn.Linear):
        def forward(self, points):
            out = super().forward(points)
            seen.append((self.training, out.dtype))
            return out

    torch.manual_seed(0)
    model, data = Spy(4, 3), blobs(seed=1)
    history = train(model, blobs(), data, TrainSettings(epochs=1))
    assert set(seen) == {(True, torch.bfloat16), (False, torch.float32)}
    result = evaluate(model, data)
    predicted = torch.cat([model(points) for points, _ in data]).detach()
    assert torch.equal(result.logits, predicted)
    assert result.loss == history.validation_loss[0]
    seen.clear()
    train(Spy(4, 3), blobs(), None, TrainSettings(epochs=1, mixed_precision=False))
    assert set(seen) == {(True, torch.float32)}


def test_calls_models_with_several_inputs_and_with_named_ones():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 3)

        def forward(self, points, extra):
            return self.layer(points + extra)

    plain = [((x, torch.zeros_like(x)), y) for x, y in blobs()]
    named = [({"extra": torch.zeros_like(x), "points": x}, y) for x, y in blobs()]
    flat = [(x, torch.zeros_like(x), y) for x, y in blobs()]
    losses = []
    for batches in (plain, named, flat):
        torch.manual_seed(0)
        losses.append(train(Sum(), batches, batches, TrainSettings(epochs=2)).validation_loss)
    assert losses[0] == losses[1] == losses[2]


# ---- early stopping ------------------------------------------------------------------------


def scripted(monkeypatch, script):
    """Let validation give these (loss, accuracy) pairs, one an epoch."""
    results = iter(script)

    def told(*_, **__):
        return evaluating.Evaluation(*next(results))

    monkeypatch.setattr("helpers.training.loop.evaluate", told)


def weights_after(epochs):
    model = network()
    train(model, blobs(), None, TrainSettings(epochs=epochs))
    return weights_of(model)


@pytest.mark.parametrize(
    ("select_by", "script", "best", "ends"),
    [
        ("accuracy", [(1.0, 0.5), (0.9, 0.7), (0.8, 0.7), (0.9, 0.7), (0.9, 0.6)], 3, 5),
        ("accuracy", [(1.0, 0.7), (0.5, 0.6), (0.4, 0.6)], 1, 3),
        ("loss", [(1.0, 0.7), (0.5, 0.6), (0.6, 0.9), (0.5, 0.9)], 2, 4),
    ],
)
def test_stops_early_with_the_best_weights(monkeypatch, select_by, script, best, ends):
    expected = weights_after(best)
    scripted(monkeypatch, script)
    model = network()
    history = train(
        model, blobs(), blobs(), TrainSettings(epochs=9, patience=2, select_by=select_by)
    )
    assert (history.best_epoch, history.epochs, history.stopped_early) == (best, ends, True)
    assert same(weights_of(model), expected)
    assert not same(expected, weights_after(ends))


def test_without_patience_runs_on_and_still_restores_the_best(monkeypatch):
    expected = weights_after(1)
    scripted(monkeypatch, [(1.0, 0.9), (1.0, 0.5), (1.0, 0.5)])
    model = network()
    history = train(model, blobs(), blobs(), TrainSettings(epochs=3))
    assert (history.best_epoch, history.epochs, history.stopped_early) == (1, 3, False)
    assert same(weights_of(model), expected)
    assert not model.training


def test_an_interrupt_leaves_the_best_weights():
    class Interrupting(list):
        rounds = 0

        def __iter__(self):
            self.rounds += 1
            if self.rounds == 3:
                raise KeyboardInterrupt
            return super().__iter__()

    model = network()
    with pytest.raises(KeyboardInterrupt):
        train(model, Interrupting(blobs()), blobs(seed=1), TrainSettings(epochs=5))
    assert same(weights_of(model), weights_after(2))  # validation gets better in each


def test_no_accuracy_to_choose_by_is_said():
    batches = [(torch.zeros(2, 4), torch.zeros(2, 3))]
    with pytest.raises(ValueError, match="select_by='loss'"):
        train(network(), batches, batches, TrainSettings(), loss_function=functional.mse_loss)
    history = train(
        network(), batches, batches, TrainSettings(select_by="loss", epochs=2),
        loss_function=functional.mse_loss,
    )  # fmt: skip
    assert history.validation_accuracy == [None, None]


# ---- NaN -----------------------------------------------------------------------------------


def with_bad_batch(number):
    batches = blobs(samples=320, batch_size=32)
    batches[number] = (batches[number][0] * math.nan, batches[number][1])
    return batches


@pytest.mark.parametrize("check_every", [1, 4, 20])
def test_nan_stops_the_run_and_names_the_step(check_every):
    chosen = TrainSettings(epochs=2, learning_rate=0.025, check_every=check_every)
    with pytest.raises(
        FloatingPointError, match=r"loss is nan at step 7 \(epoch 1, batch 7\), learning rate 0.025"
    ):
        train(network(), with_bad_batch(6), None, chosen)


def test_nan_is_seen_before_the_weights_are_touched_on_the_cpu():
    model = network()
    with pytest.raises(FloatingPointError):
        train(model, with_bad_batch(0), None, TrainSettings())
    assert same(weights_of(model), weights_of(network()))


def test_nan_in_a_later_epoch_leaves_the_best_weights():
    class TurnsBad(list):
        rounds = 0

        def __iter__(self):
            self.rounds += 1
            return iter(with_bad_batch(9) if self.rounds == 3 else list(super().__iter__()))

    good = blobs(samples=320, batch_size=32)
    model, expected = network(), network()
    with pytest.raises(FloatingPointError, match=r"step 30 \(epoch 3, batch 10\)"):
        train(model, TurnsBad(good), blobs(seed=1), TrainSettings(epochs=5, check_every=20))
    train(expected, good, blobs(seed=1), TrainSettings(epochs=2))
    assert same(weights_of(model), weights_of(expected))


@pytest.mark.parametrize("clip_norm", [1.0, None])
def test_infinite_gradients_under_a_finite_loss_stop_the_run(clip_norm):
    class Root(nn.Module):  # the square root's slope at 0 is infinite
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(3))

        def forward(self, points):
            return torch.sqrt(self.weight).expand(len(points), 3)

    with pytest.raises(
        FloatingPointError, match=r"length of the gradients is (inf|nan) at step 1 "
    ):
        train(Root(), blobs(), None, TrainSettings(clip_norm=clip_norm))


def test_a_diverging_run_says_which_rate():
    with pytest.raises(FloatingPointError, match=r"learning rate 1e\+30.*Remedies"):
        train(
            network(), blobs(), None, TrainSettings(clip_norm=None),
            optimizer=lambda model: torch.optim.SGD(model.parameters(), lr=1e30),
        )  # fmt: skip


def test_nan_in_validation_is_not_taken_for_a_result():
    bad = [(torch.full((2, 4), math.nan), torch.tensor([0, 1]))]
    with pytest.raises(FloatingPointError, match="validation loss is nan after epoch 1"):
        train(network(), blobs(), bad, TrainSettings())


# ---- bad input -----------------------------------------------------------------------------


def test_empty_and_used_up_batches_are_said():
    with pytest.raises(ValueError, match="there are no batches"):
        train(network(), [], None, TrainSettings())
    with pytest.raises(ValueError, match="there are no batches"):
        evaluate(network(), iter([]), "cpu")
    with pytest.raises(ValueError, match=r"came from a generator.*only once; use a list"):
        train(network(), (batch for batch in blobs()), None, TrainSettings())
    with pytest.raises(ValueError, match="nothing to score"):
        evaluate(network(), [(torch.zeros(2, 4), torch.full((2,), -100))], "cpu")

    class Once(list):
        def __iter__(self):
            batches, self[:] = list(super().__iter__()), []
            return iter(batches)

        def __len__(self):
            return 3

    with pytest.raises(ValueError, match=r"there are no batches.*only once"):
        train(network(), Once(blobs()), None, TrainSettings(epochs=2))


def test_a_batch_a_loss_and_an_optimizer_of_the_wrong_kind_are_named():
    with pytest.raises(TypeError, match=r"a batch is a Tensor; it must be a pair"):
        train(network(), [torch.zeros(2, 4)], None, TrainSettings())
    with pytest.raises(ValueError, match=r"loss has shape \(32,\).*mean"):
        train(
            network(), blobs(), None, TrainSettings(),
            loss_function=lambda out, y: functional.cross_entropy(out, y, reduction="none"),
        )  # fmt: skip
    model = network()
    with pytest.raises(TypeError, match="optimizer=lambda model"):
        train(model, blobs(), None, TrainSettings(), optimizer=torch.optim.SGD(model.parameters()))
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    with pytest.raises(ValueError, match="no parameter is trainable"):
        train(model, blobs(), None, TrainSettings())
