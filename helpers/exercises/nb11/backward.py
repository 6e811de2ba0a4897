"""11-backward: attention's gradients by hand, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb11.backward_check import PARTS

SOLUTION = """
import numpy as np


class HandAttention:
    def __init__(self, Q, K, V, visible):
        self.Q, self.K, self.V, self.visible = Q, K, V, visible
        self.root = np.sqrt(Q.shape[1])

    def forward(self):
        S = np.where(self.visible, self.Q @ self.K.T / self.root, -np.inf)  # (n, m)
        E = np.exp(S - S.max(axis=1, keepdims=True))  # hidden ones become 0
        A = E / E.sum(axis=1, keepdims=True)
        return A, A @ self.V

    def d_values(self, G):
        # O = A V is a linear layer with V as weights: value j is in row i with the factor A[i, j].
        A, _ = self.forward()
        return A.T @ G  # (m, v)

    def d_scores(self, G):
        A, _ = self.forward()
        d_A = G @ self.V.T  # (n, m)
        # Row by row d_S = J d_A, with softmax's Jacobian J = diag(a) - a a^T: what a score gains,
        # less the mean gain of the row under its own weights. Hidden places have A = 0, so d_S = 0.
        return A * (d_A - (A * d_A).sum(axis=1, keepdims=True))

    def d_queries_keys(self, G):
        d_S = self.d_scores(G)
        # S = Q K^T / root: once more two linear layers, and a constant factor.
        return d_S @ self.K / self.root, d_S.T @ self.Q / self.root

    @staticmethod
    def d_text(X, W_Q, W_K, W_V, visible, G):
        own = HandAttention(X @ W_Q, X @ W_K, X @ W_V, visible)
        d_Q, d_K = own.d_queries_keys(G)
        # X goes three ways into the result, and what comes back along them adds up.
        return d_Q @ W_Q.T + d_K @ W_K.T + own.d_values(G) @ W_V.T


# Another way: write the Jacobian of each row as a matrix, np.diag(a) - np.outer(a, a), and loop.
"""

IN_TORCH = """
import torch


class HandAttention:
    def __init__(self, Q, K, V, visible):
        self.Q, self.K, self.V = (torch.tensor(x, requires_grad=True) for x in (Q, K, V))
        self.visible = torch.tensor(visible)
        scores = self.Q @ self.K.T / self.Q.shape[1] ** 0.5
        self.S = scores.masked_fill(~self.visible, -torch.inf)
        self.A = torch.softmax(self.S, dim=1)

    def forward(self):
        return [self.A, self.A @ self.V]

    def grad(self, G, *wanted):
        return torch.autograd.grad(self.A @ self.V, wanted, torch.tensor(G))

    def d_values(self, G):
        return self.grad(G, self.V)[0]

    def d_scores(self, G):
        return self.grad(G, self.S)[0]

    def d_queries_keys(self, G):
        return self.grad(G, self.Q, self.K)

    @classmethod
    def d_text(cls, X, W_Q, W_K, W_V, visible, G):
        X, W_Q, W_K, W_V, G = (torch.tensor(x) for x in (X, W_Q, W_K, W_V, G))
        X.requires_grad_()
        S = (X @ W_Q) @ (X @ W_K).T / W_Q.shape[1] ** 0.5
        A = torch.softmax(S.masked_fill(~torch.tensor(visible), -torch.inf), dim=1)
        return torch.autograd.grad(A @ (X @ W_V), X, G)[0]
"""

BY_JACOBIANS = SOLUTION.replace(
    "        return A * (d_A - (A * d_A).sum(axis=1, keepdims=True))",
    "        return [(np.diag(a) - np.outer(a, a)) @ d for a, d in zip(A, d_A)]",
).replace("d_S = self.d_scores(G)", "d_S = np.array(self.d_scores(G))")

SCORES = "self.Q @ self.K.T / self.root"
ROW = "return A * (d_A - (A * d_A).sum(axis=1, keepdims=True))"

BACKWARD = Exercise(
    name="11-backward",
    title="Build it: attention backwards",
    difficulty=5,
    minutes=45,
    prompt="""
