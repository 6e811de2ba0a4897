"""02-own-vectors: a text file of vectors, read, searched and tested, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb02.own_vectors_check import PARTS

SOLUTION = """
import numpy as np
from scipy.stats import spearmanr


class OwnVectors:
    def __init__(self, lines, dimensions):
        # A dictionary keeps the order of the words, and setdefault keeps the first row. Cutting
        # from the right takes as many numbers as there must be and leaves the word whole.
        first = {}
        for line in lines:
            word, *numbers = line.rstrip("\\n").rsplit(" ", dimensions)
            first.setdefault(word, numbers)
        self.words = list(first)
        self.rows = np.array(list(first.values()), dtype=float)  # (V, d)
        # Dividing by 1 leaves a row of zeros as it is.
        lengths = np.linalg.norm(self.rows, axis=1, keepdims=True)  # (V, 1)
        self.units = self.rows / np.where(lengths > 0, lengths, 1)
        self.place = {word: row for row, word in enumerate(self.words)}

    def nearest(self, direction, n, barred=()):
        # The direction's length would divide all cosines alike, so the order doesn't need it.
        order = np.argsort(-(self.units @ direction), kind="stable")
        words = [self.words[row] for row in order if self.units[row].any()]
        return [word for word in words if word not in barred][:n]

    def answers(self, questions):
        found = []
        for question in questions:
            if any(word not in self.place for word in question):
                found.append(None)
                continue
            a, b, c = (self.units[self.place[word]] for word in question[:3])
            found.append(self.nearest(b - a + c, 1, barred=question[:3])[0])
        return found

    def agreement(self, pairs):
        known = [pair for pair in pairs if pair[0] in self.place and pair[1] in self.place]
        one, other = (self.units[[self.place[pair[i]] for pair in known]] for i in (0, 1))
        cosines = (one * other).sum(axis=1)  # of length one, so the dot product is the cosine
        return len(known), spearmanr(cosines, [pair[2] for pair in known]).statistic


# The course's way to the same: words, rows = formats.read_text(path), then
# WordVectors(words, rows) and helpers.vectors.tests_of_meaning.
"""

PLAIN = """
from scipy.stats import spearmanr


class OwnVectors:
    def __init__(self, lines, dimensions):
        self.words, self.rows = [], []
        for line in lines:
            pieces = line.strip("\\n").split(" ")
            word = " ".join(pieces[:-dimensions])
            if word not in self.words:
                self.words.append(word)
                self.rows.append([float(piece) for piece in pieces[-dimensions:]])
        self.units = []
        for row in self.rows:
            length = sum(x * x for x in row) ** 0.5
            self.units.append([x / length for x in row] if length else row)

    def cosine(self, u, v):
        return sum(x * y for x, y in zip(u, v))

    def nearest(self, direction, n, barred=()):
        scored = [
            (self.cosine(direction, unit), word)
            for word, unit in zip(self.words, self.units)
            if any(unit) and word not in barred
        ]
        return (word for _, word in sorted(scored, reverse=True)[:n])

    def answers(self, questions):
        for question in questions:
            if set(question) <= set(self.words):
                a, b, c = (self.units[self.words.index(word)] for word in question[:3])
                target = [y - x + z for x, y, z in zip(a, b, c)]
                yield next(self.nearest(target, 1, question[:3]))
            else:
                yield None

    def agreement(self, pairs):
        units = dict(zip(self.words, self.units))
        known = [(units[a], units[b], s) for a, b, s in pairs if a in units and b in units]
        return [len(known), spearmanr([self.cosine(u, v) for u, v, _ in known],
                                      [s for *_, s in known])[0]]
"""

IN_TORCH = """
import torch
from scipy.stats import rankdata


