"""16-bench: a test bench for any classifier with a score, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb16.bench_check import PARTS

SOLUTION = """
from itertools import product
from math import sqrt


class Bench:
    def __init__(self, score):
        self.score = score

    def fill(self, template, words):
        # product goes through the last list fastest, which is the order asked for; with no slot
        # it gives one empty row, so a text without slots comes out once.
        rows = product(*words.values())
        return [template.format(**dict(zip(words, row))) for row in rows]

    def minimum(self, texts, wanted):
        # wanted turns the axis round for blame, so that one comparison serves both.
        scores = self.score(texts)
        return [text for text, p in zip(texts, scores) if wanted * (p - 0.5) <= 0]

    def invariance(self, cases):
        # A set of sides has one member if all agree, however many texts there are.
        return [case for case in cases if len({bool(p > 0.5) for p in self.score(case)}) > 1]

    def direction(self, cases, wanted, tolerance):
        failed = []
        for case in cases:
            first, *later = self.score(case)
            if any(wanted * (first - p) > tolerance for p in later):
                failed.append(case)
        return failed

    def report(self, results):
        rows = []
        for name, (failed, n) in results.items():
            z, share = 1.96, failed / n
            half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
            middle, whole = share + z**2 / (2 * n), 1 + z**2 / n
            rows.append((name, share, (middle - half) / whole, (middle + half) / whole))
        # sorted keeps the order of equal rates.
        return sorted(rows, key=lambda row: -row[1])


# Another way: helpers.evaluation.behaviour has fill and check_all, and its results a .rate. To call
# a slow model once, collect all texts first, score them in one go, and look each score up.
"""

PLAIN = """
class Bench:
    def __init__(self, score):
        self.score = score

    def fill(self, template, words):
        texts = [{}]
        for slot, choices in words.items():
            texts = [{**row, slot: choice} for row in texts for choice in choices]
        return (template.format_map(row) for row in texts)

    def minimum(self, texts, wanted):
        failed = []
        for text in texts:
            p = float(self.score([text])[0])
            if (p <= 0.5 and wanted == 1) or (p >= 0.5 and wanted == -1):
                failed.append(text)
        return tuple(failed)

    def invariance(self, cases):
        failed = []
        for case in cases:
            above = sum(int(p > 0.5) for p in self.score(case))
            if 0 < above < len(case):
                failed.append(tuple(case))
        return [list(case) for case in failed]

    def direction(self, cases, wanted, tolerance):
        for case in cases:
            scores = list(self.score(case))
            worst = min(scores[1:]) if wanted == 1 else max(scores[1:])
            if wanted * (scores[0] - worst) > tolerance:
                yield case

    def report(self, results):
        rows = []
        for name in results:
            failed, n = results[name]
            z = 1.959964
            root = z * (failed * (n - failed) / n + z * z / 4) ** 0.5
            low, high = ((failed + z * z / 2 + s * root) / (n + z * z) for s in (-1, 1))
            rows.append([name, failed / n, low, high])
        rows.sort(key=lambda row: row[1], reverse=True)
        return rows
"""

IN_NUMPY = """
import numpy as np
from itertools import product
from scipy.stats import binomtest


class Bench:
    def __init__(self, score):
        self.score = score

    def fill(self, template, words):
        return np.array([template.format(**dict(zip(words, row)))
                         for row in product(*words.values())], dtype=object)

    def minimum(self, texts, wanted):
        return np.array(texts, dtype=object)[wanted * (self.score(texts) - 0.5) <= 0]

    def known(self, cases):
        texts = sorted({text for case in cases for text in case})
        return dict(zip(texts, np.asarray(self.score(texts), dtype=float)))

    def invariance(self, cases):
        p = self.known(cases)
        sides = [[p[text] > 0.5 for text in case] for case in cases]
        return [case for case, side in zip(cases, sides) if any(side) and not all(side)]

    def direction(self, cases, wanted, tolerance):
        p = self.known(cases)
        drops = [max(wanted * (p[case[0]] - p[text]) for text in case[1:]) for case in cases]
        return [case for case, drop in zip(cases, drops) if drop > tolerance]

    def report(self, results):
        rows = []
        for name, (failed, n) in results.items():
            ends = binomtest(int(failed), int(n)).proportion_ci(method="wilson")
            rows.append((name, np.float64(failed / n), np.float64(ends.low), np.float64(ends.high)))
        return tuple(sorted(rows, key=lambda row: row[1], reverse=True))
"""

WITH_THE_HELPER = SOLUTION.replace(
    "rows = product(*words.values())\n        return [template.format(**dict(zip(words, row))) "
    "for row in rows]",
    "from helpers.evaluation.behaviour import fill\n\n        return [case.texts[0] for case in "
    "fill(template, 1, **words)]",
).replace(
    """            z, share = 1.96, failed / n
            half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
            middle, whole = share + z**2 / (2 * n), 1 + z**2 / n
            rows.append((name, share, (middle - half) / whole, (middle + half) / whole))
