"""Notebook 07's exercises: predictions, a mean without padding, a training loop in five parts."""

from helpers.exercises.nb07.loop import LOOP
from helpers.exercises.nb07.masked_mean import MASKED_MEAN
from helpers.exercises.nb07.predicted import PREDICTED

EXERCISES = (PREDICTED, MASKED_MEAN, LOOP)
