"""How 06-optimizer is checked: a reference for each of its parts, and a network to be trained.

Weights and gradients go by name, as in ``helpers.scratch.network``.
"""

from collections.abc import Callable

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb06.predicted import averages
from helpers.exercises.plain import as_array, short
from helpers.scratch import functions, network
from helpers.scratch.initialization import draw_weights

LONG = 10**9  # steps in all, so many that the rate does not fall while a few are taken
CALLS, SIZE, LEVEL = 60, 32, 0.1  # part 5: batches, texts in each, the loss to reach
Arrays = dict[str, np.ndarray]


def rate_at(rate: float, steps: int, warmup: int, t: int) -> float:
    """Return the rate of step ``t``, counted from 0."""
    if t < warmup:
        return rate * (t + 1) / warmup
    return rate * (steps - t) / (steps - warmup)


def clipped(gradients: Arrays, longest: float) -> Arrays:
    """Return gradients of at most ``longest`` in length, all together."""
    length = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    return {name: g * min(1, longest / max(length, 1e-300)) for name, g in gradients.items()}


def walked(
    weights: Arrays,
    gradients: list[Arrays],
    settings: dict,
    correct: bool = True,
    root: bool = True,
    mean: bool = True,
    late: bool = False,
    sign: float = 1,
    decay: str = "matrices",
    schedule: bool = True,
    ahead: int = 0,
    clip: bool = True,
    inside: bool = False,
) -> Arrays:
    """Return the weights after one step for each of ``gradients``, or those of a mistake."""
    options = {"warmup": 0, "longest": np.inf, "decay": 0.0} | settings
    weights, m, s = {name: w.copy() for name, w in weights.items()}, {}, {}
    for t, given in enumerate(gradients):
        rate = options["rate"]
        if schedule:
            rate = rate_at(rate, options["steps"], options["warmup"], t + ahead)
        short_ones = clipped(given, options["longest"]) if clip else given
        for name, w in weights.items():
            amount = options["decay"] if decay == "all" or w.ndim > 1 else 0.0
            amount = 0.0 if decay == "none" else amount
            g = short_ones[name] + (amount * w if decay == "l2" else 0)
            m[name] = 0.9 * m.get(name, 0) + 0.1 * g
            s[name] = 0.999 * s.get(name, 0) + 0.001 * g**2
            n = np.inf if not correct else t if late else t + 1
            up = (m[name] if mean else g) / (1 - 0.9**n if mean else 1)
            below = s[name] / (1 - 0.999**n)
            if decay != "l2":
                w *= 1 - amount * (1 if decay == "unscaled" else rate)
            below = np.sqrt(below + 1e-8) if inside else (np.sqrt(below) if root else below) + 1e-8
            w -= sign * rate * up / below
    return weights


def part_1(answer: Answer) -> None:
    """The rate of each step."""

    def way(made: Callable, rate: float, steps: int, warmup: int, t: int) -> object:
        return made(_weights(0), rate, steps, warmup).rate_at(t)

    mistakes = {
        "the climb begins with the share 1 / warmup, not with 0": (
            lambda r, n, w, t: r * t / w if t < w else rate_at(r, n, w, t)
        ),
        "that is the share; multiply it by the rate": lambda r, n, w, t: rate_at(1.0, n, w, t),
        "there is no climb": lambda r, n, w, t: rate_at(r, n, 0, t),
        "after the warm-up it falls evenly to 0 at `steps`": (
            lambda r, n, w, t: r if t >= w else rate_at(r, n, w, t)
        ),
        "the fall begins at 1 where the climb ends; count its steps from the warm-up on": (
            lambda r, n, w, t: r * (1 - t / n) if t >= w else rate_at(r, n, w, t)
        ),
        "that falls as a cosine; an even fall is asked for": (
            lambda r, n, w, t: (
                r * (1 + np.cos(np.pi * (t - w) / (n - w))) / 2 if t >= w else rate_at(r, n, w, t)
            )
        ),
    }
    cases = [(1.0, 10, 4, t) for t in (0, 1, 3, 4, 7, 9)]
    cases += [(0.5, 100, 20, t) for t in (0, 5, 19, 20, 60, 99)]
    cases += [(0.03, 50, 0, t) for t in (0, 25, 49)] + [(2.0, 12, 1, t) for t in (0, 1, 6, 11)]
    names = ("rate", "steps", "warmup", "t")
    against(answer.through_class(way, begun=False), rate_at, cases, names, mistakes)


