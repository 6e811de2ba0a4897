"""Notebook 08's exercises: two losses to expect, weights without a gradient, a step in order."""

from helpers.exercises.nb08.losses import LOSSES
from helpers.exercises.nb08.silent import SILENT
from helpers.exercises.nb08.step import STEP

EXERCISES = (LOSSES, SILENT, STEP)
