"""15-lora: a LoRA layer written in NumPy, with its gradients, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb15.lora_check import PARTS

SOLUTION = """
import numpy as np


class LoRA:
    def __init__(self, W, A, B, alpha):
        self.W, self.A, self.B, self.alpha = W, A, B, alpha
        self.scale = alpha / len(A)  # r is the number of A's rows

    def forward(self, X):
        # Right to left: (X A^T) B^T costs r (inputs + outputs) a row; B A is never made.
        return X @ self.W.T + self.scale * (X @ self.A.T) @ self.B.T

    def merged(self):
        return self.W + self.scale * self.B @ self.A

    def gradients(self, X, G):
        # Y = ... + s (X A^T) B^T: a linear layer B on the inputs X A^T, and A on the inputs X.
        d_B = self.scale * G.T @ (X @ self.A.T)
        d_A = self.scale * (G @ self.B).T @ X
        return d_A, d_B

    def step(self, X, T, rate):
        miss = self.forward(X) - T
        d_A, d_B = self.gradients(X, miss / len(X))  # both, before either moves
        self.A, self.B = self.A - rate * d_A, self.B - rate * d_B
        return (miss**2).sum() / (2 * len(X))

    @staticmethod
    def nearest(W, W_new, rank):
        # The best approximation of the change keeps its largest singular values. Their roots go to
        # both sides here; all of them into B would be as good. With alpha = rank the scale is 1.
        U, s, V = np.linalg.svd(W_new - W, full_matrices=False)
        root = np.sqrt(s[:rank])
        return LoRA(W, root[:, None] * V[:rank], U[:, :rank] * root, alpha=rank)
"""

IN_TORCH = """
import torch


class LoRA:
    def __init__(self, W, A, B, alpha):
        self.W = torch.as_tensor(W, dtype=torch.float64)
        self.A, self.B = (
            torch.as_tensor(w, dtype=torch.float64).clone().requires_grad_() for w in (A, B)
        )
        self.alpha = alpha

    def forward(self, X):
        return torch.as_tensor(X, dtype=torch.float64) @ self.merged().T

    def merged(self):
        return self.W + self.alpha / self.A.shape[0] * self.B @ self.A

    def gradients(self, X, G):
        return torch.autograd.grad((self.forward(X) * torch.as_tensor(G)).sum(), [self.A, self.B])

    def step(self, X, T, rate):
        loss = ((self.forward(X) - torch.as_tensor(T)) ** 2).sum(dim=1).mean() / 2
        found = torch.autograd.grad(loss, [self.A, self.B])
        with torch.no_grad():
            self.A -= rate * found[0]
            self.B -= rate * found[1]
        return loss

    @classmethod
    def nearest(cls, W, W_new, rank):
        U, s, V = torch.linalg.svd(torch.as_tensor(W_new - W))
        return cls(W, V[:rank], U[:, :rank] * s[:rank], rank)
"""

BY_OUTER_PRODUCTS = """
import numpy as np


class LoRA:
    def __init__(self, W, A, B, alpha):
        self.W, self.A, self.B, self.alpha = W, np.array(A), np.array(B), alpha

    def merged(self):
        found = self.W.copy()
        for row, column in zip(self.A, self.B.T):
            found = found + self.alpha / len(self.A) * np.outer(column, row)
        return found

    def forward(self, X):
        return [self.merged() @ x for x in X]

    def gradients(self, X, G):
        whole = sum(np.outer(g, x) for g, x in zip(G, X))  # the gradient in the merged weight
        s = self.alpha / len(self.A)
        return [s * self.B.T @ whole, s * whole @ self.A.T]

    def step(self, X, T, rate):
        miss = np.array(self.forward(X)) - T
        d_A, d_B = self.gradients(X, miss / len(X))
        self.A -= rate * d_A
        self.B -= rate * d_B
        return 0.5 * np.mean(np.sum(miss**2, axis=1))

    def nearest(W, W_new, rank):
        values, vectors = np.linalg.eigh((W_new - W).T @ (W_new - W))
        rows = vectors[:, ::-1][:, :rank].T  # orthonormal, the largest first
        return LoRA(W, rows, (W_new - W) @ rows.T, rank)