def part_2(answer: Answer) -> None:
    """Clipping, of each array in turn."""

    def other(change: Callable) -> Callable:
        return lambda name, gradients, longest: change(gradients, longest)[name]

    def way(made: Callable, name: str, gradients: Arrays, longest: float) -> object:
        copies = {key: g.copy() for key, g in gradients.items()}
        found = made(_weights(0), 1.0, LONG, longest=longest).clipped(gradients)
        if any(not np.array_equal(g, copies[key]) for key, g in gradients.items()):
            raise Diagnosis("clipped changes the gradients it is given; return new arrays.")
        return found if found is ... else _named(found, name, "clipped returns")

    mistakes = {
        "numbers are cut off at the limit, which turns the direction; use one factor for all": (
            other(lambda g, most: {k: np.clip(a, -most, most) for k, a in g.items()})
        ),
        "each array has its own length there; take one length over all of them": (
            other(lambda g, most: {k: clipped({k: a}, most)[k] for k, a in g.items()})
        ),
        "nothing is shortened": other(lambda g, most: g),
        "what is short enough stays as it is": (
            other(lambda g, most: {k: a * most / max(_length(g), 1e-12) for k, a in g.items()})
        ),
        "the root of the sum of squares is missing": (
            other(lambda g, most: {k: a * min(1, most / _length(g) ** 2) for k, a in g.items()})
        ),
    }
    toy = {"W1": np.array([[3.0, 0.0], [0.0, 4.0]]), "b1": np.array([12.0, 0.0])}
    cases = []
    for name in ("W1", "b1"):
        for longest in (6.5, 12.5, 20.0):
            said = f"{name}, given W1 [[3, 0], [0, 4]] and b1 [12, 0], longest = {longest:g}"
            cases.append(Case((name, toy, longest), said))
        for seed in range(1, 6):
            drawn, longest = _gradients(seed, 1)[0], (0.5, 2.0, 9.0)[seed % 3]
            length = f"{_length(drawn):.3g}"
            said = f"{name} of gradients of length {length} together, longest = {longest:g}"
            cases.append(Case((name, drawn, longest), said))
        still = {key: 0 * g for key, g in toy.items()}
        cases.append(Case((name, still, 1.0), f"{name} of gradients of zeros, longest = 1"))
    against(
        answer.through_class(way),
        lambda name, g, most: clipped(g, most)[name],
        cases,
        (),
        mistakes,
    )


def part_3(answer: Answer) -> None:
    """Adam alone: one step, two, and six."""
    mistakes = {
        "the bias correction is missing": {"correct": False},
        "the steps are counted too late; at the first of them t is 1": {"late": True},
        "the root is missing in the denominator": {"root": False},
        "the gradient is divided there; divide its running mean m": {"mean": False},
        "it goes uphill; a step goes against the gradient": {"sign": -1},
        "no weight has moved; `w = w - ...` makes a new array, and `w -= ...` moves this one": (
            {"sign": 0}
        ),
        "epsilon is added to the root, not under it": {"inside": True},
    }
    _stepped(answer, [{"rate": 0.5, "steps": LONG}, {"rate": 0.1, "steps": LONG}], mistakes)


def part_4(answer: Answer) -> None:
    """Decay alone, then a schedule and clipping as well."""
    known = {
        "the decay stays out of the gradient: shrink the weight by itself": {"decay": "l2"},
        "the biases have shrunk as well; only arrays of two axes decay": {"decay": "all"},
        "the decay is multiplied by the rate, too": {"decay": "unscaled"},
        "nothing has decayed": {"decay": "none"},
    }
    only = [{"rate": 0.1, "steps": LONG, "decay": 0.5}, {"rate": 0.2, "steps": LONG, "decay": 1.0}]
    _stepped(answer, only, known)
    every = {"steps": 12, "warmup": 3, "longest": 1.5, "decay": 0.5}
    mistakes = known | {
        "the rate does not follow rate_at": {"schedule": False},
        "rate_at is asked one step ahead; the first step is t = 0": {"ahead": 1},
        "the gradients are not clipped": {"clip": False},
    }
    _stepped(answer, [{"rate": 0.3} | every, {"rate": 0.1} | every], mistakes)


