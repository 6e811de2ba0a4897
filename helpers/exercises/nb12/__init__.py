"""Notebook 12's exercises: tokens hidden by given draws, three predictions, a model that counts."""

from helpers.exercises.nb12.counted import COUNTED
from helpers.exercises.nb12.hide import HIDE
from helpers.exercises.nb12.predicted import PREDICTED

EXERCISES = (HIDE, PREDICTED, COUNTED)
