"""Notebook 10's exercises: pieces joined to words again, text shown while its tokens arrive, three
predictions, and a tokenizer that weighs all ways of cutting, in five parts."""

from helpers.exercises.nb10.predicted import PREDICTED
from helpers.exercises.nb10.stream import STREAM
from helpers.exercises.nb10.unigram import UNIGRAM
from helpers.exercises.nb10.words import WORDS

EXERCISES = (WORDS, STREAM, PREDICTED, UNIGRAM)
