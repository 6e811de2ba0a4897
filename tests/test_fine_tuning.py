"""Fine-tuning put together: order kept, the encoder given left alone, the reference's gradients."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch.nn import functional
from toy_training import one_thread, same, weights_of  # noqa: F401 (a fixture)

from helpers import fine_tuning
from helpers.models.encoder import (
    Encoder,
    EncoderClassifier,
    EncoderSizes,
    mean_of_tokens,
    sentence_vectors,
)
from helpers.models.published_weights import load_bert, our_names, sizes_of
from helpers.text.labelled_texts import Split
from helpers.training.loop import TrainSettings

WORDS = ["[PAD]", "[UNK]", *"oil gas crude wheat corn grain the of rises falls today".split()]
QUICK = TrainSettings(epochs=12, learning_rate=3e-3, schedule="linear", warmup_share=0.1)


@pytest.fixture(scope="module")
def tokenizer():
    ids = {word: i for i, word in enumerate(WORDS)}
    made = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


def encoder(seed=0, dropout=0.1):
    torch.manual_seed(seed)
    sizes = EncoderSizes(len(WORDS), 16, 2, 2, 32, positions=20, dropout=dropout)
    return Encoder(sizes)


def made_up(number, seed=0):
    """Class 0 has words of oil, class 1 of grain; lengths differ."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 2, number).tolist()
    texts = []
    for label in labels:
        words = draw.choice(WORDS[8:], draw.integers(1, 12)).tolist()
        words.insert(draw.integers(0, len(words) + 1), draw.choice(WORDS[2:5], 1)[0])
        if label:
            words = [WORDS[WORDS.index(w) + 3] if w in WORDS[2:5] else w for w in words]
        texts.append(" ".join(words))
    return Split(texts, labels)


def tuned(tokenizer, **options):
    settings = options.pop("settings", QUICK)
    options = {"device": "cpu", "max_length": 20, "batch_size": 8, "head_factor": 1.0} | options
    part = options.pop("part", made_up(96))
    return fine_tuning.fine_tune(encoder(), tokenizer, part, 2, settings=settings, **options)


# ---- texts to batches ----------------------------------------------------------------------


def test_texts_are_cut_where_asked_and_not_a_word_is_said(tokenizer):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = fine_tuning.tokens(tokenizer, Split(["oil " * 30, "corn"], [0, 1]), 6)
    (ids, lengths), labels = dataset[[0, 1]]
    assert lengths.tolist() == [6, 1] and labels.tolist() == [0, 1]
    assert ids[0].tolist() == [2] * 6 and ids[1].tolist() == [6, 0, 0, 0, 0, 0]


def test_batches_from_long_to_short_and_where_each_text_was(tokenizer):
    part = made_up(50)
    dataset = fine_tuning.tokens(tokenizer, part, 20)
    order, batches = fine_tuning.in_order_of_length(dataset, batch_size=8)
    assert sorted(order) == list(range(50)) and len(batches) == 7
    labels = torch.cat([labels for _, labels in batches])
    assert labels.tolist() == [part.labels[i] for i in order]
    lengths = torch.cat([lengths for (_, lengths), _ in batches])
    assert lengths.tolist() == sorted(dataset.lengths.tolist(), reverse=True)


# ---- training ------------------------------------------------------------------------------


def test_it_learns_and_new_texts_keep_their_order(tokenizer):
    fitted, history = tuned(tokenizer)
    assert history.train_loss[-1] < 0.2 < history.train_loss[0]
    new = made_up(40, seed=5)
    assert (fitted.predictions(new) == new.labels).mean() > 0.9
    rows = fitted.probabilities(new.texts)
    assert rows.shape == (40, 2)
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)
    for i in (0, 7, 39):
        np.testing.assert_allclose(fitted.probabilities([new.texts[i]])[0], rows[i], atol=1e-5)


def test_the_encoder_given_stays_as_it_is(tokenizer):
    given = encoder()
    before = weights_of(given)
    fitted, _ = fine_tuning.fine_tune(
        given, tokenizer, made_up(16), 2, settings=replace(QUICK, epochs=1), max_length=20
    )
    assert same(weights_of(given), before)
    assert not same(weights_of(fitted.model.encoder), before)