Work out attention's gradients by hand, as notebook 05 does for a network. There are $n$ queries $Q$
of shape $(n, d)$, $m$ keys $K$ $(m, d)$, values $V$ $(m, v)$, and `visible` $(n, m)$, True where a
query may look; each row has at least one True. With
$$S = \\frac{Q K^{\\mathsf T}}{\\sqrt d}, \\qquad A = \\mathrm{softmax}(S)
\\text{ over the visible keys}, \\qquad O = A V,$$
let $G$, shape $(n, v)$, be the loss's gradient in $O$. All arrays are NumPy's. The parts are
checked in this order, each on a new object, so a part that needs $A$ calls `self.forward()`.

1. **Forwards.** `forward()` returns $A$ and $O$.
2. **Values.** `d_values(G)` returns the gradient in $V$.
3. **Scores.** `d_scores(G)` returns the gradient in $S$, shape $(n, m)$: first $d_A$, the gradient
   in $A$, then through each row's softmax with the Jacobian of notebook 04.
4. **Queries and keys.** `d_queries_keys(G)` returns the gradients in $Q$ and $K$.
5. **A text that looks at itself.** `d_text(X, W_Q, W_K, W_V, visible, G)` returns the gradient in
   $X$, shape $(n, c)$, where $Q = X W_Q$, $K = X W_K$ and $V = X W_V$.
