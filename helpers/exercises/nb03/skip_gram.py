"""03-skip-gram: word2vec in plain Python and NumPy, written and trained, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb03.skip_gram_check import PARTS

SOLUTION = """
import numpy as np


class SkipGram:
    @staticmethod
    def keep(counts, t):
        ratio = t * np.sum(counts) / np.asarray(counts)  # t / share
        return np.minimum(1, np.sqrt(ratio) + ratio)

    @staticmethod
    def noise(counts, power):
        up = np.asarray(counts, dtype=float) ** power
        return up / up.sum()

    @staticmethod
    def pairs(ids, reach):
        found = []
        for i, far in enumerate(reach):
            for j in range(max(0, i - far), min(len(ids), i + far + 1)):
                if j != i:  # places are compared, not words: a word may be its own neighbour
                    found.append((ids[i], ids[j]))
        return found

    @staticmethod
    def gradients(v, u, c, o, n):
        targets = np.array([o, *n])
        errors = 1 / (1 + np.exp(-u[targets] @ v[c]))  # the answers ...
        errors[0] -= 1  # ... less the truth: 1 for the pair of the text, 0 for noise
        d_v, d_u = np.zeros_like(v), np.zeros_like(u)
        d_v[c] = errors @ u[targets]
        # A row can come up twice among the targets, and both parts count: add.at, not =.
        np.add.at(d_u, targets, np.outer(errors, v[c]))
        return d_v, d_u

    @staticmethod
    def trained(texts, d):
        words = sorted({word for text in texts for word in text})
        texts = [[words.index(word) for word in text] for text in texts]
        counts = np.bincount(np.concatenate(texts))
        # With so few words each makes up much of the text, so t is larger than 0.001.
        keep, noise = SkipGram.keep(counts, 0.02), SkipGram.noise(counts, 0.75)
        random = np.random.default_rng(0)
        # v at random, or nothing would ever move; u may start at zero, as in word2vec.
        v, u = (random.random((len(words), d)) - 0.5) / d, np.zeros((len(words), d))
        for rate in np.linspace(0.2, 0.05, 3):
            for ids in texts:
                kept = [i for i in ids if random.random() < keep[i]]
                reach = random.integers(1, 4, size=len(kept))
                for c, o in SkipGram.pairs(kept, reach):
                    n = random.choice(len(words), 3, p=noise)
                    d_v, d_u = SkipGram.gradients(v, u, c, o, n)
                    v -= rate * d_v
                    u -= rate * d_u
        return dict(zip(words, v))


# Another way: move only the k + 2 rows that take part. For real vocabularies that's a must, since
# here every step writes two whole tables that are nearly all zero.
"""

# The notebook's settings, which suit millions of words.
FOR_MILLIONS = (
    SOLUTION.replace("(counts, 0.02)", "(counts, 0.001)")
    .replace("np.linspace(0.2, 0.05, 3)", "[0.025] * 5")
    .replace("integers(1, 4,", "integers(1, 6,")
    .replace("len(words), 3, p", "len(words), 5, p")
)

IN_TORCH = """
import random

import torch
from torch.nn.functional import logsigmoid


