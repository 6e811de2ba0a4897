"""05-xor: the backward pass of a network for XOR, written and trained, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb05.xor_check import PARTS

SOLUTION = """
import numpy as np


class XorNetwork:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, X):
        # H is kept, because both gradients ask for it.
        self.H = np.tanh(X @ self.W1 + self.b1)  # (N, M)
        return 1 / (1 + np.exp(-(self.H @ self.W2 + self.b2)))  # (N, 1)

    def last(self, X, y):
        # dL/dp = (p - y) / (p (1 - p)) / N meets the sigmoid's slope p (1 - p), which cancels.
        d_S = (self.forward(X) - y) / len(X)
        return self.H.T @ d_S, d_S.sum(axis=0)

    def first(self, X, y):
        d_S = (self.forward(X) - y) / len(X)
        d_Z = (d_S @ self.W2.T) * (1 - self.H**2)  # back through layer 2, then through tanh
        return X.T @ d_Z, d_Z.sum(axis=0)

    def step(self, X, y, rate):
        p = self.forward(X)
        loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        # All four gradients before the first weight moves: they belong to one and the same place.
        (d_W2, d_b2), (d_W1, d_b1) = self.last(X, y), self.first(X, y)
        # New arrays, so that the caller's stay as they are; -= would move them too.
        self.W1, self.b1 = self.W1 - rate * d_W1, self.b1 - rate * d_b1
        self.W2, self.b2 = self.W2 - rate * d_W2, self.b2 - rate * d_b2
        return loss

    @staticmethod
    def solved(X, y):
        # Random weights tell the units apart; eight of them seldom all start badly.
        random = np.random.default_rng(0)
        net = XorNetwork(random.normal(size=(2, 8)), np.zeros(8),
                         random.normal(size=(8, 1)), np.zeros(1))
        for _ in range(1500):
            net.step(X, y, rate=0.5)
        return net


# Another way: two scores and softmax, as in the notebook. The sigmoid is softmax of (0, s).
"""

IN_TORCH = """
import torch


class XorNetwork:
    def __init__(self, *weights):
        self.weights = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in weights]

    W1, b1, W2, b2 = (property(lambda self, i=i: self.weights[i]) for i in range(4))

    def forward(self, X):
        hidden = torch.tanh(torch.tensor(X) @ self.W1 + self.b1)
        return torch.sigmoid(hidden @ self.W2 + self.b2)

    def loss(self, X, y):
        return torch.nn.functional.binary_cross_entropy(self.forward(X), torch.tensor(y))

    def last(self, X, y):
        return torch.autograd.grad(self.loss(X, y), self.weights[2:])

    def first(self, X, y):
        return list(torch.autograd.grad(self.loss(X, y), self.weights[:2]))

    def step(self, X, y, rate):
        loss = self.loss(X, y)
        found = torch.autograd.grad(loss, self.weights)
        with torch.no_grad():
            for weight, gradient in zip(self.weights, found):
                weight -= rate * gradient
        return loss

    @classmethod
    def solved(cls, X, y):
        torch.manual_seed(3)
        net = cls(torch.randn(2, 6).tolist(), [0.0] * 6, torch.randn(6, 1).tolist(), [0.0])
        optimizer = torch.optim.Adam(net.weights, lr=0.1)
        for _ in range(300):
            optimizer.zero_grad()
            net.loss(X, y).backward()
            optimizer.step()
        return net
"""

ONE_AT_A_TIME = """
import numpy as np


class XorNetwork:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = (np.array(w, dtype=float) for w in (W1, b1, W2, b2))

    def forward(self, X):
        found = []
        for x in X:
            hidden = np.tanh(x @ self.W1 + self.b1)
            found.append(1 / (1 + np.exp(-(hidden @ self.W2 + self.b2))))
        return found

    def all_four(self, X, y):
        total = [0 * self.W1, 0 * self.b1, 0 * self.W2, 0 * self.b2]
        for x, label, p in zip(X, y, self.forward(X)):
            hidden = np.tanh(x @ self.W1 + self.b1)
            error = p[0] - label[0]
            behind = error * self.W2[:, 0] * (1 - hidden**2)
            four = np.outer(x, behind), behind, error * hidden[:, None], error
            for so_far, one in zip(total, four):
                so_far += one / len(X)
        return total

    def last(self, X, y):
        return self.all_four(X, y)[2:]

    def first(self, X, y):
        return tuple(self.all_four(X, y)[:2])

    def step(self, X, y, rate):
        loss = np.mean([-np.log(p[0] if t[0] else 1 - p[0]) for p, t in zip(self.forward(X), y)])
        for weight, gradient in zip((self.W1, self.b1, self.W2, self.b2), self.all_four(X, y)):
            weight -= rate * gradient
        return loss

    def solved(X, y):
        random = np.random.default_rng(5)
        W1, W2 = 2 * random.normal(size=(2, 5)), random.normal(size=(5, 1))
        net = XorNetwork(W1, np.zeros(5), W2, [0])
        for _ in range(1000):
            net.step(X, y, 1.0)
        return net
