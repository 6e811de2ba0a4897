"""04-classifier: a softmax classifier with a penalty on its weights, built in four parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb04.classifier_check import part_1, part_2, part_3, part_4

SOLUTION = """
import numpy as np


class SoftmaxClassifier:
    def __init__(self, dimensions, classes, penalty):
        self.W = np.zeros((dimensions, classes))
        self.b = np.zeros(classes)
        self.penalty = penalty

    def log_p(self, X):
        # Each row's largest score is taken away first, so exp() can't overflow and ln meets no 0.
        scores = X @ self.W + self.b  # (N, K)
        gaps = scores - scores.max(axis=1, keepdims=True)
        return gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))

    def loss(self, X, labels):
        picked = self.log_p(X)[np.arange(len(labels)), labels]  # (N,)
        return -picked.mean() + self.penalty / 2 * np.sum(self.W**2)

    def gradients(self, X, labels):
        # (c / 2) W^2 has the derivative c W. It knows nothing of texts, so no N divides it.
        p = np.exp(self.log_p(X))
        G = (p - np.eye(len(self.b))[labels]) / len(labels)  # (N, K)
        return X.T @ G + self.penalty * self.W, G.sum(axis=0)

    def step(self, X, labels, rate):
        # Both gradients belong to the same point, so they are taken before anything moves.
        dW, db = self.gradients(X, labels)
        self.W = self.W - rate * dW
        self.b = self.b - rate * db

    def fit(self, X, labels):
        # The loss has a single lowest value, so nothing depends on the start.
        for _ in range(500):
            self.step(X, labels, 1.0)

    def predict(self, X):
        return (X @ self.W + self.b).argmax(axis=1)  # softmax wouldn't change the order


# Another way: scipy.optimize.minimize with method="L-BFGS-B" needs some forty evaluations of the
# loss and its gradient where plain steps need hundreds. scikit-learn's LogisticRegression does so.
"""

BY_AUTOGRAD = """
import torch


class SoftmaxClassifier:
    def __init__(self, dimensions, classes, penalty):
        self.W = torch.zeros(dimensions, classes, dtype=torch.float64)
        self.b = torch.zeros(classes, dtype=torch.float64)
        self.penalty = penalty

    def of(self, W, b, X, labels):
        scores = torch.as_tensor(X) @ W + b
        fit = torch.nn.functional.cross_entropy(scores, torch.as_tensor(labels))
        return fit + self.penalty / 2 * (W**2).sum()

    def loss(self, X, labels):
        return self.of(torch.as_tensor(self.W), torch.as_tensor(self.b), X, labels)

    def gradients(self, X, labels):
        W, b = (torch.tensor(one, requires_grad=True) for one in (self.W, self.b))
        return torch.autograd.grad(self.of(W, b, X, labels), (W, b))

    def step(self, X, labels, rate):
        dW, db = self.gradients(X, labels)
        self.W, self.b = torch.as_tensor(self.W) - rate * dW, torch.as_tensor(self.b) - rate * db

    def fit(self, X, labels):
        for _ in range(600):
            self.step(X, labels, 1.5)

    def predict(self, X):
        return (torch.as_tensor(X) @ torch.as_tensor(self.W) + torch.as_tensor(self.b)).argmax(1)
"""

MINI_BATCHES = (
    """
        for _ in range(500):
            self.step(X, labels, 1.0)
""",
    """
        random = np.random.default_rng(0)
        for epoch in range(150):
            order = random.permutation(len(X))
            for start in range(0, len(X), 50):
                batch = order[start : start + 50]
                self.step(X[batch], labels[batch], 1.0 / (1 + epoch / 10))
""",
)

BY_SCIPY = (
    """
        for _ in range(500):
            self.step(X, labels, 1.0)
""",
    """
        from scipy.optimize import minimize

        def at(flat):
            self.W = flat[: self.W.size].reshape(self.W.shape)
            self.b = flat[self.W.size :]
            slopes = [slope.ravel() for slope in self.gradients(X, labels)]
            return self.loss(X, labels), np.concatenate(slopes)

        at(minimize(at, np.zeros(self.W.size + self.b.size), jac=True, method="L-BFGS-B").x)
