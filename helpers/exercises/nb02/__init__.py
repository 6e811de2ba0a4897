"""Notebook 02's exercises: cosines of many pairs, 3CosMul, rank correlation with equal values."""

from helpers.exercises.nb02.cosines import COSINES
from helpers.exercises.nb02.multiplied import MULTIPLIED
from helpers.exercises.nb02.ranks import RANKS

EXERCISES = (COSINES, MULTIPLIED, RANKS)