"""

LORA = Exercise(
    name="15-lora",
    title="Build it: a LoRA layer with its gradients",
    difficulty=4,
    minutes=45,
    prompt="""
Write a LoRA layer in NumPy, without autograd. With $X$ of shape $(N, \\text{inputs})$,
$W$ $(\\text{outputs}, \\text{inputs})$, $A$ $(r, \\text{inputs})$ and $B$ $(\\text{outputs}, r)$,
$$Y = X W^\\top + \\frac{\\alpha}{r}\\, X A^\\top B^\\top .$$
There's no bias. Each part is checked by itself, in this order.

1. **Forwards.** `forward(X)` returns $Y$, shape $(N, \\text{outputs})$.
2. **Merged.** `merged()` returns the one weight that computes the same, and leaves $W$ as it is.
3. **Backwards.** $G$, shape $(N, \\text{outputs})$, is the gradient of some loss in $Y$.
   `gradients(X, G)` returns that loss's gradients in $A$ and in $B$, in this order.
4. **A step.** `step(X, T, rate)` takes a step of gradient descent on
   $L = \\frac{1}{2N} \\sum_n \\lVert y_n - t_n \\rVert^2$, with $t_n$ the rows of $T$. It moves `A`
   and `B`, leaves `W` alone, and returns the loss from before the step.
5. **Nearest.** `nearest(W, W_new, rank)` returns a layer over $W$ with adapters of this rank whose
   merged weight comes as near to `W_new` as any can, by the sum of squared differences.
""",
    answer="LoRA",
    starter="""
import numpy as np


class LoRA:
    # With W [[1, 2]], A [[3, 1]], B [[2]] and alpha 0.5, forward([[1, 1]]) is [[7]], merged() is
    # [[4, 3]], and gradients([[1, 1]], [[1]]) are [[1, 1]] and [[2]].

    def __init__(self, W, A, B, alpha):
        self.W, self.A, self.B, self.alpha = W, A, B, alpha

    def forward(self, X):
        return ...  # part 1

    def merged(self):
        return ...  # part 2

    def gradients(self, X, G):
        return ...  # part 3: d_A, d_B

    def step(self, X, T, rate):
        return ...  # part 4: the loss before the step

    @staticmethod
    def nearest(W, W_new, rank):
        return ...  # part 5: LoRA(W, A, B, alpha)
