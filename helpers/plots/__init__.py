"""Every figure of the course, one function each, a file for each theme; matplotlib only.

Takes plain arrays, lists and names, returns the figure, and imports nothing else of the
course, so any notebook can use it and anyone can copy a file of it together with ``style.py``.
"""

from helpers.plots.adapters import (
    kept_by_rank,
    memory_of_a_step,
    outer_products,
    ways_of_tuning,
)
from helpers.plots.attention import (
    attention_maps,
    line_panels,
    turned_arrows,
)
from helpers.plots.backpropagation import (
    activations,
    borders,
    network_graph,
    same_curves,
    spread_by_layer,
)
from helpers.plots.classifier import (
    class_probabilities,
    confusion,
    ladder,
    learning_curves,
    seeds,
)
from helpers.plots.debugging import (
    accuracy_by_seed,
    dots_by_seed,
    last_and_mean,
    one_batch,
    printed_log,
)
from helpers.plots.encoder import (
    cosine_table,
    pair_cosines,
    parameter_counts,
)
from helpers.plots.evaluation import (
    coverage,
    f1_by_size,
    intervals,
    reliability,
    scores_by_size,
)
from helpers.plots.fine_tuning import (
    choices,
    label_efficiency,
    rates_by_step,
)
from helpers.plots.losses import (
    loss_shapes,
    probability_triangles,
    pushes,
    temperatures,
    two_losses,
)
from helpers.plots.optimizers import (
    dots_by_setting,
    loss_bands,
    rate_range,
    rate_search,
    steps_by_ratio,
    valley_paths,
)
from helpers.plots.pretraining import (
    filled_gaps,
    loss_and_perplexity,
    loss_by_place,
    scaling_curve,
)
from helpers.plots.sentiment import (
    before_after,
    failure_table,
    scores_by_word,
    word_effects,
    word_weights,
)
from helpers.plots.style import (
    use_style,
)
from helpers.plots.subwords import (
    cut_texts,
    tokens_by_language,
    vocabulary_costs,
)
from helpers.plots.tokens import (
    negation_gains,
    padding,
    unknown_share,
    zipf,
)
from helpers.plots.word2vec import (
    correlations,
    count_changes,
    loss_by_words,
    push_and_pull,
)
from helpers.plots.word_vectors import (
    angle_or_distance,
    judgements,
    leanings,
    opposites_and_synonyms,
    section_accuracies,
    word_map,
    word_steps,
)
