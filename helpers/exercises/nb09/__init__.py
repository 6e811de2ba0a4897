"""Notebook 09's exercises: macro-F1 of a confusion matrix, how many test texts, a permutation test,
an evaluation report in parts, and predictions about luck."""

from helpers.exercises.nb09.macro import MACRO
from helpers.exercises.nb09.permutation import PERMUTATION
from helpers.exercises.nb09.predicted import PREDICTED
from helpers.exercises.nb09.report import REPORT
from helpers.exercises.nb09.texts import TEXTS

EXERCISES = (MACRO, TEXTS, PERMUTATION, REPORT, PREDICTED)
