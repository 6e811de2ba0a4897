"""How many weights a network has."""

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb07.one_number import one_number


def _count_shape(answer: Answer) -> None:
    if isinstance(answer.result(), bool):
        raise Diagnosis("You have True or False; the number of weights is asked for.")
    number = one_number(answer)
    if number != round(number):
        raise Diagnosis(f"You have {number:,}; weights are counted, so it is a whole number.")


def _count_values(answer: Answer) -> None:
    number = round(answer.number())
    first, second, last = 1000 * 128, 128 * 128, 128 * 3
    biases = 128 + 128 + 3
    right = first + second + last + biases
    known = {
        first + second + last: "the biases are missing: each layer adds one for each output",
        right - 256: "256 biases are missing: each hidden layer has one for each of its 128 units",
        right - 131: "the biases of one hidden layer and of the last are missing",
        right + 400_000 * 100: "the word vectors are counted, too; the question leaves them out",
        right - 128: "the biases of one hidden layer are missing; both have 128",
        right - 3: "the three biases of the last layer are missing",
        first + last + 128 + 3: "that is two layers; between the hidden layers is a third matrix, "
        "128 by 128, with 128 biases",
        first + second + 256: "the last layer is missing, from 128 units to 3 classes",
        second + last + 131: "the first layer is missing, from the joined words to 128 units",
        right + second + 128: "that has a third hidden layer; there are two",
        right - 129: "that is for 2 classes; there are 3",
        right - 258: "that is for one output; there are 3 classes",
        1000 + 128 + 128 + 3: "that counts units; between two layers each unit of the one has a "
        "weight to each unit of the other",
        128 + 128 + 3: "that counts the biases alone",
        first * 128 * 3: "the layers' weights are added, not multiplied",
        4 * right: "that is their bytes; the question is how many numbers",
        right + 1000: "a layer has a bias for each output; the inputs have none",
        100 * 128 + second + last + biases: "the first matrix takes one word only; ten words of "
        "100 numbers are joined to 1,000 inputs",
        500 * 128 + second + last + biases: "that is for words of 50 numbers; here they have 100",
        right + 1000 + 128 - 128 - 3: "a layer has a bias for each output, not for each input",
    }
    if number != right:
        why = known.get(number, "add up inputs × outputs + outputs over the three layers")
        raise Diagnosis(f"You have {number:,}: {why}.")


COUNT = Exercise(
    name="07-count",
    title="How many weights?",
    difficulty=1,
    minutes=5,
    prompt="""
How many numbers does the article's network learn, apart from the word vectors, if words have 100
numbers, ten words are joined, both hidden layers have 128 units and there are 3 classes? Count the
biases, too.
""",
    answer="weights",
    starter="weights = ...  # your turn: a whole number",
    hints=(
        "The network has three layers. What goes into each of them, and what comes out?",
        "A layer from m inputs to n outputs has m × n weights and n biases. The first has "
        "10 × 100 inputs.",
    ),
    solution="""
joined = 10 * 100
weights = (joined * 128 + 128) + (128 * 128 + 128) + (128 * 3 + 3)
""",
    stages={"shape": _count_shape, "values": _count_values},
    wrong=(
        Wrong("gives a fraction", "a whole number", code="weights = 145_027.5", fails="shape"),
        Wrong(
            "gives the three layers",
            "You have 3 numbers",
            code="weights = [128_128, 16_512, 387]",
            fails="shape",
        ),
        Wrong("puts a comma in", "A comma between digits", code="weights = 145, 27", fails="shape"),
        Wrong(
            "prints",
            "something that returns nothing",
            code="weights = print(145_027)",
            fails="shape",
        ),
        Wrong("gives a text", "expected numbers", code='weights = "145,027"', fails="shape"),
        Wrong("leaves the biases out", "the biases are missing", code="weights = 144_768"),
        Wrong("leaves a hidden layer's biases out", "one hidden layer", code="weights = 144_899"),
        Wrong("gives each layer one bias", "256 biases are missing", code="weights = 144_771"),
        Wrong("leaves out a layer", "that is two layers", code="weights = 128_515"),
        Wrong(
            "leaves out the last layer",
            "the last layer is missing",
            change=(" + (128 * 3 + 3)", ""),
        ),
        Wrong(
            "leaves out the first layer",
            "the first layer is missing",
            change=("(joined * 128 + 128) + ", ""),
        ),
        Wrong("takes one word", "takes one word only", change=("10 * 100", "100")),
        Wrong("takes this notebook's vectors", "words of 50 numbers", change=("* 100", "* 50")),
        Wrong("counts units", "that counts units", code="weights = 1000 + 128 + 128 + 3"),
        Wrong("counts two classes", "that is for 2 classes", change=("128 * 3 + 3", "128 * 2 + 2")),
    ),
    right=(
        Right(
            "counted by PyTorch",
            code="""
from torch import nn

layers = nn.Linear(1000, 128), nn.Linear(128, 128), nn.Linear(128, 3)
weights = sum(one.numel() for one in nn.Sequential(*layers).parameters())
""",
        ),
        Right("a number of NumPy", code="import numpy as np\n\nweights = np.int64(145_027)"),
        Right("an array without axes", code="import numpy as np\n\nweights = np.array(145_027)"),
        Right("a tensor", code="import torch\n\nweights = torch.tensor(145_027)"),
        Right("a float", code="weights = 145_027.0"),
    ),
    shows="Nine tenths of the weights sit between the joined words and the first hidden layer.",
)
