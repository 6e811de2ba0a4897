"""Embed R8's texts with MiniLM, or train it for some steps, one way; print what it took, as JSON.

``python encoder_worker.py WAY TEXTS MAX_LENGTH STEPS SEED``. Imports only what the way needs.
"""

import json
import os
import sys
import time
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from vectors_worker import peak_megabytes

from helpers.sources import assets, corpora

BATCH, WARM_UP, RATE = 32, 2, 5e-5


def drawn(number, seed):
    """Return texts of R8 and their classes, in an order of this seed."""
    train = corpora.load("reuters-r8").train
    part = train.take(np.random.default_rng(seed).permutation(len(train))[:number].tolist())
    return part.texts, list(part.labels)


def course_embeds(number, max_length, steps, seed):
    """The course: ids, batches of tokens, sentence vectors."""
    from helpers.sources import published_encoders
    from helpers.text import fast_tokens
    from helpers.training.embedding import embed

    published, (texts, _) = published_encoders.load(), drawn(number, seed)
    places = counted(published.encoder.tokens)

    def work(texts):
        ids = fast_tokens.encode(published.tokenizer, texts, max_length)
        return embed(published.encoder, ids)

    return embedding(work, texts, places)


def library_embeds(number, max_length, steps, seed):
    """sentence-transformers, as its manual says."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules

    first = modules.Transformer(str(assets.path("minilm-l6")), max_seq_length=max_length)
    second = modules.Pooling(384)
    model = SentenceTransformer(modules=[first, second, modules.Normalize()], device="cpu")
    texts, _ = drawn(number, seed)
    places = counted(first.auto_model.embeddings.word_embeddings)
    return embedding(lambda texts: model.encode(texts, show_progress_bar=False), texts, places)


def embedding(work, texts, places):
    """Warm up, embed, clock."""
    work(texts[:64])
    places.clear()
    begun, busy = time.perf_counter(), time.process_time()
    vectors = work(texts)
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    return {
        "speed": len(texts) / seconds,
        "processor": busy / len(texts),
        "check": vectors[:50, :8].ravel().tolist(),
        "places": sum(places) / len(texts),
    }


def course_trains(number, max_length, steps, seed):
    """The course: its encoder with a head, its loop, batches by length."""
    from helpers.models.encoder import EncoderClassifier
    from helpers.sources import published_encoders
    from helpers.text import fast_tokens
    from helpers.text.batches import TextDataset
    from helpers.text.length_batches import length_loader
    from helpers.training.loop import TrainSettings, train

    published, (texts, labels) = published_encoders.load(), drawn(BATCH * (steps + WARM_UP), seed)
    ids, some = fast_tokens.encode(published.tokenizer, texts, max_length), BATCH * steps
    batches = length_loader(TextDataset(ids[:some], labels[:some]), BATCH, seed)
    first = length_loader(TextDataset(ids[some:], labels[some:]), BATCH, seed)
    places = counted(published.encoder.tokens)
    model = EncoderClassifier(published.encoder, classes=8)
    settings = TrainSettings(epochs=1, learning_rate=RATE, seed=seed)
    train(model, first, None, settings)
    return training(lambda: train(model, batches, None, settings), labels[:some], places)


def library_trains(number, max_length, steps, seed):
    """transformers: its model with a head, its Trainer, its collator, its random order."""
    import tempfile

    import transformers

    transformers.utils.logging.set_verbosity_error()
    folder, (texts, labels) = assets.path("minilm-l6"), drawn(BATCH * (steps + WARM_UP), seed)
    tokenizer = transformers.BertTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    model = transformers.BertForSequenceClassification.from_pretrained(folder, num_labels=8)
    coded = tokenizer(texts, truncation=True, max_length=max_length)["input_ids"]
    rows = [{"input_ids": i, "labels": label} for i, label in zip(coded, labels, strict=True)]
    places, some = counted(model.bert.embeddings.word_embeddings), BATCH * steps
    with tempfile.TemporaryDirectory() as scratch:

        def trainer(rows):
            settings = transformers.TrainingArguments(
                output_dir=scratch, per_device_train_batch_size=BATCH, learning_rate=RATE,
                num_train_epochs=1, seed=seed, use_cpu=True, report_to="none", save_strategy="no",
                logging_strategy="no", disable_tqdm=True,
            )  # fmt: skip
            collate = transformers.DataCollatorWithPadding(tokenizer)
            return transformers.Trainer(model, settings, collate, rows)

        trainer(rows[some:]).train()
        ready = trainer(rows[:some])
        return training(ready.train, labels[:some], places)


def training(work, labels, places):
    """Train an epoch, clock."""
    places.clear()
    begun, busy = time.perf_counter(), time.process_time()
    work()
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    if len(places) * BATCH != len(labels):
        raise RuntimeError(f"{len(places)} batches were computed for {len(labels)} texts")
    return {
        "speed": len(labels) / seconds,
        "processor": busy / len(labels),
        "check": labels,
        "places": sum(places) / len(labels),
    }


def counted(table):
    """Return a list to which each batch adds its places, padding included."""
    places = []
    table.register_forward_pre_hook(lambda module, inputs: places.append(inputs[0].numel()))
    return places


def main() -> None:
    """Do it, print it."""
    warnings.simplefilter("ignore")
    way, *sizes = sys.argv[1:]
    found = globals()[way](*map(int, sizes))
    print(json.dumps(found | {"megabytes": peak_megabytes(), "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