""",
    """            from helpers.evaluation.intervals import wilson

            found = wilson(failed, n)
            rows.append((name, found.value, found.low, found.high))
""",
)

BENCH = Exercise(
    name="16-bench",
    title="Build it: a test bench for any classifier",
    difficulty=4,
    minutes=40,
    prompt="""
Write a test bench for any classifier. `score(texts)` takes a list of texts and returns an array of
scores from 0 to 1; above 0.5 means praise.

1. **Templates.** `words` maps each slot of `template` to a list. `fill(template, words)` returns
   a text for every combination of words; the last slot of `words` changes fastest.
2. **Minimum functionality.** `minimum(texts, wanted)` returns the texts that fail, in order.
   `wanted` is 1 for praise and −1 for blame. A score of exactly 0.5 fails.
3. **Invariance.** A case is a list of two or more texts that belong on the same side.
   `invariance(cases)` returns the cases with some texts above 0.5 and others not.
4. **Direction.** `direction(cases, wanted, tolerance)` returns the cases in which any later text
   scores more than `tolerance` below the first (`wanted` 1) or above it (−1).
5. **Report.** `results` maps a test's name to two counts, (failed, cases). `report(results)`
   returns a list of (name, rate, low, high) with Wilson's 95 % interval. The highest rate comes
   first; equal rates stay in the order given.
