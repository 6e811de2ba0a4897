"""Byte-pair encoding, applied: any text to ids and back, with merges learned from zero.

Notebook 10 builds it. Two levels: at "bytes" every text is a row of the 256 bytes before the first
merge (GPT-2's way), at "characters" a row of the characters of the training texts, and a character
that is not among them is spelled in bytes (Llama's way). Either way decoding gives the text back,
whatever it is. Learning the merges is the work of ``byte_pairs``; a pre-trained model's own
tokenizer is read by ``fast_tokens``.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from helpers.text import byte_pairs
from helpers.whole_files import whole

LEVELS = ("bytes", "characters")


class Subwords:
    """Tokens and merges; what :meth:`train` learns, and what turns texts into ids.

    Ids 0 to 255 are the single bytes, in GPT-2's order. At the level of characters those of the
    training texts follow, in the order of their code points. Then comes a token for each merge.

    Parameters
    ----------
    tokens
        What each id spells, in bytes.
    merges
        (left id, right id) -> id of the two together; the earlier, the sooner applied.
    level
        "bytes" or "characters".

    >>> subwords = Subwords.train(["low lower lowest"] * 2, size=260)
    >>> subwords.pieces("lowest slow!")
    ['low', 'e', 's', 't', ' ', 's', 'low', '!']
    >>> subwords.decode(subwords.encode("naïve 你好 🙂"))
    'naïve 你好 🙂'
    """

    def __init__(
        self, tokens: Sequence[bytes], merges: Mapping[byte_pairs.Pair, int], level: str = "bytes"
    ):
        if level not in LEVELS:
            raise ValueError(f"the level is {level!r}; use one of {', '.join(LEVELS)}")
        self.tokens, self.merges, self.level = list(tokens), dict(merges), level
        if sorted(self.tokens[:256]) != [bytes([byte]) for byte in range(256)]:
            raise ValueError("the first 256 tokens must be the single bytes")
        for (left, right), new in self.merges.items():
            known = max(left, right, new) < len(self.tokens) and min(left, right) >= 0
            if not known or self.tokens[left] + self.tokens[right] != self.tokens[new]:
                raise ValueError(f"token {new} isn't what {left} and {right} spell together")
        self._rank = {pair: rank for rank, pair in enumerate(self.merges)}
        self._byte = {token[0]: i for i, token in enumerate(self.tokens[:256])}
        made = set(self.merges.values())
        self._character = {
            token.decode(): i for i, token in enumerate(self.tokens[256:], 256) if i not in made
        }
        self._ids_of = lru_cache(maxsize=100_000)(self._merged)  # most pieces come again and again

    @classmethod
    def train(
        cls, texts: Iterable[str], size: int, level: str = "bytes", min_count: int = 2
    ) -> "Subwords":
        """Learn merges until there are ``size`` tokens.

        Parameters
        ----------
        texts
            Use the training part only.
        size
            Number of tokens, the 256 bytes (and the characters) included.
        level
            "bytes" or "characters".
        min_count
            A pair that occurs less often is not merged; the size may then stay smaller.

        Raises
        ------
        ValueError
            If ``size`` is too small for the bytes (and characters), or a text holds half a
            character (a lone surrogate).
        """
        counts = byte_pairs.count_pieces(texts)
        for piece in counts:
            _to_bytes(piece)
        tokens = [bytes([byte]) for byte in byte_pairs.BYTE_ORDER]
        if level == "characters":
            tokens += [c.encode() for c in sorted({c for piece in counts for c in piece})]
        start = cls(tokens, {}, level)
        words: Counter[tuple[int, ...]] = Counter()
        for piece, n in counts.items():
            words[tuple(start._single(piece))] += n
        return cls(*byte_pairs.learn(words, tokens, size, min_count), level)

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text; an empty text has none.

        Raises
        ------
        ValueError
            If the text holds half a character (a lone surrogate), which no byte can spell.
        """
        ids = []
        for piece in byte_pairs.pieces(text):
            ids += self._ids_of(piece)
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of the ids; bytes that are no whole character become the mark �."""
        return self.decode_bytes(ids).decode("utf-8", errors="replace")

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Return what the ids spell, also where it is no text.

        Raises
        ------
        IndexError
            If an id is not in the vocabulary; the message names it.
        """
        spelled = []
        for i in ids:
            if not 0 <= i < len(self.tokens):
                raise IndexError(f"id {i} is not in the vocabulary; ids go to {len(self) - 1:,}")
            spelled.append(self.tokens[i])
        return b"".join(spelled)

    def pieces(self, text: str) -> list[str]:
        """Return the text of each id alone; what is no whole character shows as �."""
        return [self.decode([i]) for i in self.encode(text)]

    def save(self, path: str | Path) -> None:
        """Write tokens and merges as JSON, whole or not at all."""
        content = {
            "format": 1,
            "level": self.level,
            "tokens": [token.hex() for token in self.tokens],
            "merges": [[*pair, new] for pair, new in self.merges.items()],
        }
        with whole(path) as beside:
            beside.write_text(json.dumps(content) + "\n", encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: str | Path) -> "Subwords":
        """Read what :meth:`save` wrote.

        Raises
        ------
        ValueError
            If the file is cut off, or holds something else.
        """
        path = Path(path)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != 1:
                raise ValueError(f"format {content['format']!r}")
            tokens = [bytes.fromhex(token) for token in content["tokens"]]
            merges = {(left, right): new for left, right, new in content["merges"]}
            return cls(tokens, merges, content["level"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ValueError(
                f"{path.name} holds no subwords ({error}); write a file with Subwords.save"
            ) from None

    def _single(self, piece: str) -> list[int]:
        """Return the ids before any merge: bytes, or characters where they are known."""
        if self.level == "bytes":
            return [self._byte[byte] for byte in _to_bytes(piece)]
        ids = []
        for character in piece:
            if character in self._character:
                ids.append(self._character[character])
            else:
                ids += [self._byte[byte] for byte in _to_bytes(character)]
        return ids

    def _merged(self, piece: str) -> tuple[int, ...]:
        """Apply the merges to one piece, the earliest learned first."""
        ids, last = self._single(piece), len(self._rank)
        while len(ids) > 1:
            pair = min(pairwise(ids), key=lambda pair: self._rank.get(pair, last))
            if pair not in self._rank:
                break
            ids = byte_pairs.merge(ids, pair, self.merges[pair])
        return tuple(ids)


def _to_bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{text[:40]!r} holds half a character, {text[error.start]!r} at place {error.start}; "
            "read the text again in its right encoding"
        ) from None