class OwnVectors:
    def __init__(self, lines, dimensions):
        table = {}
        for line in reversed(list(lines)):
            *word, numbers = line.rstrip("\\n").rsplit(" ", dimensions)[0], line
            table[word[0]] = list(map(float, numbers.split(" ")[-dimensions:]))
        seen = dict.fromkeys(line.rstrip("\\n").rsplit(" ", dimensions)[0] for line in lines)
        self.words = tuple(seen)
        self.rows = torch.tensor([table[word] for word in self.words], dtype=torch.float64)
        self.units = torch.nn.functional.normalize(self.rows, dim=1)

    def nearest(self, direction, n, barred=()):
        direction = torch.as_tensor(direction, dtype=torch.float64)
        scores = self.units @ (direction / direction.norm())
        scores[self.rows.norm(dim=1) == 0] = -2
        for word in set(barred) & set(self.words):
            scores[self.words.index(word)] = -2
        order = scores.argsort(descending=True)[: min(n, int((scores > -2).sum()))]
        return [self.words[i] for i in order]

    def answers(self, questions):
        found = [None] * len(questions)
        for i, (a, b, c, d) in enumerate(questions):
            if {a, b, c, d} <= set(self.words):
                u, v, w = (self.units[self.words.index(word)] for word in (a, b, c))
                found[i] = self.nearest(v - u + w, 1, {a, b, c})[0]
        return found

    def agreement(self, pairs):
        known = [p for p in pairs if {p[0], p[1]} <= set(self.words)]
        cosines = [self.units[self.words.index(a)] @ self.units[self.words.index(b)]
                   for a, b, _ in known]
        x, y = (torch.tensor(rankdata(v)) for v in (cosines, [p[2] for p in known]))
        return torch.tensor([len(known), torch.corrcoef(torch.stack([x, y]))[0, 1]])
"""

OWN_VECTORS = Exercise(
    name="02-own-vectors",
    title="Build it: your own vectors, tested",
    difficulty=4,
    minutes=50,
    prompt="""
You have a text file of word vectors: yours, or one from the web. Write the class that reads it and
puts it through this notebook's tests. Each part is checked by itself, in
this order.

1. **Read.** `lines` are the lines of the file: a word, then `dimensions` numbers, all separated by
   single spaces. A word may contain spaces. If a word comes again, keep its first row.
   `words` is the list of the words, `rows` has shape $(V, d)$.
2. **Units.** `units` holds the rows divided by their lengths. A row of zeros stays zeros.
3. **Nearest.** `nearest(direction, n, barred)` returns the `n` words with the largest cosine, the
   best first, words alone. Barred words and words whose row is zeros never come back.
4. **Analogies.** `answers(questions)` answers each $(a, b, c, d)$ by 3CosAdd, with $a$, $b$ and $c$
   barred, or by None if one of the *four* words has no vector.
5. **People.** `agreement(pairs)` returns how many of the (word, word, score) are covered, and
   Spearman's correlation of cosines and scores over these. SciPy is welcome.

