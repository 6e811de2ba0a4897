"""14-tuner: fine-tuning built in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb14.tuner_check import PARTS

SOLUTION = """
import copy

import torch
from torch import nn
from torch.nn import functional


class Tuner(nn.Module):
    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.sizes.width, classes)

    def forward(self, ids, lengths):
        vectors = self.encoder(ids, lengths)  # (batch, longest, width)
        # Padding has vectors as well; the mask keeps them out of the sum.
        real = torch.arange(ids.shape[1]) < lengths[:, None]  # (batch, longest)
        mean = (vectors * real[..., None]).sum(dim=1) / lengths[:, None]
        return self.head(mean)

    def train_only(self, blocks):
        top = len(self.encoder.blocks)
        # The dot behind the number keeps block 1 apart from block 11.
        starts = ("head.", *(f"encoder.blocks.{k}." for k in range(top - blocks, top)))
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name.startswith(starts))  # frees as well as freezes
        return sum(p.numel() for p in self.parameters() if p.requires_grad)

    def groups(self, rate, decay):
        blocks, found = len(self.encoder.blocks), []
        for name, parameter in self.named_parameters():
            if name.startswith("head"):
                factor = 10
            elif name.startswith("encoder.blocks."):
                factor = decay ** (blocks - 1 - int(name.split(".")[2]))
            else:
                factor = decay**blocks  # embeddings
            if parameter.requires_grad:
                found.append({"params": [parameter], "lr": rate * factor})
        return found

    def fit(self, batches, epochs, rate, warmup):
        optimizer = torch.optim.AdamW(self.groups(rate, decay=0.5), weight_decay=0.0)
        full = [group["lr"] for group in optimizer.param_groups]
        steps, t, losses = epochs * len(batches), 0, []
        self.train()
        for _ in range(epochs):
            for (ids, lengths), labels in batches:
                share = (t + 1) / warmup if t < warmup else (steps - t) / (steps - warmup)
                for group, lr in zip(optimizer.param_groups, full):
                    group["lr"] = lr * share
                loss = functional.cross_entropy(self(ids, lengths), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
                t += 1
        return losses

    @staticmethod
    def solved(encoder, train, classes):
        ids, lengths, labels = train
        torch.manual_seed(0)
        # A copy, because the encoder given may be needed again.
        model = Tuner(copy.deepcopy(encoder), classes)
        batches = [((ids[i : i + 20], lengths[i : i + 20]), labels[i : i + 20])
                   for i in range(0, len(ids), 20)]
        model.fit(batches, 15, 0.006, 10)
        return model


# Another way for part 4: torch.optim.lr_scheduler.LambdaLR with the share as its function, and
# schedule.step() after each optimizer.step().
"""

BY_SCHEDULER = SOLUTION.replace(
    """                share = (t + 1) / warmup if t < warmup else (steps - t) / (steps - warmup)
                for group, lr in zip(optimizer.param_groups, full):
                    group["lr"] = lr * share
""",
    "",
).replace(
    """                losses.append(loss.item())
                t += 1
""",
    """                schedule.step()
                losses.append(loss.item())
""",
).replace(
    """        full = [group["lr"] for group in optimizer.param_groups]
        steps, t, losses = epochs * len(batches), 0, []
""",
    """        steps, losses = epochs * len(batches), []
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer,
            lambda t: (t + 1) / warmup if t < warmup else (steps - t) / (steps - warmup))
""",
)  # fmt: skip

BY_MODULES = SOLUTION.replace(
    """        top = len(self.encoder.blocks)
        # The dot behind the number keeps block 1 apart from block 11.
        starts = ("head.", *(f"encoder.blocks.{k}." for k in range(top - blocks, top)))
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(name.startswith(starts))  # frees as well as freezes
""",
    """        self.requires_grad_(False)
        self.head.requires_grad_(True)
        for block in list(self.encoder.blocks)[len(self.encoder.blocks) - blocks :]:
            block.requires_grad_(True)
