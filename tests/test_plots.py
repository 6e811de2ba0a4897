"""Every figure function draws what it is given, names its axes and stays a small file."""

import importlib
import inspect
import io
import pkgutil
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import plots

NAMES = ["entertainment", "finance", "technology"]
RANDOM = np.random.default_rng(0)
THIRDS = RANDOM.dirichlet(np.ones(3), size=40)
LOG = [(1.0, 0.9, 0.6), (0.5, 0.7, 0.8), (0.4, 0.8, 0.8)]  # training loss, validation's, accuracy
FILES = list(pkgutil.iter_modules(plots.__path__))
BINS = SimpleNamespace(
    confidence=np.array([0.5, 0.9]), accuracy=np.array([0.4, 0.8]), items=np.array([3, 9])
)
CURVES = [RANDOM.random((2, 50)), RANDOM.random((2, 50))]
CASES = {
    "outer_products": ([np.eye(3, 4), -np.ones((3, 4))], np.eye(3, 4) - 1, "Title"),
    "kept_by_rank": (
        {"change": np.linspace(0.3, 1, 20), "random": np.linspace(0.05, 1, 20)},
        4,
        "Title",
    ),
    "ways_of_tuning": (
        {"few": {"head": [0.8, 0.9], "full": [0.85]}, "many": {"lora": [0.95]}},
        {"few": {"full": 0.86}},
        {"head": 10, "lora": 20_000, "full": 1_000_000},
        "Title",
    ),
    "memory_of_a_step": (
        {
            "head": {"weights": 90.0, "activations": 0.0},
            "full": {"weights": 90.0, "activations": 8},
        },
        "Title",
    ),
    "word_weights": (["fun", "dull"], [1.0, -0.5], [0.8, -1.0], [1.2, 0.1], [40, 3], "Title"),
    "failure_table": (
        ["words", "encoder"],
        ["praise", "names swapped"],
        [[0.0, 0.2], [1.0, 0.6]],
        ["minimum", "invariance"],
        "Title",
    ),
    "word_effects": (["not", "dull"], {"one": [-1.0, 0.5], "two": [0.2, 0.0]}, "Title"),
    "before_after": (
        ["praise", "blame negated"],
        {"one": ([0.0, 1.0], [0.1, 0.4]), "two": ([0.0, 0.9], [0.0, 0.1])},
        "Title",
    ),
    "scores_by_word": ({"one": {"French": [1.0, 2.0], "Indian": [-1.0, 0.5]}}, "Title"),
    "temperatures": (THIRDS[:3], [0.5, 1, 2], NAMES, "Title"),
    "pushes": (
        NAMES,
        [0.1, 0.3, 0.6],
        [0, 1, 0],
        np.linspace(0.01, 0.99, 20),
        {"one": np.ones(20), "two": np.zeros(20)},
        "Title",
    ),
    "loss_shapes": (np.linspace(0.01, 0.99, 20), np.ones(20), np.ones(20)),
    "two_losses": (CURVES, CURVES, 1.1, 0.33, "Title"),
    "probability_triangles": (
        {"left": THIRDS, "right": THIRDS},
        RANDOM.integers(3, size=40),
        NAMES,
        "Title",
    ),
    "learning_curves": ({"one": LOG, "two": LOG}, 1.1, "Title"),
    "seeds": ({"one": [0.9, 0.92], "two": [0.95, 0.96]}, {"bag of words": 0.965}, "Title"),
    "confusion": (np.array([[5, 1, 0], [0, 7, 2], [1, 0, 9]]), NAMES, "Title"),
    "ladder": (["majority", "pooled"], [0.5, 0.97], "Title"),
    "class_probabilities": ([0.2, 0.7, 0.1], NAMES, "Shares fall"),
    "parameter_counts": ({"table": 11_000_000, "rest": 500_000}, "Title"),
    "pair_cosines": ([("It rose.", "$5 fell.")] * 2, {"a": [0.1, 0.9], "b": [0.8, 0.9]}, "Title"),
    "cosine_table": (["One.", "Two."], [[1.0, 0.7], [0.7, 1.0]], "Title"),
    "angle_or_distance": ({"bank": (1.0, 2.0), "tea": (-1.0, 0.5)}, "Title"),
    "leanings": (["nurse", "pilot"], [[-0.2, 0.1], [0.3, 0.2]], ("she", "he"), "Title"),
    "opposites_and_synonyms": ([0.5, 0.6], [0.9, 0.2], [(0, "up: down / upward")], "Title"),
    "word_steps": (
        {"family": ([("man", "woman"), ("king", "queen")], RANDOM.random((2, 2, 2)))},
        "Title",
    ),
    "section_accuracies": (["capitals", "plurals"], [0.9, 0.6], [0.3, 0.1], "Title"),
    "judgements": (
        {"a": ([1, 9], [0.1, 0.8], [(0, "tea / car")]), "b": ([2, 3], [0.5, 0.6], [])},
        "Title",
    ),
    "word_map": (RANDOM.random((6, 2)), list("abcdef"), NAMES * 2, "Title"),
    "zipf": (
        {"R8": [90, 40, 30, 9], "newsroom": [50, 30, 10]},
        {"R8": 90, "newsroom": 50},
        "Title",
    ),
    "unknown_share": ([100, 1000], {"train": [0.3, 0.1], "test": [0.4, 0.2]}, "Title"),
    "valley_paths": (
        lambda x, y: x**2 + 25 * y**2,
        {"one": np.array([[2.0, 1.0], [1.0, -0.5], [0.0, 0.1]]), "two": np.ones((4, 2))},
        "Title",
    ),
    "steps_by_ratio": ([4, 25], {"descent": [9, 50], "momentum": [5, 12]}, "Title"),
    "rate_search": ({"one": {0.1: 30, 0.2: 20}, "two": {0.01: 305, 0.02: 90}}, 300, "Title"),
    "loss_bands": (
        [0, 5, 10],
        {"one": RANDOM.random((4, 3)), "two": np.ones((2, 3))},
        0.3,
        "Title",
    ),
    "dots_by_setting": (
        {"rate 1": {"constant": [0.2, 0.3], "cosine": [0.1]}, "rate 2": {"constant": [0.5]}},
        "loss (nats)",
        "Title",
    ),
    "rate_range": ([1e-3, 1e-2, 1e-1], [2.0, 1.0, 3.0], [2.0, 1.5, 2.0], {"x": 0.01}, "Title"),
    "f1_by_size": ([1, 10, 100], [0.0, 0.5, 0.9], {"macro-F1": 0.47, "accuracy": 0.8}, "Title"),
    "intervals": ({"one": (0.5, 0.4, 0.6), "two": (0.7, 0.6, 0.8)}, "Title", "accuracy"),
    "coverage": ([10, 100], {"one": [0.8, 0.9], "two": [0.94, 0.96]}, 0.95, "Title"),
    "reliability": ({"one": (BINS, BINS), "two": (BINS, BINS)}, "Title"),
    "scores_by_size": ([10, 100], {"one": [[0.5, 0.6], [0.7, 0.8]]}, "Title"),
    "spread_by_layer": ({"left": {"he": [1, 2]}, "right": {"he": [0.1, 0.2]}}, "Title"),
    "same_curves": (np.ones(70), np.ones(70), ("NumPy", "PyTorch"), "Title"),
    "activations": (np.arange(3), {"relu": (np.arange(3), np.ones(3))}, "Title"),
    "borders": (
        {
            "row": {
                "one": (RANDOM.random((9, 2)), np.arange(9) % 2, lambda p: p[:, 0] > 0.5, "80 %")
            }
        },
        "Title",
    ),
    "network_graph": (
        [("x", [1, 2], [0, 0.5]), ("z", [1, 2], [0, 0.5]), ("L", [1.4], [1])],
        [(np.ones((2, 2)), np.ones((2, 2))), "loss"],
        "Title",
    ),
    "printed_log": (
        ([2.0, 1.0], [0.5, 0.9]),
        ([[1.1, 1.0], [1.0, 0.9]], [[0.3, 0.5], [0.4, 0.6]]),
        1.1,
        "Title",
    ),
    "one_batch": ({"one": RANDOM.random((9, 2)), "two": RANDOM.random((9, 2))}, "Title"),
    "accuracy_by_seed": ({"one": RANDOM.random((3, 6))}, ("bag of words", 0.8), 4, "Title"),
    "last_and_mean": ([1.0, 0.5, 0.7], [1.0, 0.8, 0.6], "Title"),
    "dots_by_seed": ({"one": [0.5, 0.6, 0.7], "two": [0.9]}, "accuracy", "Title"),
    "loss_by_words": ([1e6, 2e6], [4.0, 3.0], {"at first": 4.16}, "Title"),
    "count_changes": (
        np.array([0.5, 0.3, 0.2]),
        np.array([0.4, 0.3, 0.3]),
        np.array([0.4, 0.3, 0.3]),
        {"the": 0},
        "Title",
    ),
    "correlations": (
        {
            "one": {"a": (0.5, 0.4, 0.6), "b": (0.6, 0.5, 0.7)},
            "two": {"a": (0.1, 0.0, 0.2), "b": (-0.1, -0.2, 0.1)},
        },
        "Title",
    ),
    "push_and_pull": ({"centre": ([1, 0], [0.6, 0.2]), "noise": ([1.1, 0.5], [0.7, 0.5])}, "Title"),
    "negation_gains": ({"kept": [[1.0, 2.0], [0.0, 0.1]], "dropped": [[0.5], [0.2]]}, "Title"),
    "cut_texts": ({"300 tokens": ["up", " ", "5", "$"], "900 tokens": ["up", " 5", "$"]}, "Title"),
    "vocabulary_costs": ([300, 900, 2700], [3.0, 2, 1], [0.4, 0.2, 0.1], [1e5, 3e5, 1e6], "Title"),
    "tokens_by_language": ({"English": (9, 8), "Chinese": (15, 6)}, ("ours", "theirs"), "Title"),
    "attention_maps": (
        {
            "one": ([[0.7, 0.3], [0, 1]], ["a", "b"], ["$x^$", "y"]),
            "two": (THIRDS[:2], ["a", "b"], NAMES),
        },
        "Title",
    ),
    "line_panels": (
        [1, 4, 16],
        {"weight": ({"one": [1, 2, 3], "two": [3, 2, np.nan]}, "linear"), "size": ({}, "log")},
        "width",
        "Title",
        "log",
    ),
    "turned_arrows": (
        {"at 0": (("q", 1, 0), ("k", 0, 1)), "at 3": (("q", 0, 1), ("k", -1, 0))},
        [0, 1, 2],
        [1.0, 0.5, -0.4],
        "Title",
    ),
    "filled_gaps": ({"most frequent": (0.1, 0.05, 0.2), "encoder": (0.4, 0.3, 0.5)}, "Title"),
    "loss_and_perplexity": (
        [0, 1e5],
        {"training": [6.2, 4], "held": [6.2, 4.1]},
        {"x": 5},
        "Title",
    ),
    "loss_by_place": ({"decoder": [5.0, 4.0, 3.5], "pairs": [4.0, 4.1, 4.0]}, "Title"),
    "scaling_curve": ({"small": ([1e3, 1e4], [[5, 5.1], [4, 4.1]])}, [(1e3, 5.05)], "Title"),
    "rates_by_step": ({"head": [0.001, 0.01], "block 5": [0.0001, 0.001]}, "Title"),
    "choices": (
        {"head": {"a": [0.8, 0.9], "b": [0.7]}, "all": {"a": [0.5], "b": [0.6, 0.7]}},
        {"a": "accuracy (%)", "b": "kept (%)"},
        {"all": {"a": 0.55, "b": 0.66}},
        "Title",
    ),
    "label_efficiency": (
        {
            "R8": {"bag": {"8": (0.7, 0.6, 0.8), "all": (0.9, 0.9, 0.9)}},
            "reviews": {"bag": {"8": (0.5, 0.4, 0.6)}, "tuned": {"128": (0.8, 0.7, 0.9)}},
        },
        {"reviews": {"bag": {"8": 0.52}}},
        "Title",
    ),
    "padding": ({"one": np.array([[5, 6], [7, 0]]), "other": np.array([[5]])}, "Title"),
}


