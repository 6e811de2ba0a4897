"""Notebook 13's exercises: predictions about MiniLM, names, recall at k, and a search engine."""

from helpers.exercises.nb13.names import RENAMED
from helpers.exercises.nb13.predicted import PREDICTED
from helpers.exercises.nb13.recall import RECALL
from helpers.exercises.nb13.search import SEARCH

EXERCISES = (PREDICTED, RENAMED, RECALL, SEARCH)
