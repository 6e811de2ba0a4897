"""10-unigram: a tokenizer that weighs all ways of cutting (Kudo, 2018), in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb10.unigram_check import PARTS

SOLUTION = """
import math


def ways(word, table):
    # counts[end]: in how many ways the first `end` letters can be cut. No letters: one way.
    counts = [1] + [0] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            if word[start:end] in table:  # the last piece; what is before it is known
                counts[end] += counts[start]
    return counts[len(word)]


def best(word, table):
    # The same walk with max for +, and logs are added where probabilities are multiplied.
    scores = [0] + [-math.inf] * len(word)
    last = [0] * (len(word) + 1)  # where the last piece of the best cut begins
    for end in range(1, len(word) + 1):
        for start in range(end):
            score = scores[start] + table.get(word[start:end], -math.inf)
            if score > scores[end]:
                scores[end], last[end] = score, start
    if scores[-1] == -math.inf:
        return []
    pieces, end = [], len(word)
    while end > 0:  # from the end to the beginning
        pieces.insert(0, word[last[end]:end])
        end = last[end]
    return pieces


def total(word, table):
    sums = [1] + [0] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            if word[start:end] in table:
                sums[end] += sums[start] * math.exp(table[word[start:end]])
    return math.log(sums[len(word)])


def used(words, table):
    counts = {}
    for word, n in words.items():
        for piece in best(word, table):
            counts[piece] = counts.get(piece, 0) + n
    return counts


def loss(words, table, piece):
    without = {p: log for p, log in table.items() if p != piece}
    fallen = 0
    for word, n in words.items():
        before = sum(table[p] for p in best(word, table))
        after = sum(table[p] for p in best(word, without))
        fallen += n * (before - after)
    return fallen


steps = (ways, best, total, used, loss)
# Another way: recursion from the front with functools.cache, one line each for parts 1 and 3.
"""

RECURSIVE = """
import math
from collections import Counter
from functools import lru_cache


def fold(word, table, empty, join):
    @lru_cache(None)
    def after(start):
        if start == len(word):
            return empty
        ends = [e for e in range(start + 1, len(word) + 1) if word[start:e] in table]
        return join([(word[start:e], after(e)) for e in ends])
    return after(0)


def ways(word, table):
    return fold(word, table, 1, lambda found: sum(rest for _, rest in found))


def best(word, table):
    def join(found):
        options = [(table[p] + rest[0], (p, *rest[1])) for p, rest in found if rest]
        return max(options, default=None)
    found = fold(word, table, (0.0, ()), join)
    return found[1] if found else ()


def total(word, table):
    def join(found):
        return sum(math.exp(table[p]) * rest for p, rest in found)
    return math.log(fold(word, table, 1.0, join))


def used(words, table):
    counts = Counter()
    for word, n in words.items():
        counts.update(list(best(word, table)) * n)
    return counts


def loss(words, table, piece):
    def all_of(some):
        return math.fsum(n * sum(some[p] for p in best(w, some)) for w, n in words.items())
    return all_of(table) - all_of({k: v for k, v in table.items() if k != piece})


steps = [ways, best, total, used, loss]
"""

IN_NUMPY = """
import numpy as np


def step(word, table, add, start):
    values = np.full(len(word) + 1, -np.inf)
    values[0] = start
    for end in range(1, len(word) + 1):
        before = [values[s] + table[word[s:end]] for s in range(end) if word[s:end] in table]
        if before:
            values[end] = add(before)
    return values


def ways(word, table):
    return np.rint(np.exp(step(word, dict.fromkeys(table, 0.0), np.logaddexp.reduce, 0.0)[-1]))


def best(word, table):
    values, end, pieces = step(word, table, max, 0.0), len(word), []
    if values[-1] == -np.inf:
        return np.array([])
    while end:
        scores = [values[s] + table.get(word[s:end], -np.inf) for s in range(end)]
        start = int(np.argmax(scores))
        pieces, end = [word[start:end], *pieces], start
    return np.array(pieces, dtype=object)


def total(word, table):
    return step(word, table, np.logaddexp.reduce, 0.0)[-1]


def used(words, table):
    pieces = [(p, n) for word, n in words.items() for p in best(word, table)]
    return {p: np.sum([n for q, n in pieces if q == p]) for p in table}


def loss(words, table, piece):
    rest = dict(table)
    del rest[piece]
    one, other = (np.array([step(w, t, max, 0.0)[-1] for w in words]) for t in (table, rest))
    return (one - other) @ np.array(list(words.values()))


