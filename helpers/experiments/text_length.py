"""How many tokens of a text to read, chosen on texts that neither teach nor test: notebook 14.

MiniLM fine-tuned on R8, where one text in four has more than 128 tokens. 1,000 texts of the
training part teach, the thousands that are left are scored.
"""

from helpers.experiments import full_size
from helpers.experiments.store import Results

TOKENS = ("64", "128", "256")
GRID = {"corpus": full_size.CORPORA[:1], "tokens": TOKENS, "seed": full_size.SEEDS[:2]}

results = Results("text_length", ("corpus", "tokens"), ("accuracy", "macro_f1"))


def score(corpus: str, tokens: str, seed: int) -> dict[str, float]:
    """Fine-tune MiniLM on texts cut to so many tokens; return what it scores, cut as well."""
    return full_size.trial(corpus, seed, max_length=int(tokens))


def point(corpus: str, tokens: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""
    setting = {"corpus": corpus, "tokens": tokens}
    return results.run(lambda: score(**setting, seed=seed), seed, command, **setting)
