"""06-optimizer: an optimizer with everything, written and put to work, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb06.optimizer_check import PARTS

SOLUTION = """
import numpy as np


class AdamW:
    def __init__(self, weights, rate, steps, warmup=0, longest=np.inf, decay=0.0):
        self.weights, self.rate, self.steps = weights, rate, steps
        self.warmup, self.longest, self.decay = warmup, longest, decay
        self.t = 0  # steps taken
        self.m = {name: np.zeros_like(w) for name, w in weights.items()}
        self.s = {name: np.zeros_like(w) for name, w in weights.items()}

    def rate_at(self, t):
        if t < self.warmup:
            return self.rate * (t + 1) / self.warmup
        # What is left of the way down, as a share of the whole way down.
        return self.rate * (self.steps - t) / (self.steps - self.warmup)

    def clipped(self, gradients):
        # One length and one factor for all arrays, so that the direction stays.
        length = np.sqrt(sum((g**2).sum() for g in gradients.values()))
        factor = min(1.0, self.longest / max(length, 1e-12))
        return {name: factor * g for name, g in gradients.items()}

    def step(self, gradients):
        rate, gradients = self.rate_at(self.t), self.clipped(gradients)
        self.t += 1  # the rate counts from 0, the correction from 1
        for name, w in self.weights.items():
            g = gradients[name]
            self.m[name] = 0.9 * self.m[name] + 0.1 * g
            self.s[name] = 0.999 * self.s[name] + 0.001 * g**2
            m = self.m[name] / (1 - 0.9**self.t)
            s = self.s[name] / (1 - 0.999**self.t)
            if w.ndim > 1:  # the decay is beside the gradient, and biases are left alone
                w -= rate * self.decay * w
            w -= rate * m / (np.sqrt(s) + 1e-8)

    @staticmethod
    def trained(weights, gradients_of):
        # 0.03 is half the rate that the notebook's search found for a similar network.
        optimizer = AdamW(weights, rate=0.03, steps=60, warmup=5, longest=1.0, decay=0.01)
        for _ in range(60):
            optimizer.step(gradients_of(weights))
        return weights


# Another way: keep one flat array of all weights and one of all gradients. Clipping and Adam are
# then a line each, without a loop over names, and a mask says which numbers decay.
"""

IN_TORCH = """
import torch


