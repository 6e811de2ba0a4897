"""Notebook 01's exercises: padding counted from lengths, a vocabulary that grows, negation glued
on, three predictions, and a way from raw text to batches in four parts."""

from helpers.exercises.nb01.ids import IDS
from helpers.exercises.nb01.mark_negation import MARK_NEGATION
from helpers.exercises.nb01.pipeline import PIPELINE
from helpers.exercises.nb01.predicted import PREDICTED
from helpers.exercises.nb01.wasted import WASTED

EXERCISES = (WASTED, IDS, MARK_NEGATION, PREDICTED, PIPELINE)
