"""Bootstrap intervals hold the truth as often as they promise, and are SciPy's."""

import numpy as np
import pytest
import scipy.stats

from helpers.evaluation.intervals import bootstrap, wilson


def test_near_scipys_percentile_bootstrap():
    values = np.random.default_rng(0).exponential(size=200)
    ours = bootstrap(np.mean, values, repeats=4000)
    theirs = scipy.stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=1
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.02)
    assert ours.high == pytest.approx(theirs.high, abs=0.02)
    assert ours.value == values.mean() and len(ours.draws) == 4000


def test_it_holds_the_truth_about_as_often_as_it_promises():
    random = np.random.default_rng(0)
    held = sum(0.9 in bootstrap(np.mean, random.random(300) < 0.9, repeats=300) for _ in range(200))
    assert 0.89 < held / 200 <= 0.985


def test_width_falls_with_the_root_of_the_items():
    random = np.random.default_rng(1)
    wide, narrow = (bootstrap(np.mean, random.random(n) < 0.8) for n in (400, 6400))
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(4, rel=0.15)


def test_the_same_items_are_drawn_from_all_columns():
    first = np.arange(50)
    found = bootstrap(lambda a, b: float((a == b).mean()), first, first)
    assert (found.low, found.high) == (1.0, 1.0)


def test_same_seed_same_interval():
    values = np.random.default_rng(2).normal(size=80)
    one, again, other = (bootstrap(np.mean, values, seed=s) for s in (0, 0, 1))
    assert (one.low, one.high) == (again.low, again.high) != (other.low, other.high)


@pytest.mark.parametrize(
    ("columns", "options", "said"),
    [
        (([],), {}, "at least one"),
        ((), {}, "at least one"),
        (([1, 2], [1]), {}, r"\[2, 1\] items"),
        (([1, 2],), {"strata": [0]}, r"columns and strata have \[2, 1\] items"),
        (([1, 2],), {"share": 1.0}, "0 < share < 1"),
        (([1, 2],), {"repeats": 5}, "100 or more"),
    ],
)
def test_bad_input(columns, options, said):
    with pytest.raises(ValueError, match=said):
        bootstrap(np.mean, *columns, **options)


def test_strata_keep_every_group_in_every_draw():
    classes = np.array([0] * 30 + [1] * 9 + [2])
    found = bootstrap(lambda c: len(np.unique(c)), classes, repeats=200, strata=classes)
    assert (found.low, found.high) == (3, 3)
    assert bootstrap(lambda c: len(np.unique(c)), classes, repeats=200).low == 2
    sizes = bootstrap(lambda c: (c == 1).sum(), classes, repeats=200, strata=classes)
    assert (sizes.low, sizes.high) == (9, 9)
    spread = bootstrap(np.mean, np.arange(40), strata=classes)
    assert spread.low < spread.value < spread.high


def test_one_stratum_is_as_wide_as_none():
    values = np.random.default_rng(3).normal(size=150)
    plain, grouped = bootstrap(np.mean, values), bootstrap(np.mean, values, strata=[7] * 150)
    assert grouped.high - grouped.low == pytest.approx(plain.high - plain.low, rel=0.15)


@pytest.mark.parametrize(("right", "items"), [(0, 1), (1, 1), (97, 100), (100, 100), (3, 5000)])
@pytest.mark.parametrize("share", [0.68, 0.95, 0.99])
def test_wilson_is_scipys(right, items, share):
    ours = wilson(right, items, share)
    theirs = scipy.stats.binomtest(right, items).proportion_ci(share, method="wilson")
    assert ours.low == pytest.approx(theirs.low) and ours.high == pytest.approx(theirs.high)
    assert 0 <= ours.low <= ours.value <= ours.high <= 1 and ours.low < ours.high


@pytest.mark.parametrize(
    ("right", "items", "share"), [(1, 0, 0.95), (-1, 5, 0.95), (6, 5, 0.95), (1, 2, 1.0)]
)
def test_wilson_of_what_cannot_be(right, items, share):
    with pytest.raises(ValueError, match=f"{right} right of {items}, share {share}: give 0 <= rig"):
        wilson(right, items, share)
