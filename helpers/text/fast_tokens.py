"""A pre-trained model's own tokenizer, read from its file: texts to ids and back, fast.

Notebook 10 shows what it does inside; the notebooks from 13 on feed their models with it. The
cutting is the work of the ``tokenizers`` library, in Rust. This module adds what a training run
needs: plain lists of ids, one warning about all texts that were too long, and a clear error for a
text that a model could only guess about. Where the file lies is left to the caller
(``helpers.sources.assets``), padding to ``batches``.
"""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Encoding, Tokenizer


def load(path: str | Path) -> Tokenizer:
    """Read a ``tokenizer.json``; neither padding nor a limit is taken over from it.

    (MiniLM's file says: cut at 128 tokens, fill up to 128. Here :func:`encode` cuts, where you
    say, and the batches pad.)

    Parameters
    ----------
    path
        The file, as the libraries tokenizers and transformers write it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file holds no tokenizer; the message says what the library found wrong.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give the path of a tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more special
        raise ValueError(
            f"{path.name} holds no tokenizer ({error}); give a tokenizer.json as the library "
            "tokenizers saves it"
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, texts: Sequence[str], max_length: int = 512) -> list[list[int]]:
    """Turn each text into ids, with the special tokens that the model expects around it.

    For MiniLM that is ``[CLS]`` (101) in front and ``[SEP]`` (102) behind. ``TextDataset`` of
    ``helpers.text.batches`` takes the lists as they are, with ``pad_id`` 0, MiniLM's ``[PAD]``.

    Parameters
    ----------
    tokenizer
        What :func:`load` returned.
    texts
        Any number of texts.
    max_length
        Most ids of a text, special tokens included. A longer text loses its end but keeps its
        last special token. MiniLM has positions for 512.

    Returns
    -------
    The ids of each text.

    Warns
    -----
    UserWarning
        Once, if texts were cut: how many, and how long the longest was.

    Raises
    ------
    TypeError
        If ``texts`` is a single text, or one of them is no text.
    ValueError
        If a text is empty, or nothing in it is known to the tokenizer: a model would answer all
        the same, from its special tokens alone. Also if ``max_length`` leaves no room for a token.

    >>> from tokenizers import models, pre_tokenizers
    >>> words = Tokenizer(models.WordLevel({"[UNK]": 0, "rates": 1, "rise": 2}, unk_token="[UNK]"))
    >>> words.pre_tokenizer = pre_tokenizers.Whitespace()
    >>> encode(words, ["rates rise", "shares rise"])
    [[1, 2], [0, 2]]
    """
    if isinstance(texts, str):
        raise TypeError(f"{texts[:40]!r} is a single text; give a list of texts")
    texts = list(texts)
    _check_strings(texts)
    around = tokenizer.num_special_tokens_to_add(False)
    if max_length <= around:
        raise ValueError(
            f"max_length is {max_length}, and {around} special tokens stand around a text; "
            f"use {around + 1} or more"
        )
    encodings = tokenizer.encode_batch_fast(texts)
    _check_readable(tokenizer, texts, encodings)
    lengths = [len(encoding) for encoding in encodings]
    too_long = [i for i, length in enumerate(lengths) if length > max_length]
    for i in too_long:
        within = tokenizer.encode(texts[i], add_special_tokens=False)
        within.truncate(max_length - around)
        encodings[i] = tokenizer.post_process(within)
    if too_long:
        longest = max(too_long, key=lengths.__getitem__)
        warnings.warn(
            f"{len(too_long):,} of {len(texts):,} texts had more than {max_length:,} tokens and "
            f"lost their end; the longest, text {longest:,}, had {lengths[longest]:,}",
            stacklevel=2,
        )
    return [encoding.ids for encoding in encodings]


def decode(tokenizer: Tokenizer, sequences: Iterable[Sequence[int]]) -> list[str]:
    """Turn ids into texts, without special tokens and padding.

    A tokenizer that lower-cases, as MiniLM's does, can't give back what it threw away: the text
    comes out in lower case, and with the library's idea of where spaces belong.

    Raises
    ------
    IndexError
        If an id is not in the vocabulary (the library would leave it out without a word).

    >>> from tokenizers import models
    >>> decode(Tokenizer(models.WordLevel({"rates": 0, "rise": 1})), [[0, 1], [1]])
    ['rates rise', 'rise']
    """
    sequences = [[int(i) for i in ids] for ids in sequences]
    size = tokenizer.get_vocab_size()
    for number, ids in enumerate(sequences):
        for i in ids:
            if not 0 <= i < size:
                raise IndexError(
                    f"text {number:,}: id {i} is not in the vocabulary; ids go to {size - 1:,}"
                )
    return tokenizer.decode_batch(sequences)


def _check_strings(texts: list[str]) -> None:
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"text {number:,} is of type {type(text).__name__}: {text!r:.40}; give strings"
            )
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"text {number:,} holds half a character, {text[error.start]!r} at place "
                f"{error.start:,}; read the file again in its right encoding"
            ) from None


def _check_readable(tokenizer: Tokenizer, texts: list[str], encodings: list[Encoding]) -> None:
    """Refuse texts from which a model would see special tokens alone."""
    unknown_token = getattr(tokenizer.model, "unk_token", None)
    unknown = {None if unknown_token is None else tokenizer.token_to_id(unknown_token)}
    wrong = []
    for number, encoding in enumerate(encodings):
        pairs = zip(encoding.ids, encoding.special_tokens_mask, strict=True)
        if not any(not special and i not in unknown for i, special in pairs):
            wrong.append(number)
    if wrong:
        first = texts[wrong[0]]
        blank = not first.strip()
        others = f" ({len(wrong):,} texts in all)" if len(wrong) > 1 else ""
        raise ValueError(
            f"text {wrong[0]:,}{others} "
            + (
                "is empty"
                if blank
                else f"has only characters unknown to this tokenizer: {first!r:.60}"
            )
            + "; take it out with its label, or give it words that the model can read"
        )
