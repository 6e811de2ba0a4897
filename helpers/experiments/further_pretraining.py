"""MiniLM pre-trained further on a corpus's training texts, without their labels: notebook 14.

Tokens are hidden and guessed as in notebook 12, so that the encoder meets the corpus's words before
it's fine-tuned (``full_size``). The new weights are kept in ``build/results``.
"""

import copy
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from helpers import fine_tuning
from helpers.experiments.store import OWN, Results
from helpers.models.encoder import Encoder
from helpers.models.masked import MaskedLanguageModel
from helpers.models.token_loss import token_loss
from helpers.sources import corpora, published_encoders
from helpers.text.length_batches import length_loader
from helpers.text.masking import MaskedTexts
from helpers.training.device import choose_device
from helpers.training.loop import History, TrainSettings, train
from helpers.whole_files import whole

SETTINGS = TrainSettings(epochs=4, learning_rate=1e-4, schedule="linear", warmup_share=0.1)
SPECIAL = ("[CLS]", "[SEP]", "[PAD]", "[UNK]")
KEPT = OWN / "encoders"
GRID = {"corpus": ("reuters-r8",), "seed": (0,)}

results = Results("further_pretraining", ("corpus",), ("first_loss", "last_loss"))


def pretrain_further(
    published: published_encoders.PublishedEncoder,
    texts: list[str],
    settings: TrainSettings = SETTINGS,
) -> tuple[Encoder, History]:
    """Train a copy of an encoder to guess hidden tokens of these texts; return it.

    The layer that guesses is new and thrown away afterwards; ``settings.seed`` decides it, the
    batches, and what is hidden.
    """
    tokenizer, device = published.tokenizer, choose_device(None)
    ids = fine_tuning.cut_ids(tokenizer, texts, fine_tuning.MAX_LENGTH)
    special = [tokenizer.token_to_id(name) for name in SPECIAL]
    masked = MaskedTexts(
        ids, tokenizer.token_to_id("[MASK]"), published.encoder.sizes.vocabulary, special
    )
    torch.manual_seed(settings.seed)  # for the new layer
    model = MaskedLanguageModel(copy.deepcopy(published.encoder))
    batches = length_loader(masked, fine_tuning.BATCH_SIZE, settings.seed, device)
    history = train(model, batches, None, settings, loss_function=token_loss, device=device)
    return model.encoder, history


def score(corpus: str, seed: int) -> dict[str, float]:
    """Pre-train MiniLM further and keep its weights; return its losses, nats a hidden token.

    All texts of the official training part, as they come; the test part stays closed.
    """
    published, course, file = published_encoders.load(), corpora.load(corpus), _file(corpus, seed)
    texts = course.train.texts + course.validation.texts
    encoder, history = pretrain_further(published, texts, replace(SETTINGS, seed=seed))
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole(file) as beside:
        weights = encoder.state_dict().items()
        save_file({name: w.detach().cpu().contiguous() for name, w in weights}, beside)
    return {"first_loss": history.train_loss[0], "last_loss": history.train_loss[-1]}


def point(corpus: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; train and store it first, if it is not there."""
    return results.run(lambda: score(corpus, seed), seed, command, corpus=corpus)


def load(corpus: str) -> Encoder:
    """Return MiniLM pre-trained further on a corpus's training texts; train it, if it isn't kept.

    The weights don't come with the course, only the row of the run that made them.
    """
    (seed,) = GRID["seed"]
    file = _file(corpus, seed)
    if not file.exists():
        score(corpus, seed)  # its row may be there: that comes with the course
    encoder = published_encoders.load().encoder
    encoder.load_state_dict(load_file(file))
    return encoder


def _file(corpus: str, seed: int) -> Path:
    return KEPT / f"{corpus}-{seed}.safetensors"
