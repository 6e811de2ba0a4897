"""Notebook 04's exercises: softmax over rows and backwards, label smoothing, a classifier to build,
three numbers to predict."""

from helpers.exercises.nb04.backward import BACKWARD
from helpers.exercises.nb04.classifier import CLASSIFIER
from helpers.exercises.nb04.predicted import PREDICTED
from helpers.exercises.nb04.rows import ROWS
from helpers.exercises.nb04.smoothing import SMOOTHING

EXERCISES = (ROWS, PREDICTED, BACKWARD, SMOOTHING, CLASSIFIER)
