"""Byte-pair encoding, the training: which two neighbouring tokens become one, again and again.

Notebook 10 builds it. Knows pieces of text and how often each occurs; turning texts into ids with
what was learned here is left to ``subwords``.

The merges are those that the ``tokenizers`` library learns, in the same order: of pairs that occur
equally often, the one with the smaller ids comes first (the left id decides, then the right one).
"""

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Pair = tuple[int, int]

# GPT-2's rule (Radford et al., 2019) in terms of Python's ``re``: the endings of contractions, then
# letters, digits or marks with at most one space before them, then other white space.
PIECE = re.compile(
    r"'(?:[sdmt]|re|ve|ll)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+",
)
# The order in which GPT-2 numbers the 256 bytes: first those that Latin-1 can print.
BYTE_ORDER = (
    *range(33, 127), *range(161, 173), *range(174, 256),
    *range(33), *range(127, 161), 173,
)  # fmt: skip


def pieces(text: str) -> list[str]:
    """Cut a text into the pieces that merges never cross; joined, they are the text again.

    Differs from GPT-2's rule only for numerals that are no decimal digits (½ and Ⅷ pass as
    letters) and for the control characters 28 to 31, which Python takes for white space.

    >>> pieces("It's up 3.5%, he said.")
    ['It', "'s", ' up', ' 3', '.', '5', '%,', ' he', ' said', '.']
    """
    return PIECE.findall(text)


def count_pieces(texts: Iterable[str]) -> Counter[str]:
    """Count the pieces of all texts.

    Raises
    ------
    TypeError
        If a single text was given, whose letters would pass as texts.

    >>> count_pieces(["so so", "so"])
    Counter({'so': 2, ' so': 1})
    """
    if isinstance(texts, str):
        raise TypeError(f"{texts[:40]!r} is a single text; give a list of texts")
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(pieces(text))
    return counts


def merge(ids: Sequence[int], pair: Pair, new: int) -> list[int]:
    """Put ``new`` in the place of each ``pair``, from left to right.

    >>> merge([1, 1, 1, 2], (1, 1), 9)
    [9, 1, 2]
    """
    merged, i = [], 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


def learn(
    words: Mapping[tuple[int, ...], int], tokens: Sequence[bytes], size: int, min_count: int = 2
) -> tuple[list[bytes], dict[Pair, int]]:
    """Merge the most frequent pair of neighbours until there are ``size`` tokens.

    Pairs are counted once, over distinct words, and after each merge only in the words that held
    the pair: that's what makes ten thousand merges a matter of seconds. The most frequent pair
    comes from a heap, whose outdated entries are put right when they surface.

    Parameters
    ----------
    words
        Ids of each distinct word, and how often it occurs.
    tokens
        What each id spells, at the beginning.
    size
        How many tokens there should be at the end.
    min_count
        A pair must occur at least so often; the training ends early if none does.

    Returns
    -------
    tokens
        The longer list.
    merges
        (left id, right id) -> new id, in the order in which they were learned. Two pairs may spell
        the same token ("ab" + "c" and "a" + "bc"); they share its id, so there can be more merges
        than new tokens.

    Source: Sennrich, Haddow and Birch (2016); the incremental counts as in their own program.

    >>> learn({(0, 1, 0, 1): 3, (0, 1, 1): 1}, [b"a", b"b"], 4)
    ([b'a', b'b', b'ab', b'abab'], {(0, 1): 2, (2, 2): 3})
    """
    if size < len(tokens):
        raise ValueError(f"size is {size:,}, and there are {len(tokens):,} tokens to begin with")
    if min_count < 1:
        raise ValueError(f"min_count is {min_count}; 1 merges every pair that occurs")
    tokens, merges = list(tokens), {}
    ids_of = {token: i for i, token in reversed(list(enumerate(tokens)))}
    spelled, times = [list(word) for word in words], list(words.values())
    counts: Counter[Pair] = Counter()
    places: dict[Pair, set[int]] = {}  # pair -> the words that hold it, or once did
    for place, (word, n) in enumerate(zip(spelled, times, strict=True)):
        for pair in pairwise(word):
            counts[pair] += n
            places.setdefault(pair, set()).add(place)
    heap = [(-n, pair) for pair, n in counts.items()]
    heapq.heapify(heap)
    while len(tokens) < size and heap:
        n, pair = heapq.heappop(heap)
        if -n != counts[pair]:  # it has lost occurrences since it was put in
            if counts[pair] > 0:
                heapq.heappush(heap, (-counts[pair], pair))
            continue
        if -n < min_count:
            break
        token = tokens[pair[0]] + tokens[pair[1]]
        new = ids_of.setdefault(token, len(tokens))
        if new == len(tokens):
            tokens.append(token)
        merges[pair] = new
        grown = set()
        for place in places.pop(pair):
            old = spelled[place]
            spelled[place] = word = merge(old, pair, new)
            if len(word) == len(old):
                continue
            for lost in pairwise(old):
                counts[lost] -= times[place]
            for found in pairwise(word):
                counts[found] += times[place]
                if new in found:
                    places.setdefault(found, set()).add(place)
                    grown.add(found)
        for found in grown:
            heapq.heappush(heap, (-counts[found], found))
    return tokens, merges
