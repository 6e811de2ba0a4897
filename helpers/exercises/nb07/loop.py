"""07-loop: a training loop with early stopping, built in five parts and put to use on newsroom."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb07.loop_check import PARTS

SOLUTION = """
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional


class Loop:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer

    def epoch(self, batches):
        self.model.train()
        loss_sum = texts = 0
        for inputs, labels in batches:
            loss = functional.cross_entropy(self.model(inputs), labels)
            self.optimizer.zero_grad()  # backward() would add to the last step's gradients
            loss.backward()
            self.optimizer.step()
            # A batch's loss is a mean; times its texts it is a sum, and sums can be added up.
            loss_sum += loss.item() * len(labels)
            texts += len(labels)
        return loss_sum / texts

    @torch.no_grad()
    def evaluate(self, batches):
        self.model.eval()
        loss_sum = correct = texts = 0
        for inputs, labels in batches:
            scores = self.model(inputs)
            loss_sum += functional.cross_entropy(scores, labels, reduction="sum").item()
            correct += (scores.argmax(dim=1) == labels).sum().item()
            texts += len(labels)
        return loss_sum / texts, correct / texts

    def fit(self, train_batches, validation_batches, epochs, patience):
        losses, waited = [], 0
        for _ in range(epochs):
            self.epoch(train_batches)
            losses.append(self.evaluate(validation_batches)[0])
            waited += 1
            if losses[-1] == min(losses):
                waited = 0
                # clone(): state_dict() hands out the tensors that the next step will change.
                best = {name: w.clone() for name, w in self.model.state_dict().items()}
            if waited == patience:
                break
        self.model.load_state_dict(best)
        return losses

    def save(self, path):
        save_file(self.model.state_dict(), path)

    def load(self, path):
        self.model.load_state_dict(load_file(path))

    @staticmethod
    def solved(train, validation, vectors):
        torch.manual_seed(0)
        model = Pooled(vectors, classes=int(train[1].max()) + 1)
        loop = Loop(model, torch.optim.AdamW(model.parameters(), lr=0.05))
        ids, labels = train
        order = torch.randperm(len(ids))  # mixed once; anew for each epoch is better
        batches = list(zip(ids[order].split(32), labels[order].split(32)))
        loop.fit(batches, [validation], epochs=40, patience=5)
        return model


class Pooled(nn.Module):
    def __init__(self, vectors, classes):
        super().__init__()
        # Frozen: 342 texts would move the vectors of their own words and leave all others behind.
        self.register_buffer("table", vectors)
        self.layer = nn.Linear(vectors.shape[1], classes)

    def forward(self, ids):
        return self.layer(functional.embedding_bag(ids, self.table, mode="mean", padding_idx=0))


# Another way: a hidden layer, nn.Linear(50, 32), nn.ReLU(), nn.Linear(32, classes); as good here.
# Letting the vectors learn mostly does worse: the words of new texts stay where they were.
"""

TRAINED = (
    'self.register_buffer("table", vectors)',
    "self.table = nn.Parameter(vectors / 10)",
)
HIDDEN = (
    "self.layer = nn.Linear(vectors.shape[1], classes)",
    "self.layer = nn.Sequential(nn.Linear(50, 32), nn.ReLU(), nn.Linear(32, classes))",
)

EPOCH = """
        self.model.train()
        loss_sum = texts = 0
        for inputs, labels in batches:
"""

LOOP = Exercise(
    name="07-loop",
    title="Build it: a training loop that knows when to stop",
    difficulty=4,
    minutes=50,
    prompt="""
Write your own training loop without looking back, then train a news classifier with it. `batches`
is a list of pairs (inputs, labels) of tensors; `model(inputs)` returns scores, shape (batch,
classes); the loss is `cross_entropy`. The check's model behaves differently in training and in
evaluation, as one with dropout does. Each part is checked by itself, in this
order.

1. **An epoch.** `epoch(batches)` takes one step for each batch. It returns the mean of the
   training loss over all *texts*, each as it was before its batch's step.
2. **Evaluation.** `evaluate(batches)` returns two numbers, the mean loss over all texts and the
   share classified correctly. It records no gradients and changes no weight.
3. **Early stopping.** `fit(train_batches, validation_batches, epochs, patience)` runs at most
   `epochs` epochs and evaluates after each. It stops once `patience` epochs in a row have brought
   no new lowest validation *loss* (not accuracy, as above). It leaves the model with the weights of
   the lowest, and returns the list of validation losses, one an epoch.
4. **Save and load.** `save(path)` writes the model's weights to a file that holds no code;
   `load(path)` reads them into the model.
5. **Put to use.** `solved(train, validation, vectors)` gets two pairs (ids, labels), with ids
   padded by 0, and GloVe's vectors, shape (words, 50), one for each id. It makes a model, trains
   it, and returns it. The model takes ids, shape (batch, longest), and must classify 95 % of
   newsroom's validation texts correctly. Then `solved` is called again with other labels for the
   same texts, in two classes; so take the number of classes from `train`.
