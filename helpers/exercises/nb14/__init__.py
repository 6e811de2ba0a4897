"""Notebook 14's exercises: predictions, gradual unfreezing, and fine-tuning built in five parts."""

from helpers.exercises.nb14.predicted import PREDICTED
from helpers.exercises.nb14.thaw import THAW
from helpers.exercises.nb14.tuner import TUNER

EXERCISES = (PREDICTED, THAW, TUNER)
