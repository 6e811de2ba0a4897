"""Notebook 05's exercises: dropout, the mean and a residual layer backwards, predictions, XOR."""

from helpers.exercises.nb05.dropout import DROPOUT
from helpers.exercises.nb05.mean import POOL
from helpers.exercises.nb05.predicted import PREDICTED
from helpers.exercises.nb05.residual import RESIDUAL
from helpers.exercises.nb05.xor import XOR

EXERCISES = (DROPOUT, PREDICTED, POOL, RESIDUAL, XOR)
