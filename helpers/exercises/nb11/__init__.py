"""Notebook 11's exercises: a window's mask, predictions, pooling by a query, gradients by hand."""

from helpers.exercises.nb11.backward import BACKWARD
from helpers.exercises.nb11.pool import POOL
from helpers.exercises.nb11.predicted import PREDICTED
from helpers.exercises.nb11.window import WINDOW

EXERCISES = (WINDOW, PREDICTED, POOL, BACKWARD)
