"""Which learning rate, chosen on texts that neither teach nor test: notebook 14's last table.

1,000 texts of the training part teach, the thousands that are left are scored.
"""

from helpers.experiments import full_size
from helpers.experiments.store import Results

RATES = ("5e-05", "0.0001", "0.0002")
GRID = {"corpus": full_size.CORPORA[:2], "rate": RATES, "seed": full_size.SEEDS[:2]}

results = Results("learning_rates", ("corpus", "rate"), ("accuracy",))


def score(corpus: str, rate: str, seed: int) -> dict[str, float]:
    """Fine-tune MiniLM at one learning rate; return the accuracy on the texts held out."""
    return {"accuracy": full_size.trial(corpus, seed, float(rate))["accuracy"]}


def point(corpus: str, rate: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""
    setting = {"corpus": corpus, "rate": rate}
    return results.run(lambda: score(**setting, seed=seed), seed, command, **setting)
