"""All labels of four corpora: the table at the end of notebook 14, one run at a time.

Everything is chosen without the test part. 1,000 texts of the training part teach, the thousands
that are left are the *held out* part: on it ``learning_rates`` compares settings, and this one what
averaging the probabilities of several models gains. The part called *test* teaches with the whole
training part and is scored once.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helpers import fine_tuning
from helpers.evaluation import baselines, ladder
from helpers.experiments import further_pretraining, label_efficiency
from helpers.experiments.store import OWN, Results, check_method
from helpers.models.encoder import Encoder, EncoderClassifier
from helpers.sources import corpora, published_encoders
from helpers.text.labelled_texts import Corpus, Split
from helpers.training.loop import TrainSettings
from helpers.whole_files import whole

CORPORA = ("reuters-r8", "movie-reviews", "reuters-r52", "20newsgroups")
PARTS = ("test", "held out")
TEACHING = 1_000  # texts that teach where the others of the training part are held out
KEPT = OWN / "probabilities"  # of models that more than one row is made of

# What stands beside what, each with the same weight. "words" is TF-IDF with logistic regression,
# "encoder" a fine-tuned one, "next" and the others those of the seeds that follow.
AVERAGES = {
    "words": ("words",),
    "fine-tuned encoder": ("encoder",),
    "words and encoder": ("words", "encoder"),
    "two encoders": ("encoder", "next"),
    "words and two encoders": ("words", "encoder", "next"),
    "five encoders": ("encoder", "next", "third", "fourth", "fifth"),
}
_FOLLOWING = AVERAGES["five encoders"]
SEEDS = label_efficiency.SEEDS
FURTHER = "pre-trained further"
OTHERS = tuple(name for name in label_efficiency.METHODS if name not in AVERAGES)
GRID = {
    "corpus": CORPORA,
    "part": PARTS,
    "method": (*AVERAGES, FURTHER, *OTHERS),
    "seed": SEEDS,
}

# The rungs that notebook 14 adds to the ladder, by method.
LADDER = {
    "own transformer": "own transformer",
    "frozen encoder": "frozen MiniLM, logistic regression",
    "fine-tuned encoder": "fine-tuned MiniLM",
    "two encoders": "two fine-tuned MiniLMs, averaged",
    FURTHER: "MiniLM pre-trained further, fine-tuned",
}

results = Results("full_size", ("corpus", "part", "method"), ("accuracy", "macro_f1"))


def prepared(name: str, part: str) -> Corpus:
    """Return a corpus whose training part teaches and whose test part is what is scored.

    Raises
    ------
    ValueError
        If the part is neither ``"test"`` nor ``"held out"``.
    """
    if part not in PARTS:
        raise ValueError(f"part is {part!r}; it must be one of {', '.join(PARTS)}")
    corpus = label_efficiency.few_labels(corpora.load(name), "all", seed=0)
    if part == "test":
        return corpus
    texts, labels = corpus.train.texts, corpus.train.labels
    return replace(
        corpus,
        train=Split(texts[:TEACHING], labels[:TEACHING]),
        test=Split(texts[TEACHING:], labels[TEACHING:]),
    )


def encoder(
    corpus: Corpus, settings: TrainSettings, begin: Encoder | None = None, **options
) -> np.ndarray:
    """Fine-tune MiniLM; return the probabilities of the test part, shape (texts, classes).

    ``begin`` has the weights to begin with, if they aren't the published ones. Further options
    go to ``fine_tuning.fine_tune``.
    """
    published = published_encoders.load(label_efficiency.ENCODER)
    fitted, _ = fine_tuning.fine_tune(
        begin or published.encoder,
        published.tokenizer,
        corpus.train,
        len(corpus.label_names),
        settings=settings,
        **options,
    )
    return fitted.probabilities(corpus.test.texts)


def trial(
    corpus: str, seed: int, rate: float = fine_tuning.SETTINGS.learning_rate, **options
) -> dict[str, float]:
    """Fine-tune MiniLM at a learning rate; return what it scores on the texts held out.

    Further options go to :func:`encoder`.
    """
    held_out = prepared(corpus, "held out")
    settings = replace(fine_tuning.SETTINGS, learning_rate=rate, seed=seed)
    found = encoder(held_out, settings, **options)
    return label_efficiency.scores(held_out, found.argmax(axis=1))


def pretrained_further(corpus: Corpus, seed: int) -> np.ndarray:
    """Fine-tune MiniLM that was pre-trained further; return the predicted classes, (texts,)."""
    settings = replace(fine_tuning.SETTINGS, seed=seed)
    begin = further_pretraining.load(corpus.name)
    return encoder(corpus, settings, begin).argmax(axis=1)


# As label_efficiency's: from a corpus and a seed to the predicted classes of the test part.
METHODS = label_efficiency.METHODS | {FURTHER: pretrained_further}


def words(corpus: Corpus) -> np.ndarray:
    """Fit TF-IDF and logistic regression; return the same, shape (texts, classes)."""
    fitted = baselines.bag_of_words(corpus, "logistic").pipeline
    found = np.zeros((len(corpus.test), len(corpus.label_names)))
    found[:, fitted.classes_] = fitted.predict_proba(corpus.test.texts)
    return found


def average(probabilities: Sequence[np.ndarray]) -> np.ndarray:
    """Return the plain mean of several models' probabilities, shape (texts, classes)."""
    return np.mean(np.stack(probabilities), axis=0)