""",
    answer="Bench",
    starter='''
class Bench:
    """Example: Bench(score).fill("A {w} film.", {"w": ["dull", "fun"]}) returns

    ["A dull film.", "A fun film."], and report({"names": (0, 28)}) returns
    [("names", 0.0, 0.0, 0.121)], with more digits.
    """

    def __init__(self, score):
        self.score = score

    def fill(self, template, words):
        return ...  # part 1

    def minimum(self, texts, wanted):
        return ...  # part 2

    def invariance(self, cases):
        return ...  # part 3

    def direction(self, cases, wanted, tolerance):
        return ...  # part 4

    def report(self, results):
        return ...  # part 5
''',
    hints=(
        "itertools.product gives every combination of several lists. For parts 2 and 4, think "
        "about what multiplying by wanted does. For part 3, how many different sides are there?",
        "template.format(**row) fills slots from a dictionary, and dict(zip(words, row)) makes "
        "one. Wilson's formula is in notebook 09; sort by the rate with a minus in front.",
    ),
    solution=SOLUTION,
    stages=PARTS,
    wrong=(
        Wrong(
            "takes words side by side",
            "every combination is asked for",
            ("rows = product(*words.values())", "rows = zip(*words.values())"),
            fails="part 1",
        ),
        Wrong(
            "turns the order round",
            "the last slot of the dictionary changes fastest",
            (
                "        rows = product(*words.values())\n",
                "        words = dict(reversed(words.items()))\n"
                "        rows = product(*words.values())\n",
            ),
            fails="part 1",
        ),
        Wrong(
            "fills nothing",
            "nothing is filled in",
            ("template.format(**dict(zip(words, row)))", "template"),
            fails="part 1",
        ),
        Wrong(
            "returns what passed",
            "these are the texts that passed",
            ("wanted * (p - 0.5) <= 0", "wanted * (p - 0.5) > 0"),
            fails="part 2",
        ),
        Wrong(
            "lets one half pass",
            "exactly 0.5 is no answer",
            ("wanted * (p - 0.5) <= 0", "wanted * (p - 0.5) < 0"),
            fails="part 2",
        ),
        Wrong(
            "forgets blame",
            "wanted is -1 for blame",
            ("wanted * (p - 0.5) <= 0", "p <= 0.5"),
            fails="part 2",
        ),
        Wrong(
            "returns truth values",
            "True and False are returned",
            (
                "[text for text, p in zip(texts, scores) if wanted * (p - 0.5) <= 0]",
                "[wanted * (p - 0.5) <= 0 for p in scores]",
            ),
            fails="part 2",
        ),
        Wrong(
            "counts every move of the score",
            "only the side of 0.5 counts",
            ("len({bool(p > 0.5) for p in", "len({float(p) for p in"),
            fails="part 3",
        ),
        Wrong(
            "returns truth values for cases",
            "True and False are returned",
            (
                "[case for case in cases if len({bool(p > 0.5) for p in self.score(case)}) > 1]",
                "[len({bool(p > 0.5) for p in self.score(case)}) > 1 for case in cases]",
            ),
            fails="part 3",
        ),
        Wrong(
            "compares the first two",
            "a case may have more than two texts",
            (
                "len({bool(p > 0.5) for p in self.score(case)}) > 1",
                "(self.score(case)[0] > 0.5) != (self.score(case)[1] > 0.5)",
            ),
            fails="part 3",
        ),
        Wrong(
            "leaves 0.5 out on both sides",
            "exactly 0.5 is not above",
            (
                "len({bool(p > 0.5) for p in self.score(case)}) > 1",
                "max(self.score(case)) > 0.5 > min(self.score(case))",
            ),
            fails="part 3",
        ),
        Wrong(
            "looks at distances",
            "only the side of 0.5 counts",
            (
                "len({bool(p > 0.5) for p in self.score(case)}) > 1",
                "max(abs(p - self.score(case)[0]) for p in self.score(case)) > 0.1",
            ),
            fails="part 3",
        ),
        Wrong(
            "returns the stable ones",
            "these are the cases that passed",
            ("for p in self.score(case)}) > 1", "for p in self.score(case)}) == 1"),
            fails="part 3",
        ),
        Wrong(
            "turns the direction round",
            "the direction is turned round",
            ("wanted * (first - p) > tolerance", "wanted * (p - first) > tolerance"),
            fails="part 4",
        ),
        Wrong(
            "has no tolerance",
            "the tolerance is not used",
            ("wanted * (first - p) > tolerance", "wanted * (first - p) > 0"),
            fails="part 4",
        ),
        Wrong(
            "forgets what is wanted",
            "wanted is -1 where",
            ("wanted * (first - p) > tolerance", "first - p > tolerance"),
            fails="part 4",
        ),
        Wrong(
            "returns the cases that passed",
            "these are the cases that passed",
            ("if any(wanted", "if not any(wanted"),
            fails="part 4",
        ),
        Wrong(
            "asks that all later texts move",
            "one such text is enough",
            ("if any(wanted", "if all(wanted"),
            fails="part 4",
        ),
        Wrong(
            "fails at the tolerance itself",
            "only more than that fails",
            ("wanted * (first - p) > tolerance", "wanted * (first - p) >= tolerance"),
            fails="part 4",
        ),
        Wrong(
            "looks at the last alone",
            "only the last text is compared",
            ("for p in later)", "for p in later[-1:])"),
            fails="part 4",
        ),
        Wrong(
            "takes the plain formula",
            "gives no width at 0 failures",
            (
                "half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))\n"
                "            middle, whole = share + z**2 / (2 * n), 1 + z**2 / n",
                "half = z * sqrt(share * (1 - share) / n)\n"
                "            middle, whole = share, 1",
            ),
            fails="part 5",
        ),
        Wrong(
            "takes the plain formula, cut off at 0 and 1",
            "gives no width at 0 failures",
            (
                "half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))\n"
                "            middle, whole = share + z**2 / (2 * n), 1 + z**2 / n\n"
                "            rows.append((name, share, (middle - half) / whole, "
                "(middle + half) / whole))",
                "half = z * sqrt(share * (1 - share) / n)\n"
                "            rows.append((name, share, max(0, share - half), "
                "min(1, share + half)))",
            ),
            fails="part 5",
        ),
        Wrong(
            "gives per cent",
            "a rate is a share from 0 to 1",
            ("rows.append((name, share,", "rows.append((name, 100 * share,"),
            fails="part 5",
        ),
        Wrong(
            "sorts the wrong way",
            "the lowest rate comes first",
            ("key=lambda row: -row[1]", "key=lambda row: row[1]"),
            fails="part 5",
        ),
        Wrong(
            "doesn't sort",
            "in the order given",
            ("sorted(rows, key=lambda row: -row[1])", "rows"),
            fails="part 5",
        ),
        Wrong(
            "turns equal rates round",
            "equal rates are turned round",
            (
                "sorted(rows, key=lambda row: -row[1])",
                "sorted(rows, key=lambda row: row[1])[::-1]",
            ),
            fails="part 5",
        ),
        Wrong(
            "sorts equal rates by name",
            "equal rates are sorted by name",
            ("key=lambda row: -row[1]", "key=lambda row: (-row[1], row[0])"),
            fails="part 5",
        ),
        Wrong(
            "leaves the report unwritten",
            "the starter's dots",
            ("return sorted(rows, key=lambda row: -row[1])", "return ..."),
            fails="part 5",
        ),
    ),
    right=(
        Right("with plain loops, generators and tuples", code=PLAIN),
        Right("with NumPy and SciPy, each text scored once", code=IN_NUMPY),
        Right("with the course's helpers", code=WITH_THE_HELPER),
        Right(
            "scores as a list of floats",
            ("self.score = score", "self.score = lambda texts: [float(p) for p in score(texts)]"),
        ),
    ),
    shows="The same few lines test any classifier: they look only at what it answers.",
)  # fmt: skip