""",
)

CLASSIFIER = Exercise(
    name="04-classifier",
    title="Build it: a softmax classifier of your own",
    difficulty=4,
    minutes=45,
    prompt=r"""
Newsroom's training texts can all be classified correctly. Once they are, doubling the weights only
makes the loss smaller, so the weights would grow for ever. A *penalty* (权重惩罚) on large weights
stops that. The loss becomes

$$L = -\frac1N \sum_n \ln P_{n \ell_n} + \frac{c}{2} \sum_{d,k} W_{dk}^2 ,$$

with the number $c$ (`penalty`) chosen in advance; $b$ isn't penalised. This loss has a single
lowest value. Write the class that finds it. Each part is checked by itself,
in this order.

1. **Loss.** `loss(X, labels)` returns $L$ for the present `self.W`, shape $(D, K)$, and `self.b`,
   shape $(K)$. Scores may be thousands apart.
2. **Gradient.** `gradients(X, labels)` returns $\partial L/\partial W$ and
   $\partial L/\partial b$. Derive the penalty's part on paper first.
3. **Step.** `step(X, labels, rate)` moves `self.W` and `self.b` once against the gradient.
4. **Training.** `fit(X, labels)` trains as long as you think right, and `predict(X)` returns the
   class numbers. On newsroom's averages, with $c = 0.01$, the loss must come within 0.02 of the
   lowest possible, and 97 % of the validation texts must be classified correctly. Then the same
   class must do well on other data.