class SkipGram:
    def keep(counts, t):
        share = torch.tensor(counts) / sum(counts)
        return (torch.sqrt(t / share) + t / share).clamp(max=1)

    def noise(counts, power):
        return torch.softmax(power * torch.log(torch.tensor(counts, dtype=torch.float64)), dim=0)

    def pairs(ids, reach):
        for i, centre in enumerate(ids):
            for j, context in enumerate(ids):
                if i != j and abs(i - j) <= reach[i]:
                    yield [centre, context]

    def gradients(v, u, c, o, n):
        v, u = (torch.tensor(table, requires_grad=True) for table in (v, u))
        loss = -logsigmoid(u[o] @ v[c]) - logsigmoid(-(u[list(n)] @ v[c])).sum()
        return torch.autograd.grad(loss, (v, u))

    def trained(texts, d):
        torch.manual_seed(0)
        random.seed(0)
        words = list(dict.fromkeys(word for text in texts for word in text))
        place = {word: i for i, word in enumerate(words)}
        c, o = [], []
        for text in texts:
            for a, b in SkipGram.pairs([place[word] for word in text], [2] * len(text)):
                c.append(a)
                o.append(b)
        c, o = torch.tensor(c), torch.tensor(o)
        v, u = (torch.randn(len(words), d).mul(0.1).requires_grad_() for _ in "vu")
        optimizer = torch.optim.Adam([v, u], lr=0.05)
        for _ in range(60):
            n = torch.randint(len(words), (len(c), 5))
            true = logsigmoid((v[c] * u[o]).sum(1))
            noise = logsigmoid(-(u[n] @ v[c][:, :, None])[..., 0]).sum(1)
            optimizer.zero_grad()
            (-(true + noise).mean()).backward()
            optimizer.step()
        return {word: v[i].tolist() for word, i in place.items()}
"""

IN_PLAIN_PYTHON = """
import math
import random


class SkipGram:
    @classmethod
    def keep(cls, counts, t):
        shares = [count / sum(counts) for count in counts]
        return [min(1.0, math.sqrt(t / share) + t / share) for share in shares]

    @classmethod
    def noise(cls, counts, power):
        return [float(c) ** power / sum(float(x) ** power for x in counts) for c in counts]

    @classmethod
    def pairs(cls, ids, reach):
        found = []
        for i in range(len(ids)):
            around = [*ids[max(0, i - reach[i]) : i], *ids[i + 1 : i + 1 + reach[i]]]
            found += [(ids[i], context) for context in around]
        return tuple(found)

    @classmethod
    def gradients(cls, v, u, c, o, n):
        d_v, d_u = [[0.0] * len(row) for row in v], [[0.0] * len(row) for row in u]
        for target, truth in [(o, 1), *((word, 0) for word in n)]:
            score = sum(a * b for a, b in zip(u[target], v[c]))
            error = 1 / (1 + math.exp(-score)) - truth
            for x in range(len(v[c])):
                d_v[c][x] += error * u[target][x]
                d_u[target][x] += error * v[c][x]
        return [d_v, d_u]

    @classmethod
    def trained(cls, texts, d):
        draw = random.Random(1)
        words = sorted({word for text in texts for word in text})
        v = {word: [draw.uniform(-0.5, 0.5) for _ in range(d)] for word in words}
        u = {word: [0.0] * d for word in words}
        for _ in range(3):
            for text in texts:
                for c, o in cls.pairs(text, [2] * len(text)):
                    for target, truth in ((o, 1), (draw.choice(words), 0), (draw.choice(words), 0)):
                        score = sum(a * b for a, b in zip(u[target], v[c]))
                        step = 0.1 * (1 / (1 + math.exp(-score)) - truth)
                        for x in range(d):
                            old = v[c][x]
                            v[c][x] -= step * u[target][x]
                            u[target][x] -= step * old
        return v
"""

SKIP_GRAM = Exercise(
    name="03-skip-gram",
    title="Build it: word2vec, pair by pair",
    difficulty=4,
    minutes=60,
    prompt="""
Write word2vec without blocks, one pair at a time, and train it on texts of a made-up language. Each
part is checked by itself, in this order.

1. **Subsampling.** `keep(counts, t)` returns the probability with which each word stays,
   $\\min(1, \\sqrt{t/s_i} + t/s_i)$, with $s_i$ its share of all counts.
2. **Noise.** `noise(counts, power)` returns the noise distribution: the counts to the power,
   divided by what makes them sum to 1.
3. **Pairs.** `ids` are the words of one text, as rows, and `reach[i]` says how many places the
   window of the word at place `i` reaches to either side. `pairs(ids, reach)` lists all pairs
   (centre, context), in any order.
4. **Gradients.** `gradients(v, u, c, o, n)` returns the gradients of the loss of the pair
   $(c, o)$ with the noise words `n` in both tables: $d_v$ and $d_u$, shape $(V, d)$, zero in rows
   that take no part. A noise word may come twice, or be the context itself.