""",
    answer="HandAttention",
    starter='''
import numpy as np


class HandAttention:
    """Example: Q [[1, 0.5]], K [[1, 0], [0, 1]], V [[2], [4]], all visible, and G [[1]] give

    A [[0.587, 0.413]], O [[2.825]], d_V [[0.587], [0.413]] and d_S [[-0.485, 0.485]].
    """

    def __init__(self, Q, K, V, visible):
        self.Q, self.K, self.V, self.visible = Q, K, V, visible

    def forward(self):
        return ...  # part 1: A, O

    def d_values(self, G):
        return ...  # part 2

    def d_scores(self, G):
        return ...  # part 3

    def d_queries_keys(self, G):
        return ...  # part 4: d_Q, d_K

    @staticmethod
    def d_text(X, W_Q, W_K, W_V, visible, G):
        return ...  # part 5
''',
    hints=(
        "O = A V and S = Q K^T are products of matrices: for each factor, notebook 05's box says "
        "what its gradient is. For softmax, write one row's d_s with the Jacobian and simplify.",
        "Part 3: sum_j d_a_j a_j (1[j = l] - a_l) splits into a term with l alone and a_l times a "
        "sum that is the same for the whole row. Part 5: how often is X in the formula?",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong("forgets the mask", "the mask is missing",
              ("np.where(self.visible, self.Q @ self.K.T / self.root, -np.inf)",
               "self.Q @ self.K.T / self.root"), fails="part 1"),
        Wrong("forgets the root", "not divided by the root",
              ("self.Q @ self.K.T / self.root,", "self.Q @ self.K.T,"), fails="part 1"),
        Wrong("masks after softmax", "no longer sum to 1",
              code=SOLUTION.replace("np.where(self.visible, " + SCORES + ", -np.inf)",
                                    SCORES)
              .replace("return A, A @", "A = A * self.visible\n        return A, A @"),
              fails="part 1"),
        Wrong("hides by zeros", "exp(0) is 1", ("self.root, -np.inf)", "self.root, 0)"),
              fails="part 1"),
        Wrong("normalises columns", "runs down the columns",
              ("A = E / E.sum(axis=1, keepdims=True)", "A = E / E.sum(axis=0, keepdims=True)"),
              fails="part 1"),
        Wrong("returns the mixtures alone", "two are asked for",
              ("return A, A @ self.V", "return A @ self.V"), fails="part 1"),
        Wrong("returns the mixtures first", "the weights come first",
              ("return A, A @ self.V", "return A @ self.V, A"), fails="part 1"),
        Wrong("stops after part 1", "the starter's dots", ("return A.T @ G", "return ..."),
              fails="part 2"),
        Wrong("forgets to transpose", "must be transposed", ("return A.T @ G", "return A @ G"),
              fails="part 2"),
        Wrong("keeps the weights of the first part", "call self.forward()",
              code=SOLUTION.replace("return A, A @", "self.A = A\n        return A, A @")
              .replace("A, _ = self.forward()\n        return A.T @ G", "return self.A.T @ G"),
              fails="part 2"),
        Wrong("treats values alike", "as much as it was looked at",
              ("return A.T @ G", "return np.ones_like(A).T @ G"), fails="part 2"),
        Wrong("forgets softmax", "softmax is still to come", (ROW, "return d_A"), fails="part 3"),
        Wrong("takes the diagonal alone", "only the diagonal", (ROW, "return A * (1 - A) * d_A"),
              fails="part 3"),
        Wrong("forgets the second term", "second term of softmax's", (ROW, "return A * d_A"),
              fails="part 3"),
        Wrong("sums without weights", "the mean of d_A under them",
              ("(A * d_A).sum(axis=1", "d_A.sum(axis=1"), fails="part 3"),
        Wrong("takes the plain mean", "takes the plain mean",
              ("(A * d_A).sum(axis=1", "d_A.mean(axis=1"), fails="part 3"),
        Wrong("sums down the columns", "softmax works along rows",
              ("(A * d_A).sum(axis=1", "(A * d_A).sum(axis=0"), fails="part 3"),
        Wrong("turns the sign", "the sign is reversed", ("return A * (d_A -", "return -A * (d_A -"),
              fails="part 3"),
        Wrong("forgets the root backwards", "root of d is missing",
              ("return d_S @ self.K / self.root,", "return d_S @ self.K,"), fails="part 4"),
        Wrong("forgets to transpose the scores", "a key gathers from all queries",
              ("d_S.T @ self.Q", "d_S @ self.Q"), fails="part 4"),
        Wrong("swaps the two", "expected shape",
              ("return d_S @ self.K / self.root, d_S.T @ self.Q / self.root",
               "return d_S.T @ self.Q / self.root, d_S @ self.K / self.root"), fails="part 4"),
        Wrong("returns one of two", "two are asked for",
              ("self.K / self.root, d_S.T @ self.Q / self.root", "self.K / self.root"),
              fails="part 4"),
        Wrong("forgets the root of the keys", "root of d is missing",
              ("d_S.T @ self.Q / self.root", "d_S.T @ self.Q"), fails="part 4"),
        Wrong("forgets the keys' path", "the path through the keys is missing",
              (" + d_K @ W_K.T", ""), fails="part 5"),
        Wrong("forgets the values' path", "the path through the values is missing",
              (" + own.d_values(G) @ W_V.T", ""), fails="part 5"),
        Wrong("goes through the values alone", "only the path through the values",
              ("d_Q @ W_Q.T + d_K @ W_K.T + ", ""), fails="part 5"),
        Wrong("takes the mean of the paths", "they add up",
              ("return d_Q @ W_Q.T + d_K @ W_K.T + own.d_values(G) @ W_V.T",
               "return (d_Q @ W_Q.T + d_K @ W_K.T + own.d_values(G) @ W_V.T) / 3"),
              fails="part 5"),
        Wrong("divides by the root too early", "that root belongs to part 4",
              (ROW, ROW + " / self.root"), fails="part 3"),
        Wrong("drops the mask", "the mask is not passed on",
              ("X @ W_V, visible)", "X @ W_V, np.ones_like(visible))"), fails="part 5"),
        Wrong("forgets to transpose the maps", "each map is transposed",
              ("d_Q @ W_Q.T + d_K @ W_K.T + own.d_values(G) @ W_V.T",
               "d_Q @ W_Q + d_K @ W_K + own.d_values(G) @ W_V"), fails="part 5"),
    ),
    right=(
        Right("in torch, by autograd", code=IN_TORCH),
        Right("with a Jacobian for each row", code=BY_JACOBIANS),
        Right("hidden by a low number", ("-np.inf", "-1e30")),
        Right("as lists", code=SOLUTION.replace("return A.T @ G  # (m, v)",
                                                "return (A.T @ G).tolist()")
              .replace("own.d_values(G) @ W_V.T", "np.array(own.d_values(G)) @ W_V.T")
              .replace("return A, A @ self.V", "return [A, A @ self.V]")),
        Right("sums by einsum", ("return A.T @ G", "return np.einsum('nm,nv->mv', A, G)")),
    ),
    shows="Attention backwards is three products and one softmax, each with a gradient that you "
    "knew.",
)  # fmt: skip
