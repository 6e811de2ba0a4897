"""09-report: an evaluation report with a verdict on two classifiers, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb09.report_check import PARTS

SOLUTION = """
import numpy as np


class Report:
    def __init__(self, labels, classes):
        self.labels, self.classes = labels, classes

    def confusion(self, named, rows=slice(None)):
        # add.at counts a pair as often as it occurs; table[...] += 1 would count it once.
        table = np.zeros((self.classes, self.classes), dtype=int)
        np.add.at(table, (self.labels[rows], named[rows]), 1)
        return table

    def scores(self, named, rows=slice(None)):
        table = self.confusion(named, rows)
        found, given, there = np.diag(table), table.sum(axis=0), table.sum(axis=1)
        # Where a denominator is 0, so is TP: dividing by 1 instead gives the 0 asked for.
        wholes = given, there, given + there
        return np.column_stack([f * found / np.maximum(w, 1) for f, w in zip((1, 1, 2), wholes)])

    def wilson(self, named):
        n, share, z = len(self.labels), np.mean(self.labels == named), 1.96
        middle = share + z**2 / (2 * n)
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)

    def paired(self, one, other, draws):
        # 1 where only the first is correct, -1 where only the second is, 0 elsewhere. One array
        # for both, so a draw can't give them different texts.
        gaps = (self.labels == one) * 1.0 - (self.labels == other)
        return np.quantile(gaps[draws].mean(axis=1), [0.025, 0.975])

    def verdict(self, one, other, draws):
        # macro-F1 is no mean over texts, so it has to be computed anew in each draw.
        gaps = [np.mean(self.scores(one, rows)[:, 2] - self.scores(other, rows)[:, 2])
                for rows in draws]
        low, high = np.quantile(gaps, [0.025, 0.975])
        return "first" if low > 0 else "second" if high < 0 else "neither", low, high


# Another way: sklearn.metrics.confusion_matrix and precision_recall_fscore_support (both with
# labels=range(classes)) for the first two parts, scipy's proportion_ci for the third.
"""

PLAIN = """
class Report:
    def __init__(self, labels, classes):
        self.labels, self.classes = [int(y) for y in labels], classes

    def confusion(self, named):
        return self.table(self.labels, named)

    def table(self, labels, named):
        table = [[0] * self.classes for _ in range(self.classes)]
        for label, answer in zip(labels, named):
            table[label][answer] += 1
        return table

    def scores(self, named):
        return self.each(self.table(self.labels, named))

    def each(self, table):
        found = []
        for k in range(self.classes):
            tp, has, given = table[k][k], sum(table[k]), sum(row[k] for row in table)
            p, r = tp / given if given else 0.0, tp / has if has else 0.0
            found.append((p, r, 2 * p * r / (p + r) if p + r else 0.0))
        return found

    def wilson(self, named):
        n, right = len(self.labels), sum(int(y == a) for y, a in zip(self.labels, named))
        z = 1.959964
        root = z * (right * (n - right) / n + z * z / 4) ** 0.5
        return [(right + z * z / 2 + sign * root) / (n + z * z) for sign in (-1, 1)]

    def ends(self, values):
        values = sorted(values)
        last = len(values) - 1
        return values[round(0.025 * last)], values[round(0.975 * last)]

    def paired(self, one, other, draws):
        gaps = [int(y == a) - int(y == b) for y, a, b in zip(self.labels, one, other)]
        return self.ends([sum(gaps[i] for i in rows) / len(rows) for rows in draws.tolist()])

    def macro(self, named, rows):
        drawn = [self.labels[i] for i in rows], [named[i] for i in rows]
        return sum(f1 for _, _, f1 in self.each(self.table(*drawn))) / self.classes

    def verdict(self, one, other, draws):
        low, high = self.ends(self.macro(one, d) - self.macro(other, d) for d in draws.tolist())
        if low > 0:
            return ["first", low, high]
        return ["second" if high < 0 else "neither", low, high]
"""

BY_SKLEARN = """
import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix


