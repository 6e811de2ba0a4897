"""14-predicted: three numbers about frozen layers, committed before they are measured."""

from functools import cache

import torch
from torch.utils.flop_counter import FlopCounterMode

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared, shares
from helpers.models.encoder import Encoder, EncoderSizes, mean_of_tokens

NEAR = (0.06, 0.1, 0.03)  # how far each prediction may be off
QUESTIONS = (
    (
        "the share of the work",
        "The gradient has to travel down through all five blocks above the one that trains, and "
        "that is half of their work on the way back. Only the gradients of their weights are "
        "saved, one unit of three for five blocks of six: 18 - 5 = 13 of 18 units are left, or a "
        "little less, since the lowest block needn't pass everything on",
    ),
    (
        "the share of numbers that differ",
        "Freezing stops the optimizer, not dropout: in training mode a tenth of the units is set "
        "to zero at random in each pass, and every later number depends on those. A frozen "
        "encoder belongs in evaluation mode; otherwise there is no one vector to keep",
    ),
    (
        "the weight after 100 steps",
        "AdamW's weight decay doesn't ask for a gradient: each step multiplies the weight by "
        "1 - 0.01 * 0.1, and a hundred of them leave 0.999 ** 100. Only requires_grad_(False), or "
        "leaving it out of the optimizer, freezes a weight",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers."""
    torch.manual_seed(0)
    sizes = EncoderSizes(vocabulary=100, width=128, layers=6, heads=2, hidden=512)
    ids, lengths = torch.randint(0, 100, (8, 6)), torch.full((8,), 6)
    work = []
    for name in ("", "blocks.0."):
        encoder = Encoder(sizes)
        for own, parameter in encoder.named_parameters():
            parameter.requires_grad_(own.startswith(name))
        with FlopCounterMode(display=False) as counter:
            encoder(ids, lengths).sum().backward()
        work.append(counter.get_total_flops())
    frozen = Encoder(sizes).train().requires_grad_(False)
    one, other = (mean_of_tokens(frozen(ids, lengths), lengths) for _ in range(2))
    weight = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.AdamW([weight], lr=0.01, weight_decay=0.1)
    for _ in range(100):
        weight.grad = torch.zeros(1)
        optimizer.step()
    return work[1] / work[0], float((one != other).float().mean()), weight.item()


PREDICTED = Exercise(
    name="14-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that's off. A wrong guess does no harm: it shows you what freezing does and what it doesn't.

1. An encoder has six blocks. Embeddings and the *upper five* blocks are frozen; only the lowest
   block trains. What **share** of a full step's work is left (within 0.06)? There is no head.
2. An encoder is frozen with `requires_grad_(False)`, in training mode (`model.train()`), with
   dropout 0.1. The same texts go through it twice. What **share** of the numbers in their mean
   vectors differ (within 0.1)?
3. A weight of 1 is in the optimizer, but its gradient is exactly 0 in every step. What's the
   **weight** after 100 steps of AdamW with the learning rate 0.01 and weight decay 0.1 (within
   0.03)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.1, 0.5, 0.5]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share, share, weight]
""",
    hints=(
        "For the first, which way must the gradient go to reach the lowest block? For the second, "
        "what does requires_grad say about dropout? For the third, when does weight decay act?",
        "A step is one unit forwards and two backwards: one for weights, one for inputs. Only one "
        "of the three can be left out, and not everywhere. Decay multiplies by 1 - 0.01 * 0.1.",
    ),
    solution="""
# 1. Forwards 6 units, gradients of inputs 6, those of weights in one block 1, of 18 in all.
#    Freezing from the top saves little; from the bottom it saves much.
# 2. All of them: dropout goes on, and each later number depends on what was dropped.
# 3. 0.999 ** 100: weight decay doesn't need a gradient.
predicted = [13 / 18, 1.0, 0.999**100]
# You could also count with FlopCounterMode, as the notebook does, and run the other two.
""",
    stages={"shape": shares(), "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("13 / 18, 1.0,", "13 / 18,"), fails="shape"),
        Wrong("writes per cent", "30 % as 0.3", ("13 / 18", "72"), fails="shape"),
        Wrong("gives units of work", "30 % as 0.3", ("13 / 18", "13"), fails="shape"),
        Wrong("expects a sixth", "all five blocks above", ("13 / 18", "1 / 6")),
        Wrong("expects the way forwards and a sixth", "all five blocks", ("13 / 18", "8 / 18")),
        Wrong("expects nothing saved", "Only the gradients of their weights", ("13 / 18", "1")),
        Wrong("takes frozen for fixed", "not dropout", ("1.0,", "0.0,")),
        Wrong("expects a tenth", "not dropout", ("1.0,", "0.1,")),
        Wrong("expects no movement", "doesn't ask for a gradient", ("0.999**100", "1")),
        Wrong("forgets the rate", "doesn't ask for a gradient", ("0.999**100", "0.9**100")),
        Wrong("counts one step", "doesn't ask for a gradient", ("0.999**100", "0.999")),
    ),
    right=(
        Right("as a tuple", ("[13 / 18, 1.0, 0.999**100]", "(0.72, 0.99, 0.9)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.7, 1, 0.905])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.68, 0.95, 0.91])"),
        Right("by formulas", code="from math import exp\npredicted = [1 - 5 / 18, 1, exp(-0.1)]"),
    ),
    shows="Measured: seven tenths of the work for one block at the bottom, every number "
    "different with dropout on, and 0.905 for a weight that never had a gradient.",
)