def test_the_seed_decides_everything(tokenizer):
    settings = [replace(QUICK, epochs=2, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (tuned(tokenizer, settings=each)[0].model for each in settings)
    assert same(weights_of(first), weights_of(again))
    assert not same(weights_of(first), weights_of(other))


def test_with_validation_the_best_epoch_is_kept(tokenizer):
    held = made_up(40, seed=3)
    fitted, history = tuned(tokenizer, validation_part=held)
    best = max(history.validation_accuracy)
    assert len(history.validation_accuracy) == 12
    assert (fitted.predictions(held) == held.labels).mean() == pytest.approx(best)


def test_the_head_learns_faster_and_lower_blocks_slower(tokenizer, monkeypatch):
    seen = []

    def train(model, batches, validation, settings, *, optimizer, device):
        rates = {id(p): g["lr"] for g in optimizer(model).param_groups for p in g["params"]}
        seen.extend((name, rates[id(p)]) for name, p in model.named_parameters())

    monkeypatch.setattr(fine_tuning, "train", train)
    settings = replace(QUICK, learning_rate=1.0)
    tuned(tokenizer, settings=settings, head_factor=10.0, decay=0.5)
    rates = dict(seen)
    assert rates["head.weight"] == rates["head.bias"] == 10
    assert rates["encoder.blocks.1.attention.query.weight"] == 1
    assert rates["encoder.blocks.0.attention.query.weight"] == 0.5
    assert rates["encoder.tokens.weight"] == 0.25


def test_frozen_parts_keep_their_weights(tokenizer):
    given = encoder()
    parts = ["encoder.tokens", "encoder.blocks.0"]
    fitted, _ = fine_tuning.fine_tune(
        given, tokenizer, made_up(16), 2, settings=replace(QUICK, epochs=1), max_length=20,
        frozen=parts, device="cpu",
    )  # fmt: skip
    before = dict(given.named_parameters())
    for name, after in fitted.model.encoder.named_parameters():
        kept = name.startswith(("tokens", "blocks.0"))
        assert torch.equal(before[name], after) == kept, name
    with pytest.raises(ValueError, match=r"no parameter has the part 'encoder\.blocks\.7'"):
        tuned(tokenizer, frozen=["encoder.blocks.7"])


def test_loss_and_gradients_are_those_of_transformers():
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=30,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=12,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    torch.manual_seed(0)
    theirs = BertModel(config, add_pooling_layer=False).train()
    ours = Encoder(EncoderSizes(**sizes_of(config.to_dict())))
    load_bert(ours, theirs.state_dict())
    model = EncoderClassifier(ours, classes=3, dropout=0.0).train()
    lengths = torch.tensor([9, 4, 1, 6])
    ids = torch.randint(1, 30, (4, 9))  # their padding, 0, never learns
    labels = torch.tensor([2, 0, 1, 1])
    loss = functional.cross_entropy(model(ids, lengths), labels)
    loss.backward()
    mask = torch.arange(9) < lengths[:, None]
    hidden = theirs(input_ids=ids, attention_mask=mask.long()).last_hidden_state
    scores = functional.linear(mean_of_tokens(hidden, lengths), model.head.weight, model.head.bias)
    reference = functional.cross_entropy(scores, labels)
    model.head.zero_grad()
    reference.backward()
    torch.testing.assert_close(loss, reference, rtol=1e-5, atol=1e-6)
    theirs, ours = dict(theirs.named_parameters()), dict(ours.named_parameters())
    names = our_names(layers=2)
    assert sorted(names.values()) == sorted(ours)
    for name, mapped in names.items():
        torch.testing.assert_close(
            ours[mapped].grad, theirs[name].grad, rtol=1e-4, atol=1e-6, msg=name
        )


# ---- frozen --------------------------------------------------------------------------------


def test_features_are_each_text_s_own_vector_however_they_are_batched(tokenizer):
    frozen = encoder(dropout=0.5).train()
    part = made_up(150)
    before = weights_of(frozen)
    found = fine_tuning.features(frozen, tokenizer, part.texts, 20, device="cpu")
    assert found.shape == (150, 16) and found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert frozen.training and same(weights_of(frozen), before)
    frozen.eval()
    dataset = fine_tuning.tokens(tokenizer, part, 20)
    for i in (0, 3, 149):
        (ids, lengths), _ = dataset[[i]]
        with torch.no_grad():
            alone = sentence_vectors(frozen, ids, lengths)[0].numpy()
        np.testing.assert_allclose(found[i], alone, atol=1e-5)


# ---- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "error", "message"),
    [
        (Split(["oil", "gas"], [0, 2]), ValueError, "training text 1 has label 2; labels of 2 cl"),
        (Split(["oil", "gas"], [-1, 0]), ValueError, "training text 0 has label -1; .* are 0 to 1"),
        (Split(["oil", "gas"], [0, "b"]), TypeError, "training text 1 has the label 'b'; number"),
        (Split(["oil", "gas"], [0.0, 1]), TypeError, "training text 0 has the label 0.0; number"),
        (Split(["oil", "gas"], [True, 1]), TypeError, "training text 0 has the label True; num"),
        (Split([], []), ValueError, "the training part has no texts"),
        (Split(["oil", " "], [0, 1]), ValueError, "text 1 is empty; take it out with its label"),
        (Split(["oil", "zinc"], [0, 1]), ValueError, "text 1 has only characters unknown"),
    ],
)
def test_what_cannot_be_learned_is_refused(tokenizer, part, error, message):
    with pytest.raises(error, match=message):
        tuned(tokenizer, part=part)


def test_a_validation_label_outside_the_range_is_refused_before_training(tokenizer):
    with pytest.raises(ValueError, match="validation text 0 has label 5; labels of 2 classes"):
        tuned(tokenizer, validation_part=Split(["oil"], [5]))
    with pytest.raises(ValueError, match="the validation part has no texts"):
        tuned(tokenizer, validation_part=Split([], []))


def test_labels_may_be_numpy_s(tokenizer):
    part = made_up(8)
    numpy_part = Split(part.texts, list(np.array(part.labels)))
    tuned(tokenizer, part=numpy_part, settings=replace(QUICK, epochs=1))


def test_more_tokens_than_positions_are_refused(tokenizer):
    with pytest.raises(ValueError, match="max_length is 21; this encoder has 20 positions: use"):
        tuned(tokenizer, max_length=21)


def test_a_text_that_says_nothing_gets_no_probability(tokenizer):
    fitted, _ = tuned(tokenizer, part=made_up(8), settings=replace(QUICK, epochs=1))
    with pytest.raises(ValueError, match="text 1 is empty"):
        fitted.probabilities(["oil", ""])
    assert fitted.probabilities([]).shape == (0, 2)