@pytest.fixture(autouse=True)
def _style_and_tidy():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def test_every_figure_function_has_a_case_here():
    files = [plots, *(importlib.import_module(f"helpers.plots.{m.name}") for m in FILES)]
    public = {
        name
        for file in files
        for name, function in inspect.getmembers(file, inspect.isfunction)
        if function.__module__.startswith(plots.__name__) and not name.startswith("_")
        if not function.__module__.endswith("glyphs")  # characters, no figures
    }
    assert public - {"use_style"} == set(CASES)
    assert public <= set(vars(plots))  # each can be called as plots.name


@pytest.mark.parametrize("name", CASES)
def test_figure_has_a_title_named_axes_and_a_small_file(name):
    figure = getattr(plots, name)(*CASES[name])
    titles = [axis.get_title(loc=side) for axis in figure.axes for side in ("left", "center")]
    assert figure.get_suptitle() or any(titles)
    file = io.BytesIO()
    figure.savefig(file, format="png")  # which also lays out the ticks
    assert 1_000 < len(file.getvalue()) < 100_000
    for axis in figure.axes:
        if axis.axison:
            shared = axis is not figure.axes[0] and axis.get_shared_y_axes().joined(
                axis, figure.axes[0]
            )
            assert says_what_it_is(axis.xaxis)
            assert says_what_it_is(axis.yaxis) or shared