"""

STEP = "return loss\n\n    @staticmethod"

XOR = Exercise(
    name="05-xor",
    title="Build it: a network that learns XOR",
    difficulty=4,
    minutes=45,
    prompt="""
Write a network with its backward pass, and let it learn XOR. It has one hidden layer of $M$ tanh
units and a single output, the probability of class 1:
$$H = \\tanh(X W_1 + b_1), \\qquad p = \\sigma(S), \\quad S = H W_2 + b_2, \\qquad
L = -\\frac1N \\sum_n \\bigl(y_n \\ln p_n + (1 - y_n) \\ln(1 - p_n)\\bigr),$$
with $\\sigma$ the sigmoid, $X$ of shape $(N, 2)$, $y$ of shape $(N, 1)$ with 0 or 1 in each row,
$W_1$ $(2, M)$, $b_1$ $(M)$, $W_2$ $(M, 1)$ and $b_2$ $(1)$. Each part is checked by itself,
in this order.

1. **Forwards.** `forward(X)` returns $p$, shape $(N, 1)$.
2. **The last layer.** `last(X, y)` returns $d_{W_2}$ and $d_{b_2}$. First derive $d_S$ with pencil
   and paper; it comes out as short as in notebook 04.
3. **The first layer.** `first(X, y)` returns $d_{W_1}$ and $d_{b_1}$.
4. **A step.** `step(X, y, rate)` moves all four weights against their gradients and returns the
   loss from before the step.
5. **Trained.** `solved(X, y)` gets the four corners and their labels. It draws initial weights,
   takes as many steps as it needs, and returns a network whose $p$ is within 0.1 of every label.
   The check also asks for other labels than XOR's.
