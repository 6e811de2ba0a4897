"""Notebook 03's exercises: pairs of a text, predictions, the gradient of CBOW, word2vec built."""

from helpers.exercises.nb03.cbow import CBOW
from helpers.exercises.nb03.pairs import PAIRS
from helpers.exercises.nb03.predicted import PREDICTED
from helpers.exercises.nb03.skip_gram import SKIP_GRAM

EXERCISES = (PAIRS, PREDICTED, CBOW, SKIP_GRAM)