""",
    hints=(
        "Part 3: the change is two linear layers, one after the other. What comes into the second, "
        "and which gradient reaches the first? Part 5: which change should B A be, and what is its "
        "best approximation of this rank?",
        "With s = alpha / r, d_B is s times G transposed times what came into B, X A^T; G B is "
        "what reaches A. In part 4, G is (Y - T) / N. In part 5 take the SVD of W_new - W, and "
        "choose alpha so that the scale is 1.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "leaves the change out",
            "outputs of W alone",
            (" + self.scale * (X @ self.A.T) @ self.B.T", ""),
            fails="part 1",
        ),
        Wrong(
            "leaves the scale out",
            "alpha / r is missing",
            ("+ self.scale * (X @ self.A.T)", "+ (X @ self.A.T)"),
            fails="part 1",
        ),
        Wrong(
            "scales by alpha",
            "without dividing by the rank",
            ("self.scale = alpha / len(A)", "self.scale = alpha"),
            fails="part 1",
        ),
        Wrong(
            "divides by the inputs",
            "divides by the number of inputs",
            ("alpha / len(A)", "alpha / A.shape[1]"),
            fails="part 1",
        ),
        Wrong(
            "stops after part 1",
            "the starter's dots",
            ("return self.W + self.scale * self.B @ self.A", "return ..."),
            fails="part 2",
        ),
        Wrong(
            "returns the change",
            "the change alone",
            ("return self.W + self.scale * self.B", "return self.scale * self.B"),
            fails="part 2",
        ),
        Wrong(
            "forgets the scale when merging",
            "alpha / r is missing",
            ("self.W + self.scale * self.B", "self.W + self.B"),
            fails="part 2",
        ),
        Wrong(
            "returns one gradient",
            "two are asked for",
            ("return d_A, d_B", "return d_A"),
            fails="part 3",
        ),
        Wrong(
            "forgets the scale backwards",
            "alpha / r is missing",
            (
                "d_A = self.scale * (G @ self.B).T @ X",
                "d_A, d_B = (G @ self.B).T @ X, d_B / self.scale",
            ),
            fails="part 3",
        ),
        Wrong(
            "takes the mean backwards",
            "G has that already",
            ("        return d_A, d_B", "        return d_A / len(X), d_B / len(X)"),
            fails="part 3",
        ),
        Wrong(
            "swaps the two",
            "expected",
            ("return d_A, d_B", "return d_B, d_A"),
            fails="part 3",
        ),
        Wrong(
            "divides by all numbers of Y",
            "divide by the rows alone",
            ("miss / len(X)", "miss / miss.size"),
            fails="part 4",
        ),
        Wrong(
            "goes uphill",
            "went uphill",
            ("self.A - rate * d_A", "self.A + rate * d_A"),
            fails="part 4",
        ),
        Wrong(
            "forgets the mean in the step",
            "division by N is missing",
            ("miss / len(X)", "miss"),
            fails="part 4",
        ),
        Wrong(
            "keeps the factor 2",
            "cancels against the half",
            ("miss / len(X)", "2 * miss / len(X)"),
            fails="part 4",
        ),
        Wrong(
            "moves A first",
            "compute both first",
            (
                "self.A, self.B = self.A - rate * d_A, self.B - rate * d_B",
                "self.A = self.A - rate * d_A\n"
                "        late = (self.forward(X) - T) / len(X)\n"
                "        self.B = self.B - rate * self.gradients(X, late)[1]",
            ),
            fails="part 4",
        ),
        Wrong(
            "moves A between the gradients",
            "compute both first",
            (
                "self.A, self.B = self.A - rate * d_A, self.B - rate * d_B",
                "self.A = self.A - rate * d_A\n"
                "        self.B = self.B - rate * self.gradients(X, miss / len(X))[1]",
            ),
            fails="part 4",
        ),
        Wrong(
            "moves W as well",
            "in LoRA it's frozen",
            (
                "        return (miss**2)",
                "        self.W = self.W - rate * (miss / len(X)).T @ X\n        return (miss**2)",
            ),
            fails="part 4",
        ),
        Wrong(
            "forgets the half",
            "the half is missing",
            ("/ (2 * len(X))", "/ len(X)"),
            fails="part 4",
        ),
        Wrong(
            "approximates the new weight",
            "approximates W_new itself",
            ("np.linalg.svd(W_new - W,", "np.linalg.svd(W_new,"),
            fails="part 5",
        ),
        Wrong(
            "subtracts the wrong way round",
            "the opposite way",
            ("np.linalg.svd(W_new - W,", "np.linalg.svd(W - W_new,"),
            fails="part 5",
        ),
        Wrong(
            "takes columns of V",
            "first rows, not columns",
            ("V[:rank]", "V[:, :rank].T"),
            fails="part 5",
        ),
        Wrong(
            "keeps the smallest",
            "largest singular values",
            (
                "root = np.sqrt(s[:rank])",
                "U, s, V = U[:, ::-1], s[::-1], V[::-1]\n        root = np.sqrt(s[:rank])",
            ),
            fails="part 5",
        ),
        Wrong(
            "forgets the scale in the end",
            "mind alpha / r",
            ("alpha=rank)", "alpha=1)"),
            fails="part 5",
        ),
    ),
    right=(
        Right("in torch, by autograd", code=IN_TORCH),
        Right("by outer products", code=BY_OUTER_PRODUCTS),
        Right(
            "the rest of alpha in B",
            ("U[:, :rank] * root, alpha=rank)", "U[:, :rank] * root * rank, alpha=1)"),
        ),
        Right(
            "by einsum",
            (
                "self.scale * (G @ self.B).T @ X",
                "self.scale * np.einsum('no,or,ni->ri', G, self.B, X)",
            ),
        ),
        Right(
            "in place",
            (
                "self.A, self.B = self.A - rate * d_A, self.B - rate * d_B",
                "self.A -= rate * d_A\n        self.B -= rate * d_B",
            ),
        ),
        Right("in float32", ("X @ self.W.T +", "X.astype('float32') @ self.W.T +")),
    ),
    shows="A LoRA layer is two thin linear layers beside a thick one, which never moves.",
)