""",
    answer="XorNetwork",
    starter='''
import numpy as np


class XorNetwork:
    """Example: XorNetwork(W1, b1, W2, b2) of W1 [[1], [-1]], b1 [0], W2 [[2]] and b2 [0] has

    forward([[1, 0.5]]) = [[0.716]], and for y = [[1]] its d_W2 is [[-0.131]], its d_b2 [-0.284].
    """

    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, X):
        return ...  # part 1

    def last(self, X, y):
        return ...  # part 2: d_W2, d_b2

    def first(self, X, y):
        return ...  # part 3: d_W1, d_b1

    def step(self, X, y, rate):
        return ...  # part 4: the loss before the step

    @staticmethod
    def solved(X, y):
        return ...  # part 5: XorNetwork(...), trained
''',
    hints=(
        "Part 2: the sigmoid's slope is p (1 - p), and dL/dp of one text is -y/p + (1-y)/(1-p). "
        "Multiply, for y = 1 and for y = 0. Part 3 is the notebook's box and tanh's slope.",
        "d_S = (p - y) / N, then d_H = d_S @ W2.T and d_Z = d_H * (1 - H**2). In part 4 compute "
        "all four gradients first. In part 5, eight units, normal weights and a thousand or so "
        "steps at rate 0.5 will do.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "leaves the sigmoid out",
            "sigmoid at the end is missing",
            ("1 / (1 + np.exp(-(self.H @ self.W2 + self.b2)))", "self.H @ self.W2 + self.b2"),
            fails="part 1",
        ),
        Wrong(
            "leaves tanh out",
            "the two layers are one",
            ("np.tanh(X @ self.W1 + self.b1)", "X @ self.W1 + self.b1"),
            fails="part 1",
        ),
        Wrong(
            "leaves b1 out",
            "b1 is missing",
            ("X @ self.W1 + self.b1)", "X @ self.W1)"),
            fails="part 1",
        ),
        Wrong(
            "turns the classes round",
            "the probability of class 0",
            ("np.exp(-(self", "np.exp((self"),
            fails="part 1",
        ),
        Wrong(
            "stops after part 1",
            "the starter's dots",
            ("return self.H.T @ d_S, d_S.sum(axis=0)", "return ..."),
            fails="part 2",
        ),
        Wrong(
            "returns one gradient",
            "two are asked for",
            ("return self.H.T @ d_S, d_S.sum(axis=0)", "return self.H.T @ d_S"),
            fails="part 2",
        ),
        Wrong(
            "keeps the sigmoid's slope",
            "for this loss it cancels",
            (
                "        return self.H.T @ d_S, d",
                "        p = self.forward(X)\n        d_S = d_S * p * (1 - p)\n"
                "        return self.H.T @ d_S, d",
            ),
            fails="part 2",
        ),
        Wrong(
            "forgets the mean",
            "division by N is missing",
            (
                "        return self.H.T @ d_S, d",
                "        d_S = d_S * len(X)\n        return self.H.T @ d_S, d",
            ),
            fails="part 2",
        ),
        Wrong(
            "keeps the bias's gradient by text",
            "expected shape (1,)",
            ("return self.H.T @ d_S, d_S.sum(axis=0)", "return self.H.T @ d_S, d_S"),
            fails="part 2",
        ),
        Wrong(
            "forgets tanh's slope",
            "the slope of tanh, 1 - H², is missing",
            (" * (1 - self.H**2)", ""),
            fails="part 3",
        ),
        Wrong(
            "takes a sigmoid's slope",
            "is the slope of a sigmoid",
            ("(1 - self.H**2)", "self.H * (1 - self.H)"),
            fails="part 3",
        ),
        Wrong(
            "forgets the square",
            "that is 1 - H;",
            ("(1 - self.H**2)", "(1 - self.H)"),
            fails="part 3",
        ),
        Wrong(
            "moves the last layer first",
            "compute all four first",
            code=SOLUTION.replace(
                "(d_W2, d_b2), (d_W1, d_b1) = self.last(X, y), self.first(X, y)",
                "d_W2, d_b2 = self.last(X, y)\n"
                "        self.W2, self.b2 = self.W2 - rate * d_W2, self.b2 - rate * d_b2\n"
                "        d_W1, d_b1 = self.first(X, y)",
            ).replace(
                "        self.W2, self.b2 = self.W2 - rate * d_W2, self.b2 - rate * d_b2\n"
                "        return loss",
                "        return loss",
            ),
            fails="part 4",
        ),
        Wrong("goes uphill", "went uphill", ("self.W2 - rate", "self.W2 + rate"), fails="part 4"),
        Wrong(
            "forgets a bias",
            "it has not moved",
            ("self.b1 - rate * d_b1", "self.b1"),
            fails="part 4",
        ),
        Wrong(
            "returns the loss after the step",
            "the loss after the step",
            (
                STEP,
                "p = self.forward(X)\n"
                "        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))\n\n"
                "    @staticmethod",
            ),
            fails="part 4",
        ),
        Wrong("returns no loss", "None", (STEP, "\n    @staticmethod"), fails="part 4"),
        Wrong(
            "starts from one number",
            "All hidden units have the same weights",
            (
                "random.normal(size=(2, 8)), np.zeros(8),\n"
                "                         random.normal(size=(8, 1))",
                "np.full((2, 8), 0.5), np.zeros(8), np.full((8, 1), 0.5)",
            ),
            fails="part 5",
        ),
        Wrong(
            "starts from zero",
            "All weights are zero",
            (
                "random.normal(size=(2, 8)), np.zeros(8),\n"
                "                         random.normal(size=(8, 1))",
                "np.zeros((2, 8)), np.zeros(8), np.zeros((8, 1))",
            ),
            fails="part 5",
        ),
        Wrong(
            "sets the weights as the notebook's example does",
            "its numbers for XOR as well",
            (
                "        random = np.random",
                "        return XorNetwork(np.full((2, 2), 4.0), np.array([-2.0, -6.0]),\n"
                "                       np.array([[10.0], [-10.0]]), np.array([-5.0]))\n"
                "        random = np.random",
            ),
            fails="part 5",
        ),
        Wrong("stops too early", "Train longer", ("range(1500)", "range(15)"), fails="part 5"),
        Wrong(
            "learns XOR whatever it is asked",
            "the opposite of XOR",
            (
                "        random = np.random",
                "        y = (X.sum(axis=1, keepdims=True) == 1) * 1.0\n        random = np.random",
            ),
            fails="part 5",
        ),
    ),
    right=(
        Right("in torch, by autograd", code=IN_TORCH),
        Right("one text at a time", code=ONE_AT_A_TIME),
        Right(
            "from biases of one",
            ("size=(2, 8)), np.zeros(8)", "size=(2, 8)), np.ones(8)"),
        ),
        Right(
            "the sigmoid by tanh",
            (
                "1 / (1 + np.exp(-(self.H @ self.W2 + self.b2)))",
                "0.5 + 0.5 * np.tanh((self.H @ self.W2 + self.b2) / 2)",
            ),
        ),
        Right(
            "in place",
            code=SOLUTION.replace(
                "        self.W1, self.b1 = self.W1 - rate * d_W1, self.b1 - rate * d_b1\n"
                "        self.W2, self.b2 = self.W2 - rate * d_W2, self.b2 - rate * d_b2\n",
                "        self.W1 -= rate * d_W1\n        self.b1 -= rate * d_b1\n"
                "        self.W2 -= rate * d_W2\n        self.b2 -= rate * d_b2\n",
            ),
        ),
        Right(
            "sums by einsum",
            (
                "return X.T @ d_Z, d_Z.sum(axis=0)",
                "return np.einsum('ni,nm->im', X, d_Z), np.ones(len(X)) @ d_Z",
            ),
        ),
    ),
    shows="Your own backward pass has taught a network what no straight border can separate.",
)
