"""The mean loss over batches of unequal size."""

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb07.one_number import one_number


def _loss_shape(answer: Answer) -> None:
    one_number(answer)


def _loss_values(answer: Answer) -> None:
    number = answer.number()
    known = {
        0.4: "that is the mean of the four batch means. The last batch has 100 texts, the others "
        "300, so it must count a third as much",
        1.6: "that is the sum of the batch means, nothing is divided",
        280.0: "that is the sum over all texts; divide by their number",
        1.0: "that is the loss of the last batch alone, which is what the article's program prints",
        0.2: "that is the loss of a full batch; the short one counts as well",
        28.0: "that is a hundred times too much; a loss is no percentage",
        280 / 1200: "the four batches have not 1,200 texts: the last one has only 100",
        280
        / 900: "that divides by the texts of the full batches; the last one's 100 count as well",
        0.18: "the last batch's losses are missing above the line",
        0.16: "there are three full batches; that adds up one of them",
        0.0016: "a batch mean is multiplied by its batch's texts before it is added",
        0.6: "that is the mean of 0.2 and 1.0, as if half of the texts were in the last batch",
        0.92: "that is turned round: 900 texts have the loss 0.2, and 100 have 1.0",
        0.3: "that was rounded; give it with two digits behind the point",
    }
    why = next((words for value, words in known.items() if abs(number - value) < 1e-6), None)
    advice = "add up loss × texts over the batches, then divide by 1,000"
    if abs(number - 0.28) > 1e-6:
        raise Diagnosis(f"You have {number:.7g}: {why or advice}.")


MEAN_LOSS = Exercise(
    name="07-mean-loss",
    title="The short last batch",
    difficulty=2,
    minutes=5,
    prompt="""
A validation part of 1,000 texts is run in batches of 300. The mean losses of its batches are 0.2,
0.2, 0.2 and, for the short last one, 1.0. What is the mean loss over all texts?
""",
    answer="mean_loss",
    starter="mean_loss = ...  # your turn: a number",
    hints=(
        "How many texts has the last batch, and how many losses are averaged in each batch mean?",
        "A batch mean times the number of its texts is the sum of their losses.",
    ),
    solution="mean_loss = (3 * 300 * 0.2 + 100 * 1.0) / 1000",
    stages={"shape": _loss_shape, "values": _loss_values},
    wrong=(
        Wrong("gives a text", "expected numbers", code='mean_loss = "0.28"', fails="shape"),
        Wrong(
            "prints",
            "something that returns nothing",
            code="mean_loss = print(0.28)",
            fails="shape",
        ),
        Wrong(
            "gives all four",
            "You have 4 numbers",
            code="mean_loss = [0.2, 0.2, 0.2, 1.0]",
            fails="shape",
        ),
        Wrong("averages the means", "mean of the four batch means", code="mean_loss = 1.6 / 4"),
        Wrong("adds the means up", "nothing is divided", code="mean_loss = 0.2 * 3 + 1.0"),
        Wrong("does not divide", "divide by their number", change=(" / 1000", "")),
        Wrong("takes the last batch", "the last batch alone", code="mean_loss = 1.0"),
        Wrong("takes the last batch for full", "not 1,200 texts", change=("/ 1000", "/ 1200")),
        Wrong(
            "divides by the full batches",
            "the texts of the full batches",
            change=("/ 1000", "/ 900"),
        ),
        Wrong("leaves the last batch out", "above the line", change=(" + 100 * 1.0", "")),
        Wrong("gives per cent", "no percentage", change=("/ 1000", "/ 10")),
        Wrong(
            "turns the weights round",
            "turned round",
            code="mean_loss = (100 * 0.2 + 900 * 1.0) / 1000",
        ),
        Wrong("rounds", "two digits behind the point", code="mean_loss = 0.3"),
    ),
    right=(
        Right(
            "weights of NumPy",
            code="""
import numpy as np

mean_loss = np.average([0.2, 0.2, 0.2, 1.0], weights=[300, 300, 300, 100])
""",
        ),
        Right("shares", code="mean_loss = 0.9 * 0.2 + 0.1 * 1.0"),
        Right("float32", code="import numpy as np\n\nmean_loss = np.float32(0.28)"),
        Right(
            "a tensor that wants a gradient",
            code="import torch\n\nmean_loss = torch.tensor(0.28, requires_grad=True)",
        ),
        Right("a fraction", code="from fractions import Fraction\n\nmean_loss = Fraction(28, 100)"),
    ),
    shows="Weighted by its texts, the short batch counts 100 of 1,000 and not one of four.",
)
