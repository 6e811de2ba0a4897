"""Where LoRA's adapters sit, how fast they learn, for how long: the last table of notebook 15.

MiniLM on R8, 64 labels a class, 32 tokens a text, as in ``adapters``; measured on the whole
validation part. Full fine-tuning gets as many steps.
"""

import time

from helpers import fine_tuning
from helpers.experiments.adapters import RATES, begin, judge
from helpers.experiments.label_efficiency import draw
from helpers.experiments.store import Results, check_method
from helpers.models.encoder import EncoderClassifier
from helpers.models.lora import LoRASettings, inject
from helpers.text.length_batches import length_loader
from helpers.training.layers import count, layered_adamw
from helpers.training.loop import TrainSettings, train

LABELS, TOKENS, BATCH_SIZE = "64", 32, 16
EVERYWHERE = ("query", "key", "value", "output", "up", "down")  # a block's linear layers
# Which layers get adapters of rank 4, and the learning rate of all but the head.
METHODS = {
    "full": ((), RATES["full"][0]),
    "query and value": (("query", "value"), RATES["lora"][0]),
    "every layer": (EVERYWHERE, RATES["lora"][0]),
    "every layer, a third of the rate": (EVERYWHERE, RATES["lora"][0] / 3),
}
GRID = {"method": tuple(METHODS), "epochs": ("2", "8"), "seed": (0, 1, 2)}

results = Results("lora_choices", ("method", "epochs"), ("accuracy", "trainable", "train_seconds"))


def prepare(model: EncoderClassifier, method: str) -> float:
    """Give a model its adapters, if the method has any; return the head's learning rate.

    Raises
    ------
    KeyError
        If no method has that name.
    """
    check_method(method, METHODS)
    patterns, rate = METHODS[method]
    if patterns:
        inject(model, LoRASettings(rank=4, alpha=8, patterns=patterns))
        return RATES["lora"][1] * rate
    return RATES["full"][1] * rate


def score(method: str, epochs: str, seed: int) -> dict[str, float]:
    """Train with one method for so many epochs; return the accuracy on the validation part."""
    corpus, tokenizer, model = begin(seed)
    head_rate = prepare(model, method)
    rate = METHODS[method][1]
    settings = TrainSettings(
        epochs=int(epochs), learning_rate=rate, schedule="linear", warmup_share=0.1, seed=seed
    )
    dataset = fine_tuning.tokens(tokenizer, draw(corpus.train, LABELS, seed), TOKENS)
    optimizer = layered_adamw(settings, 1.0, {"head": head_rate / rate})
    began = time.perf_counter()
    train(model, length_loader(dataset, BATCH_SIZE, seed), None, settings, optimizer=optimizer)
    seconds = time.perf_counter() - began
    accuracy = judge(model, tokenizer, corpus.validation, TOKENS).accuracy
    return {"accuracy": accuracy, "trainable": count(model)[0], "train_seconds": seconds}


def point(method: str, epochs: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""
    setting = {"method": method, "epochs": epochs}
    return results.run(lambda: score(**setting, seed=seed), seed, command, **setting)