def says_what_it_is(axis):
    """Whether an axis has a label, or words (names of classes, say) at its ticks."""
    ticks = "".join(tick.get_text() for tick in axis.get_ticklabels())
    return bool(axis.get_label().get_text()) or any(map(str.isalpha, ticks))


def test_an_axis_of_bare_numbers_does_not_say_what_it_is():
    figure, axis = plt.subplots()
    axis.plot([1, 2], [3, 4])
    figure.draw_without_rendering()
    assert not says_what_it_is(axis.xaxis)
    axis.set_xlabel("epoch")
    assert says_what_it_is(axis.xaxis)


def test_ladder_draws_error_rates_in_the_order_given():
    axis = plots.ladder(["majority", "pooled"], [0.5, 0.97], "Title").axes[0]
    assert list(axis.lines[0].get_xdata()) == pytest.approx([50, 3])
    assert [text.get_text() for text in axis.texts] == ["50.0 %", "3.0 %"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["majority", "pooled"]


def test_confusion_writes_every_count_but_zeros():
    axis = plots.confusion(np.array([[5, 1], [0, 7]]), ["a", "b"], "Title").axes[0]
    assert sorted(text.get_text() for text in axis.texts) == ["1", "5", "7"]


def test_failure_table_writes_per_cent_and_parts_the_kinds():
    axis = plots.failure_table(*CASES["failure_table"]).axes[0]
    in_cells = [text.get_text() for text in axis.texts if text.get_position()[0] in (0, 1)]
    assert in_cells == ["0", "20", "100", "60"]
    assert [list(line.get_ydata()) for line in axis.lines] == [[0.5, 0.5]]


def test_failure_table_names_each_kind_once_beside_the_middle_of_its_tests():
    kinds = ["minimum", "minimum", "minimum", "direction", "invariance", "invariance"]
    figure = plots.failure_table(["one", "two"], list("abcdef"), np.zeros((6, 2)), kinds, "Title")
    axis = figure.axes[0]
    named = {t.get_text(): t.get_position() for t in axis.texts if t.get_position()[0] > 1.5}
    assert {name: row for name, (_, row) in named.items()} == {
        "minimum": 1,
        "direction": 3,
        "invariance": 4.5,
    }
    figure.canvas.draw()
    edge = figure.get_window_extent().x1
    assert all(text.get_window_extent().x1 <= edge for text in axis.texts)


def test_before_after_draws_both_ends_in_every_panel():
    axes = plots.before_after(*CASES["before_after"]).axes
    ends = [[list(line.get_xdata()) for line in axis.lines] for axis in axes]
    assert ends == [[[0, 100], [10, 40]], [[0, 90], [0, 10]]]


def test_confusion_takes_any_name_of_a_class(recwarn):
    figure = plots.confusion(np.array([[5, 1], [0, 7]]), ["$x^$", "\ue000"], "Title")
    figure.savefig(io.BytesIO(), format="png")
    assert len(recwarn) == 0


def test_class_probabilities_names_the_largest_and_shortens_a_long_text():
    figure = plots.class_probabilities([0.2, 0.7, 0.1], NAMES, "word " * 40)
    title = figure.get_suptitle()
    assert title.startswith("finance: ")
    assert title.endswith("…”") and len(title) < 80


def test_class_probabilities_writes_each_percentage_as_it_is():
    axis = plots.class_probabilities([0.448, 0.536, 0.016], NAMES, "Shares fall").axes[0]
    assert [text.get_text() for text in axis.texts] == ["44.8 %", "53.6 %", "1.6 %"]


@pytest.mark.parametrize("text", ["costs $5 and $6", "$x^$ \\frac{", "涨 📈 🚀", "股" * 1000, ""])
def test_class_probabilities_draws_any_text_without_a_warning(text, recwarn):
    figure = plots.class_probabilities([0.2, 0.7, 0.1], ["$a$", "b $", "c"], text)
    figure.savefig(io.BytesIO(), format="png")
    assert [str(warning.message) for warning in recwarn] == []


def test_class_probabilities_shows_dollar_signs_and_says_what_a_box_means(monkeypatch):
    figure = plots.class_probabilities([0.2, 0.7, 0.1], NAMES, "costs $5 and $6 \ue000")
    assert r"costs \$5 and \$6 □" in figure.get_suptitle()  # as matplotlib wants them
    assert "no font of this machine has this character" in figure.get_supxlabel()
    figure = plots.class_probabilities([0.2, 0.7, 0.1], NAMES, "a box: □")
    assert figure.get_supxlabel() == ""


def test_learning_curves_show_each_log_chance_and_the_best_epoch():
    left, right = plots.learning_curves({"one": LOG}, 1.1, "Title").axes
    curves = [list(line.get_ydata()) for line in left.lines[:2]]
    assert curves == [[1.0, 0.5, 0.4], [0.9, 0.7, 0.8]]
    assert list(left.lines[-1].get_ydata()) == [1.1, 1.1]
    assert list(right.lines[0].get_ydata()) == [60.0, 80.0, 80.0]
    for axis, height in ((left, 0.7), (right, 80)):  # of equal accuracies, the lower loss
        ring = next(line for line in axis.lines if line.get_marker() == "o")
        assert (*ring.get_xdata(), *ring.get_ydata()) == (2, height)


def test_seeds_draws_a_dot_for_each_and_a_line_for_what_to_beat():
    axis = plots.seeds({"one": [0.5, 0.75]}, {"bag": 0.9}, "Title").axes[0]
    assert list(axis.lines[0].get_xdata()) == [50, 75]
    assert list(axis.lines[-1].get_xdata()) == [90, 90]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["one"]


def test_pushes_writes_p_minus_y_beside_each_score():
    figure = plots.pushes(NAMES, [0.1, 0.3, 0.6], [0, 1, 0], [0, 1], {"one": [1, 0]}, "Title")
    left, right = figure.axes
    assert [text.get_text() for text in left.texts if text.get_text()] == ["+0.1", "−0.7", "+0.6"]
    assert list(right.lines[0].get_ydata()) == [1, 0]


def test_attention_maps_write_hundredths_and_a_dot_for_what_is_hidden():
    figure = plots.attention_maps({"one": ([[0.7, 0.3], [0, 1]], "ab", "cd")}, "Title")
    assert [text.get_text() for text in figure.axes[0].texts] == ["70", "30", "·", "100"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["c", "d"]
    figure = plots.attention_maps({"one": ([[0.7, 0.3]], "a", "cd")}, "Title", numbers=False)
    assert not figure.axes[0].texts


def test_label_efficiency_puts_labels_in_order_and_stars_on_what_was_measured_again():
    panels = {"R8": {"bag": {"all": (0.9, 0.8, 1.0), "128": (0.7, 0.6, 0.8), "8": (0.5, 0.5, 0.5)}}}
    axis = plots.label_efficiency(panels, {"R8": {"bag": {"128": 0.72}}}, "Title").axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["8", "128", "all"]
    (star,) = [line for line in axis.lines if line.get_marker() == "*"]
    assert (list(star.get_xdata()), list(star.get_ydata())) == ([1], [pytest.approx(72)])
    (curve,) = [line for line in axis.lines if line.get_marker() == "o"]
    assert list(curve.get_ydata()) == pytest.approx([50, 70, 90])


def test_label_efficiency_leaves_a_gap_where_a_number_of_labels_is_missing():
    all_of_them = {"8": (0.5, 0.5, 0.5), "32": (0.6, 0.6, 0.6), "all": (0.9, 0.9, 0.9)}
    some = {labels: found for labels, found in all_of_them.items() if labels != "32"}
    axis = plots.label_efficiency({"R8": {"bag": all_of_them, "own": some}}, {}, "T").axes[0]
    gaps = [np.isnan(c.get_ydata()).tolist() for c in axis.lines if c.get_marker() in "os"]
    assert gaps == [[False, False, False], [False, True, False]]
