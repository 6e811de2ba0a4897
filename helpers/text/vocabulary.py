"""Words to numbers and back: a vocabulary with counts, padding and unknown words.

Notebook 01 builds it. Knows tokens, not how they were cut out of a text, and no vectors.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from helpers.whole_files import whole

PAD, UNK = "<pad>", "<unk>"


class Vocabulary:
    """A fixed list of tokens; a token's place in it is its id.

    Id 0 is padding and id 1 every unknown word. Then come the tokens by falling count, those of
    the same count in the order of their characters: the same ids on every machine.

    Parameters
    ----------
    counts
        How often each token occurred, at least once; in any order.

    >>> vocabulary = Vocabulary.from_tokens([["a", "b", "a"], ["c", "b", "a"]], min_count=2)
    >>> vocabulary.ids(["a", "b", "c"])
    [2, 3, 1]
    >>> vocabulary.tokens([2, 3, 1])
    ['a', 'b', '<unk>']
    """

    def __init__(self, counts: Mapping[str, int]):
        for token, count in counts.items():
            if token in (PAD, UNK):
                raise ValueError(f"the token {token!r} is the vocabulary's own; rename yours")
            if not isinstance(token, str) or type(count) is not int or count < 1:
                raise ValueError(f"{token!r} has the count {count!r}; use a string and 1 or more")
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        self.counts: dict[str, int] = dict(ordered)
        self._tokens = [PAD, UNK, *self.counts]
        self._ids = {token: i for i, token in enumerate(self._tokens)}

    @classmethod
    def from_tokens(
        cls,
        token_lists: Iterable[Sequence[str]],
        min_count: int = 1,
        max_size: int | None = None,
    ) -> "Vocabulary":
        """Count tokens and keep those that occur often enough.

        Parameters
        ----------
        token_lists
            The tokens of each text; use the training part only.
        min_count
            Rarer tokens become unknown.
        max_size
            Keep at most so many tokens, the most frequent (padding and unknown not counted).

        Raises
        ------
        TypeError
            If a text was given instead of its tokens.
        ValueError
            If ``min_count`` is below 1 or ``max_size`` below 0.
        """
        if min_count < 1:
            raise ValueError(f"min_count is {min_count}; 1 keeps every token")
        if max_size is not None and max_size < 0:
            raise ValueError(f"max_size is {max_size}; use 0 or more, or None for no limit")
        counts: Counter[str] = Counter()
        for tokens in token_lists:
            if isinstance(tokens, str):
                raise TypeError(f"{tokens[:30]!r} is a text; cut it into tokens first")
            counts.update(tokens)
        kept = [(token, n) for token, n in counts.items() if n >= min_count]
        if max_size is not None:
            kept = sorted(kept, key=lambda item: (-item[1], item[0]))[:max_size]
        return cls(dict(kept))

    def __len__(self) -> int:
        return len(self._tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def __iter__(self) -> Iterator[str]:
        """Go through all tokens in the order of their ids, padding and unknown first."""
        return iter(self._tokens)

    def __getitem__(self, token: str) -> int:
        return self._ids.get(token, 1)

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token; unknown ones get 1."""
        known = self._ids
        return [known.get(token, 1) for token in tokens]

    def tokens(self, ids: Iterable[int]) -> list[str]:
        """Return the token of each id.

        Raises
        ------
        IndexError
            If an id is not in the vocabulary; the message names it.
        """
        found = []
        for i in ids:
            if not 0 <= i < len(self._tokens):
                raise IndexError(f"id {i} is not in the vocabulary; ids go to {len(self) - 1}")
            found.append(self._tokens[i])
        return found

    def save(self, path: str | Path) -> None:
        """Write the counts as JSON, whole or not at all."""
        text = json.dumps({"format": 1, "counts": self.counts}, ensure_ascii=False, indent=0)
        with whole(path) as beside:
            beside.write_text(text + "\n", encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Read what :meth:`save` wrote; every token gets the id that it had.

        Raises
        ------
        ValueError
            If the file is cut off, or is not a vocabulary.
        """
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_twins)
        except ValueError as error:
            raise ValueError(f"{path.name} is not readable as JSON: {error}") from None
        counts = content.get("counts") if isinstance(content, dict) else None
        if not isinstance(counts, dict) or content.get("format") != 1:
            raise ValueError(f"{path.name} holds no vocabulary; write one with Vocabulary.save")
        return cls(counts)


def _no_twins(pairs: list[tuple[str, object]]) -> dict:
    """Build a JSON object, refusing a key that stands twice."""
    built = dict(pairs)
    if len(built) < len(pairs):
        twin = next(key for key, n in Counter(key for key, _ in pairs).items() if n > 1)
        raise ValueError(f"the token {twin!r} stands there twice")
    return built
