"""Notebook 01's exercises: a vocabulary by hand, negation glued on, what padding wastes."""

from helpers.exercises.nb01.ids import IDS
from helpers.exercises.nb01.mark_negation import MARK_NEGATION
from helpers.exercises.nb01.wasted import WASTED

EXERCISES = (IDS, MARK_NEGATION, WASTED)