""",
    answer="Loop",
    starter="""
import torch
from torch import nn
from torch.nn import functional


class Loop:
    # Of nn.Linear(2, 2), all zero, evaluate([(ones(3, 2), tensor([0, 0, 1]))]) is (0.693, 0.667).
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer

    def epoch(self, batches):
        return ...  # part 1: the mean training loss

    def evaluate(self, batches):
        return ...  # part 2: loss, accuracy

    def fit(self, train_batches, validation_batches, epochs, patience):
        return ...  # part 3: the validation losses

    def save(self, path):  # part 4, and so is load
        return ...

    def load(self, path):
        return ...

    @staticmethod
    def solved(train, validation, vectors):
        return ...  # part 5: a trained model
""",
    hints=(
        "Parts 1 and 2 are the notebook's one_epoch and evaluate without the device. For part 3 "
        "keep three things: the losses, a copy of the best weights, and how long you have waited.",
        "In part 3 set the count to 0 at a new lowest loss, add 1 otherwise, and stop when it "
        "equals patience. Part 4: safetensors.torch has save_file and load_file. Part 5: a Pooled "
        "model whose vectors stay as they are, AdamW at 0.05, batches of 32 from "
        "ids[order].split(32), up to 40 epochs.",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "forgets zero_grad",
            "zero_grad() is missing",
            (
                "            self.optimizer.zero_grad()  # backward() would add to the last step's "
                "gradients\n",
                "",
            ),
            fails="part 1",
        ),
        Wrong(
            "forgets the step",
            "step() is missing",
            ("            self.optimizer.step()\n", ""),
            fails="part 1",
        ),
        Wrong(
            "sets the gradients to zero before the step",
            "set to zero before it",
            (
                "            self.optimizer.step()\n",
                "            self.optimizer.zero_grad()\n            self.optimizer.step()\n",
            ),
            fails="part 1",
        ),
        Wrong(
            "forgets train()",
            "model.train() is missing",
            (EPOCH, EPOCH.replace("        self.model.train()\n", "")),
            fails="part 1",
        ),
        Wrong(
            "averages the batch means",
            "mean of the batch means",
            code=SOLUTION.replace(
                "loss_sum += loss.item() * len(labels)\n            texts += len(labels)",
                "loss_sum += loss.item()\n            texts += 1",
            ),
            fails="part 1",
        ),
        Wrong(
            "returns the last batch's loss",
            "loss of the last batch",
            (
                "        return loss_sum / texts\n\n    @torch.no_grad()",
                "        return loss.item()\n\n    @torch.no_grad()",
            ),
            fails="part 1",
        ),
        Wrong(
            "returns the sum",
            "that is the sum over the texts",
            (
                "        return loss_sum / texts\n\n    @torch.no_grad()",
                "        return loss_sum\n\n    @torch.no_grad()",
            ),
            fails="part 1",
        ),
        Wrong(
            "forgets eval()",
            "model.eval() is missing",
            ("self.model.eval()", "pass"),
            fails="part 2",
        ),
        Wrong(
            "records gradients",
            "under torch.no_grad()",
            ("    @torch.no_grad()\n", ""),
            fails="part 2",
        ),
        Wrong(
            "returns the loss alone",
            "two numbers are asked for",
            ("return loss_sum / texts, correct / texts", "return loss_sum / texts"),
            fails="part 2",
        ),
        Wrong(
            "averages the batches' losses",
            "a short last batch must count for less",
            code=SOLUTION.replace(
                'scores, labels, reduction="sum").item()', "scores, labels).item()"
            ).replace(
                "return loss_sum / texts, correct", "return loss_sum / len(batches), correct"
            ),
            fails="part 2",
        ),
        Wrong(
            "counts the correct ones",
            "divide by their number",
            ("correct / texts", "correct"),
            fails="part 2",
        ),
        Wrong(
            "stops at part 2",
            "the starter's dots",
            ("        losses, waited = [], 0\n", "        return ...\n"),
            fails="part 3",
        ),
        Wrong(
            "is too patient",
            "too long",
            ("waited == patience", "waited > patience"),
            fails="part 3",
        ),
        Wrong("never stops", "", ("waited == patience", "False"), fails="part 3"),
        Wrong(
            "counts all epochs without a new best",
            "in a row",
            (
                "            waited += 1\n            if losses[-1] == min(losses):\n"
                "                waited = 0\n",
                "            waited += losses[-1] > min(losses)\n"
                "            if losses[-1] == min(losses):\n",
            ),
            fails="part 3",
        ),
        Wrong(
            "goes by accuracy",
            "go by accuracy",
            code=SOLUTION.replace(
                "            losses.append(self.evaluate(validation_batches)[0])\n",
                "            loss, accuracy = self.evaluate(validation_batches)\n"
                "            losses.append(loss)\n"
                "            shares = [*shares, (accuracy, -loss)]\n",
            )
            .replace("losses, waited = [], 0", "losses, shares, waited = [], [], 0")
            .replace("losses[-1] == min(losses)", "shares[-1] == max(shares)"),
            fails="part 3",
        ),
        Wrong(
            "goes by accuracy alone",
            "go by accuracy",
            code=SOLUTION.replace(
                "            losses.append(self.evaluate(validation_batches)[0])\n",
                "            loss, accuracy = self.evaluate(validation_batches)\n"
                "            losses.append(loss)\n",
            )
            .replace("losses, waited = [], 0", "losses, highest, waited = [], -1, 0")
            .replace(
                "losses[-1] == min(losses):",
                "accuracy > highest:\n                highest = accuracy",
            ),
            fails="part 3",
        ),
        Wrong(
            "keeps no copy",
            "hands out the tensors",
            ("w.clone() for", "w for"),
            fails="part 3",
        ),
        Wrong(
            "keeps the last weights",
            "last epoch's weights",
            ("        self.model.load_state_dict(best)\n        return", "        return"),
            fails="part 3",
        ),
        Wrong(
            "saves the model itself",
            "save its state_dict() instead",
            code=SOLUTION.replace(
                "save_file(self.model.state_dict(), path)", "torch.save(self.model, path)"
            ).replace("load_file(path)", "torch.load(path, weights_only=False).state_dict()"),
            fails="part 4",
        ),
        Wrong(
            "reads and forgets",
            "leaves the model's weights",
            ("self.model.load_state_dict(load_file(path))", "load_file(path)"),
            fails="part 4",
        ),
        Wrong(
            "writes nothing",
            "writes no file",
            ("save_file(self.model.state_dict(), path)", "return None"),
            fails="part 4",
        ),
        Wrong(
            "does not train",
            "Train longer",
            ("        loop.fit(batches, [validation], epochs=40, patience=5)\n", ""),
            fails="part 5",
        ),
        Wrong(
            "fixes the number of classes",
            "don't fix 3 in your code",
            ("classes=int(train[1].max()) + 1", "classes=3"),
            fails="part 5",
        ),
        Wrong(
            "moves the vectors that it was given",
            "start from `vectors.clone()`",
            ('self.register_buffer("table", vectors)', "self.table = nn.Parameter(vectors)"),
            fails="part 5",
        ),
        Wrong("lets the vectors learn", "leave them as they are", TRAINED, fails="part 5"),
        Wrong(
            "takes a rate far too small", "larger rate", ("lr=0.05", "lr=0.00001"), fails="part 5"
        ),
        Wrong(
            "returns the losses",
            "a model is asked for",
            (
                "        loop.fit(batches, [validation], epochs=40, patience=5)\n"
                "        return model",
                "        return loop.fit(batches, [validation], epochs=40, patience=5)",
            ),
            fails="part 5",
        ),
    ),
    right=(
        Right("with a hidden layer", HIDDEN),
        Right(
            "with torch.save of the state",
            code=SOLUTION.replace(
                "save_file(self.model.state_dict(), path)",
                "torch.save(self.model.state_dict(), path)",
            ).replace("load_file(path)", "torch.load(path, weights_only=True)"),
        ),
        Right(
            "with deepcopy",
            (
                "best = {name: w.clone() for name, w in self.model.state_dict().items()}",
                "import copy\n\n                best = copy.deepcopy(self.model.state_dict())",
            ),
        ),
        Right(
            "with the best model itself",
            code="import copy\n"
            + SOLUTION.replace(
                "best = {name: w.clone() for name, w in self.model.state_dict().items()}",
                "best = copy.deepcopy(self.model)",
            ).replace(
                "        self.model.load_state_dict(best)\n        return losses",
                "        self.model = best\n        return losses",
            ),
        ),
        Right(
            "with the sum as a tensor",
            (
                "loss_sum += loss.item() * len(labels)",
                "loss_sum = loss_sum + loss.detach() * len(labels)",
            ),
        ),
        Right(
            "with a mask for the mean",
            (
                'functional.embedding_bag(ids, self.table, mode="mean", padding_idx=0)',
                "(self.table[ids] * (ids != 0)[..., None]).sum(1) / (ids != 0).sum(1, keepdim=True)"
                ".clamp(min=1)",
            ),
        ),
        Right(
            "with a new order each epoch, from a DataLoader",
            (
                "        order = torch.randperm(len(ids))  # mixed once; anew for each epoch is "
                "better\n"
                "        batches = list(zip(ids[order].split(32), labels[order].split(32)))\n",
                "        from torch.utils.data import DataLoader, TensorDataset\n\n"
                "        batches = DataLoader(TensorDataset(ids, labels), 32, shuffle=True)\n",
            ),
        ),
    ),
    shows="Epoch, evaluation, patience, a file: a loop of your own has trained a classifier.",
    seconds=20,
)