steps = (ways, best, total, used, loss)
"""

UNIGRAM = Exercise(
    name="10-unigram",
    title="Build it: weigh all ways of cutting",
    difficulty=4,
    minutes=50,
    prompt="""
A third kind of tokenizer gives each piece a *probability*. A cut's probability is the product of
its pieces', and the most probable cut is taken (Kudo, 2018). Your `table` maps pieces to the
*natural logarithms* of their probabilities, so products become sums. A long word has far too many
cuts to list them all. Instead, walk through it once, and work out one number for each place from
those before it.

1. `ways(word, table)`: in how many ways can the word be cut into pieces of the table? A word
   without letters has one.
2. `best(word, table)`: the pieces of the most probable cut, in order; `[]` if there's no cut.
3. `total(word, table)`: the logarithm of the summed probabilities of all cuts (one or more).
4. `used(words, table)`: `words` maps each word to its count. How often is each piece used in the
   `best` cuts of all occurrences?
5. `loss(words, table, piece)`: a word's score is the sum of the logarithms in its best cut. Add up
   the scores of all occurrences. How much lower is the sum without `piece`? (The other pieces keep
   their logarithms, and words can still be cut. To shrink a vocabulary, drop the pieces with the
   smallest loss.)
""",
    answer="steps",
    starter='''
def ways(word, table):
    """Example: "aba" and {"a": -1, "b": -1.5, "ab": -2, "ba": -2.25} give 3: a|b|a, ab|a, a|ba."""
    return ...  # part 1


def best(word, table):
    """Example: the same inputs give ["ab", "a"], since -3 beats -3.25 and -3.5."""
    return ...  # part 2


def total(word, table):
    """Example: the same inputs give -2.127, the log of exp(-3) + exp(-3.25) + exp(-3.5)."""
    return ...  # part 3


def used(words, table):
    """Example: {"aba": 2, "a": 1} and the same table give {"ab": 2, "a": 3}."""
    return ...  # part 4


def loss(words, table, piece):
    """Example: {"aba": 2, "a": 1}, the same table and "ab" give 0.5: twice from -3 to -3.25."""
    return ...  # part 5


steps = (ways, best, total, used, loss)
''',
    hints=(
        "Suppose that you know the answer for every beginning of the word. The last piece starts "
        "somewhere: go through all its starts, and use what you know about what is before it.",
        "counts[0] = 1, and counts[end] is the sum of counts[start] over all start with "
        "word[start:end] in the table. Part 2 has max in place of the sum and remembers the start "
        "that won; part 3 multiplies by math.exp(table[piece]). Part 5 is part 2, twice.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "leaves a function out",
            "leave its line as it is",
            ("steps = (ways, best, total, used, loss)", "steps = (ways, best, total, used)"),
            fails="part 1",
        ),
        Wrong(
            "counts pieces that occur",
            "not the ways to cut",
            (
                "    return counts[len(word)]",
                "    n = len(word)\n"
                "    return sum(word[a:b] in table for a in range(n) for b in range(a + 1, n + 1))",
            ),
            fails="part 1",
        ),
        Wrong(
            "begins with no way", "expected", ("counts = [1] +", "counts = [0] +"), fails="part 1"
        ),
        Wrong(
            "says only whether",
            "only whether there is a way",
            ("return counts[len(word)]", "return int(counts[len(word)] > 0)"),
            fails="part 1",
        ),
        Wrong(
            "leaves the whole word out",
            "the word as a whole",
            (
                "if word[start:end] in table:  # the",
                "if word[start:end] in table and word[start:end] != word:  # the",
            ),
            fails="part 1",
        ),
        Wrong(
            "takes the longest piece first",
            "WordPiece's cut",
            (
                "    # The same walk",
                "    pieces, start = [], 0\n"
                "    while start < len(word):\n"
                "        n = len(word)\n"
                "        fits = [e for e in range(start + 1, n + 1) if word[start:e] in table]\n"
                "        if not fits:\n"
                "            return []\n"
                "        pieces.append(word[start:fits[-1]])\n"
                "        start = fits[-1]\n"
                "    return pieces\n"
                "    # The same walk",
            ),
            fails="part 2",
        ),
        Wrong(
            "takes the least probable cut",
            "least probable",
            code=SOLUTION.replace("-math.inf", "math.inf").replace("score > sc", "score < sc"),
            fails="part 2",
        ),
        Wrong(
            "takes the fewest pieces",
            "fewest pieces",
            (
                "table.get(word[start:end], -math.inf)",
                "(-1 if word[start:end] in table else -math.inf)",
            ),
            fails="part 2",
        ),
        Wrong(
            "returns them reversed",
            "wrong order",
            ("pieces.insert(0, ", "pieces.append("),
            fails="part 2",
        ),
        Wrong(
            "returns the word where nothing fits",
            "return an empty list",
            ("        return []\n", "        return [word]\n"),
            fails="part 2",
        ),
        Wrong(
            "sums the best alone",
            "most probable cut alone",
            (
                "    return math.log(sums[len(word)])",
                "    return sum(table[p] for p in best(word, table))",
            ),
            fails="part 3",
        ),
        Wrong(
            "forgets the log",
            "take its log",
            ("math.log(sums[len(word)])", "sums[len(word)]"),
            fails="part 3",
        ),
        Wrong(
            "forgets exp",
            "stopped",
            ("math.exp(table[word[start:end]])", "table[word[start:end]]"),
            fails="part 3",
        ),
        Wrong(
            "counts ways",
            "number of ways",
            ("sums[start] * math.exp(table[word[start:end]])", "sums[start]"),
            fails="part 3",
        ),
        Wrong(
            "adds up logs",
            "probabilities are what is added",
            (
                "    return math.log(sums[len(word)])",
                "    n = len(word)\n"
                "    cut = [a for a in range(n) if word[a:] in table and ways(word[:a], table)]\n"
                "    return sum(total(word[:a], table) + table[word[a:]] for a in cut)",
            ),
            fails="part 3",
        ),
        Wrong("takes log10", "natural logarithm", ("math.log(", "math.log10("), fails="part 3"),
        Wrong(
            "keeps the last word's count",
            "several words",
            ("counts[piece] = counts.get(piece, 0) + n", "counts[piece] = n"),
            fails="part 4",
        ),
        Wrong(
            "makes the other pieces more probable",
            "keep their logarithms",
            code=SOLUTION.replace(
                "    fallen = 0\n",
                "    left = math.log(sum(math.exp(x) for x in without.values()))\n"
                "    without = {p: x - left for p, x in without.items()}\n"
                "    fallen = 0\n",
            ).replace(
                "table[p] for p in best(word, without)", "without[p] for p in best(word, without)"
            ),
            fails="part 5",
        ),
        Wrong(
            "stops after part 3",
            "the starter's dots",
            ("    return counts\n", "    return ...\n"),
            fails="part 4",
        ),
        Wrong(
            "counts words once",
            "as often as it occurs",
            ("get(piece, 0) + n", "get(piece, 0) + 1"),
            fails="part 4",
        ),
        Wrong(
            "counts a piece once a word",
            "twice in a word counts twice",
            ("for piece in best(word, table):", "for piece in set(best(word, table)):"),
            fails="part 4",
        ),
        Wrong(
            "counts words once in the loss",
            "as often as it occurs",
            ("n * (before - after)", "before - after"),
            fails="part 5",
        ),
        Wrong(
            "turns the sign round",
            "sign is reversed",
            ("(before - after)", "(after - before)"),
            fails="part 5",
        ),
        Wrong(
            "weighs all cuts in the loss",
            "the best cut alone",
            (
                "        before = sum(table[p] for p in best(word, table))\n"
                "        after = sum(table[p] for p in best(word, without))\n",
                "        before, after = total(word, table), total(word, without)\n",
            ),
            fails="part 5",
        ),
        Wrong(
            "leaves the piece in",
            "still in the table",
            ("if p != piece}", "if p != '<none>'}"),
            fails="part 5",
        ),
        Wrong(
            "takes the uses alone",
            "other pieces take its place",
            ("    return fallen", "    return -used(words, table).get(piece, 0) * table[piece]"),
            fails="part 5",
        ),
    ),
    right=(
        Right("by recursion, with a cache", code=RECURSIVE),
        Right("in NumPy, in logs throughout", code=IN_NUMPY),
        Right(
            "every cut listed",
            (
                "    return counts[len(word)]",
                "    def cuts(rest):\n"
                "        if not rest:\n"
                "            return [[]]\n"
                "        return [[rest[:k], *more] for k in range(1, len(rest) + 1)\n"
                "                if rest[:k] in table for more in cuts(rest[k:])]\n"
                "    return len(cuts(word))",
            ),
        ),
        Right("returns tuples and floats", ("    return pieces\n", "    return tuple(pieces)\n")),
        Right(
            "with a Counter",
            (
                "            counts[piece] = counts.get(piece, 0) + n\n    return counts",
                "            counts[piece] = counts.get(piece, 0) + n\n"
                "    from collections import Counter\n"
                "    return Counter(counts)",
            ),
        ),
    ),
    shows="One walk through a word weighs all its cuts: counted, summed, or the best of them.",
)
