"""The whole path on a CUDA GPU: pinned batches, bfloat16, training, checkpoint, resume.

Skipped where there is none; what can be tested without one is in test_device.
"""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from toy_training import weights_of

from helpers.models.classifiers import PooledClassifier, TenWordClassifier
from helpers.text.batches import TextDataset, loader
from helpers.training import checkpoint
from helpers.training.device import autocast, choose_device, disagreement_with_cpu, to_device
from helpers.training.learning_rate_range import learning_rate_range
from helpers.training.loop import TrainSettings, evaluate, train

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available(), reason="needs a CUDA GPU, and PyTorch sees none here"
    ),
]

CLASSES, WORDS = 4, 60


def texts(count, seed):
    """Texts as word ids: one word in three belongs to the class, the others to any."""
    numbers = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, CLASSES, (count,), generator=numbers)
    texts = []
    for label in labels.tolist():
        ids = torch.randint(2, WORDS, (12 + label,), generator=numbers)
        ids[::3] = 2 + label
        texts.append(ids.tolist())
    return TextDataset(texts, labels.tolist())


def batches(device, seed=0, count=300, shuffle=True):
    return loader(texts(count, seed), batch_size=32, shuffle=shuffle, seed=seed, device=device)


def make(kind=PooledClassifier, seed=0):
    torch.manual_seed(seed)
    return kind((WORDS, 16), classes=CLASSES, hidden=32, dropout=0.2)


CHOSEN = TrainSettings(
    epochs=6, learning_rate=0.01, schedule="cosine", warmup_share=0.1, mixed_precision=False
)


@pytest.fixture(scope="module")
def cuda():
    return torch.device("cuda")


def test_the_gpu_is_chosen_and_agrees_with_the_cpu(monkeypatch, cuda):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    assert disagreement_with_cpu("cuda") is None
    assert choose_device() == cuda


def test_batches_are_pinned_and_arrive_whole(cuda):
    pinned, plain = batches(cuda, shuffle=False), batches("cpu", shuffle=False)
    for ours, theirs in zip(pinned, plain, strict=True):
        (ids, lengths), labels = ours
        assert ids.is_pinned() and lengths.is_pinned() and labels.is_pinned()
        (there, _), _ = to_device(ours, cuda)
        assert there.device.type == "cuda"
        assert torch.equal(there.cpu(), theirs[0][0])


@pytest.mark.parametrize("kind", [PooledClassifier, TenWordClassifier])
@pytest.mark.parametrize("mixed", [True, False])
def test_learns_on_the_gpu(cuda, kind, mixed):
    model = make(kind)
    chosen = TrainSettings(epochs=12, learning_rate=0.01, mixed_precision=mixed)
    history = train(model, batches(cuda), batches(cuda, 1), chosen, device=cuda)
    assert {p.device.type for p in model.parameters()} == {"cuda"}
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert max(history.validation_accuracy) > 0.9
    result = evaluate(model, batches(cuda, 1, shuffle=False), cuda)
    assert {t.device.type for t in (result.logits, result.labels)} == {"cpu"}
    assert result.logits.dtype == torch.float32


def test_the_first_losses_equal_the_cpus(cuda):
    losses = []
    for device in ("cpu", cuda):
        torch.manual_seed(0)
        model = PooledClassifier((WORDS, 16), classes=CLASSES, hidden=32)  # no dropout
        history = train(model, batches(device), batches(device, 1), CHOSEN, device=device)
        losses.append(torch.tensor(history.train_loss + history.validation_loss))
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-3, atol=1e-3)


def test_evaluation_equals_what_the_model_predicts(cuda):
    """Both in float32, though training is in bfloat16 where the GPU has it."""
    model, held_out = make(), batches(cuda, 1, shuffle=False)
    history = train(model, batches(cuda), held_out, TrainSettings(epochs=2), device=cuda)
    result = evaluate(model, held_out)
    with torch.inference_mode():
        predicted = torch.cat([model(*to_device(inputs, cuda)).cpu() for inputs, _ in held_out])
    torch.testing.assert_close(result.logits, predicted, rtol=0, atol=0)
    assert result.accuracy == history.validation_accuracy[history.best_epoch - 1]


