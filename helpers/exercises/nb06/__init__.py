"""Notebook 06's exercises: a stable rate, clipping, predictions, a schedule, an optimizer."""

from helpers.exercises.nb06.clip import CLIP
from helpers.exercises.nb06.optimizer import OPTIMIZER
from helpers.exercises.nb06.predicted import PREDICTED
from helpers.exercises.nb06.root import ROOT
from helpers.exercises.nb06.stable import STABLE

EXERCISES = (CLIP, PREDICTED, ROOT, STABLE, OPTIMIZER)
