"""Notebook 07's exercises: predictions, padding twice, a training loop in five parts."""

from helpers.exercises.nb07.buckets import BUCKETS
from helpers.exercises.nb07.loop import LOOP
from helpers.exercises.nb07.masked_mean import MASKED_MEAN
from helpers.exercises.nb07.predicted import PREDICTED

EXERCISES = (PREDICTED, MASKED_MEAN, BUCKETS, LOOP)