def test_multiplications_are_done_in_bfloat16_where_the_gpu_has_it(cuda):
    seen = []

    class Spy(nn.Linear):
        def forward(self, points):
            out = super().forward(points)
            seen.append(out.dtype)
            return out

    def loss(outputs, targets):
        value = functional.cross_entropy(outputs, targets)
        seen.append(value.dtype)
        return value

    points = [(torch.randn(8, 4), torch.randint(0, 3, (8,)))]
    train(Spy(4, 3), points, None, TrainSettings(epochs=1), loss_function=loss, device=cuda)
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    assert seen == [torch.bfloat16 if native else torch.float32, torch.float32]
    assert isinstance(autocast(cuda), torch.autocast) == native


@pytest.mark.parametrize("stop", [2, 4])
def test_stopped_and_resumed_comes_out_as_unbroken(tmp_path, cuda, stop):
    """Not bit for bit: a GPU adds up gradients of repeated words in an order that varies."""
    unbroken, resumed = make(), make(seed=9)
    whole = train(unbroken, batches(cuda), batches(cuda, 1), CHOSEN, device=cuda)
    path = tmp_path / "run.pt"
    options = {"device": cuda, "checkpoint_path": path}
    train(make(), batches(cuda), batches(cuda, 1), CHOSEN, **options, stop_after=stop)
    torch.rand(9, device=cuda)
    parts = train(resumed, batches(cuda), batches(cuda, 1), CHOSEN, **options, resume=True)
    assert parts.epochs == whole.epochs == 6
    torch.testing.assert_close(
        torch.tensor(parts.train_loss), torch.tensor(whole.train_loss), rtol=1e-2, atol=1e-3
    )
    state = checkpoint.load(path)
    assert {t.device.type for t in state["model"].values()} == {"cpu"}


def test_a_gpus_checkpoint_goes_on_on_the_cpu(tmp_path, cuda):
    path = tmp_path / "run.pt"
    model = make().to(cuda)  # and without device= it is trained there
    train(model, batches(cuda), batches(cuda, 1), CHOSEN, checkpoint_path=path, stop_after=3)
    model = make(seed=9)
    history = train(
        model, batches("cpu"), batches("cpu", 1), CHOSEN,
        device="cpu", checkpoint_path=path, resume=True,
    )  # fmt: skip
    assert history.epochs == 6 and max(history.validation_accuracy) > 0.9
    assert {w.device.type for w in weights_of(model).values()} == {"cpu"}


def test_steps_do_not_wait_for_the_gpu(cuda):
    """PyTorch's own watch raises at every hidden wait; the loop may wait at looks alone."""
    model = make().to(cuda)
    held = [to_device(batch, cuda) for batch in batches(cuda)]
    chosen = TrainSettings(epochs=1, check_every=10**6)
    train(model, held, None, chosen, device=cuda)  # warm-up: first use compiles and allocates

    class Watched(list):
        def __iter__(self):
            for number, batch in enumerate(super().__iter__()):
                torch.cuda.set_sync_debug_mode("error" if number else "default")
                yield batch
            torch.cuda.set_sync_debug_mode("default")

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch calls the watch a prototype
            train(model, Watched(held), None, chosen, device=cuda)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_nan_is_found_and_the_first_step_named(cuda):
    points = [(torch.randn(8, 4), torch.randint(0, 3, (8,))) for _ in range(30)]
    points[12][0][0] = float("nan")
    with pytest.raises(FloatingPointError, match=r"step 13 \(epoch 1, batch 13\)"):
        train(nn.Linear(4, 3), points, None, TrainSettings(epochs=1), device=cuda)


def test_a_learning_rate_range_on_the_gpu(cuda):
    model = make()
    found = learning_rate_range(model, batches(cuda), steps=30, device=cuda)
    assert len(found.rates) > 10
    assert next(model.parameters()).device.type == "cpu"  # a copy was trained
