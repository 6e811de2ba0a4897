"""Notebook 03's exercises: pairs of a text, the noise power, the gradient of CBOW."""

from helpers.exercises.nb03.cbow import CBOW
from helpers.exercises.nb03.noise import NOISE
from helpers.exercises.nb03.pairs import PAIRS

EXERCISES = (PAIRS, NOISE, CBOW)
