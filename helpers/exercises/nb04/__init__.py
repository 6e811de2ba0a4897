"""Notebook 04's exercises: softmax over rows, its backward step, label smoothing."""

from helpers.exercises.nb04.backward import BACKWARD
from helpers.exercises.nb04.rows import ROWS
from helpers.exercises.nb04.smoothing import SMOOTHING

EXERCISES = (ROWS, BACKWARD, SMOOTHING)
