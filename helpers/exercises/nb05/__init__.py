"""Notebook 05's exercises: dropout backwards, a residual layer backwards, the mean backwards."""

from helpers.exercises.nb05.dropout import DROPOUT
from helpers.exercises.nb05.mean import POOL
from helpers.exercises.nb05.residual import RESIDUAL

EXERCISES = (DROPOUT, RESIDUAL, POOL)
