"""The scaling curve: sizes that grow, streams that are as long as asked, runs taken up again."""

import numpy as np
import pytest
import torch

from helpers.experiments import scaling
from helpers.experiments.store import Results
from helpers.sources import corpora
from helpers.text.labelled_texts import Corpus, Split


@pytest.fixture
def few_texts(monkeypatch):
    """Newsroom in place of the articles, and a vocabulary learned from it."""
    corpus = corpora.load("newsroom")
    small = Corpus("news-articles", corpus.label_names, corpus.train, corpus.validation,
                   Split(["a"], [0]), [])  # fmt: skip
    monkeypatch.setattr(scaling.corpora, "load", lambda name: small)
    scaling.tokenizer.cache_clear()
    yield small
    scaling.tokenizer.cache_clear()


def test_sizes_grow_and_tokens_too():
    counts = [sum(p.numel() for p in scaling.decoder(size).parameters()) for size in scaling.SIZES]
    assert counts == sorted(counts) and counts[-1] > 20 * counts[0]
    assert list(scaling.TOKENS) == sorted(scaling.TOKENS)
    with pytest.raises(KeyError, match="there is no size '8x8'; there are 16x1"):
        scaling.decoder("8x8")


def test_a_stream_is_the_texts_each_with_its_end(few_texts):
    texts = few_texts.train.texts[:60]
    stream = scaling.stream(texts)
    assert (stream == 0).sum() == 60 and stream[-1] == 0
    parts = [part.tolist() for part in np.split(stream, np.flatnonzero(stream == 0) + 1)[:-1]]
    assert [scaling.tokenizer().decode(part[:-1]) for part in parts] == texts
    assert scaling.stream(texts, 100).tolist() == stream[:100].tolist()
    with pytest.raises(ValueError, match=r"60 texts have .* tokens; 1,000,000 are asked for"):
        scaling.stream(texts, 1_000_000)


@pytest.mark.slow
def test_a_point_is_measured_once_and_more_tokens_help(few_texts, tmp_path, monkeypatch):
    columns = ("size", "tokens"), ("parameters", "loss")
    monkeypatch.setattr(scaling, "results", Results("scaling", *columns, tmp_path, tmp_path / "p"))
    few = scaling.point("16x1", 300, seed=0, command="here")
    more = scaling.point("16x1", 6_000, seed=0)
    assert few["parameters"] == more["parameters"] > 10_000
    assert more["loss"] < few["loss"] < 1.02 * np.log(scaling.VOCABULARY)
    monkeypatch.setattr(scaling, "score", None)  # a second run would fail
    assert scaling.point("16x1", 300, seed=0)["loss"] == pytest.approx(few["loss"], rel=1e-5)
    assert [row["command"] for row in scaling.results.rows(tokens=300)] == ["here"]


def test_the_same_seed_gives_the_same_loss_and_another_one_does_not(few_texts):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    losses = [scaling.score("16x1", 300, seed)["loss"] for seed in (0, 0, 1)]
    torch.set_num_threads(threads)
    assert losses[0] == losses[1] != losses[2]