When it passes, give it your own file: `with open(path, encoding="utf-8", newline="\\n") as file:
own = OwnVectors(file, dimensions)`.
""",
    answer="OwnVectors",
    starter='''
class OwnVectors:
    """Example: OwnVectors(["up 0 2\\\\n", "left -3 0\\\\n"], 2) has

    words ["up", "left"], rows [[0, 2], [-3, 0]], units [[0, 1], [-1, 0]], and
    nearest([1, 5], 1) returns ["up"].
    """

    def __init__(self, lines, dimensions):
        self.words = ...  # part 1
        self.rows = ...
        self.units = ...  # part 2

    def nearest(self, direction, n, barred=()):
        return ...  # part 3

    def answers(self, questions):
        return ...  # part 4

    def agreement(self, pairs):
        return ...  # part 5
''',
    hints=(
        "rsplit(separator, count) cuts from the right, at most count times. For part 3, bar words "
        "before you take the first n; parts 4 and 5 can use what parts 2 and 3 made.",
        "A dictionary word → row number answers both 'is it there?' and 'where?'. np.where can put "
        "a 1 in place of a length of 0. For the zeros in part 3 ask units[row].any().",
    ),
    solution=SOLUTION,
    stages=PARTS,
    wrong=(
        Wrong(
            "cuts at the first space",
            "count the numbers from the right",
            (
                'word, *numbers = line.rstrip("\\n").rsplit(" ", dimensions)',
                'word, *numbers = line.rstrip("\\n").split(" ")\n'
                "            numbers = numbers[-dimensions:]",
            ),
            fails="part 1",
        ),
        Wrong(
            "keeps the last row",
            "the last row is kept",
            ("first.setdefault(word, numbers)", "first[word] = numbers"),
            fails="part 1",
        ),
        Wrong(
            "leaves the numbers as text",
            "Your code stopped",
            ("dtype=float)  # (V, d)", "dtype=str)  # (V, d)"),
            fails="part 1",
        ),
        Wrong(
            "divides zeros by zero",
            "it stays a row of zeros",
            ("np.where(lengths > 0, lengths, 1)", "lengths"),
            fails="part 2",
        ),
        Wrong(
            "measures down the columns",
            "down the columns",
            ("axis=1, keepdims=True)  # (V, 1)", "axis=0, keepdims=True)  # (V, 1)"),
            fails="part 2",
        ),
        Wrong(
            "searches the rows",
            "long rows win",
            ("-(self.units @ direction)", "-(self.rows @ direction)"),
            fails="part 3",
        ),
        Wrong(
            "bars too late",
            "bar first",
            (
                "[word for word in words if word not in barred][:n]",
                "[word for word in words[:n] if word not in barred]",
            ),
            fails="part 3",
        ),
        Wrong(
            "lets zeros in",
            "nobody's neighbour",
            (" for row in order if self.units[row].any()]", " for row in order]"),
            fails="part 3",
        ),
        Wrong(
            "swaps a and b",
            "a and b have changed places",
            ("nearest(b - a + c, 1", "nearest(a - b + c, 1"),
            fails="part 4",
        ),
        Wrong(
            "bars nothing",
            "are not barred",
            ("1, barred=question[:3])", "1)"),
            fails="part 4",
        ),
        Wrong(
            "skips what it can't answer",
            "None belongs in their place",
            ("                found.append(None)\n", ""),
            fails="part 4",
        ),
        Wrong(
            "forgets the fourth word",
            "if its fourth word has a vector",
            ("for word in question):", "for word in question[:3]):"),
            fails="part 4",
        ),
        Wrong(
            "stops after part 4",
            "the starter's dots",
            ("        return len(known), spearmanr", "        return ...\n        spearmanr"),
            fails="part 5",
        ),
        Wrong(
            "counts every pair",
            "all pairs are counted",
            ("return len(known),", "return len(pairs),"),
            fails="part 5",
        ),
        Wrong(
            "takes dot products",
            "take cosines",
            ("(self.units[[self.place", "(self.rows[[self.place"),
            fails="part 5",
        ),
        Wrong(
            "does not rank",
            "rank them first",
            (
                "spearmanr(cosines, [pair[2] for pair in known]).statistic",
                "np.corrcoef(cosines, [pair[2] for pair in known])[0, 1]",
            ),
            fails="part 5",
        ),
    ),
    right=(
        Right("in plain Python, with generators", code=PLAIN),
        Right("in torch, from the end of the file", code=IN_TORCH),
        Right("in float32", ("dtype=float)", "dtype=np.float32)")),
        Right(
            "with the course's own pieces",
            code="""
import numpy as np
from helpers.vectors.tests_of_meaning import answer_analogies, score_similarity
from helpers.vectors.word_vectors import WordVectors


class OwnVectors(WordVectors):
    def __init__(self, lines, dimensions):
        found = {}
        for line in lines:
            *word, row = line.rstrip("\\n").rsplit(" ", dimensions)[:1], line.split(" ")
            found.setdefault(word[0][0], [float(x) for x in row[-dimensions:]])
        self.rows = np.array([*found.values()])
        super().__init__(list(found), self.rows)
        lengths = self.lengths[:, None]
        self.units = np.divide(self.rows, lengths, out=0 * self.rows, where=lengths > 0)

    def nearest(self, direction, n, barred=()):
        near = self.neighbours(direction, len(self))
        return [word for word, _ in near if word not in barred][:n]

    def answers(self, questions):
        return answer_analogies(self, questions).barred

    def agreement(self, pairs):
        score = score_similarity(self, pairs)
        return score.covered, score.correlation
""",
        ),
    ),
    shows=(
        "Forty lines read vectors of any origin, search them and test them, with coverage beside "
        "each result."
    ),
)