""",
)  # fmt: skip

FREES = "parameter.requires_grad_(name.startswith(starts))  # frees as well as freezes"

NEVER_BACK = SOLUTION.replace(
    "        self.head = nn.Linear(encoder.sizes.width, classes)\n",
    """        self.head = nn.Linear(encoder.sizes.width, classes)
        encoder.requires_grad_(False)
""",
).replace(FREES, "if name.startswith(starts):\n                parameter.requires_grad_(True)")

COUNTS_FIRST = SOLUTION.replace(
    "        top = len(self.encoder.blocks)\n",
    """        count = sum(p.numel() for p in self.parameters() if p.requires_grad)
        top = len(self.encoder.blocks)
""",
).replace("return sum(p.numel() for p in self.parameters() if p.requires_grad)", "return count")

NO_COPY = ("model = Tuner(copy.deepcopy(encoder), classes)", "model = Tuner(encoder, classes)")
SHARE = "(t + 1) / warmup if t < warmup else (steps - t) / (steps - warmup)"

TUNER = Exercise(
    name="14-tuner",
    title="Build it: fine-tuning from the head to the loop",
    difficulty=4,
    minutes=50,
    seconds=30,
    prompt="""
Write fine-tuning yourself, for any of the course's encoders: `encoder(ids, lengths)` returns the
tokens' vectors, shape (batch, longest, width), `encoder.blocks` are its blocks, and
`encoder.sizes.width` is the width. The check takes small ones without dropout.

1. **Scores.** `forward(ids, lengths)`: the head on the mean of each text's own tokens, shape
   (batch, classes).
2. **What trains.** After `train_only(blocks)`, only the head and that many upper blocks train,
   whatever trained before. It returns how many numbers that is.
3. **How fast.** `groups(rate, decay)`: a list of `{"params": [...], "lr": ...}`, without what is
   frozen. The top block has `rate`, each other block `decay` times that of the block above, the
   head ten times `rate`, the rest `decay` times the rate of the lowest block.
4. **The loop.** `fit(batches, epochs, rate, warmup)`: AdamW without weight decay on
   `groups(rate, 0.5)`, a step for each `((ids, lengths), labels)` of the list `batches`, each rate
   times the share $s_t$ of section *Warm-up*. `warmup` is $w$, how many steps are warm-up. It
   returns the losses, each from before its step.
5. **Put to use.** `solved(encoder, train, classes)` gets an encoder and 120 made-up texts,
   `(ids, lengths, labels)`. It returns a trained `Tuner` that classifies 90 % of 120 others
   correctly. The encoder given must stay as it is.
""",
    answer="Tuner",
    starter="""
import copy

import torch
from torch import nn
from torch.nn import functional


class Tuner(nn.Module):
    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.sizes.width, classes)

    def forward(self, ids, lengths):
        return ...  # part 1: scores (batch, classes)

    def train_only(self, blocks):
        return ...  # part 2: how many numbers train

    def groups(self, rate, decay):
        return ...  # part 3: a list of {"params": [...], "lr": ...}

    def fit(self, batches, epochs, rate, warmup):
        return ...  # part 4: the losses

    @staticmethod
    def solved(encoder, train, classes):
        return ...  # part 5: a trained Tuner