def part_5(answer: Answer) -> None:
    """A network trained by the learner's optimizer, from two starts."""
    X, labels = averages()
    for seed in (0, 1):
        start = draw_weights([50, 16, 3], "he", seed)

        def way(made: Callable, seed: int, start: Arrays) -> object:
            return made.trained({name: w.copy() for name, w in start.items()}, _batches(seed))

        got = answer.through_class(way).result(seed, start)
        weights = {
            name: as_array(_named(got, name, "trained returns"), w.shape)
            for name, w in start.items()
        }
        loss = functions.cross_entropy(network.forward(weights, X).scores, labels)
        if not loss < LEVEL:
            raise Diagnosis(
                f"After your training the loss on newsroom's training headlines is {loss:.3f}, "
                f"asked for is less than {LEVEL}. Try a larger or a smaller rate, all {CALLS} "
                "batches, and a short warm-up."
            )


def _stepped(answer: Answer, tried: list[dict], mistakes: dict[str, dict]) -> None:
    """Compare each weight after 1, 2 and 6 steps; a mistake is a setting of ``walked``."""

    def way(made: Callable, name: str, weights: Arrays, gradients: list, settings: dict) -> object:
        given = {key: w.copy() for key, w in weights.items()}
        optimizer = made(given, **settings)
        for one in gradients:
            if optimizer.step({key: g.copy() for key, g in one.items()}) is ...:
                return ...
        return _named(optimizer.weights, name, "weights is")

    def after(flags: dict) -> Callable:
        return lambda name, *inputs: walked(*inputs, **flags)[name]

    known = {words: after(flags) for words, flags in mistakes.items()}
    cases = []
    for settings in tried:
        for count in (1, 2, 6):
            for name in ("W1", "b1"):
                said = ", ".join(f"{k} = {v:g}" for k, v in settings.items() if v != LONG)
                said = f"{name} after {count} step{'s' * (count > 1)} with {said}"
                inputs = (name, _weights(count), _gradients(count, count), settings)
                cases.append(Case(inputs, said))
    tiny = [{name: 1e-5 * g for name, g in one.items()} for one in _gradients(2, 2)]
    said = "W1 after 2 steps with gradients a hundred thousand times smaller"
    cases.append(Case(("W1", _weights(2), tiny, tried[0]), said))
    against(answer.through_class(way), after({}), cases, (), known, tolerance=1e-4)


def _batches(seed: int) -> Callable[[Arrays], Arrays]:
    """Return a function from weights to the gradients of the next batch, for CALLS batches."""
    X, labels = averages()
    random, places = np.random.default_rng(seed), []
    while len(places) < CALLS:
        places += network.batches(len(X), SIZE, random)
    rest = iter(places[:CALLS])

    def gradients_of(weights: Arrays) -> Arrays:
        rows = next(rest, None)
        if rows is None:
            raise Diagnosis(f"gradients_of was called more than {CALLS} times; that is all it has.")
        return network.loss_and_gradients(weights, X[rows], labels[rows])[1]

    return gradients_of


def _named(found: object, name: str, what: str) -> object:
    if not isinstance(found, dict) or name not in found:
        raise Diagnosis(f"{what} {short(found)}, expected a dictionary with an array {name!r}.")
    return found[name]


def _length(gradients: Arrays) -> float:
    return float(np.sqrt(sum(np.sum(g**2) for g in gradients.values())))


def _weights(seed: int) -> Arrays:
    random = np.random.default_rng(60 + seed)
    return {"W1": random.normal(size=(2, 2)).round(1), "b1": random.normal(size=2).round(1)}


def _gradients(seed: int, count: int) -> list[Arrays]:
    random = np.random.default_rng(70 + seed)
    return [
        {"W1": random.normal(size=(2, 2)).round(1), "b1": 3 * random.normal(size=2).round(1)}
        for _ in range(count)
    ]


PARTS = (part_1, part_2, part_3, part_4, part_5)