class AdamW:
    def __init__(self, weights, rate, steps, warmup=0, longest=float("inf"), decay=0.0):
        self.tensors = {name: torch.tensor(w) for name, w in weights.items()}
        self.rate, self.steps, self.warmup = rate, steps, warmup
        self.longest, self.t = longest, 0
        groups = [
            {"params": [w for w in self.tensors.values() if w.ndim > 1], "weight_decay": decay},
            {"params": [w for w in self.tensors.values() if w.ndim == 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=rate)

    @property
    def weights(self):
        return {name: w.numpy() for name, w in self.tensors.items()}

    def rate_at(self, t):
        share = (t + 1) / self.warmup if t < self.warmup else None
        return self.rate * (share or (self.steps - t) / (self.steps - self.warmup))

    def clipped(self, gradients):
        tensors = {name: torch.tensor(g) for name, g in gradients.items()}
        length = torch.cat([g.flatten() for g in tensors.values()]).norm()
        return {n: g * min(1.0, self.longest / (length + 1e-12)) for n, g in tensors.items()}

    def step(self, gradients):
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate_at(self.t)
        for name, g in self.clipped(gradients).items():
            self.tensors[name].grad = g
        self.optimizer.step()
        self.t += 1

    @classmethod
    def trained(cls, weights, gradients_of):
        own = cls(weights, 0.02, 60)
        for _ in range(60):
            own.step(gradients_of(own.weights))
        return own.weights
"""

FLAT = """
import numpy as np


class AdamW:
    def __init__(self, weights, rate, steps, warmup=0, longest=np.inf, decay=0.0):
        self.weights = weights
        self.settings = rate, steps, warmup, longest, decay
        self.m = self.s = 0.0
        self.t = 0

    def flat(self, arrays):
        return np.concatenate([np.ravel(arrays[name]) for name in self.weights])

    def rate_at(self, t):
        rate, steps, warmup, *_ = self.settings
        return rate * np.interp(t, [warmup - 1, warmup, steps], [1, 1, 0]) if t >= warmup else (
            rate * (t + 1) / warmup
        )

    def clipped(self, gradients):
        longest = self.settings[3]
        length = sum(np.vdot(g, g) for g in gradients.values()) ** 0.5
        if length <= longest:
            return gradients
        return {name: g * (longest / length) for name, g in gradients.items()}

    def step(self, gradients):
        rate, g = self.rate_at(self.t), self.flat(self.clipped(gradients))
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.s = 0.999 * self.s + 0.001 * g * g
        way = self.m / (1 - 0.9**self.t) / (np.sqrt(self.s / (1 - 0.999**self.t)) + 1e-8)
        decays = self.flat({k: (w.ndim > 1) * np.ones(w.shape) for k, w in self.weights.items()})
        w = self.flat(self.weights)
        w = w - rate * (self.settings[4] * decays * w + way)
        for name, old in self.weights.items():
            self.weights[name], w = w[: old.size].reshape(old.shape), w[old.size :]

    def trained(weights, gradients_of):
        own = AdamW(weights, 0.05, 60, warmup=10)
        for _ in range(50):
            own.step(gradients_of(own.weights))
        return own.weights
"""

OPTIMIZER = Exercise(
    name="06-optimizer",
    title="Build it: an optimizer with everything",
    difficulty=4,
    minutes=50,
    prompt="""
Write AdamW as it's used for large models, with clipping and a schedule, and let it train a network.
`weights` and `gradients` are dictionaries of arrays, such as `{"W1": ..., "b1": ...}`; the class
keeps the weights as `self.weights` and moves them there. Each part is checked by itself, in this
order.

1. **A schedule.** `rate_at(t)` is the rate of step `t`, counted from 0. Over the first `warmup`
   steps it climbs evenly and is `rate` at the last of them. From step `warmup` on, where it is
   `rate` too, it falls evenly, so that it would be 0 at step `steps`.
2. **Clipping.** `clipped(gradients)` returns new gradients. If all of them together are longer than
   `longest` (the root of the sum of all squares), one factor brings them to that length.
3. **Adam.** `step(gradients)` moves the weights by Adam's rule with bias correction,
   $\\beta_1 = 0.9$, $\\beta_2 = 0.999$, $\\epsilon = 10^{-8}$.
4. **Everything.** `step` follows `rate_at`, clips the gradients before it uses them, and shrinks
   the weights by $1 - \\eta \\lambda$ before Adam's step, with this step's rate $\\eta$ and
   $\\lambda$ = `decay`. Only arrays of two axes shrink; biases don't.
5. **Trained.** `trained(weights, gradients_of)` gets the first weights of a network with 16 hidden
   units. `gradients_of(weights)` gives the gradients of the next batch of newsroom headlines, 60
   times. Choose all settings, and return weights whose training loss is below 0.1.
""",
    answer="AdamW",
    starter='''
import numpy as np


class AdamW:
    """Example: AdamW({"w": np.ones(2)}, rate=0.5, steps=10, warmup=2, longest=2) has the rates

    0.25, 0.5, 0.5, 0.4375 ..., and clipped({"w": np.array([3.0, -4.0])}) is {"w": [1.2, -1.6]}.
    """

    def __init__(self, weights, rate, steps, warmup=0, longest=np.inf, decay=0.0):
        self.weights, self.rate, self.steps = weights, rate, steps
        self.warmup, self.longest, self.decay = warmup, longest, decay

    def rate_at(self, t):
        return ...  # part 1

    def clipped(self, gradients):
        return ...  # part 2: a dictionary

    def step(self, gradients):
        return ...  # parts 3 and 4: move self.weights; nothing to return

    @staticmethod
    def trained(weights, gradients_of):
        return ...  # part 5: the weights after training
''',
    hints=(
        "Begin with __init__: a step needs the number of steps so far, and for each array of "
        "weights its own m and s. For part 1, write down all rates for rate=1, steps=6, warmup=2.",
        "The rates of that example are 1/2, 1, 1, 3/4, 1/2, 1/4. In step the schedule counts from "
        "0 and the bias correction from 1, so raise self.t between the two. For part 5, the "
        "notebook's search found the order of magnitude of Adam's rate.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "starts the climb at 0",
            "not with 0",
            ("self.rate * (t + 1) / self.warmup", "self.rate * t / self.warmup"),
            fails="part 1",
        ),
        Wrong(
            "returns the share",
            "multiply it by the rate",
            code=SOLUTION.replace("return self.rate * (t + 1)", "return (t + 1)").replace(
                "return self.rate * (self.steps - t)", "return (self.steps - t)"
            ),
            fails="part 1",
        ),
        Wrong(
            "never falls",
            "falls evenly to 0",
            ("self.rate * (self.steps - t) / (self.steps - self.warmup)", "self.rate"),
            fails="part 1",
        ),
        Wrong(
            "falls from the first step on",
            "count its steps from the warm-up on",
            ("(self.steps - t) / (self.steps - self.warmup)", "(1 - t / self.steps)"),
            fails="part 1",
        ),
        Wrong(
            "stops after part 1",
            "the starter's dots",
            ("return {name: factor * g for name, g in gradients.items()}", "return ..."),
            fails="part 2",
        ),
        Wrong(
            "cuts numbers off",
            "turns the direction",
            ("{name: factor * g for", "{name: np.clip(g, -self.longest, self.longest) for"),
            fails="part 2",
        ),
        Wrong(
            "clips each array by itself",
            "one length over all",
            (
                "return {name: factor * g for name, g in gradients.items()}",
                "return {\n            name: g * min(1.0, self.longest / max(1e-12, "
                "np.linalg.norm(g)))\n            for name, g in gradients.items()\n        }",
            ),
            fails="part 2",
        ),
        Wrong(
            "stretches short ones",
            "stays as it is",
            ("min(1.0, self.longest / max(length, 1e-12))", "self.longest / max(length, 1e-12)"),
            fails="part 2",
        ),
        Wrong(
            "clips in place",
            "return new arrays",
            (
                "        return {name: factor * g for name, g in gradients.items()}",
                "        for g in gradients.values():\n            g *= factor\n"
                "        return gradients",
            ),
            fails="part 2",
        ),
        Wrong(
            "returns a list",
            "expected a dictionary",
            (
                "{name: factor * g for name, g in gradients.items()}",
                "[factor * g for name, g in gradients.items()]",
            ),
            fails="part 2",
        ),
        Wrong(
            "forgets the correction",
            "the bias correction is missing",
            code=SOLUTION.replace(" / (1 - 0.9**self.t)", "").replace(" / (1 - 0.999**self.t)", ""),
            fails="part 3",
        ),
        Wrong(
            "puts epsilon under the root",
            "added to the root",
            ("(np.sqrt(s) + 1e-8)", "np.sqrt(s + 1e-8)"),
            fails="part 3",
        ),
        Wrong(
            "makes new arrays",
            "`w -= ...` moves this one",
            ("            w -= rate * m /", "            w = w - rate * m /"),
            fails="part 3",
        ),
        Wrong(
            "forgets the root",
            "the root is missing",
            ("(np.sqrt(s) + 1e-8)", "(s + 1e-8)"),
            fails="part 3",
        ),
        Wrong(
            "goes uphill",
            "against the gradient",
            ("w -= rate * m", "w += rate * m"),
            fails="part 3",
        ),
        Wrong(
            "divides the gradient",
            "its running mean m",
            ("w -= rate * m /", "w -= rate * g /"),
            fails="part 3",
        ),
        Wrong(
            "shares one memory",
            "For b1 after 1 step",
            code=SOLUTION.replace(
                "            g = gradients[name]\n",
                '            g, name = gradients[name], "one for all"\n',
            )
            .replace("self.m[name] + 0.1", "self.m.get(name, 0).mean() + 0.1")
            .replace("self.s[name] + 0.001", "self.s.get(name, 0).mean() + 0.001")
            .replace(
                "{name: np.zeros_like(w) for name, w in weights.items()}",
                '{"one for all": np.zeros(1)}',
            ),
            fails="part 3",
        ),
        Wrong(
            "adds the decay to the gradient",
            "stays out of the gradient",
            code=SOLUTION.replace(
                "g = gradients[name]\n",
                "g = gradients[name] + (w.ndim > 1) * self.decay * w\n",
            ).replace("                w -= rate * self.decay * w\n", "                pass\n"),
            fails="part 4",
        ),
        Wrong(
            "lets biases decay",
            "only arrays of two axes",
            ("if w.ndim > 1:", "if w.ndim > 0:"),
            fails="part 4",
        ),
        Wrong(
            "forgets the rate in the decay",
            "multiplied by the rate",
            ("w -= rate * self.decay * w", "w -= self.decay * w"),
            fails="part 4",
        ),
        Wrong(
            "forgets the decay",
            "nothing has decayed",
            ("w -= rate * self.decay * w", "pass"),
            fails="part 4",
        ),
        Wrong(
            "forgets the schedule",
            "does not follow rate_at",
            ("rate, gradients = self.rate_at(self.t),", "rate, gradients = self.rate,"),
            fails="part 4",
        ),
        Wrong(
            "asks a step ahead",
            "one step ahead",
            ("self.rate_at(self.t)", "self.rate_at(self.t + 1)"),
            fails="part 4",
        ),
        Wrong(
            "forgets to clip",
            "not clipped",
            ("self.rate_at(self.t), self.clipped(gradients)", "self.rate_at(self.t), gradients"),
            fails="part 4",
        ),
        Wrong("takes 0.001", "the loss on newsroom", ("rate=0.03", "rate=0.001"), fails="part 5"),
        Wrong(
            "takes too few steps",
            "the loss on newsroom",
            ("for _ in range(60)", "for _ in range(3)"),
            fails="part 5",
        ),
        Wrong(
            "takes too many",
            "more than 60 times",
            ("for _ in range(60)", "for _ in range(61)"),
            fails="part 5",
        ),
        Wrong(
            "returns the optimizer",
            "expected a dictionary",
            ("return weights\n", "return optimizer\n"),
            fails="part 5",
        ),
    ),
    right=(
        Right("by torch.optim", code=IN_TORCH),
        Right("as one flat array", code=FLAT),
        Right("shrinks by a factor", ("w -= rate * self.decay * w", "w *= 1 - rate * self.decay")),
        Right(
            "memory made at the first step",
            code=SOLUTION.replace("{name: np.zeros_like(w) for name, w in weights.items()}", "{}")
            .replace("self.m[name] + 0.1", "self.m.get(name, 0.0) + 0.1")
            .replace("self.s[name] + 0.001", "self.s.get(name, 0.0) + 0.001"),
        ),
        Right(
            "without clipping or decay in training",
            ("rate=0.03, steps=60, warmup=5, longest=1.0, decay=0.01", "0.02, 60"),
        ),
    ),
    shows="Schedule, clipping, Adam and decay in thirty lines of your own have trained a network.",
)
