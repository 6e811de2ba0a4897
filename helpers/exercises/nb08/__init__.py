"""Notebook 08's exercises: two losses, silent weights, a step, three predictions, a repair."""

from helpers.exercises.nb08.losses import LOSSES
from helpers.exercises.nb08.predicted import PREDICTED
from helpers.exercises.nb08.repair import REPAIR
from helpers.exercises.nb08.silent import SILENT
from helpers.exercises.nb08.step import STEP

EXERCISES = (LOSSES, PREDICTED, SILENT, STEP, REPAIR)
