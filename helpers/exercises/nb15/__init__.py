"""Notebook 15's exercises: predictions, the smallest rank, adapters merged, a LoRA layer."""

from helpers.exercises.nb15.fewest import FEWEST
from helpers.exercises.nb15.lora import LORA
from helpers.exercises.nb15.merged import MERGED
from helpers.exercises.nb15.predicted import PREDICTED

EXERCISES = (PREDICTED, MERGED, FEWEST, LORA)