5. **Trained.** `trained(texts, d)` gets lists of words and returns a dictionary from each word to
   its vector of `d` numbers. The check's language has 4 topics of 8 words, and 4 words that all
   topics use. For at least 29 of the 32 topic words, the nearest topic word (by cosine) must be
   one of the same topic. A few seconds are enough; 20 are allowed.
""",
    answer="SkipGram",
    starter="""
import numpy as np


class SkipGram:
    @staticmethod
    def keep(counts, t):
        return ...  # part 1: (V,); keep([40, 960], 0.01) gives [0.75, 0.1125]

    @staticmethod
    def noise(counts, power):
        return ...  # part 2: (V,); noise([16, 1], 0.75) gives [0.889, 0.111]

    @staticmethod
    def pairs(ids, reach):
        return ...  # part 3: a list; pairs([4, 7, 9], [2, 1, 1]) has five pairs, (4, 9) is one

    @staticmethod
    def gradients(v, u, c, o, n):
        return ...  # part 4: d_v, d_u; for the vectors of the figure d_v[c] is [0.82, -0.38]

    @staticmethod
    def trained(texts, d):
        return ...  # part 5: {word: vector}
""",
    hints=(
        "Part 4: put o and the noise words into one array of targets. Their errors are the "
        "sigmoids, less 1 for the first and less 0 for the others. Mind targets that come twice.",
        "Part 4: d_v[c] = errors @ u[targets] and np.add.at(d_u, targets, np.outer(errors, v[c])). "
        "Part 5: v at random, u at zero, reaches drawn from 1 to 3, three noise words a pair, a "
        "rate of 0.1 and a few passes; as keep-threshold take 0.02.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "takes the root alone",
            "the root alone is the paper's formula",
            ("np.sqrt(ratio) + ratio", "np.sqrt(ratio)"),
            fails="part 1",
        ),
        Wrong(
            "goes above 1",
            "a probability is at most 1",
            ("np.minimum(1, np.sqrt(ratio) + ratio)", "np.sqrt(ratio) + ratio"),
            fails="part 1",
        ),
        Wrong(
            "returns the share dropped",
            "the share kept is 1 minus it",
            ("return np.minimum(1,", "return 1 - np.minimum(1,"),
            fails="part 1",
        ),
        Wrong(
            "divides by counts",
            "not by the share of the text",
            ("t * np.sum(counts) / np.asarray(counts)", "t / np.asarray(counts)"),
            fails="part 1",
        ),
        Wrong("forgets the power", "the power is missing", (" ** power", ""), fails="part 2"),
        Wrong(
            "divides before the power",
            "the power comes before the division",
            (
                "up = np.asarray(counts, dtype=float) ** power\n        return up / up.sum()",
                "up = np.asarray(counts, dtype=float)\n        return (up / up.sum()) ** power",
            ),
            fails="part 2",
        ),
        Wrong(
            "forgets to divide",
            "they do not sum to 1 yet",
            ("return up / up.sum()", "return up"),
            fails="part 2",
        ),
        Wrong(
            "pairs a word with itself",
            "a word is no context of itself",
            ("if j != i:", "if True:"),
            fails="part 3",
        ),
        Wrong(
            "stops one too early",
            "to the right the window ends one place too early",
            ("i + far + 1", "i + far"),
            fails="part 3",
        ),
        Wrong(
            "turns pairs round",
            "it should be that of the centre",
            ("(ids[i], ids[j])", "(ids[j], ids[i])"),
            fails="part 3",
        ),
        Wrong(
            "compares words",
            "equal words at two places are a pair too",
            ("if j != i:", "if ids[j] != ids[i]:"),
            fails="part 3",
        ),
        Wrong(
            "stops after part 3",
            "the starter's dots",
            ("return d_v, d_u", "return ..."),
            fails="part 4",
        ),
        Wrong(
            "forgets the truth",
            "its error is sigma - 1",
            ("        errors[0] -= 1", "        errors[0] -= 0"),
            fails="part 4",
        ),
        Wrong(
            "takes 1 off every error",
            "the truth of a noise word is 0",
            ("errors[0] -= 1", "errors -= 1"),
            fails="part 4",
        ),
        Wrong(
            "turns the sign round",
            "the sign is wrong",
            ("d_v[c] = errors @", "d_v[c] = -errors @"),
            fails="part 4",
        ),
        Wrong(
            "adds rows with +=, the noise words first",
            "+= on rows",
            (
                "np.add.at(d_u, targets, np.outer(errors, v[c]))",
                "order = [*range(1, len(targets)), 0]\n"
                "        d_u[targets[order]] += np.outer(errors, v[c])[order]",
            ),
            fails="part 4",
        ),
        Wrong(
            "adds with +=, the context by itself",
            "+= on rows",
            (
                "np.add.at(d_u, targets, np.outer(errors, v[c]))",
                "d_u[o] += errors[0] * v[c]\n        d_u[n] += np.outer(errors[1:], v[c])",
            ),
            fails="part 4",
        ),
        Wrong(
            "returns the gradients in the other order",
            "d_v and d_u have changed places",
            ("return d_v, d_u", "return d_u, d_v"),
            fails="part 4",
        ),
        Wrong(
            "writes rows instead of adding them",
            "keeps its last gradient alone",
            (
                "np.add.at(d_u, targets, np.outer(errors, v[c]))",
                "d_u[targets] = np.outer(errors, v[c])",
            ),
            fails="part 4",
        ),
        Wrong(
            "averages the noise",
            "the loss adds them up",
            (
                "        d_v, d_u = np.zeros_like",
                "        errors[1:] /= len(n)\n        d_v, d_u = np.zeros_like",
            ),
            fails="part 4",
        ),
        Wrong(
            "returns one gradient",
            "two are asked for",
            ("return d_v, d_u", "return d_v"),
            fails="part 4",
        ),
        Wrong(
            "starts from zero",
            "draw v at random",
            ("(random.random((len(words), d)) - 0.5) / d, np", "np.zeros((len(words), d)), np"),
            fails="part 5",
        ),
        Wrong(
            "goes uphill",
            "against the gradient",
            (
                "v -= rate * d_v\n                    u -=",
                "v += rate * d_v\n                    u +=",
            ),
            fails="part 5",
        ),
        Wrong(
            "never moves u",
            "hardly moved",
            ("\n                    u -= rate * d_u", ""),
            fails="part 5",
        ),
        Wrong(
            "steps too small",
            "train longer",
            ("np.linspace(0.2, 0.05, 3)", "[0.001]"),
            fails="part 5",
        ),
        Wrong(
            "takes the settings for millions of words",
            "too little training",
            code=FOR_MILLIONS,
            fails="part 5",
        ),
        Wrong(
            "returns the table",
            "a dictionary is asked for",
            ("return dict(zip(words, v))", "return v"),
            fails="part 5",
        ),
        Wrong(
            "drops the frequent words",
            "has no vector for",
            ("return dict(zip(words, v))", "return dict(list(zip(words, v))[:5])"),
            fails="part 5",
        ),
    ),
    right=(
        Right("in torch, by autograd and Adam", code=IN_TORCH),
        Right("in plain Python", code=IN_PLAIN_PYTHON),
        Right(
            "without subsampling",
            ("if random.random() < keep[i]", ""),
        ),
        Right(
            "with u drawn at random as well",
            (
                "np.zeros((len(words), d))\n        for rate",
                "(random.random((len(words), d)) - 0.5) / d\n        for rate",
            ),
        ),
        Right(
            "one after the other",
            (
                "d_v[c] = errors @ u[targets]",
                "d_v[c] = sum(e * u[t] for e, t in zip(errors, targets))",
            ),
        ),
    ),
    shows="Your own word2vec has found four topics that nobody told it about.",
    seconds=20,
)
