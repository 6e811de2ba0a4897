"""What 10-unigram is held against: a reference for each of its five functions, and known mistakes.

A table maps a piece to the logarithm of its probability.
"""

import math
from collections.abc import Mapping

Table = Mapping[str, float]


def ways(word: str, table: Table) -> int:
    """Return in how many ways the word can be cut."""
    counts = [1] + [0] * len(word)
    for end in range(1, len(word) + 1):
        counts[end] = sum(counts[start] for start in range(end) if word[start:end] in table)
    return counts[-1]


def best(word: str, table: Table) -> list[str]:
    """Return the pieces of the most probable cut; none if there is no cut."""
    scores, cut = [0.0] + [-math.inf] * len(word), [0] * (len(word) + 1)
    for end in range(1, len(word) + 1):
        for start in range(end):
            score = scores[start] + table.get(word[start:end], -math.inf)
            if score > scores[end]:
                scores[end], cut[end] = score, start
    if scores[-1] == -math.inf:
        return []
    pieces, end = [], len(word)
    while end:
        pieces.append(word[cut[end] : end])
        end = cut[end]
    return pieces[::-1]


def longest_first(word: str, table: Table) -> list[str]:
    """Return WordPiece's cut: a known mistake."""
    pieces, start = [], 0
    while start < len(word):
        fits = [e for e in range(len(word), start, -1) if word[start:e] in table]
        if not fits:
            return []
        pieces.append(word[start : fits[0]])
        start = fits[0]
    return pieces


def fewest(word: str, table: Table) -> list[str]:
    """Return the cut into the fewest pieces: a known mistake."""
    return best(word, dict.fromkeys(table, -1.0))


def total(word: str, table: Table, log: bool = True) -> float:
    """Return the log of the summed probabilities of all cuts."""
    sums = [1.0] + [0.0] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            if word[start:end] in table:
                sums[end] += sums[start] * math.exp(table[word[start:end]])
    return math.log(sums[-1]) if log else sums[-1]


def score(pieces: list[str], table: Table) -> float:
    """Return the sum of the pieces' logs."""
    return sum(table[piece] for piece in pieces)


def used(words: Mapping[str, int], table: Table, times: bool = True) -> dict[str, int]:
    """Return how often each piece is used in the best cuts."""
    counts: dict[str, int] = {}
    for word, n in words.items():
        for piece in best(word, table):
            counts[piece] = counts.get(piece, 0) + (n if times else 1)
    return counts


def loss(
    words: Mapping[str, int], table: Table, piece: str, times: bool = True, anew: bool = False
) -> float:
    """Return by how much the words' best scores fall without the piece.

    ``anew`` lets the other pieces' probabilities sum to 1 again: a known mistake.
    """
    without = {one: log for one, log in table.items() if one != piece}
    if anew:
        left = math.log(sum(map(math.exp, without.values())))
        without = {one: log - left for one, log in without.items()}
    return sum(
        (n if times else 1)
        * (score(best(word, table), table) - score(best(word, without), without))
        for word, n in words.items()
    )


def sum_of_logs(word: str, table: Table) -> float:
    """Return the logs added up over all cuts: a known mistake."""
    if not word:
        return 0.0
    found = 0.0
    for end in range(1, len(word) + 1):
        piece = word[:end]
        if piece in table and ways(word[end:], table):
            found += ways(word[end:], table) * table[piece] + sum_of_logs(word[end:], table)
    return found


def once_a_word(words: Mapping[str, int], table: Table) -> dict[str, int]:
    """Count a piece once a word: a known mistake."""
    counts: dict[str, int] = {}
    for word, n in words.items():
        for piece in set(best(word, table)):
            counts[piece] = counts.get(piece, 0) + n
    return counts


def logs_walked(word: str, table: Table) -> float:
    """Walk through the word and add up logs where probabilities belong: a known mistake."""
    sums: list[float | None] = [0.0] + [None] * len(word)
    for end in range(1, len(word) + 1):
        found = [
            before + table[word[start:end]]
            for start, before in enumerate(sums[:end])
            if before is not None and word[start:end] in table
        ]
        sums[end] = sum(found) if found else None
    return sums[-1]