class Report:
    def __init__(self, labels, classes):
        self.labels, self.classes = labels, classes

    def confusion(self, named):
        return confusion_matrix(self.labels, named, labels=range(self.classes))

    def scores(self, named):
        table = self.confusion(named).astype(np.float32)
        with np.errstate(all="ignore"):
            hits = table.diagonal()
            p, r = hits / table.sum(axis=0), hits / table.sum(axis=1)
            both = np.array([p, r, 2 * hits / (table.sum(axis=0) + table.sum(axis=1))])
        return np.nan_to_num(both).T

    def wilson(self, named):
        right = int((self.labels == named).sum())
        return binomtest(right, len(named)).proportion_ci(method="wilson")

    def paired(self, one, other, draws):
        first, second = ((self.labels == named)[draws] for named in (one, other))
        return np.percentile(first.mean(axis=1) - second.mean(axis=1), (2.5, 97.5)).tolist()

    def verdict(self, one, other, draws):
        macro = [[Report(self.labels[d], self.classes).scores(named[d])[:, 2].mean(dtype=float)
                  for d in draws] for named in (one, other)]
        ends = np.percentile(np.subtract(*macro), (2.5, 97.5))
        sign = int(ends[0] > 1e-9) - int(ends[1] < -1e-9)
        return ("neither", "first", "second")[sign], *ends
"""

IN_TORCH = """
import torch


class Report:
    def __init__(self, labels, classes):
        self.labels, self.classes = torch.tensor(labels), classes

    def confusion(self, named, rows=slice(None)):
        pairs = self.labels[rows] * self.classes + torch.tensor(named)[rows]
        return torch.bincount(pairs, minlength=self.classes**2).view(self.classes, self.classes)

    def scores(self, named, rows=slice(None)):
        table = self.confusion(named, rows).double()
        hits = table.diagonal()
        wholes = torch.stack([table.sum(0), table.sum(1), (table.sum(0) + table.sum(1)) / 2], 1)
        return hits[:, None] / wholes.clamp(min=0.5)

    def wilson(self, named):
        n, a = len(named), (self.labels == torch.tensor(named)).double().mean()
        half = 1.96 * (a * (1 - a) / n + 1.96**2 / (4 * n * n)).sqrt()
        return (a + 1.96**2 / (2 * n) + half * torch.tensor([-1, 1])) / (1 + 1.96**2 / n)

    def paired(self, one, other, draws):
        first, second = ((self.labels == torch.tensor(x)).double() for x in (one, other))
        gaps = (first - second)[torch.tensor(draws)].mean(dim=1)
        return torch.quantile(gaps, torch.tensor([0.025, 0.975], dtype=torch.float64))

    def verdict(self, one, other, draws):
        draws = torch.tensor(draws)
        gaps = [self.scores(one, d)[:, 2].mean() - self.scores(other, d)[:, 2].mean()
                for d in draws]
        ends = torch.quantile(torch.stack(gaps), torch.tensor([0.025, 0.975]).double()).tolist()
        return "first" if ends[0] > 0 else "second" if ends[1] < 0 else "neither", *ends
"""

REPORT = Exercise(
    name="09-report",
    title="Build it: an evaluation report",
    difficulty=4,
    minutes=50,
    prompt="""
Write the report that you would want to read before choosing between two classifiers. `labels` and
the classes that a classifier `named` are arrays of whole numbers from 0 to `classes` − 1, shape
(texts). Each part is checked by itself, in this order.

1. **`confusion(named)`** returns the confusion matrix, shape (classes, classes): true classes in
   the rows, named ones in the columns. A class that doesn't occur has a row of zeros.
2. **`scores(named)`** returns precision, recall and F1 of every class, shape (classes, 3). A score
   whose denominator is 0 is 0.
3. **`wilson(named)`** returns the two ends of Wilson's interval of the accuracy, with z = 1.96.
4. **`paired(one, other, draws)`** returns the two ends of the paired bootstrap of the difference in
   *accuracy*, the first classifier's minus the second's. The draws are given, so that everyone gets
   the same numbers: each row of `draws`, shape (draws, texts), holds the numbers of the texts in
   one draw. The interval is the middle 95 %, from 0.025 to 0.975.
