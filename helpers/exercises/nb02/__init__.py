"""Notebook 02's exercises: predictions, cosines of many pairs, 3CosMul, ranks, your own vectors."""

from helpers.exercises.nb02.cosines import COSINES
from helpers.exercises.nb02.multiplied import MULTIPLIED
from helpers.exercises.nb02.own_vectors import OWN_VECTORS
from helpers.exercises.nb02.predicted import PREDICTED
from helpers.exercises.nb02.ranks import RANKS

EXERCISES = (PREDICTED, COSINES, MULTIPLIED, RANKS, OWN_VECTORS)