""",
    hints=(
        "Parts 2 and 3 are loops over self.named_parameters(): what does a name tell? For part 4, "
        "the groups know their full rates only at the beginning, so keep those.",
        "requires_grad_ takes True and False, so one line both frees and freezes. In each step set "
        "every group's 'lr' to its full rate times the share. In part 5 some 90 steps at 0.006 "
        "will do, on a deep copy.",
    ),
    solution=SOLUTION,
    stages={f"part {number}": part for number, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong("averages padding", "padding is in the mean",
              ("(vectors * real[..., None]).sum(dim=1) / lengths[:, None]", "vectors.mean(dim=1)"),
              fails="part 1"),
        Wrong("doesn't divide", "isn't divided",
              (".sum(dim=1) / lengths[:, None]", ".sum(dim=1)"), fails="part 1"),
        Wrong("takes the first token", "first token",
              ("(vectors * real[..., None]).sum(dim=1) / lengths[:, None]", "vectors[:, 0]"),
              fails="part 1"),
        Wrong("returns probabilities", "softmax is in it",
              ("return self.head(mean)", "return self.head(mean).softmax(dim=-1)"),
              fails="part 1"),
        Wrong("frees the lowest", "those are the lowest", ("range(top - blocks, top)",
              "range(blocks)"), fails="part 2"),
        Wrong("freezes the head", "the head is frozen", ('("head.", *(', "tuple(("),
              fails="part 2"),
        Wrong("only freezes", "a second call must be able to free it",
              ("parameter.requires_grad_(name.startswith(starts))  # frees as well as freezes",
               "if not name.startswith(starts):\n                parameter.requires_grad_(False)"),
              fails="part 2"),
        Wrong("turns it round", "those are the frozen ones",
              ("requires_grad_(name.startswith(starts))",
               "requires_grad_(not name.startswith(starts))"), fails="part 2"),
        Wrong("begins too late", "one block too few",
              ("range(top - blocks, top)", "range(top - blocks + 1, top)"), fails="part 2"),
        Wrong("begins too early", "one block too many",
              ("range(top - blocks, top)", "range(top - blocks - 1, top)"), fails="part 2"),
        Wrong("takes a slice from -0 on", "a slice from -0",
              ("range(top - blocks, top)", "list(range(top))[-blocks:]"), fails="part 2"),
        Wrong("lets the embeddings train", "the embeddings train", (FREES, FREES.replace(
              "name.startswith(starts)", 'name.startswith(starts) or "blocks" not in name')),
              fails="part 2"),
        Wrong("only frees", "everything trains",
              (FREES, "if name.startswith(starts):\n                " + FREES), fails="part 2"),
        Wrong("freezes by an attribute", "requires_grad of a module does nothing",
              (FREES, "self.encoder.requires_grad = False"), fails="part 2"),
        Wrong("leaves free what was free", "must be able to freeze it", code=NEVER_BACK,
              fails="part 2"),
        Wrong("counts tensors", "that counts tensors", ("sum(p.numel() for p", "sum(1 for p"),
              fails="part 2"),
        Wrong("counts all", "the frozen ones as well", ("if p.requires_grad)", "if True)"),
              fails="part 2"),
        Wrong("counts the frozen", "that counts the frozen",
              ("if p.requires_grad)", "if not p.requires_grad)"), fails="part 2"),
        Wrong("counts matrices", "only matrices are counted",
              ("if p.requires_grad)", "if p.requires_grad and p.ndim > 1)"), fails="part 2"),
        Wrong("counts the encoder's", "the head isn't counted",
              ("for p in self.parameters() if", "for p in self.encoder.parameters() if"),
              fails="part 2"),
        Wrong("counts too early", "from before this call", code=COUNTS_FIRST, fails="part 2"),
        Wrong("keeps the frozen", "leave it out", ("if parameter.requires_grad:", "if True:"),
              fails="part 3"),
        Wrong("decays from below", "from the bottom up",
              ('decay ** (blocks - 1 - int(name.split(".")[2]))',
               'decay ** int(name.split(".")[2])'), fails="part 3"),
        Wrong("decays the top block", "the first decay is for",
              ("(blocks - 1 - int", "(blocks - int"), fails="part 3"),
        Wrong("a slow head", "ten times as fast", ("factor = 10", "factor = 1"), fails="part 3"),
        Wrong("decays the head", "without any decay", ("factor = 10", "factor = 10 * decay"),
              fails="part 3"),
        Wrong("a wrong sign", "the exponent has the wrong sign",
              ("decay ** (blocks - 1", "decay ** -(blocks - 1"), fails="part 3"),
        Wrong("multiplies instead", "raise it to that power",
              ("decay ** (blocks - 1", "decay * (blocks - 1"), fails="part 3"),
        Wrong("doesn't decay", "all blocks have the same rate",
              ('decay ** (blocks - 1 - int(name.split(".")[2]))', "1"), fails="part 3"),
        Wrong("reads one digit", "only the first digit",
              ('int(name.split(".")[2])', "int(name[15])"), fails="part 3"),
        Wrong("embeddings as the lowest block", "one decay more",
              ("factor = decay**blocks", "factor = decay ** (blocks - 1)"), fails="part 3"),
        Wrong("embeddings as the top block", "they lie below the lowest block",
              ("factor = decay**blocks", "factor = 1"), fails="part 3"),
        Wrong("forgets the embeddings", "the embeddings are in no group",
              ("factor = decay**blocks", "continue"), fails="part 3"),
        Wrong("forgets the head", "the head is in no group", ("factor = 10", "continue"),
              fails="part 3"),
        Wrong("gives factors", "multiply each by the rate", ("rate * factor", "factor"),
              fails="part 3"),
        Wrong("no warm-up", "there is no warm-up",
              (SHARE, "min(1, (steps - t) / (steps - warmup))"), fails="part 4"),
        Wrong("never falls", "doesn't fall", (SHARE, "min(1, (t + 1) / warmup)"), fails="part 4"),
        Wrong("no zero_grad", "zero_grad() is missing",
              ("                optimizer.zero_grad()\n", ""), fails="part 4"),
        Wrong("takes a share of the last rate", "from its full value",
              ('for group, lr in zip(optimizer.param_groups, full):\n'
               '                    group["lr"] = lr * share',
               'for group in optimizer.param_groups:\n'
               '                    group["lr"] = group["lr"] * share'), fails="part 4"),
        Wrong("starts at zero", "not 0",
              (SHARE, "t / warmup if t < warmup else (steps - t) / (steps - warmup)"),
              fails="part 4"),
        Wrong("one rate for all", "use your groups",
              ("torch.optim.AdamW(self.groups(rate, decay=0.5), weight_decay=0.0)",
               "torch.optim.AdamW(self.parameters(), lr=rate, weight_decay=0.0)"),
              fails="part 4"),
        Wrong("keeps the weight decay", "its own weight decay",
              (", weight_decay=0.0)", ")"), fails="part 4"),
        Wrong("counts steps from 1", "count t from 0",
              (SHARE, "(t + 2) / warmup if t + 1 < warmup else (steps - t - 1) / (steps - warmup)"),
              fails="part 4"),
        Wrong("counts epochs", "not in epochs", (SHARE,
              "(_ + 1) / warmup if _ < warmup else (epochs - _) / (epochs - warmup)"),
              fails="part 4"),
        Wrong("doesn't decay in the loop", "a decay of 0.5 from block to block",
              ("self.groups(rate, decay=0.5)", "self.groups(rate, decay=1)"), fails="part 4"),
        Wrong("falls from the first step", "only begins to fall",
              (SHARE, "(t + 1) / warmup if t < warmup else 1 - t / steps"), fails="part 4"),
        Wrong("falls a step early", "a step too early",
              (SHARE, "(t + 1) / warmup if t < warmup else (steps - t - 1) / (steps - warmup)"),
              fails="part 4"),
        Wrong("changes the given encoder", "train a copy", NO_COPY, fails="part 5"),
        Wrong("stops too early", "Train longer",
              ("model.fit(batches, 15,", "model.fit(batches, 2,"),
              fails="part 5"),
        Wrong("doesn't train", "Train longer", ("        model.fit(batches, 15, 0.006, 10)\n", ""),
              fails="part 5"),
    ),
    right=(
        Right("with a scheduler of PyTorch", code=BY_SCHEDULER),
        Right("freezing by modules", code=BY_MODULES),
        Right("summing by einsum",
              ("(vectors * real[..., None]).sum(dim=1) / lengths[:, None]",
               "torch.einsum('blw,bl->bw', vectors, real.float() / lengths[:, None])")),
        Right("losses as tensors", ("losses.append(loss.item())", "losses.append(loss.detach())")),
        Right("groups as a generator",
              ("        return found\n", "        return (group for group in found)\n")),
        Right("in one batch, more epochs",
              ("model.fit(batches, 15, 0.006, 10)",
               "model.fit([((ids, lengths), labels)], 80, 0.006, 10)")),
    ),
    shows="You have written fine-tuning from the head to the loop; with MiniLM as the encoder, "
    "it's what this notebook does.",
)  # fmt: skip
