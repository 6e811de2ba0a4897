"""12-counted: a language model from counts, with contexts of any length, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb12.counted_check import PARTS

SOLUTION = """
import math


def counts(stream, m):
    found = {}
    for i in range(m, len(stream)):
        following = found.setdefault(tuple(stream[i - m : i]), {})
        following[stream[i]] = following.get(stream[i], 0) + 1
    return found


def probability(token, context, tables, k, size):
    p = 1 / size  # knowing nothing; each longer context then corrects the shorter one
    for m in range(min(len(context), len(tables) - 1) + 1):
        seen = tables[m].get(tuple(context[len(context) - m :]), {})
        # Where nothing was seen this is k p / k: the shorter context decides.
        p = (seen.get(token, 0) + k * p) / (sum(seen.values()) + k)
    return p


def perplexity(stream, tables, k, size):
    most, loss = len(tables) - 1, 0
    for i in range(len(stream)):
        context = tuple(stream[max(0, i - most) : i])  # fewer tokens at the beginning
        loss -= math.log(probability(stream[i], context, tables, k, size))
    return math.exp(loss / len(stream))


def drawn(u, context, tables, k, size):
    # The probabilities lie side by side from 0 to 1; u falls into one of them.
    total = 0
    for token in range(size):
        total += probability(token, context, tables, k, size)
        if u < total:
            return token
    return size - 1  # rounding may leave the sum a little below 1


def chosen(train, held_out, m, ks, size):
    tables = [counts(train, length) for length in range(m + 1)]
    return min(ks, key=lambda k: perplexity(held_out, tables, k, size))


steps = (counts, probability, perplexity, drawn, chosen)
# Another way: probability calls itself with the context without its first token.
"""

RECURSIVE = """
import math
from collections import Counter, defaultdict
from itertools import accumulate


def counts(stream, m):
    found = defaultdict(Counter)
    for window in zip(*(stream[i:] for i in range(m + 1))):
        found[window[:-1]][window[-1]] += 1
    return found


def probability(token, context, tables, k, size):
    context = tuple(context)[-(len(tables) - 1) :] if len(tables) > 1 else ()
    shorter = probability(token, context[1:], tables, k, size) if context else 1 / size
    seen = tables[len(context)].get(context, {})
    return (seen.get(token, 0) + k * shorter) / (sum(seen.values()) + k)


def perplexity(stream, tables, k, size):
    p = [probability(t, tuple(stream[:i]), tables, k, size) for i, t in enumerate(stream)]
    return math.prod(x ** (-1 / len(p)) for x in p)


def drawn(u, context, tables, k, size):
    p = [probability(t, context, tables, k, size) for t in range(size)]
    return sum(total <= u for total in list(accumulate(p))[:-1])


def chosen(train, held_out, m, ks, size):
    tables = [counts(train, length) for length in range(m + 1)]
    return sorted((perplexity(held_out, tables, k, size), k) for k in ks)[0][1]


steps = [counts, probability, perplexity, drawn, chosen]
"""


def _wrong(mistake, says, old, new, part):
    return Wrong(mistake, says, (old, new), fails=f"part {part}")


COUNTED = Exercise(
    name="12-counted",
    title="Build it: a language model from counts",
    difficulty=4,
    minutes=45,
    prompt="""
The notebook's count model looks at one token. Yours looks at up to $M$, and relies on fewer where
it has seen little. Let $c_m$ be the last $m$ tokens before $b$, $n(c_m, b)$ how often $b$
followed them, $n(c_m)$ how often anything did, and $V$ the number of different tokens, `size`:
$$p_m(b) = \\frac{n(c_m, b) + k\\, p_{m-1}(b)}{n(c_m) + k}, \\qquad p_{-1}(b) = \\frac1V .$$
So $p_0$ mixes the tokens' own shares with guessing evenly, $p_1$ mixes pairs with $p_0$, and so on.
`tables` lists the counts for $m = 0, 1, \\dots, M$. The parts are checked one by one.

1. `counts`: a dictionary from each context, a tuple of `m` tokens (empty for `m = 0`), to a
   dictionary from the next token to its count.
2. `probability`: $p_m$ with the longest $m$ that has a table and enough tokens in `context`, a
   tuple of at most $M$ tokens.
3. `perplexity`: over all tokens of the stream; the first ones have as much context as there is.
4. `drawn`: add up the probabilities of the tokens 0, 1, 2 …, and return the first one at which the
   sum is larger than `u`, a number from 0 to below 1.
5. `chosen`: count on `train` with contexts of up to `m` tokens. Return the `k` from the list `ks`
   with the lowest perplexity on `held_out`.