The check puts NumPy arrays of its own into `self.W` and `self.b`, so let your methods use these.
""",
    answer="SoftmaxClassifier",
    starter='''
import numpy as np


class SoftmaxClassifier:
    """Example: SoftmaxClassifier(2, 3, 0.1), W and b all zeros, has the loss ln 3 = 1.0986."""

    def __init__(self, dimensions, classes, penalty):
        self.W = np.zeros((dimensions, classes))
        self.b = np.zeros(classes)
        self.penalty = penalty

    def loss(self, X, labels):
        return ...  # part 1

    def gradients(self, X, labels):
        return ...  # part 2: two arrays, of the shapes of W and b

    def step(self, X, labels, rate):
        return ...  # part 3: change self.W and self.b, and return nothing

    def fit(self, X, labels):
        return ...  # part 4: take steps, and return nothing

    def predict(self, X):
        return ...  # part 4: class numbers, shape (N)
''',
    hints=(
        "All but the penalty is in the notebook: log_softmax for part 1, G = (P - Y) / N with "
        "X^T G and its sum over the texts for part 2. What is the derivative of (c / 2) w^2?",
        "Write the logarithms of the probabilities as a method of their own; loss and gradient "
        "both use it. In step, keep both gradients in variables before an array moves. For fit, "
        "print the loss every 50 steps at the rate 1 and watch when it stops falling.",
    ),
    solution=SOLUTION,
    stages={
        "part 1": part_1,
        "part 2": part_2,
        "part 3": part_3,
        "part 4": part_4,
    },
    wrong=(
        Wrong(
            "forgets the penalty",
            "the penalty is missing",
            (" + self.penalty / 2 * np.sum(self.W**2)", ""),
            fails="part 1",
        ),
        Wrong(
            "does not halve it",
            "not halved",
            ("self.penalty / 2 *", "self.penalty *"),
            fails="part 1",
        ),
        Wrong(
            "sums over the texts",
            "take its mean",
            ("-picked.mean()", "-picked.sum()"),
            fails="part 1",
        ),
        Wrong(
            "penalises b in the loss",
            "only W should be",
            ("np.sum(self.W**2)", "(np.sum(self.W**2) + np.sum(self.b**2))"),
            fails="part 1",
        ),
        Wrong(
            "loses the minus",
            "minus sign is missing",
            ("-picked.mean()", "picked.mean()"),
            fails="part 1",
        ),
        Wrong(
            "takes nothing away before exp",
            "Right for small scores",
            ("scores - scores.max(axis=1, keepdims=True)", "scores"),
            fails="part 1",
        ),
        Wrong(
            "forgets the penalty in the gradient",
            "penalty * W, is missing",
            ("X.T @ G + self.penalty * self.W", "X.T @ G"),
            fails="part 2",
        ),
        Wrong(
            "doubles it",
            "is doubled",
            ("X.T @ G + self.penalty", "X.T @ G + 2 * self.penalty"),
            fails="part 2",
        ),
        Wrong(
            "does not divide by N",
            "not divided by N",
            ("(p - np.eye(len(self.b))[labels]) / len(labels)", "p - np.eye(len(self.b))[labels]"),
            fails="part 2",
        ),
        Wrong(
            "turns p - y round",
            "should be p - y",
            ("(p - np.eye(len(self.b))[labels])", "(np.eye(len(self.b))[labels] - p)"),
            fails="part 2",
        ),
        Wrong(
            "divides b's twice", "not its mean", ("G.sum(axis=0)", "G.mean(axis=0)"), fails="part 2"
        ),
        Wrong(
            "returns W's gradient alone",
            "two arrays are asked for",
            ("self.penalty * self.W, G.sum(axis=0)", "self.penalty * self.W"),
            fails="part 2",
        ),
        Wrong(
            "climbs",
            "goes up the loss",
            code=SOLUTION.replace(" - rate", " + rate"),
            fails="part 3",
        ),
        Wrong(
            "moves W first",
            "take both gradients first",
            (
                "self.b = self.b - rate * db",
                "self.b = self.b - rate * self.gradients(X, labels)[1]",
            ),
            fails="part 3",
        ),
        Wrong(
            "does not move b",
            "b after one step",
            ("self.b = self.b - rate * db", "pass"),
            fails="part 3",
        ),
        Wrong(
            "steps far too far",
            "the rate is too large",
            ("labels, 1.0)", "labels, 1e300)"),
            fails="part 4",
        ),
        Wrong("stops early", "Take more steps", ("range(500)", "range(20)"), fails="part 4"),
        Wrong("does not train", "all zeros", ("range(500)", "range(0)"), fails="part 4"),
        Wrong(
            "takes a rate far too small",
            "a larger rate",
            ("labels, 1.0)", "labels, 0.01)"),
            fails="part 4",
        ),
        Wrong(
            "takes a rate far too large",
            "the rate is too large",
            ("labels, 1.0)", "labels, 300.0)"),
            fails="part 4",
        ),
        Wrong(
            "predicts the least likely",
            "the lowest score",
            (".argmax(axis=1)", ".argmin(axis=1)"),
            fails="part 4",
        ),
        Wrong(
            "predicts probabilities",
            "expected shape",
            ("return (X @ self.W + self.b).argmax(axis=1)", "return np.exp(self.log_p(X))"),
            fails="part 4",
        ),
    ),
    right=(
        Right("with autograd", code=BY_AUTOGRAD),
        Right("in shuffled batches", MINI_BATCHES),
        Right("with SciPy's minimiser", BY_SCIPY),
        Right(
            "with one-hot rows in the loss",
            (
                "picked = self.log_p(X)[np.arange(len(labels)), labels]  # (N,)",
                "picked = (self.log_p(X) * np.eye(len(self.b))[labels]).sum(axis=1)",
            ),
        ),
        Right(
            "with a list of predictions",
            (
                "return (X @ self.W + self.b).argmax(axis=1)",
                "return [int(row.argmax()) for row in X @ self.W + self.b]",
            ),
        ),
        Right(
            "in place",
            (
                "self.W = self.W - rate * dW",
                "self.W -= rate * dW",
            ),
        ),
    ),
    shows=(
        "Loss, gradient, step, training: a classifier of 153 numbers, trained by a gradient that "
        "you derived."
    ),
    seconds=20,
)
