"""Notebook 09's exercises: macro-F1 of a confusion matrix, a bootstrap, how many test texts, and
a permutation test."""

from helpers.exercises.nb09.interval import INTERVAL
from helpers.exercises.nb09.macro import MACRO
from helpers.exercises.nb09.permutation import PERMUTATION
from helpers.exercises.nb09.texts import TEXTS

EXERCISES = (MACRO, INTERVAL, TEXTS, PERMUTATION)
