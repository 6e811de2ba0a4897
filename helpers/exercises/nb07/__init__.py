"""Notebook 07's exercises: counting weights, the masked mean, an exact mean loss."""

from helpers.exercises.nb07.count import COUNT
from helpers.exercises.nb07.masked_mean import MASKED_MEAN
from helpers.exercises.nb07.mean_loss import MEAN_LOSS

EXERCISES = (COUNT, MASKED_MEAN, MEAN_LOSS)
