"""15-predicted: three numbers about adapters, committed before they are measured."""

from functools import cache

import numpy as np
import torch
from torch import nn

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.models.lora import LoRALinear, LoRASettings

NEAR = (0.2, 0.05, 0.1)  # how far each prediction may be off
QUESTIONS = (
    (
        "the percentage of numbers in the adapters",
        "Each of the 24 matrices gets A with 8 · 384 numbers and B with as many: 24 · 2 · 8 · 384 "
        "is 147,456 of 22.57 million, 0.65 %",
    ),
    (
        "the share of A's numbers that move in the first step",
        "The gradient in A is B transposed times something, and B is still zero; only B moves in "
        "the first step",
    ),
    (
        "the share of the squared size that rank 10 keeps",
        "The largest singular values of random numbers are larger than the others, so ten of a "
        "hundred keep more than a tenth, but none stands out: a random matrix isn't of low rank",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers; the last is a mean over twenty matrices."""
    blocks, width, rank, numbers = 6, 384, 8, 22_565_000
    trained = blocks * 4 * (rank * width + width * rank)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(15)
        layer = LoRALinear(nn.Linear(40, 30), LoRASettings(rank=4))
        before = layer.lora_a.weight.detach().clone()
        layer(torch.randn(64, 40)).square().mean().backward()
        torch.optim.SGD([layer.lora_a.weight, layer.lora_b.weight], lr=1.0).step()
        moved = (layer.lora_a.weight != before).float().mean().item()
    random, kept = np.random.default_rng(15), []
    for _ in range(20):
        sizes = np.linalg.svd(random.normal(size=(100, 100)), compute_uv=False) ** 2
        kept.append(sizes[:10].sum() / sizes.sum())
    return 100 * trained / numbers, moved, float(np.mean(kept))


def _shape(answer: Answer) -> None:
    percentage, moved, kept = answer.array(shape=(3,))
    if not 0 <= percentage <= 100:
        raise Diagnosis(f"The first is {percentage:g}; a percentage lies between 0 and 100.")
    for place, share in ((2, moved), (3, kept)):
        if not 0 <= share <= 1:
            raise Diagnosis(
                f"Prediction {place} is {share:g}; a share lies between 0 and 1 (30 % is 0.3)."
            )


PREDICTED = Exercise(
    name="15-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that's off. A wrong guess does no harm: it shows you where your picture of LoRA differs from
what happens.

1. MiniLM's encoder has about 22.57 million numbers. Each of its 6 blocks has 4 attention matrices
   (query, key, value, output) of shape 384 × 384, and all 24 get an adapter of rank 8. What
   **percentage** of all numbers are in the adapters (0 to 100, within 0.2)?
2. A LoRA layer has just been made, and takes a single step of plain gradient descent. What
   **share** of the numbers in $A$ has moved (within 0.05)?
3. A matrix of 100 × 100 holds random numbers from a normal distribution. What **share** of the sum
   of its squares does its best approximation of rank 10 keep (within 0.1)?
""",
    answer="predicted",
    starter="""
# Try predicted = [10, 0.5, 0.9]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [percentage, share, share]
""",
    hints=(
        "For the first, count the numbers in one A and one B. For the second, look at the formula "
        "for the gradient in A, and at what B is in the beginning.",
        "The first is 24 · 2 · 8 · 384 out of 22.57 million. In the second, the gradient contains "
        "B as a factor. For the third: with ten of a hundred equal directions it would be 0.1, "
        "and the ten largest aren't equal to the others.",
    ),
    solution="""
# 1. 24 matrices, each with 8 * 384 numbers in A and in B: 147,456 of 22.57 million.
# 2. None: dA = s B^T G^T X, and B is zero. Only B moves in the first step.
# 3. About a third: more than a tenth, since the largest are taken, but far from all of it.
predicted = [0.65, 0.0, 0.34]
# Instead of guessing you could measure: np.linalg.svd gives the third in two lines.
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("0.65, 0.0, 0.34", "0.65, 0.0"), fails="shape"),
        Wrong("writes per cent", "30 % is 0.3", ("0.34]", "34]"), fails="shape"),
        Wrong("gives more than all", "a percentage lies", ("[0.65,", "[147_456,"), fails="shape"),
        Wrong("counts the whole matrices", "147,456", ("[0.65,", "[15.7,")),
        Wrong("expects a tenth", "147,456", ("[0.65,", "[10,")),
        Wrong("counts A alone, in one matrix", "147,456", ("[0.65,", "[0.014,")),
        Wrong("expects A to move", "B is still zero", ("0.0, 0.34", "1.0, 0.34")),
        Wrong("expects half to move", "B is still zero", ("0.0, 0.34", "0.5, 0.34")),
        Wrong("expects a tenth of the squares", "none stands out", ("0.34]", "0.1]")),
        Wrong("expects nearly all of them", "none stands out", ("0.34]", "0.9]")),
    ),
    right=(
        Right("as a tuple", ("[0.65, 0.0, 0.34]", "(0.7, 0, 0.3)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.6, 0.01, 0.36])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.65, 0.0, 0.35])"),
        Right(
            "by formulas",
            code="predicted = [100 * 24 * 2 * 8 * 384 / 22.57e6, 0, 1 / 3]",
        ),
    ),
    shows="Adapters of rank 8 are 0.65 % of the numbers, B moves first, and a matrix of random "
    "numbers isn't of low rank.",
)