""",
    answer="steps",
    starter='''
def counts(stream, m):
    """Example: [0, 1, 0, 1, 0, 2] and m = 1 give {(0,): {1: 2, 2: 1}, (1,): {0: 2}}."""
    return ...  # part 1


def probability(token, context, tables, k, size):
    """Example: 1 after (0,), the same stream, k = 3, size = 3: p_0 = 1/3, p_1 = (2 + 1)/(3 + 3)."""
    return ...  # part 2


def perplexity(stream, tables, k, size):
    """Example: [0, 1] with the same tables, k and size gives 1 / sqrt(4/9 * 0.5) = 2.121."""
    return ...  # part 3


def drawn(u, context, tables, k, size):
    """Example: after (0,) the pieces end at 0.222, 0.722 and 1, so u = 0.5 gives 1."""
    return ...  # part 4


def chosen(train, held_out, m, ks, size):
    """Example: [0, 1, 0, 1, 0, 2], [0, 1, 0, 1], m = 1, ks = [1, 100] and size = 3 give 1."""
    return ...  # part 5


steps = (counts, probability, perplexity, drawn, chosen)
''',
    hints=(
        "Part 2: begin with 1 / size and go from short contexts to long ones; what comes out of "
        "one length goes into the next. A context that was never seen has only zeros.",
        "Part 2: for m = 0, 1, … take seen = tables[m].get(the last m tokens, {}), then "
        "p = (seen.get(token, 0) + k * p) / (sum(seen.values()) + k). context[-0:] is the whole "
        "context, so write context[len(context) - m:]. Part 4 adds up probabilities until u is "
        "passed.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        _wrong(
            "turns contexts round",
            "in their order",
            "tuple(stream[i - m : i])",
            "tuple(stream[i - m : i][::-1])",
            1,
        ),
        _wrong(
            "leaves the last token out",
            "follows a context too",
            "range(m, len(stream))",
            "range(m, len(stream) - 1)",
            1,
        ),
        _wrong("keeps no counts", "count how often", "following.get(stream[i], 0) + 1", "1", 1),
        _wrong(
            "takes lists of text",
            "expected a tuple",
            "tuple(stream[i - m : i])",
            "str(stream[i - m : i])",
            1,
        ),
        _wrong(
            "stops after part 1",
            "the starter's dots",
            "    p = 1 / size  # knowing nothing; each longer context then corrects the shorter "
            "one\n",
            "    return ...\n    p = 1 / size\n",
            2,
        ),
        _wrong(
            "takes the first tokens",
            "is the *last* tokens",
            "context[len(context) - m :]",
            "context[:m]",
            2,
        ),
        _wrong("begins with 0", "guessing evenly", "p = 1 / size  #", "p = 0  #", 2),
        _wrong(
            "forgets k below",
            "lacks k",
            "/ (sum(seen.values()) + k)",
            "/ (sum(seen.values()) or k)",
            2,
        ),
        _wrong(
            "always mixes in 1/V",
            "mixes in 1/V",
            "+ k * p) / (sum(seen.values()) + k)",
            "+ k / size) / (sum(seen.values()) + k) if seen else p",
            2,
        ),
        _wrong(
            "asks for context[-0:]",
            "is left out; m begins at 0",
            "context[len(context) - m :]",
            "context[-m:]",
            2,
        ),
        _wrong(
            "begins with pairs",
            "is left out; m begins at 0",
            "range(min(len(context), len(tables) - 1) + 1)",
            "range(1, min(len(context), len(tables) - 1) + 1)",
            2,
        ),
        _wrong(
            "stops one length early",
            "the longest context is left out",
            "range(min(len(context), len(tables) - 1) + 1)",
            "range(min(len(context), len(tables) - 1))",
            2,
        ),
        _wrong(
            "uses the longest alone",
            "the longest context alone",
            "range(min(len(context), len(tables) - 1) + 1)",
            "[min(len(context), len(tables) - 1)]",
            2,
        ),
        _wrong(
            "gives nothing where nothing was seen",
            "was never seen leaves p",
            "(sum(seen.values()) + k)\n",
            "(sum(seen.values()) + k) if seen else 0\n",
            2,
        ),
        _wrong(
            "begins anew where nothing was seen",
            "was never seen leaves p",
            "(sum(seen.values()) + k)\n",
            "(sum(seen.values()) + k) if seen else 1 / size\n",
            2,
        ),
        _wrong(
            "adds k to every count",
            "adds k to every token's count",
            "+ k * p) / (sum(seen.values()) + k)",
            "+ k) / (sum(seen.values()) + k * size)",
            2,
        ),
        _wrong("forgets k above", "without its factor k", "+ k * p)", "+ p)", 2),
        _wrong(
            "adds 1 at the empty context",
            "in k / V's place",
            "        p = (seen.get(token, 0) + k * p) / (sum(seen.values()) + k)\n",
            "        j = k if m else size\n"
            "        p = (seen.get(token, 0) + j * p) / (sum(seen.values()) + j)\n",
            2,
        ),
        _wrong(
            "goes from long to short",
            "begin with the empty one",
            "for m in range(min(len(context), len(tables) - 1) + 1):",
            "for m in range(min(len(context), len(tables) - 1), -1, -1):",
            2,
        ),
        _wrong("counts kinds", "not how many kinds", "sum(seen.values()) + k", "len(seen) + k", 2),
        _wrong(
            "returns the loss",
            "perplexity is e to it",
            "math.exp(loss / len(stream))",
            "loss / len(stream)",
            3,
        ),
        _wrong(
            "mixes bases",
            "the same base",
            "math.exp(loss / len(stream))",
            "2 ** (loss / len(stream))",
            3,
        ),
        Wrong(
            "skips the first token",
            "from an empty context",
            code=SOLUTION.replace(
                "for i in range(len(stream)):", "for i in range(1, len(stream)):"
            ).replace("loss / len(stream))", "loss / (len(stream) - 1))"),
            fails="part 3",
        ),
        Wrong(
            "waits for a full context",
            "with what context there is",
            code=SOLUTION.replace(
                "for i in range(len(stream)):", "for i in range(most, len(stream)):"
            ).replace("loss / len(stream))", "loss / (len(stream) - most))"),
            fails="part 3",
        ),
        _wrong(
            "cuts from a negative place",
            "a negative place counts from the end",
            "stream[max(0, i - most) : i]",
            "stream[i - most : i]",
            3,
        ),
        _wrong(
            "looks one token back",
            "at most one token of context",
            "stream[max(0, i - most) : i]",
            "stream[max(0, i - 1) : i]",
            3,
        ),
        _wrong(
            "has the token in its context",
            "ends before it",
            "stream[max(0, i - most) : i]",
            "stream[max(0, i - most + 1) : i + 1]",
            3,
        ),
        _wrong(
            "draws where the sum equals u", "isn't larger yet", "if u < total", "if u <= total", 4
        ),
        _wrong("doesn't add up", "add them up", "total += prob", "total = prob", 4),
        _wrong(
            "draws without the context",
            "the context is left out",
            "total += probability(token, context,",
            "total += probability(token, (),",
            4,
        ),
        _wrong(
            "takes the likeliest",
            "u decides",
            "    total = 0\n",
            "    return max(range(size), key=lambda t: probability(t, context, tables, k, size))"
            "\n    total = 0\n",
            4,
        ),
        _wrong(
            "draws evenly",
            "draws evenly",
            "    total = 0\n",
            "    return int(u * size)\n    total = 0\n",
            4,
        ),
        _wrong(
            "goes from the end",
            "begin with 0",
            "for token in range(size):",
            "for token in reversed(range(size)):",
            4,
        ),
        _wrong(
            "chooses on the training stream",
            "likes a small k",
            "perplexity(held_out, tables, k, size))",
            "perplexity(train, tables, k, size))",
            5,
        ),
        _wrong(
            "takes the worst", "highest perplexity", "return min(ks, key", "return max(ks, key", 5
        ),
        _wrong(
            "returns the perplexity",
            "return its k",
            "min(ks, key=lambda k: perplexity(held_out, tables, k, size))",
            "min(perplexity(held_out, tables, k, size) for k in ks)",
            5,
        ),
        _wrong(
            "counts the held-out text too",
            "count on train alone",
            "tables = [counts(train, length)",
            "tables = [counts(list(train) + list(held_out), length)",
            5,
        ),
        _wrong(
            "makes one table",
            "the list has one table for each length",
            "[counts(train, length) for length in range(m + 1)]",
            "[counts(train, m)]",
            5,
        ),
        _wrong("leaves the longest out", "m included", "range(m + 1)]", "range(max(m, 1))]", 5),
    ),
    right=(
        Right("by calling itself", code=RECURSIVE),
        Right(
            "as a list",
            (
                "steps = (counts, probability, perplexity, drawn, chosen)",
                "steps = [counts, probability, perplexity, drawn, chosen]",
            ),
        ),
        Right(
            "with logarithms in NumPy",
            ("loss -= math.log(probability(", "loss -= __import__('numpy').log(probability("),
        ),
        Right(
            "by searching the sums",
            (
                "    total = 0\n",
                "    import numpy as np\n"
                "    p = [probability(t, context, tables, k, size) for t in range(size)]\n"
                "    return min(np.searchsorted(np.cumsum(p), u, side='right'), size - 1)\n"
                "    total = 0\n",
            ),
        ),
    ),
    shows="Your model counts, falls back where it has seen little, and writes. Its k was chosen on "
    "text that it hadn't counted.",
)
