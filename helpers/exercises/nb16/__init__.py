"""Notebook 16's exercises: predictions about tests, what two words do together, a test bench."""

from helpers.exercises.nb16.bench import BENCH
from helpers.exercises.nb16.predicted import PREDICTED
from helpers.exercises.nb16.together import TOGETHER

EXERCISES = (PREDICTED, TOGETHER, BENCH)