5. **`verdict(one, other, draws)`** does the same for *macro-F1*, and returns a word and the two
   ends: `"first"` if the whole interval is above 0, `"second"` if it is below, else `"neither"`.
   Macro-F1 is the mean over all `classes`, with 0 for those that a draw lacks.
""",
    answer="Report",
    starter='''
import numpy as np


class Report:
    """Example: labels [0, 1, 1], 2 classes, named [0, 1, 0] give the confusion matrix

    [[1, 0], [1, 1]], the scores [[0.5, 1, 0.667], [1, 0.5, 0.667]] and the ends 0.208, 0.939.
    """

    def __init__(self, labels, classes):
        self.labels, self.classes = labels, classes

    def confusion(self, named):
        return ...  # part 1

    def scores(self, named):
        return ...  # part 2

    def wilson(self, named):
        return ...  # part 3: low, high

    def paired(self, one, other, draws):
        return ...  # part 4: low, high

    def verdict(self, one, other, draws):
        return ...  # part 5: word, low, high
''',
    hints=(
        "Part 2: where in the matrix are TP, TP + FP and TP + FN? Part 4: make one array that is "
        "1 where only the first is correct, -1 where only the second is, and 0 elsewhere; what is "
        "its mean over a draw?",
        "TP is the diagonal, TP + FP the sum of a column, TP + FN the sum of a row. gaps[draws] "
        "has the shape of draws, so .mean(axis=1) gives one difference a draw. In part 5 build "
        "the scores of labels[rows] and named[rows] for each row of draws.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "swaps rows and columns",
            "true classes belong in the rows",
            ("(self.labels[rows], named[rows])", "(named[rows], self.labels[rows])"),
            fails="part 1",
        ),
        Wrong(
            "counts each pair once",
            "NumPy adds only once",
            (
                "np.add.at(table, (self.labels[rows], named[rows]), 1)",
                "table[self.labels[rows], named[rows]] += 1",
            ),
            fails="part 1",
        ),
        Wrong(
            "leaves absent classes out",
            "needs its row and column",
            code=SOLUTION.replace(
                "        return table\n",
                "        there = np.union1d(self.labels, named)\n"
                "        return table[np.ix_(there, there)]\n",
            ),
            fails="part 1",
        ),
        Wrong(
            "stops after part 1",
            "the starter's dots",
            code=SOLUTION.replace(
                "        table = self.confusion(named, rows)\n", "        return ...\n"
            ),
            fails="part 2",
        ),
        Wrong(
            "swaps precision and recall",
            "precision and recall are swapped",
            ("wholes = given, there,", "wholes = there, given,"),
            fails="part 2",
        ),
        Wrong(
            "divides zero by zero",
            "divides 0 by 0",
            ("f * found / np.maximum(w, 1)", "f * found / w"),
            fails="part 2",
        ),
        Wrong(
            "takes the plain mean",
            "F1 is their harmonic mean",
            code=SOLUTION.replace(
                "        wholes = given, there, given + there\n"
                "        return np.column_stack([f * found / np.maximum(w, 1) for f, w in "
                "zip((1, 1, 2), wholes)])\n",
                "        p, r = found / np.maximum(given, 1), found / np.maximum(there, 1)\n"
                "        return np.column_stack([p, r, (p + r) / 2])\n",
            ),
            fails="part 2",
        ),
        Wrong(
            "takes the plain formula",
            "the plain formula",
            code=SOLUTION.replace(
                "        middle = share",
                "        half = z * np.sqrt(share * (1 - share) / n)\n"
                "        return share - half, share + half\n"
                "        middle = share",
            ),
            fails="part 3",
        ),
        Wrong(
            "forgets to divide",
            "the division by 1 + z²/n is missing",
            (
                "return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)",
                "return middle - half, middle + half",
            ),
            fails="part 3",
        ),
        Wrong(
            "forgets the shift",
            "the shift z²/(2 n)",
            ("share + z**2 / (2 * n)", "share"),
            fails="part 3",
        ),
        Wrong("takes z = 2", "not 2", ("1.96", "2"), fails="part 3"),
        Wrong(
            "subtracts two intervals",
            "take the difference in each draw",
            code=SOLUTION.replace(
                "        gaps = (self.labels == one) * 1.0 - (self.labels == other)\n"
                "        return np.quantile(gaps[draws].mean(axis=1), [0.025, 0.975])",
                "        ends = [np.quantile((self.labels == x)[draws].mean(axis=1), "
                "[0.025, 0.975])\n                for x in (one, other)]\n"
                "        return ends[0] - ends[1]",
            ),
            fails="part 4",
        ),
        Wrong(
            "draws other texts for the second",
            "the same texts in a draw",
            code=SOLUTION.replace(
                "        return np.quantile(gaps[draws].mean(axis=1), [0.025, 0.975])",
                "        a, b = (self.labels == one)[draws], (self.labels == other)[draws[::-1]]\n"
                "        return np.quantile(a.mean(axis=1) - b.mean(axis=1), [0.025, 0.975])",
            ),
            fails="part 4",
        ),
        Wrong(
            "turns the difference round",
            "the first minus the second",
            (
                "(self.labels == one) * 1.0 - (self.labels == other)",
                "(self.labels == other) * 1.0 - (self.labels == one)",
            ),
            fails="part 4",
        ),
        Wrong(
            "takes 90 %",
            "that holds 90 %",
            ("gaps[draws].mean(axis=1), [0.025, 0.975]", "gaps[draws].mean(axis=1), [0.05, 0.95]"),
            fails="part 4",
        ),
        Wrong(
            "judges the accuracy",
            "macro-F1 is asked for",
            code=SOLUTION.replace(
                "        low, high = np.quantile(gaps, [0.025, 0.975])",
                "        low, high = self.paired(one, other, draws)",
            ),
            fails="part 5",
        ),
        Wrong(
            "leaves out classes that a draw lacks",
            "over all classes",
            code=SOLUTION.replace(
                "        gaps = [np.mean(self.scores(one, rows)[:, 2] - "
                "self.scores(other, rows)[:, 2])\n                for rows in draws]",
                "        def macro(named, rows):\n"
                "            there = np.union1d(self.labels[rows], named[rows])\n"
                "            return self.scores(named, rows)[there, 2].mean()\n\n"
                "        gaps = [macro(one, rows) - macro(other, rows) for rows in draws]",
            ),
            fails="part 5",
        ),
        Wrong(
            "always names a winner",
            "neither has been shown",
            (
                '"first" if low > 0 else "second" if high < 0 else "neither"',
                '"first" if np.mean(gaps) > 0 else "second"',
            ),
            fails="part 5",
        ),
        Wrong(
            "swaps the words",
            "first and second are swapped",
            (
                '"first" if low > 0 else "second" if high < 0',
                '"second" if low > 0 else "first" if high < 0',
            ),
            fails="part 5",
        ),
        Wrong(
            "returns the word alone",
            "a word and two ends",
            ('"neither", low, high', '"neither"'),
            fails="part 5",
        ),
    ),
    right=(
        Right("in plain Python", code=PLAIN),
        Right("by scikit-learn and SciPy, in float32", code=BY_SKLEARN),
        Right("in torch", code=IN_TORCH),
        Right(
            "counts by one number for a pair",
            (
                "np.add.at(table, (self.labels[rows], named[rows]), 1)\n        return table",
                "pairs = self.labels[rows] * self.classes + named[rows]\n"
                "        return np.bincount(pairs, minlength=table.size).reshape(table.shape)",
            ),
        ),
        Right(
            "returns a dictionary's values",
            (
                'return "first" if low > 0 else "second" if high < 0 else "neither", low, high',
                'word = "first" if low > 0 else "second" if high < 0 else "neither"\n'
                "        return dict(word=word, low=low, high=high).values()",
            ),
        ),
    ),
    shows="Two accuracies don't decide between classifiers; the texts on which they differ do.",
    seconds=10,
)
