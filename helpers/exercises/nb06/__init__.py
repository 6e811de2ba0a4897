"""Notebook 06's exercises: a stable rate, gradient clipping, a schedule of one's own."""

from helpers.exercises.nb06.clip import CLIP
from helpers.exercises.nb06.root import ROOT
from helpers.exercises.nb06.stable import STABLE

EXERCISES = (STABLE, CLIP, ROOT)
