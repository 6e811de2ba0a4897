"""13-search: a search engine over vectors, in five parts."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb13.search_check import PARTS

SOLUTION = """
import numpy as np


class Search:
    @staticmethod
    def pooled(vectors, lengths):
        # The mask leaves padding out of the sum; the division is by each text's own tokens.
        real = np.arange(vectors.shape[1]) < lengths[:, None]  # (batch, longest)
        means = (vectors * real[..., None]).sum(axis=1) / lengths[:, None]
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    @staticmethod
    def batches(lengths, places):
        # From long to short: the first text of a batch is its longest, so it says what fits.
        order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
        found = []
        while order:
            size = max(1, places // lengths[order[0]])
            found.append(order[:size])
            order = order[size:]
        return found

    @staticmethod
    def embed(encode, sequences, places):
        kept = [None] * len(sequences)
        for batch in Search.batches([len(ids) for ids in sequences], places):
            lengths = np.array([len(sequences[i]) for i in batch])
            ids = np.zeros((len(batch), lengths.max()), dtype=int)
            for row, i in enumerate(batch):
                ids[row, : lengths[row]] = sequences[i]
            for i, vector in zip(batch, Search.pooled(encode(ids, lengths), lengths)):
                kept[i] = vector  # back in its text's own place
        return np.array(kept)

    @staticmethod
    def nearest(vectors, query, k):
        # All are unit vectors, so a product is a cosine. For millions of vectors one would keep
        # the best k with np.argpartition instead of sorting all.
        return np.argsort(-(vectors @ query))[:k].tolist()

    @staticmethod
    def fused(rankings):
        sums = {}
        for ranking in rankings:
            for place, position in enumerate(ranking, 1):
                sums[position] = sums.get(position, 0) + 1 / (60 + place)
        return sorted(sums, key=lambda position: (-sums[position], position))


# Another way for part 5: weigh the two searches' scores. It needs scales that fit; ranks need none.
"""

IN_TORCH = """
import torch
from torch.nn import functional


class Search:
    def pooled(vectors, lengths):
        vectors, lengths = torch.as_tensor(vectors), torch.as_tensor(lengths)
        rows = [row[:n].mean(dim=0) for row, n in zip(vectors, lengths)]
        return functional.normalize(torch.stack(rows), dim=1)

    def batches(lengths, places):
        found, batch = [], []
        for i in sorted(range(len(lengths)), key=lengths.__getitem__):
            if batch and (len(batch) + 1) * lengths[i] > places:
                found.append(tuple(batch))
                batch = []
            batch.append(i)
        return found + [tuple(batch)]

    def embed(encode, sequences, places):
        kept = {}
        for batch in Search.batches([len(ids) for ids in sequences], places):
            rows = [torch.tensor(sequences[i]) for i in batch]
            lengths = torch.tensor([len(row) for row in rows])
            ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            vectors = torch.as_tensor(encode(ids, lengths))
            kept.update(zip(batch, Search.pooled(vectors, lengths)))
        return torch.stack([kept[i] for i in range(len(sequences))])

    def nearest(vectors, query, k):
        cosines = torch.as_tensor(vectors) @ torch.as_tensor(query)
        return cosines.topk(min(k, len(cosines))).indices

    def fused(rankings):
        from collections import Counter

        sums = Counter()
        for ranking in rankings:
            sums.update({position: 1 / (61 + place) for place, position in enumerate(ranking)})
        return [position for position, _ in sorted(sums.items(), key=lambda one: (-one[1], one[0]))]
"""

SEARCH = Exercise(
    name="13-search",
    title="Build it: a search engine",
    difficulty=4,
    minutes=50,
    prompt="""
Write the whole search. Arrays, tensors and lists are all fine as results.

1. **One vector a text.** `pooled(vectors, lengths)` gets token vectors, shape (batch, longest, d),
   and how many of each text's are real. It returns the unit vectors of their means, (batch, d).
2. **Batches.** `batches(lengths, places)` returns lists of positions in `lengths`; each text is in
   exactly one. A batch takes at most `places` places, padding included; a text with more has a
   batch of its own. With many texts, at most 20 % of all places may be padding, and there may be
   at most about twice as many batches as all tokens would fill without padding.
3. **Many texts.** `embed(encode, sequences, places)` gets each text's ids. It makes batches as in
   part 2, pads each with 0, gets its token vectors from `encode(ids, lengths)`, and pools them as
   in part 1. It returns the texts' vectors in the order given.
4. **The search.** `nearest(vectors, query, k)`, all unit vectors, returns the positions of the `k`
   highest cosines, best first, or all if there are fewer.
5. **Words and meaning.** `fused(rankings)` gets lists of positions, best first. Place $r$, counted
   from 1, is worth $1/(60 + r)$. Return all positions, highest sum first; where sums are equal, the
   smaller position first.
""",
    answer="Search",
    starter="""
import numpy as np


class Search:
    # batches([3, 9, 5, 4], 12) may give [[1], [2, 3], [0]]; fused([[4, 7], [7]]) gives [7, 4].
    @staticmethod
    def pooled(vectors, lengths):
        return ...  # part 1

    @staticmethod
    def batches(lengths, places):
        return ...  # part 2

    @staticmethod
    def embed(encode, sequences, places):
        return ...  # part 3

    @staticmethod
    def nearest(vectors, query, k):
        return ...  # part 4

    @staticmethod
    def fused(rankings):
        return ...  # part 5
""",
    hints=(
        "Part 1: a mask of real tokens is np.arange(longest) < lengths[:, None]. Part 2: go "
        "through the texts from long to short; the first of a batch says how many fit.",
        "Part 2: places // longest texts fit, but at least one. Part 3: call Search.batches and "
        "Search.pooled; keep a list with an empty place for each text, and write each vector to "
        "its text's position. Part 5: a dictionary of sums, then sorted() with the key (-sum, "
        "position).",
    ),
    solution=SOLUTION,
    stages={f"part {n}": part for n, part in enumerate(PARTS, 1)},
    wrong=(
        Wrong(
            "takes padding into the mean",
            "padding is in the mean",
            ("(vectors * real[..., None]).sum(axis=1) / lengths[:, None]", "vectors.mean(axis=1)"),
            fails="part 1",
        ),
        Wrong(
            "leaves the unit out",
            "own length is missing",
            ("return means / np.linalg.norm(means, axis=1, keepdims=True)", "return means"),
            fails="part 1",
        ),
        Wrong(
            "takes the first token",
            "the first token",
            ("(vectors * real[..., None]).sum(axis=1) / lengths[:, None]", "vectors[:, 0]"),
            fails="part 1",
        ),
        Wrong(
            "divides all by one length",
            "each has its own",
            ("np.linalg.norm(means, axis=1, keepdims=True)", "np.linalg.norm(means)"),
            fails="part 1",
        ),
        Wrong(
            "stops after part 1",
            "the starter's dots",
            ("return found\n", "return ...\n"),
            fails="part 2",
        ),
        Wrong(
            "doesn't sort",
            "places, padding included",
            (", key=lambda i: -lengths[i])", ")"),
            fails="part 2",
        ),
        Wrong(
            "puts each text alone",
            "fill each as far",
            ("size = max(1, places // lengths[order[0]])", "size = 1"),
            fails="part 2",
        ),
        Wrong(
            "loses texts that are too long",
            "each text must be in one",
            (
                "            size = max(1, places // lengths[order[0]])\n",
                "            size = max(1, places // lengths[order[0]])\n"
                "            if lengths[order[0]] > places:\n"
                "                order = order[1:]\n"
                "                continue\n",
            ),
            fails="part 2",
        ),
        Wrong(
            "returns the lengths",
            "each text must be in one",
            ("found.append(order[:size])", "found.append([lengths[i] for i in order[:size]])"),
            fails="part 2",
        ),
        Wrong(
            "keeps the order of the batches",
            "back in its text's place",
            (
                "        return np.array(kept)",
                "        order = sorted(range(len(sequences)), key=lambda i: -len(sequences[i]))\n"
                "        return np.array([kept[i] for i in order])",
            ),
            fails="part 3",
        ),
        Wrong(
            "encodes one text at a time, padded to the longest of all",
            "use your batches",
            (
                "for batch in Search.batches([len(ids) for ids in sequences], places):\n"
                "            lengths = np.array([len(sequences[i]) for i in batch])\n"
                "            ids = np.zeros((len(batch), lengths.max()), dtype=int)",
                "for batch in [[i] for i in range(len(sequences))]:\n"
                "            lengths = np.array([len(sequences[i]) for i in batch])\n"
                "            ids = np.zeros((1, max(map(len, sequences))), dtype=int)",
            ),
            fails="part 3",
        ),
        Wrong(
            "encodes one text at a time",
            "encode was called 40 times for 40 texts",
            (
                "for batch in Search.batches([len(ids) for ids in sequences], places):",
                "for batch in [[i] for i in range(len(sequences))]:",
            ),
            fails="part 3",
        ),
        Wrong(
            "pads in front",
            "then zeros",
            ("ids[row, : lengths[row]]", "ids[row, ids.shape[1] - lengths[row] :]"),
            fails="part 3",
        ),
        Wrong(
            "pads with ones",
            "then zeros",
            ("np.zeros((len(batch), lengths.max())", "np.ones((len(batch), lengths.max())"),
            fails="part 3",
        ),
        Wrong(
            "counts padding",
            "counts the ids alone",
            (
                "encode(ids, lengths), lengths)",
                "encode(ids, lengths * 0 + ids.shape[1]), lengths)",
            ),
            fails="part 3",
        ),
        Wrong(
            "doesn't pad",
            "pad each with 0",
            (
                "encode(ids, lengths), lengths)",
                "encode([sequences[i] for i in batch], lengths), lengths)",
            ),
            fails="part 3",
        ),
        Wrong(
            "encodes everything at once",
            "were allowed",
            (
                "for batch in Search.batches([len(ids) for ids in sequences], places):",
                "for batch in [list(range(len(sequences)))]:",
            ),
            fails="part 3",
        ),
        Wrong(
            "finds the farthest", "the farthest", ("np.argsort(-(", "np.argsort(("), fails="part 4"
        ),
        Wrong(
            "returns them by position",
            "the best must come first",
            (
                "np.argsort(-(vectors @ query))[:k].tolist()",
                "sorted(np.argsort(-(vectors @ query))[:k].tolist())",
            ),
            fails="part 4",
        ),
        Wrong("leaves k out", "k is left out", ("query))[:k]", "query))"), fails="part 4"),
        Wrong("leaves 60 out", "60 is missing", ("1 / (60 + place)", "1 / place"), fails="part 5"),
        Wrong(
            "counts places from 0",
            "counted from 0",
            ("enumerate(ranking, 1)", "enumerate(ranking)"),
            fails="part 5",
        ),
        Wrong(
            "keeps the best place",
            "best place counts",
            (
                "sums[position] = sums.get(position, 0) + 1 / (60 + place)",
                "sums[position] = max(sums.get(position, 0), 1 / (60 + place))",
            ),
            fails="part 5",
        ),
        Wrong(
            "sorts upwards",
            "worst to best",
            ("(-sums[position], position)", "(sums[position], -position)"),
            fails="part 5",
        ),
        Wrong(
            "leaves equal sums as they come",
            "the smaller position should come first",
            ("(-sums[position], position)", "-sums[position]"),
            fails="part 5",
        ),
        Wrong(
            "adds up the places",
            "then looks good",
            (
                "sums.get(position, 0) + 1 / (60 + place)",
                "sums.get(position, 0) - place",
            ),
            fails="part 5",
        ),
        Wrong(
            "keeps what all have",
            "the others belong",
            (
                "        return sorted(sums,",
                "        sums = {i: s for i, s in sums.items() if all(i in r for r in rankings)}\n"
                "        return sorted(sums,",
            ),
            fails="part 5",
        ),
        Wrong(
            "takes the first ranking",
            "only the first ranking",
            ("        sums = {}\n", "        return rankings[0]\n        sums = {}\n"),
            fails="part 5",
        ),
    ),
    right=(
        Right("in torch, from short to long", code=IN_TORCH),
        Right(
            "with self",
            ("    @staticmethod\n    def nearest(vectors", "    def nearest(self, vectors"),
        ),
        Right(
            "with a partition",
            (
                "return np.argsort(-(vectors @ query))[:k].tolist()",
                "cosines = vectors @ query\n"
                "        best = np.argpartition(-cosines, min(k, len(cosines)) - 1)[:k]\n"
                "        return best[np.argsort(-cosines[best])]",
            ),
        ),
        Right(
            "text by text",
            (
                "real = np.arange(vectors.shape[1]) < lengths[:, None]  # (batch, longest)\n"
                "        means = (vectors * real[..., None]).sum(axis=1) / lengths[:, None]",
                "means = np.array([row[:n].mean(axis=0) for row, n in zip(vectors, lengths)])",
            ),
        ),
        Right(
            "by a weighted sum",
            (
                "means = (vectors * real[..., None]).sum(axis=1) / lengths[:, None]",
                "means = np.einsum('nld,nl->nd', vectors, real / lengths[:, None])",
            ),
        ),
    ),
    shows="Pooling, batches, a product and a sum by ranks: that's the search of this notebook.",
)