def score(corpus: str, part: str, method: str, seed: int) -> dict[str, float]:
    """Return accuracy and macro-F1 of a method on a part that didn't teach it.

    Raises
    ------
    KeyError
        If no method has that name.
    """
    check_method(method, GRID["method"])
    whole_corpus = prepared(corpus, part)
    if method in AVERAGES:
        members = [_member(whole_corpus, part, name, seed) for name in AVERAGES[method]]
        predictions = average(members).argmax(axis=1)
    else:
        predictions = METHODS[method](whole_corpus, seed)
    return label_efficiency.scores(whole_corpus, predictions)


def point(corpus: str, part: str, method: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there.

    Its seconds leave out models whose probabilities an earlier point has kept.
    """
    setting = {"corpus": corpus, "part": part, "method": method}
    return results.run(lambda: score(**setting, seed=seed), seed, command, **setting)


def rung(corpus: str, method: str) -> ladder.Rung:
    """Return the ladder's rung of a method on all labels, from the stored run of its first seed.

    Raises
    ------
    LookupError
        If there is no such run.
    """
    where = {"corpus": corpus, "part": "test", "method": method, "seed": SEEDS[0]}
    row = results.row(**where)
    texts = prepared(corpus, "test")
    sizes = [_size(texts, name) for name in AVERAGES.get(method, (method,))]
    seconds = row["seconds"]
    if len(sizes) > 1:  # a row of an average leaves out what its members took
        members = ["words" if m == "words" else "fine-tuned encoder" for m in AVERAGES[method]]
        seconds += sum(results.row(**where | {"method": name})["seconds"] for name in members)
    if method == FURTHER:  # what came before its fine-tuning
        seconds += further_pretraining.results.row(corpus=corpus)["seconds"]
    return ladder.Rung(
        LADDER.get(method, method),
        corpus,
        row["accuracy"],
        row["macro_f1"],
        sum(parameters for parameters, _ in sizes),
        seconds,
        sum(megabytes for _, megabytes in sizes),
        row["machine"],
        "14",
    )


def _size(corpus: Corpus, name: str) -> tuple[int, float]:
    """Return the numbers of a model and their megabytes."""
    if name == "words":
        fitted = baselines.bag_of_words(corpus, "logistic")
        return fitted.parameters, fitted.megabytes
    if name == "own transformer":
        network = Encoder(label_efficiency.SMALL)
    else:
        network = published_encoders.load(label_efficiency.ENCODER).encoder
    parameters, _, megabytes = ladder.size_of(
        EncoderClassifier(network, len(corpus.label_names)), 0
    )
    return parameters, megabytes


def _member(corpus: Corpus, part: str, name: str, seed: int) -> np.ndarray:
    """Return a model's probabilities of the test part, fitted now or kept from before."""
    if name in _FOLLOWING:
        seed = SEEDS[(SEEDS.index(seed) + _FOLLOWING.index(name)) % len(SEEDS)]
        name = "encoder"
    told = f"{corpus.name}-{part}-{name}" + (f"-{seed}" if name == "encoder" else "")
    file = KEPT / f"{told.replace(' ', '-')}.npy"
    if file.exists():
        return np.load(file, allow_pickle=False)
    found = (
        words(corpus)
        if name == "words"
        else encoder(corpus, replace(fine_tuning.SETTINGS, seed=seed))
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole(file) as beside, open(beside, "wb") as out:
        np.save(out, found)
    return found
